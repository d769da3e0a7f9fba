"""What keeps two records from being compared, in words, the gravest first."""

import math
from typing import Any

from pwc_bench.core.measurement import Measurement
from pwc_bench.core.metric import Metric
from pwc_bench.core.record import Record, Status
from pwc_bench.core.verdict import Outcome
from pwc_bench.regression.comparability import differences, find_hurdle, image_differences
from tests.regression.sides import METRICS, Evaluated, accuracy, cost, rounds

TOP1, SPEED, COUNT = METRICS["top1"], METRICS["throughput"], METRICS["parameters"]


def test_what_differs_is_told_in_words() -> None:
    """Versions, images, labels, sizes, methods; of a quantity that one side does not know, nothing or "unknown"."""
    one, count = accuracy(), cost()

    def told(metric: Metric, old: Evaluated, new: Evaluated) -> tuple[str, ...]:
        return differences(metric, old.record, new.record)

    newer = one.but(measurements={**one.record.measurements, "top1": Measurement(75.0, "%", version=2)})
    assert told(TOP1, one, newer) == ("version of the metric's definition 1 against 2",)
    assert image_differences(TOP1, one.record, newer.record) == told(TOP1, one, newer)
    bf16 = one.but(environment={"precision": "bf16"})
    assert told(TOP1, one, bf16) == ("precision fp32 against bf16",)
    assert image_differences(TOP1, one.record, bf16.record) == ()
    other = one.but(provenance={"manifest_sha256": "ef" * 32, "images_seen": 1_000})
    words = "images and labels: manifest cdcdcdcd (2,000 images) against efefefef (1,000 images)"
    assert told(TOP1, one, other) == image_differences(TOP1, one.record, other.record) == (words,)
    unknown = one.but(provenance={"manifest_sha256": None, "images_seen": None})
    assert told(TOP1, unknown, one) == (
        "images and labels: manifest unknown (unknown images) against cdcdcdcd (2,000 images)",
    )
    assert told(TOP1, unknown, unknown) == ("images and labels: no manifest hash on either side",)
    fewer = one.but(provenance={"images_seen": 1_990})
    assert told(TOP1, one, fewer) == ("images that could be evaluated: 2000 against 1990",)
    failed = one.but(provenance={"images_failed": 3})
    assert len(told(TOP1, one, failed)) == 1
    small, large = (count.but(environment={"input_px": side}) for side in (224, 384))
    assert told(COUNT, small, large) == ("side of the input in px 224 against 384",)
    assert told(COUNT, count, large) == told(COUNT, large, count) == ()
    assert told(TOP1, *(one.but(environment={"input_px": side}) for side in (224, 384))) == ()


def test_speeds_differ_in_how_they_were_measured_too() -> None:
    """The forwards of a round for a latency, the variants of a pass for its throughput."""

    def timed(metric: str, details: Any) -> Record:  # noqa: ANN401 - what a record may hold
        found = Measurement(1.0, "ms", samples=(1.0,) * 20, details=details)
        base = accuracy() if metric == "throughput_end_to_end" else cost()
        return base.but(measurements={metric: found}).record

    def told(metric: str, old: Any, new: Any) -> tuple[str, ...]:  # noqa: ANN401
        return differences(METRICS[metric], timed(metric, old), timed(metric, new))

    five, ten = {"batch_size": 1, "forwards_per_round": 5}, {"batch_size": 1, "forwards_per_round": 10}
    assert told("latency_p99", five, ten) == ("forwards in a round 5 against 10",)
    assert told("latency_p50", {"batch_size": 1}, ten) == ("forwards in a round unknown against 10",)
    assert told("latency_p50", five, five) == told("throughput", five, {**five, "forwards_per_round": 10}) == ()
    two, three = {"variants": ["a", "b"]}, {"variants": ["a", "b", "c"]}
    assert told("throughput_end_to_end", two, three) == ("variants in the pass a, b against a, b, c",)
    assert told("throughput_end_to_end", two, {}) == told("throughput_end_to_end", {}, two) == ()
    assert told("throughput_end_to_end", two, two) == ()


def test_hurdles_come_gravest_first() -> None:
    """No number, then what was not finished, then what differs."""

    def found(old: Evaluated, new: Evaluated, metric: Metric = TOP1) -> tuple[Outcome, str] | None:
        hurdle = find_hurdle(metric, old.record, new.record)
        return None if hurdle is None else (hurdle.outcome, hurdle.reason)

    one = accuracy()
    partial = one.but(status=Status.PARTIAL, status_reason="10 of 2,000 images")
    silent = one.but(status=Status.PARTIAL, status_reason=None)
    nan = one.but(measurements={"top1": Measurement(math.nan, "%")}, status=Status.PARTIAL)
    lost = cost(throughput=(*rounds(9.0)[1:], math.inf))
    broken = "value or one of its rounds is no finite number"
    assert found(one, one) is None
    assert found(one, nan) == (Outcome.INCONCLUSIVE, f"the candidate's {broken}")
    assert found(nan, one) == (Outcome.INCONCLUSIVE, f"the baseline's {broken}")
    assert found(nan, nan) == (Outcome.INCONCLUSIVE, f"the candidate's {broken}")
    assert found(cost(), lost, SPEED) == (Outcome.INCONCLUSIVE, f"the candidate's {broken}")
    assert found(one, partial) == (Outcome.MISSING, "the candidate's evaluation is incomplete: 10 of 2,000 images")
    assert found(one, silent) == (Outcome.MISSING, "the candidate's evaluation is incomplete: no reason is recorded")
    assert found(partial, one) == (Outcome.INCOMPARABLE, "different the baseline is incomplete (10 of 2,000 images)")
    moved = one.but(provenance={"manifest_sha256": "ef" * 32})
    words = "different images and labels: manifest cdcdcdcd (2,000 images) against efefefef (2,000 images)"
    assert found(partial, moved) == (
        Outcome.INCOMPARABLE, f"{words}; the baseline is incomplete (10 of 2,000 images)",
    )  # fmt: skip
    assert found(partial, partial) is None
    half = cost().but(status=Status.PARTIAL)
    assert found(cost(), half, COUNT) is None
    assert found(half, cost(), COUNT) is None
