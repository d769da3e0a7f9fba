"""Rows about what is there and what is not."""

from dataclasses import replace

from pwc_bench.core.measurement import Measurement
from pwc_bench.core.record import Status
from pwc_bench.core.verdict import Outcome
from tests.regression.sides import Evaluated, accuracy, cost, predictions, rounds
from tests.regression.table.case import Case, Section

__all__ = ["PRESENCE"]

_COST, _PASS = cost(), accuracy()
_LATER = "2026-02-01T12:00:00Z"
_FAILED = cost(status=Status.FAILED, reason="throughput: out of memory", started=_LATER)
_CPU = {"device": "Intel(R) Xeon(R) Processor", "device_type": "cpu", "batch_size": 8, "threads": 2}


def _partial(found: Evaluated, seen: str = "1,000 of 2,000 images") -> Evaluated:
    return found.but(status=Status.PARTIAL, status_reason=seen)


def _half(**changes: int) -> Evaluated:
    """A pass over every second image."""
    half = accuracy(found=predictions(750, images=1_000, **changes))
    return _partial(half).but(provenance={"manifest_sha256": "ee" * 32, "images_expected": 2_000})


def _throughput(value: float) -> Evaluated:
    samples = (value, *rounds(3_000.0)[1:])
    own = Measurement(value, "images/s", samples=samples, details={"batch_size": 64})
    return _COST.but(measurements={**_COST.record.measurements, "throughput": own})


def _redefined(found: Evaluated, metric: str) -> Evaluated:
    own = replace(found.record.measurements[metric], version=2)
    return found.but(measurements={**found.record.measurements, metric: own})


def _with_retired(found: Evaluated) -> Evaluated:
    return found.but(measurements={**found.record.measurements, "robustness": Measurement(40.0, "%")})


_UNWEIGHTED = _PASS.but(
    measurements={}, status=Status.PARTIAL, status_reason="no public weights", provenance={"predictions": None}
).without_predictions()
_MIXED = [cost().without("parameters"), accuracy(found=predictions(1_500, lost=60))]

PRESENCE = Section(
    "What is there, and what is not",
    "What the baseline has and the candidate lacks, or could not finish, is missing. What only the candidate has "
    "is shown and decides nothing. A number that is none is never a pass. Of several records the newest speaks; a "
    "baseline's failed record is left out, a candidate's is not. Where several things hold, the exit code is 1 "
    "before 4 before 3 before 5.",
    (
        Case(
            baseline="throughput",
            candidate="the same record without throughput",
            old=[_COST],
            new=[_COST.without("throughput")],
            metric="throughput",
            outcome=Outcome.MISSING,
            exit_code=4,
        ),
        Case(
            baseline="cost and accuracy",
            candidate="cost only",
            old=[_COST, _PASS],
            new=[_COST],
            metric="top1",
            outcome=Outcome.MISSING,
            exit_code=4,
        ),
        Case(
            baseline="ConViT-S and ConViT-B",
            candidate="ConViT-B",
            old=[_COST, cost("convit-b")],
            new=[cost("convit-b")],
            metric="parameters",
            outcome=Outcome.MISSING,
            exit_code=4,
        ),
        Case(
            baseline="cost",
            candidate="a failed evaluation, the parameters counted before it failed",
            old=[_COST],
            new=[_FAILED],
            metric="parameters",
            outcome=Outcome.MISSING,
            exit_code=4,
        ),
        Case(
            baseline="cost",
            candidate="an older evaluation that went well, a newer one that failed",
            old=[_COST],
            new=[_COST, _FAILED],
            metric="parameters",
            outcome=Outcome.MISSING,
            exit_code=4,
        ),
        Case(
            baseline="an older evaluation that went well, a newer one that failed",
            candidate="cost",
            old=[_COST, _FAILED],
            new=[_COST],
            metric="parameters",
            outcome=Outcome.SAME,
            exit_code=0,
        ),
        Case(
            baseline="nothing but a failed evaluation",
            candidate="cost",
            old=[_FAILED],
            new=[_COST],
            metric="parameters",
            outcome=Outcome.INCOMPARABLE,
            exit_code=3,
        ),
        Case(
            baseline="all 2,000 images",
            candidate="1,000 of them",
            old=[_PASS],
            new=[_half()],
            metric="top1",
            outcome=Outcome.MISSING,
            exit_code=4,
        ),
        Case(
            baseline="all 2,000 images",
            candidate="all but one, which could not be decoded",
            old=[_PASS],
            new=[
                _partial(_PASS, "1 image could not be evaluated: a.jpg").but(provenance={"images_failed": ("a.jpg",)})
            ],
            metric="top1",
            outcome=Outcome.MISSING,
            exit_code=4,
        ),
        Case(
            baseline="1,000 of 2,000 images",
            candidate="all of them",
            old=[_half()],
            new=[_PASS],
            metric="top1",
            outcome=Outcome.INCOMPARABLE,
            exit_code=3,
        ),
        Case(
            baseline="the same 1,000 of 2,000 images",
            candidate="the same 1,000, 2 lost and 3 gained",
            old=[_half()],
            new=[_half(lost=2, gained=3)],
            metric="top1",
            outcome=Outcome.SAME,
            exit_code=0,
        ),
        Case(
            baseline="the same 1,000 of 2,000 images",
            candidate="the same 1,000, 30 lost",
            old=[_half()],
            new=[_half(lost=30)],
            metric="top1",
            outcome=Outcome.REGRESSED,
            warns=True,
            exit_code=1,
        ),
        Case(
            baseline="accuracy",
            candidate="no accuracy: no public weights",
            old=[_PASS],
            new=[_UNWEIGHTED],
            metric="top1",
            outcome=Outcome.MISSING,
            exit_code=4,
        ),
        Case(
            baseline="no accuracy: no public weights",
            candidate="no accuracy either, the same cost",
            old=[_UNWEIGHTED, _COST],
            new=[_UNWEIGHTED, _COST],
            metric="top1",
            outcome=None,
            exit_code=0,
        ),
        Case(
            baseline="no record at all",
            candidate="cost",
            old=[],
            new=[_COST],
            metric="parameters",
            outcome=Outcome.INCOMPARABLE,
            exit_code=3,
        ),
        Case(
            baseline="cost",
            candidate="no record at all",
            old=[_COST],
            new=[],
            metric="parameters",
            outcome=Outcome.MISSING,
            exit_code=4,
        ),
        Case(
            baseline="no record at all",
            candidate="no record at all",
            old=[],
            new=[],
            metric="parameters",
            outcome=None,
            exit_code=5,
        ),
        Case(
            baseline="3,000 images/s",
            candidate="NaN",
            old=[_COST],
            new=[_throughput(float("nan"))],
            metric="throughput",
            outcome=Outcome.INCONCLUSIVE,
            exit_code=5,
        ),
        Case(
            baseline="3,000 images/s",
            candidate="infinity",
            old=[_COST],
            new=[_throughput(float("inf"))],
            metric="throughput",
            outcome=Outcome.INCONCLUSIVE,
            exit_code=5,
        ),
        Case(
            baseline="NaN",
            candidate="3,000 images/s",
            old=[_throughput(float("nan"))],
            new=[_COST],
            metric="throughput",
            outcome=Outcome.INCONCLUSIVE,
            exit_code=5,
        ),
        Case(
            baseline="throughput by its first definition",
            candidate="throughput by its second definition",
            old=[_COST],
            new=[_redefined(_COST, "throughput")],
            metric="throughput",
            outcome=Outcome.INCOMPARABLE,
            exit_code=3,
        ),
        Case(
            baseline="no throughput",
            candidate="throughput, the rest unchanged",
            old=[_COST.without("throughput")],
            new=[_COST],
            metric="throughput",
            outcome=Outcome.INCOMPARABLE,
            is_gated=False,
            exit_code=0,
        ),
        Case(
            baseline="ConViT-S",
            candidate="ConViT-S unchanged, and ConViT-B",
            old=[_COST],
            new=[_COST, cost("convit-b")],
            metric="parameters",
            variant="convit-b",
            outcome=Outcome.INCOMPARABLE,
            is_gated=False,
            exit_code=0,
        ),
        Case(
            baseline="ConViT-S",
            candidate="ConViT-B in its place",
            old=[_COST],
            new=[cost("convit-b")],
            metric="parameters",
            outcome=Outcome.MISSING,
            exit_code=4,
        ),
        Case(
            baseline="a metric that is no longer declared",
            candidate="all the others",
            old=[_with_retired(_COST)],
            new=[_COST],
            metric="robustness",
            outcome=Outcome.MISSING,
            exit_code=4,
        ),
        Case(
            baseline="cost and accuracy of a GPU",
            candidate="cost and accuracy of a CPU",
            old=[_COST, _PASS],
            new=[_COST.but(environment=_CPU), accuracy(found=predictions(1_500, lost=1)).but(environment=_CPU)],
            metric="throughput",
            outcome=Outcome.INCOMPARABLE,
            exit_code=3,
        ),
        Case(
            baseline="cost and accuracy of a GPU",
            candidate="cost and accuracy of a CPU, `--metrics top1,parameters`",
            old=[_COST, _PASS],
            new=[_COST.but(environment=_CPU), accuracy(found=predictions(1_500, lost=1)).but(environment=_CPU)],
            only=["top1", "parameters"],
            metric="top1",
            outcome=Outcome.SAME,
            exit_code=0,
        ),
        Case(
            baseline="cost and accuracy",
            candidate="accuracy lost, and the parameters missing",
            old=[_COST, _PASS],
            new=_MIXED,
            metric="parameters",
            outcome=Outcome.MISSING,
            exit_code=1,
        ),
        Case(
            baseline="cost and accuracy",
            candidate="the throughput of another device, and the parameters missing",
            old=[_COST, _PASS],
            new=[_COST.without("parameters").but(environment={"device": "NVIDIA A100"}), _PASS],
            metric="throughput",
            outcome=Outcome.INCOMPARABLE,
            exit_code=4,
        ),
        Case(
            baseline="throughput and GFLOPs",
            candidate="10 rounds of throughput, GFLOPs by another definition",
            old=[_COST],
            new=[_redefined(cost(throughput=rounds(3_000.0, count=10)), "gflops")],
            metric="throughput",
            outcome=Outcome.INCONCLUSIVE,
            exit_code=3,
        ),
    ),
)
