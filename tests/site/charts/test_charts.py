"""Axes, labels and drawings."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from pwc_bench.site.charts.plane import Cost, Point, Scatter, linear_axis, log_axis, time_axis, years
from pwc_bench.site.charts.scatter import Box, draw_scatter, place_labels
from pwc_bench.site.charts.svg import coordinate, element, standalone, text
from tests.golden_files import assert_golden


def make_scatter(**changes: float) -> Scatter:
    """Two claims and a measurement."""
    return Scatter(
        key="chart",
        title="Top-1 accuracy against GFLOPs",
        description="Two claims and a measurement.",
        x_title="GFLOPs (lower is better)",
        y_title="Top-1 accuracy, % (higher is better)",
        points=(
            Point("A", 1.0, 73.1, "A, claimed: 73.1 %", "https://example.org/a", is_measured=False),
            Point("A", 1.26, 73.12, "A, measured", "../r/index.html", is_measured=True, y_interval=(72.8, 73.4)),
            Point("<B>", changes.get("x", 30.0), 82.5, 'B "quoted" & <b>', None, is_measured=False, flag="partial"),
        ),
    )


@pytest.mark.parametrize("values", [[73.1], [0.0], [72.2, 82.5], [0.001, 0.0012], [1e6, 3e6], [-5.0, 5.0]])
def test_a_linear_axis_holds_its_values_with_readable_ticks(values: list[float]) -> None:
    """All values lie inside; ticks are in order and all different."""
    axis = linear_axis(values)
    assert all(0 <= axis.share(value) <= 1 for value in values)
    assert len({tick.text for tick in axis.ticks}) == len(axis.ticks) >= 2


def test_a_measured_cost_is_a_bar_tied_to_the_claim() -> None:
    """It leads to its record and says what it is; it is no disc, since the other number was not measured."""
    chart = make_scatter()
    cost = Cost(34.0, chart.points[2], "B, GFLOPs measured: 34.0", "../r/index.html")
    drawn = draw_scatter(replace(chart, costs=(cost,), cost_title="GFLOPs measured")).markup
    before = draw_scatter(chart).markup
    assert drawn.count("<circle") == before.count("<circle")
    assert drawn.count("<rect") == 3  # the bar, and its explanation for wide and for narrow windows
    assert 'aria-label="B, GFLOPs measured: 34.0"' in drawn
    assert drawn.count('class="chart-tie"') == before.count('class="chart-tie"') + 1


def test_a_linear_axis_counts_in_round_steps() -> None:
    """With as many decimals as the step needs."""
    assert [tick.text for tick in linear_axis([72.2, 82.5]).ticks] == ["72", "74", "76", "78", "80", "82"]
    assert [tick.text for tick in linear_axis([70.2, 82.5]).ticks] == ["70.0", "72.5", "75.0", "77.5", "80.0", "82.5"]


def test_a_log_axis_is_marked_at_one_two_five() -> None:
    """As on ruled paper; over many decades at the powers of ten only."""
    assert [tick.text for tick in log_axis([1.0, 30.0]).ticks] == ["1", "2", "5", "10", "20"]
    assert [tick.text for tick in log_axis([0.01, 1e5]).ticks][:3] == ["0.01", "0.1", "1"]
    assert len(log_axis([1.0, 1e14]).ticks) <= 9


def test_marks_with_many_digits_are_written_with_an_exponent() -> None:
    """They would not stand beside the plot."""
    assert [tick.text for tick in linear_axis([0.0, 1e11]).ticks] == ["0", "2e10", "4e10", "6e10", "8e10", "1e11"]
    assert [tick.text for tick in log_axis([10.0, 1e9]).ticks][-2:] == ["1e8", "1e9"]


def test_a_name_that_is_too_long_is_cut() -> None:
    """Beside its point; the point itself says it whole."""
    long = Point("Name-" * 30, 2.0, 70.0, "Name-" * 30 + ", claimed: 70.0", None, is_measured=False)
    drawn = draw_scatter(replace(make_scatter(), points=(long,))).markup
    labels = re.findall(r'class="chart-label"[^>]*>([^<]*)<', drawn)
    assert len(labels) == 2
    assert all(len(label) <= 29 and label.endswith("…") for label in labels)
    assert "Name-" * 30 in drawn


def test_a_time_axis_is_marked_at_whole_years() -> None:
    """Without separators; over a long time not at each of them; one moment has an axis too."""
    assert [tick.text for tick in time_axis([2020.97, 2021.2]).ticks] == ["2020", "2021", "2022"]
    assert [tick.text for tick in time_axis([2012.0, 2024.9]).ticks] == ["2011", "2014", "2017", "2020", "2023"]
    assert len(time_axis([2021.0]).ticks) >= 2
    assert [round(years(date), 2) for date in ("2021", "2021-07", "2021-03-19")] == [2021.0, 2021.5, 2021.22]
    with pytest.raises(ValueError, match="'21st' is no date"):
        years("21st")


def test_the_line_climbs_in_stairs() -> None:
    """Over time at the date of the better one; along a frontier never above what was shown to be possible."""
    over_time = replace(
        make_scatter(), line=(0, 2), line_title="state of the art", is_over_time=True, x_title="Published"
    )
    stairs = [
        (line.get("x1"), line.get("y1"), line.get("x2"), line.get("y2"))
        for line in ET.fromstring(standalone(draw_scatter(over_time))).iter("{http://www.w3.org/2000/svg}line")
        if line.get("class") == "chart-best" and "%" in str(line.get("x2"))
    ]
    first, second = stairs[:2]
    assert first[2:] == second[:2]
    assert first[1] == first[3]
    assert second[0] == second[2]
    assert "state of the art" in draw_scatter(over_time).markup
    falling = replace(make_scatter(), line=(2, 0), line_title="Pareto frontier")
    assert draw_scatter(falling).markup.count('class="chart-best"') == 4


def test_labels_keep_clear_of_points_and_of_each_other() -> None:
    """Two points at nearly the same place get labels at different places, both inside the frame."""
    frame = Box(0, 0, 400, 300)
    places = place_labels([(390, 100, "right edge"), (200, 150, "one"), (203, 152, "two")], [], frame)
    assert places[0].anchor == "end"
    assert (places[1].x, places[1].y) != (places[2].x, places[2].y)


@pytest.mark.parametrize(("name", "anchor"), [("ten letter", "start"), ("\N{CJK UNIFIED IDEOGRAPH-6A21}" * 10, "end")])
def test_a_label_in_an_east_asian_script_has_the_room_of_its_squares(name: str, anchor: str) -> None:
    """Twice as wide as Latin letters: it goes to the other side of its point where it would leave the frame."""
    (place,) = place_labels([(310, 150, name)], [], Box(0, 0, 400, 300))
    assert place.anchor == anchor


def test_a_narrow_plot_names_the_values_that_it_has_room_for() -> None:
    """In the widest of faces, at the foot of a logarithmic axis; a wide plot names them all."""
    points = make_scatter().points
    fast = tuple(replace(point, x=x) for point, x in zip(points, (500.0, 3000.0, 20000.0), strict=True))
    drawn = draw_scatter(replace(make_scatter(), points=fast)).markup
    marks = re.findall(r'<text([^>]*) y="100%" dy="18"[^>]*>([^<]*)<', drawn)
    assert [name for _, name in marks] == ["500", "1,000", "2,000", "5,000", "10,000", "20,000"]
    assert [name for attributes, name in marks if "chart-spare" in attributes] == ["2,000", "10,000"]


def test_a_chart_equals_the_golden_one() -> None:
    """Ring, disc, interval, tie, axes with units: byte for byte."""
    assert_golden("chart.svg", standalone(draw_scatter(make_scatter())))


def test_a_chart_is_well_formed_and_says_what_it_shows() -> None:
    """Title, description, a name for each point; hostile names are text."""
    root = ET.fromstring(standalone(draw_scatter(make_scatter())))
    spaces = {"s": "http://www.w3.org/2000/svg"}
    assert root.findtext(".//s:title", namespaces=spaces) == "Top-1 accuracy against GFLOPs"
    assert root.findtext(".//s:desc", namespaces=spaces) == "Two claims and a measurement."
    names = {mark.get("aria-label") for mark in root.iter() if mark.get("aria-label")}
    assert names == {"A, claimed: 73.1 %", "A, measured", 'B "quoted" & <b>'}
    assert [link.get("href") for link in root.iter("{http://www.w3.org/2000/svg}a")] == [
        "https://example.org/a",
        "../r/index.html",
    ]


def test_values_close_together_stand_on_a_linear_axis() -> None:
    """And the axis does not say "log scale" then."""
    assert "log scale" in draw_scatter(make_scatter()).markup
    assert "log scale" not in draw_scatter(make_scatter(x=2.0)).markup


def test_elements_escape_what_they_are_given() -> None:
    """Attributes that are None are left out."""
    assert element("a", text("<&>"), href='"x"', class_=None, text_anchor="end") == (
        '<a href="&quot;x&quot;" text-anchor="end"><text>&lt;&amp;&gt;</text></a>'
    )
    assert (coordinate(1.0), coordinate(1.25)) == ("1", "1.2")
