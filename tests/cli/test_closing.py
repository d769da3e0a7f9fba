"""The closing table: claims beside measurements, nothing invented, never wider than 80 columns."""

from dataclasses import replace
from pathlib import Path

from pwc_bench.api.places import load_catalogue
from pwc_bench.cli.closing import close, closing_text
from pwc_bench.cli.finish import is_incomplete, next_step, precision_offer, program_name
from pwc_bench.cli.text import ABSENT
from pwc_bench.core.claim import Claim
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.record import Record, Status, WeightsStatus
from pwc_bench.exchange import load_knowledge
from tests.cli.conftest import demo_campaign, imagenet_campaign
from tests.factories import make_claim, make_record

GOLDEN = Path(__file__).parent.parent / "golden"


def text_of(records: list[Record]) -> str:
    """The closing table of `records` with the claims that ship with the package."""
    return closing_text(close(records, load_knowledge().claims, load_catalogue()))


def test_imagenet_table_equals_the_golden_one() -> None:
    """Accuracy, cost and speed on ImageNet stand beside the paper's claims, and what is absent says why."""
    assert text_of(imagenet_campaign()) == (GOLDEN / "closing_imagenet.txt").read_text(encoding="utf-8")


def test_demo_table_equals_the_golden_one() -> None:
    """The demo's accuracy is called a demo's, and no claim stands beside it."""
    assert text_of(demo_campaign()) == (GOLDEN / "closing_demo.txt").read_text(encoding="utf-8")


def test_tables_fit_80_columns_with_six_variants_and_long_names() -> None:
    """Long titles are folded and long reasons wrapped."""
    records = [
        make_record(
            f"my_models.package.module:factory_number_{number}", dataset, status=Status.PARTIAL, reason="x " * 90
        )
        for number in range(6)
        for dataset in (None, "imagenet-1k")
    ]
    text = text_of(records)
    assert max(map(len, text.splitlines())) <= 80
    assert "my_models" in text


def test_demo_accuracy_gets_no_claim() -> None:
    """A claim about ImageNet never stands beside a demo's accuracy."""
    catalogue = load_catalogue()
    closing = close(demo_campaign(), load_knowledge().claims, catalogue)
    column = [column.heading for column in closing.columns].index("Demo top-1")
    assert [row.cells[column].claimed for row in closing.rows] == [ABSENT, ABSENT]
    assert closing.rows[0].cells[column].measured == "76.56 ±10.2"
    assert any("says nothing about ImageNet" in note and "12.5 %" in note for note in closing.notes)


def test_claim_of_the_own_paper_is_preferred() -> None:
    """Where several sources claim a number, that of the variant's own paper is shown."""
    other = Claim(
        paper="elsewhere", model="convit_small", variant="convit-s", task="t", dataset="imagenet-1k", metric="top1",
        value="81.412", unit="%", source="a list",
    )  # fmt: skip
    own = make_claim(metric="top1", value="81.3", unit="%")
    closing = close([make_record()], [other, own], load_catalogue())
    assert [row.cells[0].claimed for row in closing.rows] == ["81.3"]


def test_claim_in_another_unit_says_its_unit() -> None:
    """A claim that is printed in another unit keeps it."""
    closing = close([make_record("convit-s", None)], [make_claim(value="5.4", unit="GMACs")], load_catalogue())
    assert closing.rows[0].cells[0].claimed == "5.4 GMACs"


def test_metrics_that_nobody_asked_for_have_no_column() -> None:
    """A run of one metric has one column."""
    record = make_record("convit-s", None, measurements={"gflops": Measurement(5.757, "GFLOPs")})
    assert [column.heading for column in close([record], [], load_catalogue()).columns] == ["GFLOPs"]


def test_accuracy_that_could_not_be_measured_keeps_its_column() -> None:
    """Where accuracy was asked for and nobody has weights, its column shows a dash and a note says why."""
    record = make_record("convit-ti-plus", measurements={}, status=Status.PARTIAL, reason="no weights")
    closing = close([record], load_knowledge().claims, load_catalogue())
    assert closing.rows[0].cells[0].measured == ABSENT
    assert closing.rows[0].cells[0].claimed == "76.7"
    assert "* ConViT-Ti+: partial: no weights" in closing.notes


def test_a_run_is_incomplete_when_something_asked_for_failed() -> None:
    """Failed records and unreadable images make a run incomplete; partial records alone do not."""
    from dataclasses import replace

    partial = make_record(status=Status.PARTIAL, reason="200 of 50,000 images")
    unreadable = replace(partial, provenance=replace(partial.provenance, images_failed=("x.jpg",)))
    assert not is_incomplete([partial])
    assert is_incomplete([partial, unreadable])
    assert is_incomplete([make_record(status=Status.FAILED, reason="no")])


def test_own_weights_are_named() -> None:
    """With their file, once for each variant; a record of cost looks at no weights."""
    local = [make_record("convit-s", dataset, weights=WeightsStatus.LOCAL) for dataset in (None, "imagenet-1k")]
    notes = close(local, (), load_catalogue()).notes
    assert "own weights, no published checkpoint: ConViT-S (hub:timm/convit_small.fb_in1k)" in notes
    assert not any("own weights" in note for note in close(imagenet_campaign(), (), load_catalogue()).notes)


def test_the_next_step_names_a_database_that_is_not_the_default_one() -> None:
    """What is printed can be typed as it stands: it renders what this run has stored, not another database."""
    records, program = imagenet_campaign(), program_name()
    assert next_step(records, "my runs/x.db", None).endswith(f"{program} build --db 'my runs/x.db' && {program} serve")
    assert next_step(records, "results/pwc-bench.db", None).endswith(f"{program} build && {program} serve")


def test_bf16_is_offered_after_a_run_in_fp32_on_a_cpu_that_has_it() -> None:
    """Not elsewhere, and not to whoever took it already."""
    plain = make_record()
    plain = replace(plain, environment=replace(plain.environment, device_type="cpu"))
    reduced = replace(plain, environment=replace(plain.environment, precision="bf16"))
    on_gpu = replace(plain, environment=replace(plain.environment, device_type="cuda"))
    said = precision_offer([plain], "AMX and AVX-512")
    assert said is not None
    assert "--precision bf16 may be faster: this CPU has AMX and AVX-512 for it" in said
    assert max(map(len, said.splitlines())) <= 80
    assert precision_offer([plain], None) is None
    assert precision_offer([reduced, on_gpu], "AMX") is None


def test_a_value_with_a_caveat_is_marked_and_the_caveat_told_once() -> None:
    """Variants that share it are named together; one without it has no mark."""
    why = "May be undercounted: no rule counts fft_fft2 (1)."
    records = [
        make_record(variant, None, measurements={"gflops": Measurement(1.0, "GFLOPs", caveats=caveats)})
        for variant, caveats in (("one", (why,)), ("two", (why,)), ("three", ()))
    ]
    closing = close(records, [], load_catalogue())
    assert [row.cells[0].measured for row in closing.rows] == ["1.000†", "1.000†", "1.000"]
    assert closing.notes == (f"† GFLOPs of one, two: {why}",)


def test_speeds_of_two_settings_are_told_apart() -> None:
    """The column holds those of the reference; the fused ones are marked, and a note has their setting."""

    def timed(variant: str, implementation: str, speed: float) -> Record:
        measurements = {"throughput": Measurement(speed, "images/s")}
        record = make_record(variant, None, measurements=measurements, device="CPU")
        environment = replace(record.environment, implementation=implementation, batch_size=8, threads=2)
        return replace(record, environment=environment)

    records = [
        timed("convit-s-plus", "fused", 15.1),
        timed("convit-s-plus", "reference", 11.0),
        timed("convit-ti", "fused", 84.4),
        timed("deit-s-plus", "reference", 14.9),
    ]
    closing = close(records, load_knowledge().claims, load_catalogue())
    column = [column.heading for column in closing.columns].index("Speed")
    assert [(row.title, row.cells[column].measured) for row in closing.rows] == [
        ("ConViT-S+", "11.0"), ("ConViT-Ti", "84.4\N{DOUBLE DAGGER}"), ("DeiT-S+", "14.9"),
    ]  # fmt: skip
    assert "speed here: CPU, fp32, batch 8, 2 threads" in closing.notes
    assert closing.notes[-1] == (
        "\N{DOUBLE DAGGER} speed in another setting, not to be compared: "
        "CPU, fp32, batch 8, fused implementation, 2 threads: ConViT-S+ 15.1, ConViT-Ti 84.4 images/s"
    )
    only_fused = close(records[:1], (), load_catalogue())
    assert only_fused.rows[0].cells[0].measured == "15.1"
    assert only_fused.notes == ("speed here: CPU, fp32, batch 8, fused implementation, 2 threads",)


def test_every_metric_that_was_asked_for_is_shown() -> None:
    """Those without a column stand below the table, absent ones with a dash."""
    record = make_record("convit-s", None, measurements={"activations": Measurement(5e6, "")})
    notes = close([record], (), load_catalogue(), ("activations", "latency_p50", "gflops")).notes
    told = [note for note in notes if note.startswith(("Activations", "Latency"))]
    assert len(told) == 2
    assert "ConViT-S 5.0" in told[0]
    assert told[1].endswith(f"ConViT-S {ABSENT}")
