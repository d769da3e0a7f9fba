"""Rows about metrics that are measured in rounds, and those that are only shown."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from pwc_bench.core.measurement import Json, Measurement
from pwc_bench.core.verdict import Outcome
from tests.regression.sides import Evaluated, accuracy, cost, rounds
from tests.regression.table.case import Case, Section

__all__ = ["SPEED"]

_CPU: Mapping[str, Any] = {"device": "Intel(R) Xeon(R) Processor", "device_type": "cpu", "batch_size": 64}


def _at(median: float, *, count: int = 20, spread: float = 0.02, **environment: Any) -> Evaluated:  # noqa: ANN401
    return cost(throughput=rounds(median, count=count, spread=spread, seed=1)).but(environment=environment)


def _measured(key: str, samples: tuple[float, ...], unit: str, details: dict[str, Json]) -> dict[str, Measurement]:
    return {key: Measurement(float(np.median(samples)), unit, samples=samples, details=details)}


def _latency(median: float, forwards: int = 10) -> Evaluated:
    details: dict[str, Json] = {"batch_size": 1, "forwards_per_round": forwards}
    return cost().but(measurements=_measured("latency_p50", rounds(median, seed=2), "ms", details))


def _pass(rate: float, *variants: str, count: int = 50) -> Evaluated:
    samples = rounds(rate, count=count, seed=3)
    details: dict[str, Json] = {"variants": list(variants)}
    return accuracy().but(measurements=_measured("throughput_end_to_end", samples, "images/s", details))


def _memory(mib: float) -> Evaluated:
    found = cost()
    more = {"peak_memory": Measurement(mib, "MiB", details={"batch_size": 64})}
    return found.but(measurements={**found.record.measurements, **more})


_OLD = _at(3_000.0)
_FUSED, _REFERENCE = _at(4_000.0, implementation="fused"), _at(3_000.0)
_TIMED_ONLY = ["throughput"]

SPEED = Section(
    "Speed: throughput, latency, end-to-end throughput",
    "Rounds are compared by their ranks (Mann-Whitney, two-sided), at least 20 a side, p < 0.01 after Holm's "
    "correction over the variants, and the median must be worse by more than 5 %. Compared are only records of "
    "the same device, precision, batch size, implementation, compilation, CUDA graphs, TF32, memory format, "
    "threads, power limit and size of input; end-to-end also of the same images and the same variants in the pass. "
    "Energy, peak memory, MFU and the calibration error are shown and never gated. (20 rounds a side that scatter by "
    "2 %, unless a row says otherwise.)",
    (
        Case(
            baseline="3,000 images/s",
            candidate="3,000 images/s, other rounds",
            old=[cost()],
            new=[_at(3_000.0)],
            metric="throughput",
            outcome=Outcome.SAME,
            exit_code=0,
        ),
        Case(
            baseline="3,000 images/s",
            candidate="2,700 images/s",
            old=[cost()],
            new=[_at(2_700.0)],
            metric="throughput",
            outcome=Outcome.REGRESSED,
            exit_code=1,
        ),
        Case(
            baseline="3,000 images/s",
            candidate="3,300 images/s",
            old=[cost()],
            new=[_at(3_300.0)],
            metric="throughput",
            outcome=Outcome.IMPROVED,
            exit_code=0,
        ),
        Case(
            baseline="3,000 images/s",
            candidate="2,880 images/s: significant, but 4 %",
            old=[cost()],
            new=[_at(2_880.0)],
            metric="throughput",
            outcome=Outcome.SAME,
            exit_code=0,
        ),
        Case(
            baseline="3,000 images/s, rounds that scatter by 20 %",
            candidate="2,790 images/s, scattering as much",
            old=[cost(throughput=rounds(3_000.0, spread=0.2))],
            new=[_at(2_790.0, spread=0.2)],
            metric="throughput",
            outcome=Outcome.SAME,
            exit_code=0,
        ),
        Case(
            baseline="3,000 images/s, 10 rounds",
            candidate="2,700 images/s, 20 rounds",
            old=[cost(throughput=rounds(3_000.0, count=10))],
            new=[_at(2_700.0)],
            metric="throughput",
            outcome=Outcome.INCONCLUSIVE,
            exit_code=5,
        ),
        Case(
            baseline="3,000 images/s, 20 rounds",
            candidate="3,000 images/s, 19 rounds",
            old=[cost()],
            new=[_at(3_000.0, count=19)],
            metric="throughput",
            outcome=Outcome.INCONCLUSIVE,
            exit_code=5,
        ),
        Case(
            baseline="3,000 images/s, its rounds not kept",
            candidate="3,000 images/s",
            old=[cost().but(measurements={"throughput": Measurement(3_000.0, "images/s", details={"batch_size": 64})})],
            new=[_at(3_000.0).without("gflops", "parameters")],
            metric="throughput",
            outcome=Outcome.INCONCLUSIVE,
            exit_code=5,
        ),
        Case(
            baseline="3,000 images/s on an H200",
            candidate="3,000 images/s on an A100",
            old=[_OLD],
            new=[_at(3_000.0, device="NVIDIA A100")],
            metric="throughput",
            outcome=Outcome.INCOMPARABLE,
            exit_code=3,
        ),
        Case(
            baseline="inputs of 224 px",
            candidate="inputs of 176 px, as in the training",
            old=[cost().but(environment={"input_px": 224})],
            new=[_at(3_000.0, input_px=176)],
            metric="throughput",
            outcome=Outcome.INCOMPARABLE,
            exit_code=3,
        ),
        Case(
            baseline="batch size 64",
            candidate="batch size 128",
            old=[_OLD],
            new=[
                cost().but(
                    measurements=_measured("throughput", rounds(3_000.0), "images/s", {"batch_size": 128}),
                )
            ],
            only=_TIMED_ONLY,
            metric="throughput",
            outcome=Outcome.INCOMPARABLE,
            exit_code=3,
        ),
        Case(
            baseline="fp32",
            candidate="bf16",
            old=[_OLD],
            new=[_at(6_000.0, precision="bf16")],
            metric="throughput",
            outcome=Outcome.INCOMPARABLE,
            exit_code=3,
        ),
        Case(
            baseline="fp32",
            candidate="fp32 with TF32",
            old=[_OLD],
            new=[_at(4_000.0, tf32=True)],
            metric="throughput",
            outcome=Outcome.INCOMPARABLE,
            exit_code=3,
        ),
        Case(
            baseline="eager",
            candidate="torch.compile",
            old=[_OLD],
            new=[_at(4_000.0, compile=True)],
            metric="throughput",
            outcome=Outcome.INCOMPARABLE,
            exit_code=3,
        ),
        Case(
            baseline="2 torch threads",
            candidate="4 torch threads",
            old=[_at(3_000.0, threads=2, **_CPU)],
            new=[_at(3_000.0, threads=4, **_CPU)],
            metric="throughput",
            outcome=Outcome.INCOMPARABLE,
            exit_code=3,
        ),
        Case(
            baseline="the reference implementation",
            candidate="the fused one",
            old=[_REFERENCE],
            new=[_FUSED],
            metric="throughput",
            outcome=Outcome.INCOMPARABLE,
            exit_code=3,
        ),
        Case(
            baseline="records of a GPU and of a CPU",
            candidate="the CPU's speed, as before",
            old=[_OLD, _at(3_000.0, **_CPU)],
            new=[cost().but(environment=_CPU)],
            metric="throughput",
            outcome=Outcome.SAME,
            exit_code=0,
        ),
        Case(
            baseline="fused and reference timed",
            candidate="fused timed, the reference not",
            old=[_FUSED, _REFERENCE],
            new=[_FUSED],
            metric="throughput",
            implementation="reference",
            outcome=Outcome.MISSING,
            is_gated=False,
            exit_code=0,
        ),
        Case(
            baseline="fused and reference timed",
            candidate="the reference timed: the fused one no longer runs",
            old=[_FUSED, _REFERENCE],
            new=[_REFERENCE],
            metric="throughput",
            implementation="fused",
            outcome=Outcome.MISSING,
            exit_code=4,
        ),
        Case(
            baseline="fused and reference timed",
            candidate="both timed, the reference 10 % slower",
            old=[_FUSED, _REFERENCE],
            new=[_FUSED, _at(2_700.0)],
            metric="throughput",
            implementation="reference",
            outcome=Outcome.REGRESSED,
            exit_code=1,
        ),
        Case(
            baseline="50 ms for one image",
            candidate="55 ms",
            old=[_latency(50.0)],
            new=[_latency(55.0)],
            metric="latency_p50",
            outcome=Outcome.REGRESSED,
            exit_code=1,
        ),
        Case(
            baseline="50 ms, the median of rounds of 10 forwards",
            candidate="50 ms, of rounds of 1 forward",
            old=[_latency(50.0)],
            new=[_latency(50.0, forwards=1)],
            metric="latency_p50",
            outcome=Outcome.INCOMPARABLE,
            exit_code=3,
        ),
        Case(
            baseline="90 images/s end to end, 50 rounds",
            candidate="80 images/s",
            old=[_pass(90.0, "convit-s")],
            new=[_pass(80.0, "convit-s")],
            only=["throughput_end_to_end"],
            metric="throughput_end_to_end",
            outcome=Outcome.REGRESSED,
            exit_code=1,
        ),
        Case(
            baseline="90 images/s, the variant alone in the pass",
            candidate="80 images/s, together with another variant",
            old=[_pass(90.0, "convit-s")],
            new=[_pass(80.0, "convit-s", "convit-b")],
            only=["throughput_end_to_end"],
            metric="throughput_end_to_end",
            outcome=Outcome.INCOMPARABLE,
            exit_code=3,
        ),
        Case(
            baseline="90 images/s end to end, a short pass of 7 steps",
            candidate="90 images/s, 7 steps",
            old=[_pass(90.0, "convit-s", count=7)],
            new=[_pass(90.0, "convit-s", count=7)],
            only=["throughput_end_to_end"],
            metric="throughput_end_to_end",
            outcome=Outcome.INCONCLUSIVE,
            exit_code=5,
        ),
        Case(
            baseline="peak memory 500 MiB",
            candidate="peak memory 900 MiB",
            old=[_memory(500.0)],
            new=[_memory(900.0)],
            metric="peak_memory",
            outcome=Outcome.SAME,
            is_gated=False,
            exit_code=0,
        ),
        Case(
            baseline="peak memory 500 MiB",
            candidate="no peak memory",
            old=[_memory(500.0)],
            new=[cost()],
            metric="peak_memory",
            outcome=Outcome.MISSING,
            is_gated=False,
            exit_code=0,
        ),
        Case(
            baseline="peak memory 500 MiB",
            candidate="peak memory 500 MiB, `--metrics peak_memory`: nothing that is gated",
            old=[_memory(500.0)],
            new=[_memory(500.0)],
            only=["peak_memory"],
            metric="peak_memory",
            outcome=Outcome.SAME,
            is_gated=False,
            exit_code=5,
        ),
    ),
)
