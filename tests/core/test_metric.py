"""A metric knows its direction and how it is written."""

import math

import pytest

from pwc_bench.core.metric import Better, Display, Kind, Metric, Scope


def _metric(better: Better) -> Metric:
    return Metric(
        key="x",
        title="X",
        unit="",
        better=better,
        kind=Kind.EXACT,
        scope=Scope.MODEL,
        version=1,
        tolerance=0.0,
        display=Display("M", scale=1e-6, decimals=1),
        definition="Counts x.",
    )


@pytest.mark.parametrize(("better", "new", "old", "improves"), [("higher", 2, 1, True), ("lower", 2, 1, False)])
def test_direction_is_declared(better: str, new: float, old: float, improves: bool) -> None:
    """Higher or lower is better as the metric says, and equal is no improvement."""
    metric = _metric(Better(better))
    assert metric.improves(new, old) is improves
    assert metric.improves(old, new) is not improves
    assert not metric.improves(old, old)


@pytest.mark.parametrize("better", list(Better))
def test_nan_never_improves(better: Better) -> None:
    """Neither on the new side nor on the old one."""
    assert not _metric(better).improves(math.nan, 1.0)
    assert not _metric(better).improves(1.0, math.nan)


def test_display_scales_and_groups() -> None:
    """Counts are written in millions with the declared digits, large numbers with separators."""
    assert Display("M", scale=1e-6, decimals=1).text(27_777_000) == "27.8"
    assert Display("images/s", decimals=0).text(12_345.6) == "12,346"
