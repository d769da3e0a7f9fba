"""The history on a variant's page: drawings, sentences, tables."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

from pwc_bench.claims.naming import Names
from pwc_bench.core.archive import MemoryArchive
from pwc_bench.core.record import Record, WeightsStatus
from pwc_bench.site.charts.svg import Drawing
from pwc_bench.site.parts.history_section import HistorySection, history_section
from tests.claims.series_records import campaigns, cost_record
from tests.example_archive import example_catalogue
from tests.factories import make_record

PATH = "model/convit-s/index.html"


def _section(records: tuple[Record, ...]) -> HistorySection | None:
    archive = MemoryArchive(example_catalogue(), records)
    return history_section(Names.of(archive), archive.records(variant="convit-s"), PATH)


def _shown(records: tuple[Record, ...]) -> HistorySection:
    section = _section(records)
    assert section is not None
    return section


def _parsed(drawing: Drawing) -> ET.Element:
    return ET.fromstring(drawing.markup)


def test_series_with_a_step_come_first() -> None:
    """Then those that moved without one, then those that never moved."""
    section = _shown(campaigns(14))
    assert [figure.title for figure in section.with_steps] == ["Top-1 accuracy", "Parameters", "Throughput"]
    assert [figure.setting[:5] for figure in section.without_steps] == ["Intel"]
    assert section.without_text == "1 series without a step: Throughput"
    assert [(line.title, line.evidence.text, line.text) for line in section.unchanged] == [
        ("GFLOPs", "5.76 GFLOPs", "the same in 28 measurements")
    ]


def test_every_point_is_a_link_to_its_record_with_a_name() -> None:
    """By keyboard and for screen readers: value, interval, campaign, and the step where it begins."""
    records = campaigns(14)
    figure = _shown(records).with_steps[2]
    links = list(_parsed(figure.wide).iter("a"))
    assert len(links) == 14
    assert {link.get("href", "").split("/")[-2] for link in links} <= {record.id for record in records}
    assert links[7].get("aria-label") == (
        "2026-01-28: 2,702 images/s, 95 % interval 2,690 to 2,714, campaign 2026-01-28-gpu; "
        "a step begins here, ▼ \N{MINUS SIGN}9.8 %, worse"
    )
    assert all(link.find("title") is not None for link in links)


def test_a_step_is_marked_by_a_line_and_by_words() -> None:
    """Not by colour alone."""
    figure = _shown(campaigns(14)).with_steps[2]
    (mark,) = [group for group in _parsed(figure.wide).iter("g") if "chart-step" in group.get("class", "")]
    assert "".join(mark.itertext()) == "▼ \N{MINUS SIGN}9.8 %, worse"
    assert figure.steps[0].startswith("Worse since 2026-01-28 (2026-01-28-gpu): from 2,994 to 2,702 images/s")


def test_a_gap_in_time_is_dashed() -> None:
    """Between the fifth and the sixth campaign nothing was measured for weeks."""
    lines = [line.get("class") for line in _parsed(_shown(campaigns(14)).with_steps[2].wide).iter("line")]
    assert lines.count("chart-gap") == 1
    assert lines.count("chart-line") == 12


def test_the_narrow_drawing_holds_the_newest_points() -> None:
    """A phone shows fewer of them; the table has all."""
    figure = _shown(campaigns(40)).with_steps[-1]
    assert len(list(_parsed(figure.narrow).iter("a"))) == 16
    assert len(list(_parsed(figure.wide).iter("a"))) == 40
    assert len(figure.rows) == 40


def test_drawn_marks_lie_within_the_drawing() -> None:
    """Also where a level's median is older than all the points that are drawn."""
    for figure in (*_shown(campaigns(60)).with_steps, *_shown(campaigns(60)).without_steps):
        for drawing in (figure.wide, figure.narrow):
            root = _parsed(drawing)
            _, _, width, height = (float(number) for number in root.get("viewBox", "").split())
            for item in root.iter():
                for name, limit in (
                    ("x", width),
                    ("x1", width),
                    ("cx", width),
                    ("y", height),
                    ("y2", height),
                    ("cy", height),
                ):
                    assert 0 <= float(item.get(name, "0")) <= limit


def test_the_table_has_the_same_values_newest_first() -> None:
    """Whoever cannot see the chart reads the steps in the rows."""
    rows = _shown(campaigns(14)).with_steps[0].rows
    assert [row.value for row in rows] == ["80.90"] * 5 + ["81.36"] * 9
    assert rows[4].mark == "▼ \N{MINUS SIGN}0.46 points, worse, other weights"
    assert rows[0].interval is not None


def test_a_page_draws_a_bounded_number_of_series() -> None:
    """Thirty machines are no reason for a page of megabytes; the series with steps stay."""
    others = tuple(
        cost_record(day, 3000.0 + 10 * day, device=f"GPU {number}") for number in range(30) for day in range(3)
    )
    section = _shown((*campaigns(14), *others))
    assert len(section.with_steps) == 3
    assert len(section.with_steps) + len(section.without_steps) == 16
    assert section.more == "18 more series are not drawn here, 0 of them with a step:"


def test_every_series_has_an_anchor_of_its_own() -> None:
    """Links to a series stay what they are while others come and go behind it."""
    section = _shown(campaigns(14))
    anchors = [figure.anchor for figure in (*section.with_steps, *section.without_steps)]
    assert anchors == ["history-top1", "history-parameters", "history-throughput", "history-throughput-2"]


def test_one_campaign_is_a_sentence() -> None:
    """No chart of one point."""
    section = _shown((cost_record(1, 3000.0),))
    assert section.single == "Each value was measured once so far (2026-01-02). A second campaign begins the history."
    assert not section.has_charts


def test_demos_have_no_history() -> None:
    """Their accuracy says nothing about the model."""
    demo = make_record(dataset="demo", weights=WeightsStatus.PROBE)
    assert _section((demo,)) is None
    assert _section(()) is None


def test_names_from_data_are_escaped() -> None:
    """A campaign's name is anybody's text."""
    evil = '"><script>alert(1)</script>'
    records = tuple(replace(record, campaign=evil) for record in campaigns(8))
    for figure in _shown(records).without_steps:
        assert "<script" not in figure.wide.markup
        HTMLParser().feed(figure.wide.markup)
        assert any(evil in link.get("aria-label", "") for link in _parsed(figure.wide).iter("a"))


def test_a_time_of_another_form_is_no_error() -> None:
    """A record of another tool may write its start as it likes: no gap is drawn then."""
    records = tuple(replace(cost_record(day, 3000.0 + day), started=f"day {day}") for day in range(9))
    figure = _shown(records).without_steps[0]
    assert "chart-gap" not in figure.wide.markup


def test_the_same_history_has_the_same_bytes() -> None:
    """Two builds of one database are equal."""
    first, second = (_shown(campaigns(14)).with_steps[2].wide.markup for _ in range(2))
    assert first == second
    assert not re.search(r"\d\.\d{2,}\"", first)
