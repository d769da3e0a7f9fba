"""What other programs read: feed, sitemap, pictures for links, JSON-LD."""

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from pwc_bench.core.archive import Catalogue, MemoryArchive
from pwc_bench.core.text_forms import writable
from pwc_bench.core.verdict import Outcome
from pwc_bench.regression.reports import render
from pwc_bench.site.build import feeds, publish
from pwc_bench.site.build.feeds import feed, sitemap_files
from pwc_bench.site.charts.plane import Point, Scatter
from pwc_bench.site.charts.scatter import draw_scatter
from pwc_bench.site.charts.svg import draw_badge, standalone
from tests.example_archive import METRICS, example_archive
from tests.factories import make_record
from tests.regression.reports.examples import context_of, make_verdict
from tests.site.build.html_reader import read_page
from tests.site.build.site_fixture import built_site
from tests.site.build.test_every_page import HOSTILE, hostile_archive

ATOM = "{http://www.w3.org/2005/Atom}"
SVG = "{http://www.w3.org/2000/svg}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
BASE = "https://bench.example/board/"


def test_the_feed_names_the_newest_campaigns() -> None:
    """Each with an id that stays, its time and links to its records."""
    root = ET.fromstring(feed(example_archive(), BASE))
    entries = root.findall(f"{ATOM}entry")
    campaigns = list(example_archive().campaigns())
    assert [entry.findtext(f"{ATOM}updated") for entry in entries] == [campaign.started for campaign in campaigns]
    links = [link.get("href", "") for link in root.iter(f"{ATOM}link")]
    assert all(link.startswith(BASE) for link in links)
    ids = [found.text for found in root.iter(f"{ATOM}id")]
    assert len(set(ids)) == len(entries) + 1
    assert "/record/" in (entries[0].findtext(f"{ATOM}content") or "")


def test_the_feed_is_whole_where_there_is_nothing_and_where_names_are_hostile() -> None:
    """XML in every case."""
    empty = ET.fromstring(feed(MemoryArchive(Catalogue({}, {}, {})), None))
    assert empty.findall(f"{ATOM}entry") == []
    unmeasured = ET.fromstring(feed(example_archive(()), None))
    assert unmeasured.findtext(f"{ATOM}updated") == "2021-03-19T00:00:00Z"
    hostile = ET.fromstring(feed(hostile_archive(), None))
    assert any(HOSTILE in (entry.findtext(f"{ATOM}title") or "") for entry in hostile.findall(f"{ATOM}entry"))


def there_of(name: str) -> str:
    """Return a name as a parser of XML finds it."""
    return writable(name).replace("\r\n", "\n").replace("\r", "\n")


@given(st.text(st.one_of(st.sampled_from("<>&\"'-]\x00\x0b\x1b\x7f\x85\ufffe\uffff\ud800\u2028"), st.characters())))
@example("\ud800\ufffe")
@example("--> ]]> <?x ?> <!-- -- & &#0; \x1b[31m")
def test_whatever_a_name_holds_every_xml_can_be_read(name: str) -> None:
    """Feed, sitemap, chart, badge and JUnit report: what XML cannot hold is replaced, the rest is there."""
    there = there_of(name)
    encodable = name.encode(errors="replace").decode()  # else a record has no id
    record = replace(make_record(campaign=encodable), title=encodable)
    root = ET.fromstring(feed(MemoryArchive(Catalogue({}, {}, {}), (record,)), f"https://x.org/{encodable}"))
    assert root.findtext(f"{ATOM}entry/{ATOM}title") == f"{there_of(encodable)}: 1 record"
    ((_, sitemap),) = sitemap_files([f"{name}/index.html"], None)
    assert ET.fromstring(sitemap).findtext(f"{MAP}url/{MAP}loc") == f"{there}/index.html"
    point = Point(name, 1.0, 2.0, name, name, is_measured=True, y_interval=(1.5, 2.5))
    chart = ET.fromstring(standalone(draw_scatter(Scatter("k", name, name, name, name, (point,)))))
    assert there in [title.text or "" for title in chart.iter(f"{SVG}title")]
    assert ET.fromstring(draw_badge(name)).findtext(f"{SVG}title") == f"pwc-bench: {there}"
    verdict = make_verdict(name, METRICS["top1"], Outcome.REGRESSED, name, 1.0, 0.0)
    assert ET.fromstring(render("junit", (verdict,), context_of((verdict,)))).find("testsuite") is not None


def test_the_sitemap_lists_every_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under its address; in several files where the protocol asks for that."""
    publish(example_archive(), tmp_path / "site", base_url=BASE)
    root = ET.parse(tmp_path / "site" / "sitemap.xml").getroot()
    found = {loc.text for loc in root.iter(f"{MAP}loc")}
    pages = {path.relative_to(tmp_path / "site").as_posix() for path in (tmp_path / "site").rglob("*.html")}
    assert found == {BASE + path.removesuffix("index.html") for path in pages - {"404.html"}}
    assert "built without a base address" in (built_site() / "sitemap.xml").read_text()
    monkeypatch.setattr(feeds, "ADDRESSES_PER_SITEMAP", 2)
    files = dict(sitemap_files(["a/index.html", "b/index.html", "c/index.html"], BASE))
    assert list(files) == ["sitemap-1.xml", "sitemap-2.xml", "sitemap.xml"]
    assert f"<loc>{BASE}sitemap-2.xml</loc>" in files["sitemap.xml"]


def test_a_link_brings_a_picture_where_the_site_has_an_address(tmp_path: Path) -> None:
    """One for each kind of page, of the size that readers expect; without an address there is none."""
    publish(example_archive(), tmp_path / "site", base_url=BASE)
    page = (tmp_path / "site" / "paper" / "convit" / "index.html").read_text()
    assert f'<meta property="og:image" content="{BASE}assets/card-paper.png">' in page
    with Image.open(tmp_path / "site" / "assets" / "card-paper.png") as picture:
        assert (picture.format, picture.size) == ("PNG", (1200, 630))
    publish(example_archive(), tmp_path / "again", base_url=BASE)
    for card in (tmp_path / "site" / "assets").glob("card-*.png"):
        assert card.read_bytes() == (tmp_path / "again" / "assets" / card.name).read_bytes()
    assert not list(built_site().glob("assets/card-*"))


def test_papers_and_data_sets_are_described_for_search_engines(tmp_path: Path) -> None:
    """As valid JSON-LD, whatever their names hold."""
    paper = json.loads(read_page(built_site() / "paper" / "convit" / "index.html").linked_data)
    assert (paper["@type"], paper["identifier"]) == ("ScholarlyArticle", "arXiv:2103.10697")
    data = json.loads(read_page(built_site() / "dataset" / "imagenet" / "index.html").linked_data)
    assert (data["@type"], data["name"]) == ("Dataset", "ImageNet")
    publish(hostile_archive(), tmp_path / "site")
    hostile = json.loads(read_page(tmp_path / "site" / "paper" / "convit" / "index.html").linked_data)
    assert hostile["headline"] == HOSTILE
    assert "sameAs" not in hostile


def test_a_badge_says_how_a_papers_claims_stand() -> None:
    """As one picture that needs nothing else."""
    badge = (built_site() / "badges" / "convit" / "image-classification-on-imagenet.svg").read_text()
    assert "6 without public weights" in badge  # the accuracies of the larger models: a count names all claims
    said = ET.fromstring(badge).get("aria-label", "")
    assert said.startswith("pwc-bench: ")
    assert said.endswith(" \N{MIDDLE DOT} NVIDIA H200, fp32")  # the machine of what was judged
    assert f'alt="{said}"' in (built_site() / "paper" / "convit" / "index.html").read_text()
    assert "&lt;&amp;" in draw_badge("<&")
