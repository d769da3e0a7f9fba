"""The pages of a leaderboard's further charts."""

from pwc_bench.site.pages.chart import ChartContext, ChartPages
from tests.example_archive import example_archive
from tests.site.build.html_reader import read_page
from tests.site.build.site_fixture import built_site
from tests.site.pages.shown import bare_archive, context_of, html_of, made_by, text_of

FOLDER = "sota/image-classification-on-imagenet"
DEMO = "sota/image-classification-on-demo"


def test_every_chart_but_the_first_has_a_page() -> None:
    """The first one stands on the leaderboard; each page lies in a folder of it, with its chart as a file."""
    found = {page.path: page for page in made_by(ChartPages, example_archive())}
    own = {path for path in found if path.startswith(f"{FOLDER}/")}
    assert len(own) == 15
    assert f"{FOLDER}/over-time/index.html" in own
    assert f"{FOLDER}/top1-against-gflops/index.html" not in own
    assert set(found[f"{FOLDER}/over-time/index.html"].files) == {f"{FOLDER}/over-time/chart.svg"}
    assert list(made_by(ChartPages, bare_archive())) == []


def test_tabs_lead_from_chart_to_chart() -> None:
    """As links, with the current one marked; pairs without the first metric are folded away until one is chosen."""
    site = built_site() / FOLDER
    board, over_time = (read_page(site / name) for name in ("index.html", "over-time/index.html"))
    assert "over-time/index.html" in board.links
    assert {"../index.html", "../top1-against-parameters/index.html"} <= set(over_time.links)
    other = context_of(
        made_by(ChartPages, example_archive()), f"{FOLDER}/gflops-against-parameters/index.html", ChartContext
    )
    first = context_of(made_by(ChartPages, example_archive()), f"{FOLDER}/over-time/index.html", ChartContext)
    assert other.tabs is not None
    assert first.tabs is not None
    assert (other.tabs.is_open, first.tabs.is_open) == (True, False)
    assert [tab.text for tab in first.tabs.first if tab.is_current] == ["Top-1 accuracy over time"]


def test_the_line_is_also_told_in_words() -> None:
    """State of the art or frontier, by name and with its meaning."""
    found = {page.path: page for page in made_by(ChartPages, example_archive())}
    text = text_of(found[f"{FOLDER}/over-time/index.html"])
    assert "State of the art Each of these is better, as a number, than everything published before it;" in text
    assert "DeiT-B, ConViT-B+" in text
    assert "Pareto frontier" in text_of(found[f"{FOLDER}/top1-against-parameters/index.html"])


def test_a_demos_charts_are_called_demos() -> None:
    """In the title and by a badge."""
    demos = [page for page in made_by(ChartPages, example_archive()) if page.path.startswith(DEMO)]
    assert demos
    for page in demos:
        assert isinstance(page.context, ChartContext)
        assert page.context.frame.title.endswith("(demo)")
        assert "badge-demo" in html_of(page)
