"""What holds for every page of the site: no dead link, no script in the page, nothing from data taken for markup."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

import pytest

from pwc_bench.core.archive import MemoryArchive
from pwc_bench.core.knowledge import RelatedPaper, Repository
from pwc_bench.core.record import Status
from pwc_bench.core.text_forms import UNWRITABLE as UNWRITABLE_CHARACTER
from pwc_bench.site.build import publish
from tests.example_archive import example_archive
from tests.factories import make_claim, make_record
from tests.site.build.html_reader import PageFacts, read_page
from tests.site.build.site_fixture import built_site

HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(2)>"\' onmouseover="alert(3)" {{ 7*7 }} &lt;b&gt; --> ]]>'
UNWRITABLE = "\x00\x07\x1b[2J\x7f\ufffe\uffff--"
ADDRESS = "javascript:alert(document.domain)"


def hostile_archive() -> MemoryArchive:
    """The example with markup and script wherever a submission or a record could bring them."""
    archive = example_archive()
    paper = replace(
        archive.all_papers[0],
        title=HOSTILE,
        authors=(HOSTILE,),
        abstract=HOSTILE,
        venue=HOSTILE,
        url=ADDRESS,
        pdf_url=ADDRESS,
        repositories=(Repository(ADDRESS), Repository(f"https://x.org/{HOSTILE}", framework=HOSTILE)),
        related=(RelatedPaper(HOSTILE, HOSTILE, ADDRESS),),
    )
    claims = (
        replace(
            make_claim(),
            paper=paper.slug,
            model=HOSTILE,
            variant=None,
            conditions=HOSTILE,
            source=HOSTILE,
            source_url=ADDRESS,
        ),
        replace(
            make_claim(metric=HOSTILE, unit=HOSTILE), paper=paper.slug, variant=HOSTILE, value="1", dataset=HOSTILE
        ),
        replace(make_claim(value=HOSTILE), paper=paper.slug),
    )
    record = make_record(status=Status.PARTIAL, reason=HOSTILE, device=HOSTILE, campaign=HOSTILE)
    stranger = replace(record, variant=f"timm:{HOSTILE}", title=HOSTILE, extra={HOSTILE: HOSTILE})
    # No reader of ours lets such a name in; nor does a page let it out.
    unwritable = replace(make_record(device=UNWRITABLE, campaign=UNWRITABLE), title=UNWRITABLE, variant="timm:u")
    return replace(
        archive,
        all_papers=(paper, *archive.all_papers[1:]),
        all_claims=(*archive.all_claims, *claims),
        all_records=(*archive.all_records, record, stranger, unwritable),
    )


def pages_of(site: Path) -> Iterator[tuple[Path, PageFacts]]:
    """Every page with what it holds."""
    for file in sorted(site.rglob("*.html")):
        yield file, read_page(file)


def framed_pages(site: Path) -> Iterator[tuple[Path, PageFacts]]:
    """Every page but the one for unknown addresses: a server sends that at any depth, so it carries its own look."""
    return ((file, found) for file, found in pages_of(site) if file.name != "404.html")


def dead_links(site: Path) -> list[str]:
    """Every relative link whose file or fragment does not exist."""
    facts = {file.resolve(): found for file, found in pages_of(site)}
    dead = []
    for file, found in facts.items():
        for link in found.links:
            parts = urlsplit(link)
            if parts.scheme:
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            if not target.is_file() or (parts.fragment and parts.fragment not in facts[target].ids):
                dead.append(f"{file}: {link}")
    return dead


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the hostile archive."""
    folder = tmp_path_factory.mktemp("hostile") / "site"
    publish(hostile_archive(), folder)
    return folder


def test_no_link_and_no_fragment_is_dead() -> None:
    """On every page of the example."""
    assert dead_links(built_site()) == []


def test_no_link_is_dead_where_names_are_hostile(hostile_site: Path) -> None:
    """Slugs survive whatever a name holds."""
    assert dead_links(hostile_site) == []


def test_every_link_names_a_file() -> None:
    """A folder's address would not open from file://."""
    for file, found in pages_of(built_site()):
        relative = [urlsplit(link).path for link in found.links if not urlsplit(link).scheme]
        assert [link for link in relative if link.endswith("/")] == [], file


def test_nothing_from_data_becomes_markup(hostile_site: Path) -> None:
    """No script, no handler, no address but http, https or relative; and templates do not run on data."""
    for file, found in framed_pages(hostile_site):
        assert found.inline_scripts == "", file
        assert {name for name in found.attributes if name.startswith("on")} == set(), file
        assert {urlsplit(link).scheme for link in found.links} <= {"", "http", "https"}, file
        own = [link for link in found.links if re.fullmatch(r"(\.\./)*assets/[a-z]+\.js", link)]
        assert found.tags.count("script") == len(own), file
        assert "49 &amp;lt;b" not in file.read_text(), file
    assert HOSTILE in read_page(hostile_site / "paper" / "convit" / "index.html").text


def test_every_file_can_be_read_whatever_a_name_holds(hostile_site: Path) -> None:
    """Each .xml and .svg by a parser of XML; in no file a character that neither XML nor HTML can hold."""
    texts = [path for path in hostile_site.rglob("*") if path.suffix in {".html", ".xml", ".svg"}]
    assert {path.suffix for path in texts} == {".html", ".xml", ".svg"}
    for path in texts:
        assert not UNWRITABLE_CHARACTER.search(path.read_text()), path
        if path.suffix != ".html":
            ET.parse(path)


def test_every_page_forbids_scripts_and_styles_of_its_own() -> None:
    """By its Content-Security-Policy, which it also keeps: no style attribute, no style element."""
    for file, found in framed_pages(built_site()):
        assert "default-src 'none'" in file.read_text(), file
        assert "style" not in found.attributes, file
        assert "style" not in found.tags, file


def test_every_page_has_one_title_one_heading_and_no_id_twice() -> None:
    """What a screen reader leans on."""
    for file, found in pages_of(built_site()):
        assert found.tags.count("h1") == 1, file
        assert found.tags.count("main") == 1, file
        assert len(found.ids) == len(set(found.ids)), file


def test_every_page_has_the_sites_furniture() -> None:
    """Navigation, footer and attribution."""
    words = (
        "Tasks SotA Datasets Papers Methods Submit About",
        "Explore",
        "Community",
        "CC BY-SA 4.0",
        "for the community",
    )
    for file, found in framed_pages(built_site()):
        missing = [word for word in words if word not in found.text]
        assert missing == [], file


def test_headings_never_skip_a_level() -> None:
    """h2 after h1, h3 after h2."""
    for file, found in pages_of(built_site()):
        levels = [int(tag[1]) for tag in found.tags if re.fullmatch("h[1-6]", tag)]
        body = levels[levels.index(1) :]
        assert all(after <= before + 1 for before, after in pairwise(body)), file


def test_no_page_asks_another_host_for_anything() -> None:
    """Links may lead elsewhere; nothing is loaded from there."""
    loaded = re.compile(r'<(?:script|img|link rel="(?:stylesheet|icon)"|iframe)[^>]*(?:src|href)="https?:')
    for file, _ in pages_of(built_site()):
        assert not loaded.search(file.read_text()), file


def test_every_table_has_a_caption() -> None:
    """Seen or heard: it says what the table is."""
    for file, found in pages_of(built_site()):
        assert found.tags.count("caption") == found.tags.count("table"), file
