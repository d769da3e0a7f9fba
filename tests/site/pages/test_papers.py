"""The list of papers."""

from dataclasses import replace

from pwc_bench.core.knowledge import Paper
from pwc_bench.site.pages.paper import PaperListPages, PapersPage
from tests.example_archive import example_archive
from tests.site.pages.shown import bare_archive, context_of, html_of, made_by


def test_papers_are_listed_newest_first_with_authors_tasks_and_code() -> None:
    """As much as a reader needs to choose one."""
    lines = context_of(made_by(PaperListPages, example_archive()), "papers/index.html", PapersPage).papers
    assert [line.date for line in lines] == sorted((line.date for line in lines), reverse=True)
    convit = next(line for line in lines if line.title.startswith("ConViT"))
    assert convit.authors.startswith("Stéphane d'Ascoli, Hugo Touvron")
    assert convit.code == "official code"
    assert [task.text for task in convit.tasks] == ["Image Classification"]


def test_a_long_list_becomes_several_pages_that_lead_to_each_other() -> None:
    """Two hundred entries a page; every one of 401 papers is on exactly one."""
    many = tuple(Paper(f"p{n}", f"Paper {n}", ("A",), "2021-01-01", "An abstract.") for n in range(401))
    found = list(made_by(PaperListPages, replace(bare_archive(), all_papers=many)))
    assert [page.path for page in found] == [
        "papers/index.html",
        "papers/page-2/index.html",
        "papers/page-3/index.html",
    ]
    contexts = [page.context for page in found]
    assert all(isinstance(context, PapersPage) for context in contexts)
    first, second, third = (context for context in contexts if isinstance(context, PapersPage))
    assert [len(context.papers) for context in (first, second, third)] == [200, 200, 1]
    assert first.previous is None
    assert first.following is not None
    assert first.following.href == "page-2/index.html"
    assert second.previous is not None
    assert second.previous.href == "../index.html"
    assert second.papers[0].href.startswith("../../paper/")
    assert third.following is None
    assert 'rel="next"' in html_of(found[0])
