"""The leaderboard's page and the files beside it."""

import re
from dataclasses import replace
from html import unescape

from pwc_bench.core.archive import MemoryArchive
from pwc_bench.site.build.rendering import make_environment, render, templates_folder
from pwc_bench.site.pages.leaderboard import LeaderboardContext, LeaderboardPages
from tests.example_archive import example_archive
from tests.factories import make_claim
from tests.site.build.html_reader import read_page
from tests.site.build.site_fixture import built_site
from tests.site.pages.shown import context_of, html_of, made_by

IMAGENET = "sota/image-classification-on-imagenet"
DEMO = "sota/image-classification-on-demo"


def contexts() -> dict[str, LeaderboardContext]:
    """Every leaderboard by its folder."""
    found = {}
    for page in made_by(LeaderboardPages, example_archive()):
        assert isinstance(page.context, LeaderboardContext)
        found[page.path.removesuffix("/index.html")] = page.context
    return found


def test_a_board_is_cited_with_its_address() -> None:
    """Absolute where the address of the site is known; else the path, and the page says what to put before it."""
    page = next(made_by(LeaderboardPages, example_archive()))
    asked = unescape(html_of(page))
    assert f"  url    = {{{page.path}}}\n}}" in asked
    assert "Put the address of this site before the path." in asked
    known = unescape(render(make_environment(templates_folder(), "https://example.org/board/"), page))
    assert f"  url    = {{https://example.org/board/{page.path.removesuffix('index.html')}}}\n}}" in known
    assert "Put the address" not in known


def test_numbers_and_chart_lie_beside_the_page() -> None:
    """As CSV, JSON and SVG, linked from it."""
    site = built_site()
    assert {file.name for file in (site / IMAGENET).iterdir() if file.is_file()} == {
        "index.html",
        "index.csv",
        "index.json",
        "chart.svg",
    }
    links = read_page(site / IMAGENET / "index.html").links
    assert {"index.csv", "index.json", "chart.svg"} <= set(links)


def test_the_demo_is_called_one() -> None:
    """In its title, by a badge, and by a notice; the ImageNet board is none."""
    found = contexts()
    assert found[DEMO].is_demo
    assert found[DEMO].frame.title.endswith("(demo)")
    assert not found[IMAGENET].is_demo
    assert "This is a demo." in read_page(built_site() / DEMO / "index.html").text


def test_each_number_says_how_it_is_made() -> None:
    """By its metric's definition."""
    found = contexts()[IMAGENET]
    assert [title for title, _ in found.definitions] == [
        "Top-1 accuracy", "Top-5 accuracy", "GFLOPs", "Parameters", "Throughput", "Negative log-likelihood",
    ]  # fmt: skip
    assert found.counts == "12 models, 3 with a measured Top-1 accuracy."
    assert found.task is not None


def test_the_built_page_reads_as_it_should() -> None:
    """Claim and measurement side by side, flags and reasons in words."""
    text = read_page(built_site() / IMAGENET / "index.html").text
    for words in (
        "Claim Measured",
        "81.97\N{EN DASH}82.65",
        "partial",
        "not measured: no public weights",
        "Quadro GP100, batch 128",
    ):
        assert words in text


def test_a_board_without_a_metric_has_one_row_of_headings() -> None:
    """A second one would have no cells."""
    page = next(made_by(LeaderboardPages, example_archive()))
    assert isinstance(page.context, LeaderboardContext)
    board = page.context.board
    bare = replace(board, columns=(), rows=tuple(replace(row, cells=()) for row in board.rows))
    shown = html_of(replace(page, context=replace(page.context, board=bare)))
    (head,) = re.findall(r"(?s)<table class=.board.*?</thead>", shown)
    assert head.count("<tr>") == 1
    assert "rowspan" not in head


def test_a_board_of_claims_speaks_of_no_measurement() -> None:
    """Although parameters are a metric of ours: no Measured column, no legend, no rule, no definition."""
    claims = tuple(
        replace(make_claim(model, "parameters", value, unit), variant=None, dataset="elsewhere")
        for model, value, unit in (("A", "25.6", "M"), ("B", "7000000", ""))
    )
    archive = MemoryArchive(example_archive().catalogue, all_claims=claims)
    (page,) = (page for page in made_by(LeaderboardPages, archive) if "elsewhere" in page.path)
    text = html_of(page)
    main = text[text.index("<main") : text.index("</main>")]
    for word in ("Measured", "we measured", "reproduced", "asterisk", "How each number is made", "verdict-"):
        assert word not in main
    board = context_of(made_by(LeaderboardPages, archive), page.path, LeaderboardContext).board
    assert [(row.title, row.position) for row in board.rows] == [("B", "1"), ("A", "2")]


def test_the_legend_shows_what_stands_on_the_board() -> None:
    """With numbers of that board: nothing below its claim is explained where nothing is."""
    page = contexts()[IMAGENET]
    cells = [cell for row in page.board.rows for cell in row.cells]
    signs = page.signs
    assert signs
    assert all(sign.sample in {cell.difference for cell in cells} for sign in signs)
    states = {cell.verdict.state for cell in cells if cell.verdict}
    assert {sign.state for sign in signs} <= states
    assert ("below" in states) == any(sign.state == "below" for sign in signs)
