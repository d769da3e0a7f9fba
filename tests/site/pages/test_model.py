"""The page of a variant."""

import re
from dataclasses import replace

from pwc_bench.core.archive import MemoryArchive
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.record import Status, WeightsStatus
from pwc_bench.site.pages.model import ModelPage, ModelPages
from tests.claims.series_records import campaigns
from tests.example_archive import example_archive, example_catalogue
from tests.factories import make_claim, make_measurement, make_record
from tests.site.pages.shown import HOSTILE, bare_archive, context_of, html_of, made_by, text_of


def _page(archive: MemoryArchive, slug: str) -> ModelPage:
    return context_of(made_by(ModelPages, archive), f"model/{slug}/index.html", ModelPage)


def test_every_declared_variant_gets_a_page_even_without_a_single_record() -> None:
    """The catalogue decides, not what was measured."""
    paths = [page.path for page in made_by(ModelPages, bare_archive())]
    assert paths == [f"model/{key}/index.html" for key in example_catalogue().variants]


def test_a_claim_stands_beside_the_measurement_with_both_sources() -> None:
    """Claim, its table, value, device, evidence and verdict are all there."""
    page = next(page for page in made_by(ModelPages, example_archive()) if page.path == "model/convit-s/index.html")
    text = text_of(page)
    assert "ConViT , Table 1" in text
    assert "5.4" in text
    assert "5.76" in text
    assert "NVIDIA H200, fp32, batch 64, 2026-01-01" in text
    assert "reproduced without the attention products" in text
    assert "../../record/" in html_of(page)
    assert "../../paper/convit/index.html" in html_of(page)


def test_what_was_not_measured_says_why() -> None:
    """Without public weights accuracy is absent with that reason, and no zero stands for it."""
    page = _page(example_archive(), "convit-s-plus")
    group = next(group for group in page.standing if group.title == "ImageNet-1k")
    assert {line.absent for line in group.lines} == {"not measured: no public weights"}
    assert all(line.comparison.measured is None for line in group.lines)
    assert page.weights_note is not None
    assert page.checkpoints == ()


def test_a_data_set_that_we_cannot_evaluate_is_not_called_pending() -> None:
    """Claims on a data set without a declaration are shown, and the reason is ours."""
    page = _page(example_archive(), "convit-s")
    group = next(group for group in page.standing if group.title == "ImageNet ReaL")
    assert {line.absent for line in group.lines} == {"not measured: pwc-bench cannot evaluate this data set yet"}


def test_a_failed_attempt_is_linked() -> None:
    """Where the value would stand, the attempt is named and its record linked."""
    lines = [line for group in _page(example_archive(), "deit-b").standing for line in group.lines]
    failed = [line.comparison for line in lines if line.comparison.absent_link is not None]
    assert failed
    assert all(row.absent.startswith("not measured") for row in failed)
    assert all(row.absent_link.href.startswith("../../record/") for row in failed if row.absent_link)


def test_cost_shows_the_split_and_the_count_without_the_head() -> None:
    """GFLOPs come with their operators, parameters with and without the head."""
    costs = {cost.title: cost for cost in _page(example_archive(), "convit-s").costs}
    split = costs["GFLOPs"].split
    assert split is not None
    assert [line.name for line in split.lines] == ["linear", "matmul", "conv", "layer_norm"]
    assert costs["Parameters"].value == "27,777,000"
    assert costs["Parameters"].without_head == "27,344,000"


def test_speed_is_kept_apart_by_machine() -> None:
    """Two devices are two rows, each with its settings."""
    fast = make_record(dataset=None)
    slow = make_record(
        dataset=None, device="Intel(R) Xeon(R)", measurements={"throughput": make_measurement(9.5, "images/s")}
    )
    speed = _page(example_archive((fast, slow)), "convit-s").speed
    assert speed is not None
    assert [(row.device, row.precision, row.batch_size) for row in speed.rows] == [
        ("Intel(R) Xeon(R)", "fp32", "64"),
        ("NVIDIA H200", "fp32", "64"),
    ]
    assert [column.title for column in speed.columns] == ["Throughput"]


def test_demo_results_stand_in_their_own_section_only() -> None:
    """The demo's accuracy is nowhere among the claims, and its records are listed apart."""
    page = _page(example_archive(), "convit-ti")
    assert [result.title for result in page.demo_results] == ["Top-1 accuracy", "Top-5 accuracy"]
    assert [row.is_demo for row in page.demo.rows] == [True]
    assert not any(row.is_demo for row in page.records.rows)
    assert "Demo" not in {group.title for group in page.standing}


def test_a_variant_that_only_records_know_gets_a_page() -> None:
    """A timm model, under the title that its record brought."""
    record = replace(make_record("timm:vit_base_patch16_224", None), title="vit_base_patch16_224")
    page = _page(example_archive((record,)), "timm-vit-base-patch16-224")
    assert page.title == "vit_base_patch16_224"
    assert not page.is_declared
    assert page.checkpoints == ()


def test_a_variant_that_only_claims_know_gets_a_page() -> None:
    """Boards link to the variant of a claim, so its page must be there."""
    archive = replace(bare_archive(), all_claims=(replace(make_claim(), variant="from-elsewhere"),))
    page = _page(archive, "from-elsewhere")
    assert page.standing[0].lines[0].comparison.absent == "not measured"


def test_two_keys_with_one_slug_do_not_take_the_same_path() -> None:
    """The second one's address carries a hash."""
    records = (make_record("module:a.b", None), make_record("module:a_b", None))
    paths = [page.path for page in made_by(ModelPages, example_archive(records))]
    assert len(set(paths)) == len(paths) == len(example_catalogue().variants) + 2


def test_nothing_measured_and_nothing_claimed_says_what_to_do() -> None:
    """An empty page names the command."""
    page = next(page for page in made_by(ModelPages, bare_archive()) if page.path == "model/convit-ti/index.html")
    assert "pwc-bench run --models convit-ti" in text_of(page)


def test_a_hostile_name_is_shown_as_text() -> None:
    """No tag of a name survives, and the page still renders."""
    record = replace(make_record(HOSTILE, None, campaign=HOSTILE, device=HOSTILE), title=HOSTILE)
    page = next(page for page in made_by(ModelPages, example_archive((record,))) if "script" in page.path)
    assert "<script>alert" not in html_of(page)
    assert HOSTILE in text_of(page)


def test_a_record_without_weights_for_an_accuracy_leaves_it_absent() -> None:
    """A partial record that measured nothing does not stand in for a value."""
    empty = make_record(
        "convit-b-plus", measurements={}, status=Status.PARTIAL, reason="no public weights", weights=WeightsStatus.NONE
    )
    page = _page(example_archive((empty,)), "convit-b-plus")
    assert all(line.comparison.measured is None for group in page.standing for line in group.lines)
    assert page.records.rows[0].status == "partial"


def test_an_unknown_metric_that_is_claimed_is_shown_as_a_claim() -> None:
    """A metric that nobody declares keeps its name and says that we do not measure it."""
    claim = make_claim(metric="energy", value="3", unit="J/image")
    page = _page(replace(bare_archive(), all_claims=(claim,)), "convit-s")
    row = page.standing[0].lines[0].comparison
    assert (row.title, row.absent) == ("energy", "not measured by pwc-bench")


def test_a_weights_file_on_the_hub_leads_to_its_page() -> None:
    """hub:ID becomes the hub's own address."""
    place = _page(bare_archive(), "convit-s").checkpoints[0]
    assert (place.uri, place.href) == ("hub:timm/convit-s", "https://huggingface.co/timm/convit-s")


def test_a_measurement_without_details_has_no_cost_section() -> None:
    """A figure that explains nothing is in the table only."""
    record = make_record(dataset=None, measurements={"gflops": Measurement(5.757, "GFLOPs")})
    assert _page(example_archive((record,)), "convit-s").costs == ()


def test_the_history_marks_steps_in_words_and_leads_to_records() -> None:
    """A chart, its sentence, and the same values in a table; every point is a link that leads somewhere."""
    records = campaigns(14)
    archive = MemoryArchive(example_catalogue(), records)
    page = next(page for page in made_by(ModelPages, archive) if page.path == "model/convit-s/index.html")
    html, text = html_of(page), text_of(page)
    assert "Worse since 2026-01-28 (2026-01-28-gpu): from 2,994 to 2,702 images/s" in text
    assert "1 series without a step: Throughput" in text
    assert "the same in 28 measurements" in text
    section = html[html.index('id="history"') : html.index('id="records"')]
    linked = {found.split("/")[-2] for found in re.findall(r'href="([^"#]+index.html)"', section)}
    assert linked <= {record.id for record in records}
    assert section.count("<svg") == 2 * 4


def test_a_variant_measured_once_has_a_sentence_for_a_history() -> None:
    """And one without records has no such heading."""
    assert "measured once so far" in text_of(
        next(page for page in made_by(ModelPages, example_archive()) if page.path == "model/convit-b/index.html")
    )
    assert _page(bare_archive(), "convit-b").history is None
