"""Claim beside measurement."""

from dataclasses import replace
from decimal import Decimal

from pwc_bench.claims.answers import Absence, Tally, reproduce
from pwc_bench.claims.reproduction import Agreement
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.metric import Kind
from pwc_bench.core.record import Status, WeightsStatus
from pwc_bench.site.parts.cells import measured_cell, record_badge
from pwc_bench.site.parts.comparison import compare_claim, unmeasured_comparison
from tests.example_archive import METRICS, example_catalogue
from tests.factories import make_claim, make_record

PATH = "paper/convit/index.html"
VARIANTS = example_catalogue().variants


def test_claim_and_measurement_stand_side_by_side() -> None:
    """With the signed difference, the source of the one and the record of the other."""
    record = make_record(dataset=None)
    found = compare_claim(METRICS["gflops"], (make_claim(),), record, path=PATH, variant=VARIANTS["convit-s"])
    assert found.claim is not None
    assert found.measured is not None
    assert (found.claim.number.text, found.measured.number.text, found.difference) == ("5.4", "5.76", "+0.36")
    assert found.claim.href == "https://arxiv.org/abs/2103.10697"
    assert found.measured.href == f"../../record/{record.id}/index.html"
    assert found.verdict is not None
    assert found.verdict.by_convention
    assert "without the attention products" in found.verdict.text


def test_speeds_on_different_hardware_are_not_compared() -> None:
    """No difference is shown, and the verdict names both machines."""
    claim = replace(make_claim(metric="throughput", value="305", unit="images/s"), conditions="Quadro GP100, batch 128")
    found = compare_claim(METRICS["throughput"], (claim,), make_record(dataset=None), path=PATH)
    assert found.difference is None
    assert found.verdict is not None
    assert found.verdict.state == "not-comparable"
    assert "Quadro GP100" in found.verdict.text
    assert "NVIDIA H200" in found.verdict.text


def test_speeds_on_the_same_hardware_are_compared() -> None:
    """Where the device's name holds the claim's."""
    claim = replace(make_claim(metric="throughput", value="3000", unit="images/s"), conditions="H200, batch 64")
    found = compare_claim(METRICS["throughput"], (claim,), make_record(dataset=None), path=PATH)
    assert found.verdict is not None
    assert (found.difference, found.verdict.state) == ("±0", "reproduced")


def test_a_partial_record_is_shown_but_judges_nothing() -> None:
    """The badge gives the reason."""
    record = make_record(status=Status.PARTIAL, reason="200 of 50,000 images")
    claim = make_claim(metric="top1", value="90.0", unit="%")
    found = compare_claim(METRICS["top1"], (claim,), record, path=PATH)
    assert found.measured is not None
    assert found.measured.status is not None
    assert (found.measured.status.text, found.measured.status.reason) == ("partial", "200 of 50,000 images")
    assert found.verdict is not None
    assert found.verdict.text == "not comparable: 200 of 50,000 images"
    assert found.difference is None


def test_units_that_differ_are_not_compared() -> None:
    """Mebibytes are no millions; billions are, turned into the unit of the column."""
    claims = (make_claim(metric="parameters", value="0.027", unit=unit) for unit in ("MiB", "B"))
    apart, turned = (
        compare_claim(METRICS["parameters"], (claim,), make_record(dataset=None), path=PATH) for claim in claims
    )
    assert apart.verdict is not None
    assert (apart.difference, apart.verdict.text) == (None, "not comparable: printed in MiB")
    assert turned.verdict is not None
    assert (turned.difference, turned.verdict.state) == ("+0.78", "reproduced")


def test_a_claim_that_is_no_number_is_shown_as_it_is() -> None:
    """And compared with nothing."""
    found = compare_claim(METRICS["gflops"], (make_claim(value="few"),), make_record(dataset=None), path=PATH)
    assert found.claim is not None
    assert found.verdict is not None
    assert (found.claim.number.text, found.difference, found.verdict.state) == ("few", None, "not-comparable")


def test_what_was_not_measured_says_why() -> None:
    """No public weights, a failed attempt, or just not yet: never a zero."""
    metric = METRICS["top1"]
    claims = (make_claim(metric="top1", value="82.2", unit="%"),)
    no_weights = compare_claim(metric, claims, None, path=PATH, variant=VARIANTS["convit-s-plus"])
    not_yet = compare_claim(metric, claims, None, path=PATH, variant=VARIANTS["convit-s"])
    failure = make_record(status=Status.FAILED, reason="no host", measurements={})
    failed = compare_claim(metric, claims, None, path=PATH, variant=VARIANTS["convit-s"], failure=failure)
    unknown = compare_claim(metric, claims, None, path=PATH)
    assert [found.absent for found in (no_weights, not_yet, failed, unknown)] == [
        "not measured: no public weights",
        "not measured yet",
        "not measured: the attempt failed",
        "not measured",
    ]
    assert failed.absent_link is not None
    assert failure.id in failed.absent_link.href
    assert no_weights.verdict is not None
    assert no_weights.verdict.text == VARIANTS["convit-s-plus"].weights_note


def test_a_metric_of_others_is_shown_as_claimed() -> None:
    """We do not measure it, and say so."""
    found = unmeasured_comparison(make_claim(metric="beauty", unit="stars"))
    assert (found.title, found.unit, found.measured, found.absent) == (
        "beauty",
        "stars",
        None,
        "not measured by pwc-bench",
    )


def test_badges_name_what_a_reader_must_know_first() -> None:
    """Complete records of public weights need none; cost does not depend on weights."""
    assert record_badge(make_record()) is None
    assert record_badge(make_record(dataset=None, weights=WeightsStatus.NONE)) is None
    kinds = [
        record_badge(make_record(status=Status.FAILED)),
        record_badge(make_record(weights=WeightsStatus.PROBE)),
        record_badge(make_record(weights=WeightsStatus.LOCAL)),
        record_badge(make_record(status=Status.PARTIAL)),
    ]
    assert [badge and badge.kind for badge in kinds] == ["failed", "demo", "local", "partial"]
    assert kinds[3] is not None
    assert kinds[3].reason == "50,000 of 50,000 images"


def test_a_badge_names_everything_that_holds() -> None:
    """A part of the images with the user's own weights, a part of a demo."""
    both = record_badge(make_record(status=Status.PARTIAL, reason="200 of 50,000 images", weights=WeightsStatus.LOCAL))
    demo = record_badge(make_record(status=Status.PARTIAL, weights=WeightsStatus.PROBE))
    assert both is not None
    assert demo is not None
    assert (both.kind, both.text) == ("partial", "partial, own weights")
    assert both.reason == "200 of 50,000 images; measured with a file of the user's own, no published checkpoint"
    assert (demo.kind, demo.text) == ("demo", "demo, partial")


def test_a_verdict_on_own_weights_says_so() -> None:
    """Whether it reproduces the claim or not: another file was judged than the one that was published."""
    record = make_record(weights=WeightsStatus.LOCAL)
    verdicts = [
        compare_claim(METRICS["top1"], (make_claim(metric="top1", value=value, unit="%"),), record, path=PATH).verdict
        for value in ("81.3", "99.0")
    ]
    texts = [(verdict.text, verdict.by_own_weights) for verdict in verdicts if verdict]
    below = "below the claim, with own weights: it lies outside the 95 % interval 80.96\N{EN DASH}81.64"
    assert texts == [("reproduced, with own weights", True), (below, True)]


def test_a_batch_stands_with_what_depends_on_it_only() -> None:
    """The run's batch with a throughput, batch 1 with a latency, none with a count or an accuracy."""
    latency = replace(METRICS["throughput"], key="latency_p50")
    measurements = {
        "throughput": Measurement(3000.0, ""),
        "latency_p50": Measurement(6.2, "", details={"batch_size": 1}),
    }
    record = make_record(dataset=None, measurements={**measurements, "gflops": Measurement(5.757, "")})
    metrics = (METRICS["throughput"], latency, METRICS["gflops"])
    cells = [measured_cell(record, metric, PATH) for metric in metrics]
    assert [cell.batch_size for cell in cells] == [64, 1, None]
    assert [cell.setting for cell in cells] == [
        "NVIDIA H200, fp32, batch 64",
        "NVIDIA H200, fp32, batch 1",
        "NVIDIA H200, fp32",
    ]
    memory = replace(METRICS["gflops"], kind=Kind.DESCRIPTIVE)
    assert measured_cell(record, memory, PATH).batch_size == 64
    assert "batch" not in measured_cell(make_record(), METRICS["top1"], PATH).conditions


def test_a_tally_counts_every_claim() -> None:
    """What was not measured, or cannot be compared, belongs to the whole of which some was reproduced."""
    found = [(Agreement.REPRODUCED, "GFLOPs")] * 13 + [(Agreement.ABOVE, "GFLOPs")] * 4 + [(Agreement.BELOW, "GFLOPs")]
    missing = [(Absence.NOT_YET, "Top-1 accuracy")] * 7 + [(Absence.NOT_YET, "Top-5 accuracy")] * 5
    apart = [(Agreement.NOT_COMPARABLE, "Throughput")]
    assert Tally.of(found).text == "13 of 18 claims reproduced"
    assert Tally.of([*found, *missing]).text == "13 of 30 claims reproduced; 12 not measured yet"
    whole = "13 of 31 claims reproduced; 12 not measured yet, 1 not comparable"
    assert Tally.of([*found, *missing, *apart]).text == whole
    assert Tally.of([*found, *missing, *apart]).whole_text == f"{whole} (Top-1 accuracy, Top-5 accuracy not measured)"
    assert Tally.of(missing).text == "12 claims, none measured"
    assert Tally.of([]).text == "0 claims, none measured"


def test_a_verdict_carries_its_basis() -> None:
    """The number that was compared, in the display unit, its convention, the rule and the record."""
    record = make_record("convit-s", None)
    claim = make_claim("ConViT-S", "gflops", "5.4", "GFLOPs")
    found = reproduce(METRICS["gflops"], claim, record)
    assert (found.rule, found.convention, found.compared) == ("digits", "without-attention-products", Decimal("5.358"))
    assert found.record == record
    high = reproduce(METRICS["gflops"], replace(claim, value="4.9"), record)
    assert (high.rule, high.convention) == (None, "total")
    assert high.compared == Decimal(repr(record.measurements["gflops"].value))
