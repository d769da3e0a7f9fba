"""The predictions behind two records: found, borne out by what they say, or missed with a reason."""

from dataclasses import replace

import numpy as np

from pwc_bench.core.measurement import Measurement
from pwc_bench.core.metric import Metric
from pwc_bench.core.verdict import Outcome
from pwc_bench.regression import Side, predictions_needed
from pwc_bench.regression.evidence import are_identical, likelihoods, paired_predictions
from pwc_bench.regression.pair import Hurdle, Pair
from tests.regression.sides import METRICS, Evaluated, accuracy, predictions, side, verdict_on

TOP1, SPEED, COUNT = METRICS["top1"], METRICS["throughput"], METRICS["parameters"]
SAME, IMPROVED, REGRESSED = Outcome.SAME, Outcome.IMPROVED, Outcome.REGRESSED


def test_the_same_file_is_the_same_result_where_the_values_agree() -> None:
    """A hash that two records share, with another value in one of them, needs a look at the images."""
    one = accuracy().record
    assert are_identical(Pair(metric=TOP1, baseline=one, candidate=one))
    other = replace(one, measurements={**one.measurements, "top1": Measurement(75.5, "%")})
    assert not are_identical(Pair(metric=TOP1, baseline=one, candidate=other))
    for part in (0, 1):
        bare = replace(one, provenance=replace(one.provenance, predictions=None))
        records = (bare, one) if part == 0 else (one, bare)
        assert not are_identical(Pair(metric=TOP1, baseline=records[0], candidate=records[1]))
    bare = replace(one, provenance=replace(one.provenance, predictions=None))
    assert not are_identical(Pair(metric=TOP1, baseline=bare, candidate=bare))


def hurdle_of(old: Evaluated, new: Evaluated, metric: Metric = TOP1) -> tuple[Outcome, str] | None:
    """What keeps the predictions of two records from being compared."""
    found = paired_predictions(
        Pair(metric=metric, baseline=old.record, candidate=new.record), side("old", old), side("new", new)
    )
    return (found.outcome, found.reason) if isinstance(found, Hurdle) else None


def test_predictions_must_bear_out_their_records() -> None:
    """Their number, the share that is right, the mean likelihood: to the digits that a file can hold."""
    one = accuracy()
    assert hurdle_of(one, one) is None

    def told(metric: str, value: float, seen: int | None = 2_000) -> Evaluated:
        measured = {**one.record.measurements, metric: Measurement(value, "%")}
        return one.but(measurements=measured, provenance={"images_seen": seen})

    stray = "predictions are not those of its record:"
    assert hurdle_of(told("top1", 76.0), one) == (
        Outcome.INCOMPARABLE, f"the baseline's {stray} they give top1 75 and not 76",
    )  # fmt: skip
    assert hurdle_of(one, told("top1", 75.0, 1_999)) == (
        Outcome.INCOMPARABLE, f"the candidate's {stray} 2,000 images and not 1,999",
    )  # fmt: skip
    assert hurdle_of(one, told("top1", 75.0, None)) is None
    assert hurdle_of(one, told("top1", 75.0 + 5e-8)) is None
    assert hurdle_of(one, told("top1", 75.0 + 5e-7)) is not None
    nll = METRICS["nll"]
    mean = one.record.measurements["nll"].value
    assert hurdle_of(one, told("nll", mean + 5e-7), nll) is None
    assert hurdle_of(one, told("nll", mean + 2e-6), nll) == (
        Outcome.INCOMPARABLE, f"the candidate's {stray} they give nll {mean:.6g} and not {mean + 2e-6:.6g}",
    )  # fmt: skip
    ece = replace(TOP1, key="ece", title="Calibration error", per_image=None)
    assert hurdle_of(one, one, ece) == (
        Outcome.INCOMPARABLE, "no rule says what an image contributes to Calibration error",
    )  # fmt: skip
    assert hurdle_of(accuracy(found=predictions(1_500)), accuracy(found=predictions(750, images=1_000))) == (
        Outcome.INCOMPARABLE, "the predictions are of other images or labels",
    )  # fmt: skip


def test_absent_predictions_say_why() -> None:
    """The first side that lacks them speaks: none named, none loaded, or what loading said."""
    one = accuracy()
    pair = Pair(metric=TOP1, baseline=one.record, candidate=one.record)
    have, bare = side("have", one), Side("bare", (one.record,))
    said = Side("bare", (one.record,), absent_predictions={one.record.id: "the file is missing"})
    unnamed = one.but(provenance={"predictions": None}).record

    def reason(pair: Pair, old: Side, new: Side) -> str:
        found = paired_predictions(pair, old, new)
        assert isinstance(found, Hurdle)
        assert found.outcome is Outcome.INCOMPARABLE
        return found.reason

    assert reason(pair, bare, have) == "no per-image predictions of the baseline: none were loaded"
    assert reason(pair, have, said) == "no per-image predictions of the candidate: the file is missing"
    assert reason(pair, said, bare) == "no per-image predictions of the baseline: the file is missing"
    assert reason(replace(pair, candidate=unnamed), have, bare) == (
        "no per-image predictions of the candidate: its record names none"
    )


def test_only_what_is_asked_for_needs_predictions() -> None:
    """None for a metric that is not compared image by image; for equality also of another precision."""
    old, new = accuracy().record, accuracy(found=predictions(1_499)).record
    bf16 = replace(new, environment=replace(new.environment, precision="bf16"))
    nothing = frozenset[str](), frozenset[str]()
    both = frozenset({old.id}), frozenset({new.id})
    assert predictions_needed([old], [new], metrics=METRICS, only=("weights",)) == nothing
    assert predictions_needed([old], [new], metrics=METRICS, only=("top1",)) == both
    assert predictions_needed([old], [bf16], metrics=METRICS) == nothing
    assert predictions_needed([old], [bf16], metrics=METRICS, equivalent=0.5) == (both[0], frozenset({bf16.id}))


def test_predictions_without_numbers_decide_nothing() -> None:
    """Three likelihoods that are none, in a record that has their mean from elsewhere; and shares of such images."""
    found = predictions(1_500)
    nll = np.array(found.nll)
    nll[:3] = np.nan
    old = accuracy()
    new = accuracy(found=replace(found, nll=nll))
    new = new.but(measurements={**new.record.measurements, "nll": Measurement(0.65, "nats")})
    verdict = verdict_on("nll", [old], [new])
    assert (verdict.outcome, verdict.reason) == (
        Outcome.INCONCLUSIVE, "the likelihood of 3 images is no finite number",
    )  # fmt: skip
    words = "3 of 2,000 images have scores that are no finite numbers"
    assert (verdict_on("top1", [old], [new]).outcome, verdict_on("top1", [old], [new]).reason) == (
        Outcome.INCONCLUSIVE, words,
    )  # fmt: skip
    assert verdict_on("top1", [old], [new], equivalent=0.5).reason == words
    scores = np.array(found.scores)
    scores[5, 0] = np.inf
    unsure = accuracy(found=replace(found, scores=scores, nll=found.nll + np.float32(0.001)))
    assert verdict_on("top1", [unsure], [old]).reason == words.replace("3 of", "1 of")
    lost = accuracy(found=replace(predictions(1_500, lost=60), nll=nll))
    assert verdict_on("top1", [old], [lost]).outcome is REGRESSED  # what is known is enough


def test_likelihoods_are_doubles() -> None:
    """They are kept in single precision, in which 100,000,000 and 1 add up to 100,000,000."""
    found = predictions(1_500, images=2_000)
    nll = np.zeros(2_000, dtype=np.float32)
    nll[:2] = (1e8, 1.0)
    assert float(likelihoods(replace(found, nll=nll)).sum()) == 100_000_001.0
