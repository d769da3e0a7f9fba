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


def _campaigns(median: float, *levels: float, first: int = 1, **environment: Any) -> list[Evaluated]:  # noqa: ANN401
    """Campaigns on days from `first` on, at so many percent of `median`."""
    return [
        _at(median * level / 100.0, **environment).but(campaign=f"day-{day}", started=f"2026-01-{day:02}T12:00:00Z")
        for day, level in enumerate(levels, start=first)
    ]


def _under_load(rate: float, noise: str) -> Evaluated:
    details: dict[str, Json] = {"batch_size": 64, "load": {"noise": [noise]}}
    return cost().but(measurements=_measured("throughput", rounds(rate, seed=4), "images/s", details))


_OLD = _at(3_000.0)
_QUIET, _DRIFTING = (100.0, 100.6, 99.5, 99.9, 100.3), (100.0, 112.0, 89.0, 104.0, 95.0)
_FUSED, _REFERENCE = _at(4_000.0, implementation="fused"), _at(3_000.0)
_TIMED_ONLY = ["throughput"]

SPEED = Section(
    "Speed: throughput, latency, end-to-end throughput",
    "A run's level is the median of its rounds, of which there are at least 20. A loss counts where the levels "
    "differ by more than 5 %, by more than runs of one and the same model drift, and the rounds of the newest runs "
    "differ (Mann-Whitney, two-sided): both p-values below 0.01 after Holm's correction over all that a check "
    "tests, images too. From three comparable runs on, the baseline says itself how far runs drift (Student's t); "
    "below that 10 % is assumed. A loss that the rounds show and drift may explain is undecided: measured again, "
    "the candidate's runs of the same code count together. What was measured on a busy machine is left out, and "
    "undecided where nothing else is there. Compared are only records of the same device, precision, batch size, "
    "implementation, compilation, CUDA graphs, TF32, memory format, threads, power limit and size of input; "
    "end-to-end also of the same images and the same variants in the pass. Energy, peak memory, MFU and the "
    "calibration error are shown and never gated. (20 rounds a side that scatter by 2 %, unless a row says "
    "otherwise.)",
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
            candidate="2,700 images/s: one run against one",
            old=[cost()],
            new=[_at(2_700.0)],
            metric="throughput",
            outcome=Outcome.INCONCLUSIVE,
            exit_code=5,
        ),
        Case(
            baseline="3,000 images/s",
            candidate="1,500 images/s: further than runs drift",
            old=[cost()],
            new=[_at(1_500.0)],
            metric="throughput",
            outcome=Outcome.REGRESSED,
            exit_code=1,
        ),
        Case(
            baseline="3,000 images/s",
            candidate="3,300 images/s: one run against one",
            old=[cost()],
            new=[_at(3_300.0)],
            metric="throughput",
            outcome=Outcome.SAME,
            exit_code=0,
        ),
        Case(
            baseline="five runs of 3,000 images/s that repeat to 0.5 %",
            candidate="2,700 images/s",
            old=_campaigns(3_000.0, *_QUIET),
            new=_campaigns(2_700.0, 100.0, first=9),
            metric="throughput",
            outcome=Outcome.REGRESSED,
            exit_code=1,
        ),
        Case(
            baseline="five runs of 3,000 images/s that repeat to 0.5 %",
            candidate="3,300 images/s",
            old=_campaigns(3_000.0, *_QUIET),
            new=_campaigns(3_300.0, 100.0, first=9),
            metric="throughput",
            outcome=Outcome.IMPROVED,
            exit_code=0,
        ),
        Case(
            baseline="five runs of 3,000 images/s that drift by 9 %",
            candidate="2,700 images/s",
            old=_campaigns(3_000.0, *_DRIFTING),
            new=_campaigns(2_700.0, 100.0, first=9),
            metric="throughput",
            outcome=Outcome.INCONCLUSIVE,
            exit_code=5,
        ),
        Case(
            baseline="three runs of 3,000 images/s that repeat to 0.6 %",
            candidate="2,700 images/s",
            old=_campaigns(3_000.0, *_QUIET[:3]),
            new=_campaigns(2_700.0, 100.0, first=9),
            metric="throughput",
            outcome=Outcome.REGRESSED,
            exit_code=1,
        ),
        Case(
            baseline="five runs of 3,000 images/s that repeat to 0.5 %",
            candidate="2,700 images/s, and 3,000 in two more runs of the same code",
            old=_campaigns(3_000.0, *_QUIET),
            new=_campaigns(3_000.0, 90.0, 100.2, 99.8, first=9),
            metric="throughput",
            outcome=Outcome.SAME,
            exit_code=0,
        ),
        Case(
            baseline="3,000 images/s",
            candidate="960 images/s while others held the processor",
            old=[cost()],
            new=[_under_load(960.0, "others held 61 % of the processor")],
            only=_TIMED_ONLY,
            metric="throughput",
            outcome=Outcome.INCONCLUSIVE,
            exit_code=5,
        ),
        Case(
            baseline="3,000 images/s while others held the processor",
            candidate="3,000 images/s",
            old=[_under_load(3_000.0, "others held 61 % of the processor")],
            new=[_at(3_000.0)],
            metric="throughput",
            outcome=Outcome.INCONCLUSIVE,
            exit_code=5,
        ),
        Case(
            baseline="3,000 images/s, and later 900 images/s while others held the processor",
            candidate="3,000 images/s",
            old=[
                *_campaigns(3_000.0, 100.0),
                _under_load(900.0, "others held 61 % of the processor").but(started="2026-01-05T12:00:00Z"),
            ],
            new=_campaigns(3_000.0, 100.5, first=9),
            metric="throughput",
            outcome=Outcome.SAME,
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
            baseline="3,000 images/s, rounds that scatter by 7 %",
            candidate="2,845 images/s, scattering as much",
            old=[cost(throughput=rounds(3_000.0, spread=0.07))],
            new=[cost(throughput=rounds(2_845.0, spread=0.07, seed=2))],
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
            outcome=Outcome.INCONCLUSIVE,
            exit_code=5,
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
            candidate="both timed, the reference at half its speed",
            old=[_FUSED, _REFERENCE],
            new=[_FUSED, _at(1_500.0)],
            metric="throughput",
            implementation="reference",
            outcome=Outcome.REGRESSED,
            exit_code=1,
        ),
        Case(
            baseline="50 ms for one image",
            candidate="80 ms",
            old=[_latency(50.0)],
            new=[_latency(80.0)],
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
            candidate="45 images/s",
            old=[_pass(90.0, "convit-s")],
            new=[_pass(45.0, "convit-s")],
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
