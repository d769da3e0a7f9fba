"""The chart of rounds."""

from pwc_bench.core.measurement import Measurement
from pwc_bench.site.charts.svg import strip_chart


def _texts(samples: tuple[float, ...]) -> list[str]:
    return [f"{sample:.1f}" for sample in samples]


def test_rounds_stand_in_order_inside_the_frame() -> None:
    """X grows, y falls with the value, and everything is within the view box."""
    samples = (1.0, 3.0, 2.0)
    chart = strip_chart(Measurement(2.0, "ms", interval=(1.5, 2.5), samples=samples), _texts(samples), "ms")
    assert chart is not None
    assert [float(dot.x) for dot in chart.dots] == [8.0, 300.0, 592.0]
    first, second, third = (float(dot.y) for dot in chart.dots)
    assert second < third < first
    assert second >= 0
    assert first <= float(chart.height)
    assert chart.band_y is not None
    assert float(chart.band_y) < float(chart.value_y)
    assert chart.summary == "3 rounds in the order taken, from 1.0 to 3.0 ms"
    assert chart.dots[0].label == "Round 1: 1.0 ms"


def test_rounds_that_agree_are_drawn_in_the_middle() -> None:
    """No division by zero, and no band where there is no interval."""
    chart = strip_chart(Measurement(5.0, "", samples=(5.0, 5.0)), ["5", "5"], "")
    assert chart is not None
    assert {dot.y for dot in chart.dots} == {chart.value_y} == {"48.0"}
    assert chart.band_y is None
    assert chart.summary.endswith("from 5 to 5")


def test_fewer_than_two_rounds_are_no_chart() -> None:
    """One dot says nothing."""
    assert strip_chart(Measurement(5.0, ""), [], "") is None
    assert strip_chart(Measurement(5.0, "", samples=(5.0,)), ["5"], "") is None
