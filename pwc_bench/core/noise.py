"""Whether a measurement in rounds was disturbed: one rule for the mark that people see and for what a check decides."""

from collections.abc import Mapping, Sequence
from statistics import quantiles

from pwc_bench.core.measurement import Measurement
from pwc_bench.core.metric import Metric

__all__ = ["middle_half", "noise_of", "spread_noise"]


def noise_of(metric: Metric, measurement: Measurement) -> tuple[str, ...]:
    """Return what disturbed a measurement, each one phrase ("others held 60 % of the processor"); empty if nothing did.

    What was seen of the machine stands under `details["load"]["noise"]`. Records of before the load was looked at are
    judged by their rounds.
    """
    load = measurement.details.get("load")
    seen = load.get("noise") if isinstance(load, Mapping) else None
    told = tuple(str(each) for each in seen) if isinstance(seen, list | tuple) else ()
    return (*told, *(each for each in spread_noise(metric, measurement.samples or ()) if each not in told))


def spread_noise(metric: Metric, rounds: Sequence[float]) -> tuple[str, ...]:
    """Return a phrase if the rounds lie further apart than those of a quiet machine; `rounds` are finite."""
    if metric.quiet_spread is None or len(rounds) < 2:
        return ()
    spread = middle_half(rounds)
    if spread <= metric.quiet_spread:
        return ()
    return (f"the middle half of the rounds spans {100.0 * spread:.0f} % of the median",)


def middle_half(rounds: Sequence[float]) -> float:
    """Return the interquartile range of two or more positive numbers as a share of their median; 0 at a median of 0."""
    low, median, high = quantiles(rounds, n=4, method="inclusive")
    return (high - low) / median if median > 0.0 else 0.0
