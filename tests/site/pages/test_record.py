"""The page of a record."""

import hashlib
from dataclasses import fields, replace
from html import unescape
from pathlib import Path

from pwc_bench.core.measurement import Measurement
from pwc_bench.core.record import Environment, PredictionsFile, Provenance, Record, Status, WeightsStatus
from pwc_bench.core.record_json import record_from_json
from pwc_bench.site.build.rendering import make_environment, render, templates_folder
from pwc_bench.site.pages.record import RecordPage, RecordPages
from pwc_bench.site.parts.provenance import environment_groups, provenance_groups
from pwc_bench.store import open_store
from tests.example_archive import example_archive, example_catalogue, example_records
from tests.factories import make_measurement, make_record
from tests.site.pages.shown import HOSTILE, bare_archive, context_of, html_of, made_by, text_of


def _page(record: Record) -> RecordPage:
    return context_of(made_by(RecordPages, example_archive((record,))), f"record/{record.id}/index.html", RecordPage)


def _text(record: Record) -> str:
    return text_of(next(made_by(RecordPages, example_archive((record,)))))


def test_every_record_has_a_page_and_none_makes_none() -> None:
    """The path is the id."""
    assert {page.path for page in made_by(RecordPages, example_archive())} == {
        f"record/{r.id}/index.html" for r in example_records()
    }
    assert list(made_by(RecordPages, bare_archive())) == []


def test_titles_say_what_was_measured() -> None:
    """Accuracy names the data set, cost does not."""
    assert _page(make_record()).title == "ConViT-S on ImageNet-1k"
    assert _page(make_record(dataset=None)).title == "ConViT-S: cost and speed"


def test_a_duration_says_what_it_is_of() -> None:
    """It leaves out the timed rounds, which may take longer: without anything else there is none."""
    companion = replace(make_record(dataset=None), duration_seconds=0.0)
    told = [
        [(fact.term, fact.text) for fact in _page(record).facts if "Duration" in fact.term]
        for record in (make_record(), make_record(dataset=None), companion)
    ]
    assert told == [[("Duration of the pass", "12.5 s")], [("Duration without timed rounds", "12.5 s")], []]


def test_the_json_beside_it_is_the_record() -> None:
    """What is downloaded can be read back, and its id still fits."""
    record = make_record()
    page = next(made_by(RecordPages, example_archive((record,))))
    line = page.files[f"record/{record.id}/record.json"]
    assert isinstance(line, str)
    assert record_from_json(line) == record
    assert 'href="record.json" download' in html_of(page)


def test_the_predictions_lie_beside_it(tmp_path: Path) -> None:
    """As they are, with size and hash beside the link; where they are not at hand, the page says so."""
    content = b"columns" * 1000
    digest = hashlib.sha256(content).hexdigest()
    record = make_record()
    file = PredictionsFile(f"predictions/{digest}.parquet", digest)
    record = replace(record, provenance=replace(record.provenance, predictions=file))
    with open_store(str(tmp_path / "x.db")) as store:
        store.add(record)
        archive = store.archive(example_catalogue())
        page = next(made_by(RecordPages, archive))
        assert "not at hand when the site was built, or is larger than 8 MiB" in text_of(page)
        assert len(page.files) == 1
        (tmp_path / "predictions").mkdir()
        (tmp_path / file.path).write_bytes(content)
        page = next(made_by(RecordPages, archive))
    assert page.files[f"record/{record.id}/predictions.parquet"] == content
    assert f'href="predictions.parquet" download="predictions-{record.id[:16]}.parquet"' in html_of(page)
    assert "Download predictions Parquet, 7 KiB" in text_of(page)
    assert f"SHA-256 {digest} ." in text_of(page)


def test_records_of_one_title_are_told_apart() -> None:
    """By implementation, precision and batch: in the browser's title, and below the page's."""
    record = make_record(dataset=None)
    fused = replace(record, environment=replace(record.environment, implementation="fused", tf32=True))
    titles = {context.frame.title for context in (_page(record), _page(fused))}
    assert len(titles) == 2
    assert "its speed, with the fused implementation, fp32 with TF32, batch 64." in _text(fused)


def test_a_record_can_be_cited_with_its_lasting_address() -> None:
    """Absolute where the address of the site is known; else the path, and the page says what to put before it."""
    page = next(made_by(RecordPages, example_archive((make_record(),))))
    asked = html_of(page)
    assert f"  url    = {{{page.path}}}\n}}" in unescape(asked)
    assert "Put the address of this site before the path." in asked
    known = render(make_environment(templates_folder(), "https://example.org/board/"), page)
    assert f"  url    = {{https://example.org/board/{page.path.removesuffix('index.html')}}}\n}}" in unescape(known)
    assert "Put the address" not in known


def test_a_partial_record_says_how_much_and_names_the_images_that_failed() -> None:
    """Status, reason, coverage and names are on the page."""
    record = make_record(status=Status.PARTIAL, reason="49,999 of 50,000 images")
    names = tuple(f"image-{number}.JPEG" for number in range(60))
    record = replace(record, provenance=replace(record.provenance, images_seen=49_940, images_failed=names))
    text = _text(record)
    assert "49,940 of 50,000 images" in text
    assert "Reason: 49,999 of 50,000 images" in text
    assert "image-0.JPEG" in text
    assert "image-59.JPEG" not in text
    assert "and 10 more" in text


def test_a_failed_record_without_measurements_gives_its_reason() -> None:
    """There is no table of nothing."""
    text = _text(make_record(measurements={}, status=Status.FAILED, reason="no such file"))
    assert "Failed: something that was asked for could not be measured" in text
    assert "This run measured nothing: no such file" in text


def test_every_field_of_the_environment_is_shown() -> None:
    """A field that is added to the core must be given a title and a place."""
    groups = environment_groups(make_record().environment)
    assert sum(len(group.facts) for group in groups) == len(fields(Environment))


def test_every_field_of_the_provenance_is_shown() -> None:
    """Each field's value, made unmistakable, is found on the page."""
    record = make_record()
    provenance = replace(
        record.provenance, source="folder val", note="a note of ours", git_commit="c0ffee" * 6 + "abcd", git_dirty=True
    )
    text = _text(replace(record, provenance=provenance))
    shown = (
        *("hub:timm/convit_small.fb_in1k", "ab" * 32, "0.1.0", "exact-256-224", "50,000", "cd" * 32, "folder val"),
        *("ef" * 32, "c0ffee" * 6, "Uncommitted changes yes", "pwc-bench run --models convit-s", "a note of ours"),
    )
    assert [value for value in shown if value not in text] == []
    assert len(fields(Provenance)) == 13, "a new field of Provenance needs its place on the record's page"
    assert "not recorded" not in " ".join(fact.text for group in provenance_groups(provenance) for fact in group.facts)


def test_measurements_come_with_interval_rounds_details_and_caveats() -> None:
    """What explains a value stands under it."""
    throughput = Measurement(
        3000.0,
        "images/s",
        interval=(2990.0, 3010.0),
        samples=(2980.0, 3000.0, 3020.0),
        details={"iqr": 20.0, "quartiles": [2990.0, 3010.0], "clocks": {"sm_mhz": 1980}},
        caveats=("The machine was busy.",),
    )
    record = make_record(dataset=None, measurements={"throughput": throughput})
    line = _page(record).measurements[0]
    assert (line.value, line.interval) == ("3,000 images/s", "2,990\N{EN DASH}3,010 images/s")
    assert line.strip is not None
    assert len(line.strip.dots) == 3
    text = _text(record)
    for shown in ("2,980 · 3,000 · 3,020", "clocks / sm mhz 1,980", "The machine was busy.", "Stored value 3,000"):
        assert shown in text


def test_a_missing_interval_has_its_reason() -> None:
    """Exact, too few values, or nothing said."""
    few = Measurement(9.0, "ms", details={"interval": "none: these forwards are worth 20 independent ones"})
    measured = {"parameters": Measurement(5, "count"), "latency_p95": few, "moon": Measurement(7, "")}
    lines = _page(make_record(dataset=None, measurements=measured)).measurements
    assert sorted(line.interval_absent for line in lines) == ["exact", "none", str(few.details["interval"])]


def test_a_metric_that_we_do_not_know_keeps_its_key_and_unit() -> None:
    """A record of another installation is shown, and says that the definition is missing."""
    page = _page(make_record(measurements={"energy": make_measurement(1.25, "J/image"), "moon": Measurement(7, "")}))
    assert [(line.title, line.value) for line in page.measurements] == [("energy", "1.250 J/image"), ("moon", "7")]
    assert page.measurements[0].version is not None


def test_a_value_of_an_older_definition_is_marked() -> None:
    """Its version is said, because it is not compared."""
    line = _page(make_record(measurements={"top1": Measurement(81.0, "%", version=7)})).measurements[0]
    assert line.version is not None
    assert "version 7" in line.version


def test_a_demo_is_called_one() -> None:
    """On its own page, in words."""
    demos = [page for page in made_by(RecordPages, example_archive()) if "This is a demo." in text_of(page)]
    assert len(demos) == 2


def test_the_command_of_a_demo_names_the_demo() -> None:
    """Where ImageNet's place is set, the bare command would measure that."""
    typed = "pwc-bench run --models convit-s"
    assert _page(make_record(dataset="demo")).command == f"{typed} --data demo"
    assert _page(make_record()).command == typed


def test_hostile_texts_stay_text() -> None:
    """Names, notes, commands and extras cannot become markup."""
    record = make_record(HOSTILE, None, campaign=HOSTILE, device=HOSTILE, status=Status.PARTIAL, reason=HOSTILE)
    record = replace(
        record, extra={HOSTILE: HOSTILE}, provenance=replace(record.provenance, command=HOSTILE, note=HOSTILE)
    )
    assert "<script>alert" not in html_of(next(made_by(RecordPages, example_archive((record,)))))


def test_a_record_without_a_command_says_so() -> None:
    """Nothing is made up."""
    record = make_record()
    text = _text(replace(record, provenance=replace(record.provenance, command=None)))
    assert "The command was not recorded." in text


def test_a_reason_that_the_coverage_says_already_is_not_said_twice() -> None:
    """One sentence for one fact."""
    record = make_record(status=Status.PARTIAL, reason="200 of 50,000 images")
    text = _text(replace(record, provenance=replace(record.provenance, images_seen=200)))
    assert "It covers 200 of 50,000 images." in text
    assert "Reason:" not in text


def test_own_weights_are_told_first_of_all() -> None:
    """With the file's name; a record of cost looks at no weights, and one of published weights needs no word."""
    text = _text(make_record(weights=WeightsStatus.LOCAL))
    assert "complete own weights" in text
    assert "Measured with a file of the user's own , hub:timm/convit_small.fb_in1k" in text
    for record in (make_record(), make_record(dataset=None, weights=WeightsStatus.LOCAL)):
        assert "file of the user's own ," not in _text(record)


def test_a_speed_stands_with_its_batch() -> None:
    """Counts do not depend on it."""
    text = _text(make_record(dataset=None))
    assert "higher is better, batch 64" in text
    assert "lower is better, batch" not in text
