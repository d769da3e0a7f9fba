"""What came of a claim: the verdict with its basis, and how verdicts are counted."""

from dataclasses import replace

import pytest

from pwc_bench.claims.answers import Absence, Reproduction, Tally, reproduce
from pwc_bench.claims.reproduction import Agreement, Basis
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.metric import Display, Metric
from pwc_bench.core.record import Record, Status, WeightsStatus
from pwc_bench.core.variant import Variant
from tests.example_archive import METRICS, example_catalogue
from tests.factories import make_claim, make_measurement, make_record


def judged(metric: str, value: str, record: Record) -> Reproduction:
    """A claim of ConViT-S against what a record holds."""
    unit = METRICS[metric].display.unit
    return reproduce(METRICS[metric], make_claim(metric=metric, value=value, unit=unit), record)


OWN = make_record(weights=WeightsStatus.LOCAL)
EXACT = make_record(weights=WeightsStatus.LOCAL, measurements={"top1": Measurement(81.3, "%")})
COST = make_record(dataset=None)


@pytest.mark.parametrize(
    ("metric", "value", "record", "reason"),
    [
        ("top1", "81.3", make_record(), "reproduced"),
        ("top1", "81.32", make_record(), "reproduced within a dozen of 50,000 images"),
        (
            "top1",
            "81.5",
            make_record(),
            (
                "below the claim: the published checkpoint should agree to 0.024 % on the same images, "
                "whatever the 95 % interval"
            ),
        ),
        ("top1", "81.3", OWN, "reproduced, with own weights"),
        ("top1", "81.35", OWN, "reproduced within the tolerance, with own weights"),
        ("top1", "81.6", OWN, "reproduced within the 95 % interval, with own weights"),
        (
            "top1",
            "82.0",
            OWN,
            "below the claim, with own weights: it lies outside the 95 % interval 80.96\N{EN DASH}81.64",
        ),
        ("top1", "80.0", EXACT, "above the claim, with own weights"),
        ("gflops", "5.4", COST, "reproduced without the attention products: 5.36\N{NO-BREAK SPACE}GFLOPs"),
        (
            "gflops",
            "4.2",
            COST,
            (
                "above the claim; no other convention prints it (5.36 without the attention products, "
                "11.51 with two operations for each multiply-add)"
            ),
        ),
        ("parameters", "27.3", COST, "reproduced without the classifier head: 27.34\N{NO-BREAK SPACE}M"),
        (
            "parameters",
            "30",
            COST,
            "below the claim; no other convention prints it (27.34 without the classifier head)",
        ),
    ],
)
def test_a_verdict_says_by_what_it_holds_or_what_it_would_have_taken(
    metric: str, value: str, record: Record, reason: str
) -> None:
    """The digits, a dozen images, the tolerance, the interval, a convention; else the nearest miss."""
    assert judged(metric, value, record).reason == reason


def test_a_likelihood_of_the_checkpoint_itself_is_judged_by_the_tolerance() -> None:
    """There is no dozen of images in a mean."""
    record = make_record(measurements={"nll": Measurement(0.9004, "nats")})
    metric = replace(METRICS["nll"], tolerance=0.0005)
    claim = make_claim(metric="nll", value="0.9001", unit="nats")
    assert reproduce(metric, claim, record).reason == "reproduced within the tolerance"
    far = reproduce(metric, replace(claim, value="0.8"), record)
    assert far.reason == (
        "above the claim: the published checkpoint should agree to 0.0005 nats on the same images, "
        "whatever the 95 % interval"
    )
    bare = reproduce(replace(metric, display=Display("", decimals=3)), replace(claim, value="0.8", unit=""), record)
    assert "should agree to 0.0005 on the same images" in bare.reason


def test_a_judged_claim_carries_its_numbers() -> None:
    """Difference and share of the claim, in the display unit; the rule, the convention and what was compared."""
    found = judged("gflops", "5.4", COST)
    assert (str(found.difference), round(float(found.difference_percent or 0), 2)) == ("0.357", 6.61)
    assert (found.rule, found.convention, round(float(found.compared or 0), 3)) == (
        "digits", "without-attention-products", 5.358,
    )  # fmt: skip
    assert [reading.key for reading in found.readings] == ["total", "without-attention-products", "doubled"]
    assert (found.record, found.basis, found.by_own_weights) == (COST, Basis.DIGITS, False)
    total = judged("gflops", "5.757", COST)
    assert (total.convention, float(total.compared or 0), total.reading) == ("total", 5.757, None)
    assert (judged("top1", "81.3", OWN).by_own_weights, judged("top1", "81.3", OWN).convention) == (True, None)
    assert (judged("top1", "0", EXACT).difference_percent, judged("top1", "0.00", EXACT).rule) == (None, None)
    assert judged("parameters", "30", COST).difference == judged("parameters", "0", COST).difference - 30  # type: ignore[operator]


def test_a_tally_leaves_nothing_out() -> None:
    """What was not measured or cannot be compared stands beside what was reproduced, with at most four names."""
    reproduced, missing, apart = Agreement.REPRODUCED, Absence.NOT_YET, Agreement.NOT_COMPARABLE
    assert Tally.of([(reproduced, "Top-1"), (Agreement.ABOVE, "Top-1")]).whole_text == "1 of 2 claims reproduced"
    assert Tally.of([(missing, "Top-1")]).text == "1 claim, none measured"
    assert Tally.of([(missing, "Top-1")] * 2).whole_text == "2 claims, none measured (Top-1 not measured)"
    both = Tally.of([(reproduced, "Top-1")] * 1_000 + [(missing, "Top-5"), (apart, "Speed"), (apart, "Speed")])
    assert both.text == "1,000 of 1,003 claims reproduced; 1 not measured yet, 2 not comparable"
    assert (both.claims, both.unmeasured) == (1_003, ("Top-5",))
    assert Tally.of([(apart, "Speed")]).text == "0 of 1 claims reproduced; 1 not comparable"
    weights = [(Absence.NO_WEIGHTS, "Top-1")] * 3
    assert Tally.of([*weights, (missing, "Top-5")]).text == (
        "4 claims, none measured; 3 without public weights, 1 not measured yet"
    )
    assert Tally.of([(reproduced, "Top-1"), (apart, "Speed"), *weights]).text == (
        "1 of 5 claims reproduced; 3 without public weights, 1 not comparable"
    )
    assert Tally.of([(Absence.FAILED, "x"), (Absence.BEYOND, "y")]).text == (
        "2 claims, none measured; 1 failed when they were to be measured, 1 beyond what pwc-bench measures"
    )
    named = [(missing, name) for name in "abcda"]
    assert Tally.of([(reproduced, "x"), *named]).whole_text.endswith("(a, b, c, d not measured)")
    assert Tally.of([(reproduced, "x"), *named, (missing, "e"), (missing, "f")]).whole_text == (
        "1 of 8 claims reproduced; 7 not measured yet (a, b, c, d, 2 further metrics not measured)"
    )


def test_an_interval_is_no_excuse_for_a_published_checkpoint() -> None:
    """Half a point below its own claim is below, although the 95 % interval holds the claim."""
    record = make_record(measurements={"top1": make_measurement(80.8, "%", half_width=0.6)})
    assert judged("top1", "81.3", record).agreement is Agreement.BELOW


@pytest.mark.parametrize("record", [make_record(), OWN, EXACT])
@pytest.mark.parametrize(
    ("value", "conditions", "agreement", "rule"),
    [
        ("81.8", "± 0.5", Agreement.REPRODUCED, "spread"),
        ("81.7", "± 0.5 %", Agreement.REPRODUCED, "spread"),  # of a share the per cent are points
        ("80.9", "± 0.2", Agreement.ABOVE, None),
        ("81.3", "± 0.2", Agreement.REPRODUCED, "digits"),
        ("81.8", "batch 128", Agreement.BELOW, None),
    ],
)
def test_a_spread_that_is_printed_behind_the_number_counts(
    record: Record, value: str, conditions: str, agreement: Agreement, rule: str | None
) -> None:
    """Whether or not the measurement has an interval, and of the published checkpoint too: the claim is no one run."""
    narrow = replace(record, measurements={"top1": replace(record.measurements["top1"], interval=None)})
    claim = replace(make_claim(metric="top1", value=value, unit="%"), conditions=conditions)
    found = reproduce(METRICS["top1"], claim, narrow)
    assert (found.agreement, found.rule) == (agreement, rule)
    assert ("the spread that is printed behind the claim" in found.reason) == (rule == "spread")


def test_what_was_not_measured_says_why() -> None:
    """No public weights are another thing than no time yet, a failed attempt, or a model that nobody declares."""
    variants = example_catalogue().variants
    with_weights = next(variant for variant in variants.values() if variant.checkpoints)
    without = replace(with_weights, checkpoints=(), weights_note="Nobody has published weights of it.")
    accuracy, cost = METRICS["top1"], METRICS["gflops"]
    failed = make_record(status=Status.FAILED)

    def why(metric: Metric, variant: Variant | None, failure: Record | None = None) -> tuple[str, str]:
        key = None if variant is None else variant.key
        claim = replace(make_claim(metric=metric.key, value="5", unit=metric.display.unit), variant=key)
        found = reproduce(metric, claim, None, variant=variant, failure=failure)
        return found.stand, found.reason

    assert why(accuracy, without) == ("without public weights", "Nobody has published weights of it.")
    assert why(cost, without) == ("not measured yet", "not measured yet")
    assert why(accuracy, with_weights) == ("not measured yet", "not measured yet")
    assert why(accuracy, with_weights, failed)[0] == "failed when they were to be measured"
    assert why(accuracy, None)[0] == "beyond what pwc-bench measures"
    assert judged("top1", "81.3", make_record()).stand == "reproduced"
