"""Rows about what must not change at all."""

from dataclasses import replace

from pwc_bench.core.measurement import Json, Measurement
from pwc_bench.core.record import Weights, WeightsStatus
from pwc_bench.core.verdict import Outcome
from tests.regression.sides import Evaluated, accuracy, cost
from tests.regression.table.case import Case, Section, accepted

__all__ = ["EXACT"]

_OLD = cost()


def _sized(parameters: int) -> Evaluated:
    return _with("parameters", Measurement(parameters, "count"))


def _with(metric: str, measurement: Measurement, found: Evaluated = _OLD) -> Evaluated:
    return found.but(measurements={**found.record.measurements, metric: measurement})


def _weights(status: WeightsStatus, sha256: str) -> Evaluated:
    return accuracy().but(provenance={"weights": Weights(status, "model.pth", sha256)})


_LARGER, _SMALLER = _sized(27_777_323), _sized(27_000_000)
_SKIPPING = _with("gflops", Measurement(5.757, "GFLOPs", details={"skipped": {"add": 25, "gelu": 12, "roll": 2}}))
_MORE_ADDS = _with("gflops", Measurement(5.757, "GFLOPs", details={"skipped": {"add": 26, "gelu": 12}}))
_DIFFERENCES: Json = {"counted_by": "fvcore", "differences": {"matmul": {"fvcore": 400, "torch": 1200}}}
_DOUBTED = _with("gflops", Measurement(5.757, "GFLOPs", details={"skipped": {"add": 25}, "counters": _DIFFERENCES}))
_BY_TORCH = _with(
    "gflops", Measurement(5.757, "GFLOPs", details={"skipped": {"aten::add": 25}, "counters": {"counted_by": "torch"}})
)
_PUBLIC, _OTHER = _weights(WeightsStatus.LOCAL, "ab" * 32), _weights(WeightsStatus.LOCAL, "cd" * 32)
_PROBE, _OTHER_PROBE = _weights(WeightsStatus.PROBE, "ab" * 32), _weights(WeightsStatus.PROBE, "cd" * 32)

EXACT = Section(
    "Exact values: parameters, GFLOPs, activations, the weights",
    "The same code gives the same value on every machine. Any change fails, for better or worse, until somebody "
    "accepts it with `pwc-bench accept`; the acceptance holds for that value of that variant and metric only. "
    "GFLOPs also compare which operators no rule counts, and are undecided where two counters differ until somebody "
    "accepts the value. The weights are compared by the hash of their file.",
    (
        Case(
            baseline="27,777,322 parameters",
            candidate="the same",
            old=[_OLD],
            new=[_OLD],
            metric="parameters",
            outcome=Outcome.SAME,
            exit_code=0,
        ),
        Case(
            baseline="27,777,322 parameters",
            candidate="one more",
            old=[_OLD],
            new=[_LARGER],
            metric="parameters",
            outcome=Outcome.REGRESSED,
            exit_code=1,
        ),
        Case(
            baseline="27,777,322 parameters",
            candidate="fewer: better, but changed",
            old=[_OLD],
            new=[_SMALLER],
            metric="parameters",
            outcome=Outcome.REGRESSED,
            exit_code=1,
        ),
        Case(
            baseline="27,777,322 parameters",
            candidate="one more, accepted",
            old=[_OLD],
            new=[_LARGER],
            accepted=[accepted(_LARGER, "parameters")],
            metric="parameters",
            outcome=Outcome.SAME,
            is_accepted=True,
            exit_code=0,
        ),
        Case(
            baseline="27,777,322 parameters",
            candidate="fewer, accepted",
            old=[_OLD],
            new=[_SMALLER],
            accepted=[accepted(_SMALLER, "parameters")],
            metric="parameters",
            outcome=Outcome.IMPROVED,
            is_accepted=True,
            exit_code=0,
        ),
        Case(
            baseline="27,777,322 parameters",
            candidate="27,777,323, where 27,000,000 was accepted",
            old=[_OLD],
            new=[_LARGER],
            accepted=[accepted(_SMALLER, "parameters")],
            metric="parameters",
            outcome=Outcome.REGRESSED,
            exit_code=1,
        ),
        Case(
            baseline="27,777,322 parameters",
            candidate="one more, accepted for another variant",
            old=[_OLD],
            new=[_LARGER],
            accepted=[replace(accepted(_LARGER, "parameters"), variant="convit-b")],
            metric="parameters",
            outcome=Outcome.REGRESSED,
            exit_code=1,
        ),
        Case(
            baseline="27,777,322 parameters",
            candidate="one more, accepted under an older definition of the metric",
            old=[_OLD],
            new=[_LARGER],
            accepted=[replace(accepted(_LARGER, "parameters"), metric_version=0)],
            metric="parameters",
            outcome=Outcome.REGRESSED,
            exit_code=1,
        ),
        Case(
            baseline="5.757 GFLOPs, counted on a GPU",
            candidate="the same, counted on a CPU",
            old=[_OLD.without("throughput")],
            new=[_OLD.without("throughput").but(environment={"device": "a laptop", "device_type": "cpu"})],
            metric="gflops",
            outcome=Outcome.SAME,
            exit_code=0,
        ),
        Case(
            baseline="5.757 GFLOPs, `add` and `gelu` not counted",
            candidate="5.757 GFLOPs, `roll` not counted either",
            old=[_OLD],
            new=[_SKIPPING],
            metric="gflops",
            outcome=Outcome.REGRESSED,
            exit_code=1,
        ),
        Case(
            baseline="5.757 GFLOPs, `add` and `gelu` not counted",
            candidate="`roll` not counted either, accepted",
            old=[_OLD],
            new=[_SKIPPING],
            accepted=[accepted(_SKIPPING, "gflops")],
            metric="gflops",
            outcome=Outcome.SAME,
            is_accepted=True,
            exit_code=0,
        ),
        Case(
            baseline="5.757 GFLOPs, `add` and `gelu` not counted",
            candidate="`roll` not counted either, where 5.757 with the old set was accepted",
            old=[_OLD],
            new=[_SKIPPING],
            accepted=[accepted(_OLD, "gflops")],
            metric="gflops",
            outcome=Outcome.REGRESSED,
            exit_code=1,
        ),
        Case(
            baseline="5.757 GFLOPs, 25 times `add` not counted",
            candidate="5.757 GFLOPs, 26 times `add` not counted",
            old=[_OLD],
            new=[_MORE_ADDS],
            metric="gflops",
            outcome=Outcome.SAME,
            exit_code=0,
        ),
        Case(
            baseline="5.757 GFLOPs, `matmul` counted otherwise by a second counter",
            candidate="the same",
            old=[_DOUBTED],
            new=[_DOUBTED],
            metric="gflops",
            outcome=Outcome.INCONCLUSIVE,
            exit_code=5,
        ),
        Case(
            baseline="5.757 GFLOPs, `matmul` counted otherwise by a second counter",
            candidate="the same, accepted",
            old=[_DOUBTED],
            new=[_DOUBTED],
            accepted=[accepted(_DOUBTED, "gflops")],
            metric="gflops",
            outcome=Outcome.SAME,
            is_accepted=True,
            exit_code=0,
        ),
        Case(
            baseline="5.757 GFLOPs by fvcore, `add` and `gelu` not counted",
            candidate="5.757 GFLOPs by torch's counter alone, which names operators otherwise",
            old=[_OLD],
            new=[_BY_TORCH],
            metric="gflops",
            outcome=Outcome.SAME,
            exit_code=0,
        ),
        Case(
            baseline="weights abab...",
            candidate="weights cdcd..., the same predictions",
            old=[_PUBLIC],
            new=[_OTHER],
            metric="weights",
            outcome=Outcome.REGRESSED,
            exit_code=1,
        ),
        Case(
            baseline="weights abab...",
            candidate="weights cdcd..., accepted, the same predictions",
            old=[_PUBLIC],
            new=[_OTHER],
            accepted=[accepted(_OTHER, "weights")],
            metric="weights",
            outcome=Outcome.SAME,
            is_accepted=True,
            exit_code=0,
        ),
        Case(
            baseline="a demo's head, fitted by that run",
            candidate="a head fitted by this run, other in its last digits",
            old=[_PROBE],
            new=[_OTHER_PROBE],
            metric="weights",
            outcome=Outcome.SAME,
            is_gated=False,
            exit_code=0,
        ),
    ),
)
