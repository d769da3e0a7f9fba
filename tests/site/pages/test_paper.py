"""The paper's page: everything that the reference page has, and what we measured beside it."""

from dataclasses import replace

import pytest

from pwc_bench.core.archive import MemoryArchive
from pwc_bench.core.knowledge import RelatedPaper, Repository
from pwc_bench.core.record import WeightsStatus
from pwc_bench.site.build.rendering import make_environment, render, templates_folder
from pwc_bench.site.pages.paper import PaperContext, PaperPages
from tests.example_archive import example_archive
from tests.factories import make_record
from tests.site.build.html_reader import read_page
from tests.site.build.site_fixture import built_site
from tests.site.pages.shown import html_of, made_by, text_of


def context_of(archive: MemoryArchive, slug: str = "convit") -> PaperContext:
    """What the page of one paper shows."""
    found = next(page.context for page in made_by(PaperPages, archive) if page.path == f"paper/{slug}/index.html")
    assert isinstance(found, PaperContext)
    return found


@pytest.fixture(scope="module")
def paper() -> PaperContext:
    """ConViT's page."""
    return context_of(example_archive())


def test_it_says_who_wrote_what_and_when(paper: PaperContext) -> None:
    """Authors in order, date, task, breadcrumb with the shortened title."""
    assert paper.authors == (
        "Stéphane d'Ascoli", "Hugo Touvron", "Matthew Leavitt", "Ari Morcos", "Giulio Biroli", "Levent Sagun",
    )  # fmt: skip
    assert (paper.date, [task.text for task in paper.tasks]) == ("2021-03-19", ["Image Classification"])
    assert [crumb.text for crumb in paper.frame.crumbs] == [
        "Papers",
        "ConViT: Improving Vision Transformers with Soft…",
    ]
    assert paper.abstract.startswith("Convolutional architectures")
    assert paper.abstract.endswith("https://github.com/facebookresearch/convit.")


def test_of_very_many_authors_and_tasks_the_first_dozen_stands_below_the_title() -> None:
    """The others unfold, in their order; a few more than a dozen are not hidden; machines read them all."""
    archive = example_archive()
    convit = next(paper for paper in archive.all_papers if paper.slug == "convit")
    for count, first in ((72, 12), (17, 12), (16, 16)):
        names = tuple(f"author-{number}" for number in range(count))
        found = context_of(replace(archive, all_papers=(replace(convit, authors=names, tasks=names),)))
        assert (len(found.authors), found.authors + found.further_authors) == (first, names)
        assert (len(found.tasks), tuple(task.text for task in found.tasks + found.further_tasks)) == (first, names)
        assert str(found.frame.linked_data).count('"Person"') == count


def test_its_buttons_lead_to_paper_pdf_and_code(paper: PaperContext) -> None:
    """One repository is the official one."""
    assert paper.paper_href == "https://arxiv.org/abs/2103.10697"
    assert paper.pdf_href == "https://arxiv.org/pdf/2103.10697"
    assert [link.name for link in paper.code if link.is_official] == ["facebookresearch/convit"]
    assert len(paper.code) == 5


def test_its_table_names_task_and_data_set_once_for_each_metric(paper: PaperContext) -> None:
    """The rows below say them again only to those who hear the page, or who sort or point at the table."""
    rows = paper.results.own
    first = [
        row for row, above in zip(rows, (None, *rows), strict=False) if above is None or row.metric != above.metric
    ]
    assert [row for row in rows if not row.is_like_above] == first
    page = (built_site() / "paper/convit/index.html").read_text()
    own = page.partition("</table>")[0]
    assert own.count('<tr class="again">') == len(rows) - len(first)
    assert own.count("Image Classification</a></td>") == len(first)
    assert own.count("Image Classification</span></td>") == len(rows) - len(first)


def test_it_hands_out_its_badge(paper: PaperContext) -> None:
    """The picture, and the Markdown for a README with the site's address where that is known."""
    (badge,) = paper.badges
    assert badge.path == "badges/convit/image-classification-on-imagenet.svg"
    assert badge.text.startswith("pwc-bench: ")
    assert (built_site() / "paper/convit" / badge.href).resolve().is_file()
    page = next(page for page in made_by(PaperPages, example_archive()) if page.path == "paper/convit/index.html")
    said = f"[![{badge.text}]({badge.path})](paper/convit/index.html)"
    assert said in text_of(page)
    address = "https://example.org/board"
    html = render(make_environment(templates_folder(), address), page)
    assert f"[![{badge.text}]({address}/{badge.path})]({address}/paper/convit/)" in html


def test_its_table_begins_with_the_six_gflops(paper: PaperContext) -> None:
    """In the order of the reference page, each with our measurement and the signed difference."""
    rows = paper.results.own[:6]
    assert {(row.task.text, row.dataset.text, row.metric) for row in rows} == {
        ("Image Classification", "ImageNet", "GFLOPs")
    }
    shown = [(row.comparison.claim and row.comparison.claim.number.text, row.model) for row in rows]
    assert shown == [
        ("30", "ConViT-B+"),
        ("17", "ConViT-B"),
        ("10", "ConViT-S+"),
        ("5.4", "ConViT-S"),
        ("2", "ConViT-Ti+"),
        ("1", "ConViT-Ti"),
    ]
    differences = [row.comparison.difference for row in rows]
    assert differences == ["+0.76", "+0.52", "+0.02", "+0.36", "+0.14", "+0.26"]
    assert all(row.comparison.measured and "/record/" in row.comparison.measured.href for row in rows)


def test_further_claims_follow(paper: PaperContext) -> None:
    """Accuracy, parameters and speed of its own models; baselines, other conditions and others' findings apart."""
    assert len(paper.results.own) == 30
    assert {row.model for row in paper.results.baselines} <= {
        f"DeiT-{size}" for size in ("Ti", "Ti+", "S", "S+", "B", "B+")
    }
    assert [group.title for group in paper.results.further] == ["Table 2", "Table 3"]
    assert "timm results-imagenet.csv" in {
        row.comparison.claim.source for row in paper.results.by_others if row.comparison.claim
    }
    absent = [stand for state, stand, _ in paper.results.standing if state == "not-measured"]
    assert absent == ["without public weights"]


def test_related_papers_have_dates_and_somewhere_to_go(paper: PaperContext) -> None:
    """An unknown address becomes a search for the title, and says that it is one."""
    listed = [line for line in paper.related if line.is_search]
    assert len(listed) == 8
    first = listed[0]
    assert (first.date, first.is_search) == ("2025-07-18", True)
    assert first.href.startswith("https://arxiv.org/search/?query=Automatic%20Classification")


def test_links_from_data_are_checked() -> None:
    """A repository with another scheme is left out, a related paper's known address is used."""
    archive = example_archive()
    changed = replace(
        archive.all_papers[0],
        repositories=(Repository("javascript:alert(1)"), Repository("https://example.org")),
        related=(RelatedPaper("Known", "2025-01-01", "https://example.org/known"),),
        url="ftp://x.org",
        methods=("unknown",),
    )
    found = context_of(replace(archive, all_papers=(changed,)), changed.slug)
    assert [link.name for link in found.code] == ["https://example.org"]
    assert (found.related[0].href, found.related[0].is_search) == ("https://example.org/known", False)
    assert (found.paper_href, found.methods) == (None, ())


def test_a_paper_without_claims_says_so() -> None:
    """DeiT's own table is not recorded."""
    archive = replace(example_archive(), all_claims=())
    found = context_of(archive, "deit")
    assert (found.results.own, found.results.standing) == ((), ())


def test_without_declared_variants_all_claims_are_its_own() -> None:
    """Where nothing is known of who introduced what."""
    archive = example_archive()
    bare = replace(archive, catalogue=replace(archive.catalogue, variants={}, metrics={}))
    found = context_of(bare)
    assert len(found.results.own) > 30
    assert found.results.baselines == ()


def test_the_built_page_shows_all_of_it() -> None:
    """As a visitor reads it."""
    text = read_page(built_site() / "paper" / "convit" / "index.html").text
    for words in (
        "(official)",
        "Abstract",
        "Task Dataset Metric Value Model",
        "Related Papers",
        "2025-07-13",
        "Methods",
    ):
        assert words in text
    assert "reproduced without the attention products: 5.36 GFLOPs" in text
    assert "GFLOPs in Table 1: No one convention prints all 6 claims: total 3, without the attention products 5" in text
    assert "+6.6 %" in text


def test_claims_judged_by_own_weights_are_counted_apart() -> None:
    """The tally of a paper does not pass off a user's file as its checkpoint."""
    own = make_record("convit-s", weights=WeightsStatus.LOCAL)
    archive = example_archive((own,))
    assert context_of(archive).results.own_weights == "2"
    page = next(page for page in made_by(PaperPages, archive) if page.path == "paper/convit/index.html")
    assert "2 of these judged by a file of a user\N{RIGHT SINGLE QUOTATION MARK}s own" in text_of(page)
    assert context_of(example_archive()).results.own_weights is None


def test_papers_of_the_archive_stand_before_those_that_somebody_listed() -> None:
    """The nearest ones link to their own pages and say what they share; a listed one that is held appears once."""
    page = context_of(example_archive())
    nearest = page.related[0]
    assert nearest.href.startswith("../")
    assert nearest.shared
    assert not nearest.is_search
    assert page.related[-1].is_search
    titles = [line.title for line in page.related]
    assert len(titles) == len(set(titles))


def test_an_imported_paper_shows_what_is_known_of_it() -> None:
    """No empty heading, no empty date; what it holds is told to those who find it."""
    known = example_archive()
    paper = replace(known.all_papers[0], abstract="", authors=(), date="", url=None, pdf_url=None, repositories=())
    archive = replace(known, all_papers=(paper,))
    shown = next(page for page in made_by(PaperPages, archive) if page.path == f"paper/{paper.slug}/index.html")
    html = html_of(shown)
    assert "Abstract" not in html
    assert 'datetime=""' not in html
    assert 'class="authors"' not in html
    assert "Published results of ConViT" in html.partition("</head>")[0]
