"""The page of a method."""

from dataclasses import replace

from pwc_bench.core.knowledge import Method, Paper
from pwc_bench.site.pages.method import MethodPage, MethodPages
from tests.example_archive import example_archive
from tests.site.pages.shown import bare_archive, context_of, html_of, made_by, text_of


def test_a_method_names_its_paper_and_its_source() -> None:
    """The paper's page here, the source elsewhere."""
    page = context_of(made_by(MethodPages, example_archive()), "method/gpsa/index.html", MethodPage)
    facts = {fact.term: (fact.text, fact.href) for fact in page.facts}
    assert facts["Introduced in"][1] == "../../paper/convit/index.html"
    assert facts["Source"] == ("https://arxiv.org/abs/2103.10697", "https://arxiv.org/abs/2103.10697")
    assert facts["Year"] == ("2021", None)
    assert [line.title[:6] for line in page.papers.lines] == ["ConViT"]


def test_a_method_without_a_held_paper_names_the_source_by_its_title() -> None:
    """Self-attention comes from a paper that has no page here."""
    page = context_of(made_by(MethodPages, example_archive()), "method/self-attention/index.html", MethodPage)
    facts = {fact.term: (fact.text, fact.href) for fact in page.facts}
    assert facts["Source"] == ("Attention Is All You Need", "https://arxiv.org/abs/1706.03762")
    assert "Introduced in" not in facts


def test_a_method_of_which_nothing_more_is_known_still_has_a_page() -> None:
    """No fact is made up, and an unsafe address leads nowhere."""
    bare = Method("x", "X", "X", "A method.", source_url="javascript:alert(1)", source_title="Bad")
    archive = replace(bare_archive(), all_methods=(bare,))
    found = next(made_by(MethodPages, archive))
    assert "No paper that uses this method is described yet." in text_of(found)
    assert "javascript" not in html_of(found)


def test_the_papers_of_a_topic_are_cut_and_counted() -> None:
    """Fifty are listed, the newest."""
    many = tuple(
        Paper(f"p{n}", f"Paper {n}", ("A",), f"{1950 + n}-01-01", "An abstract.", methods=("x",)) for n in range(53)
    )
    archive = replace(bare_archive(), all_methods=(Method("x", "X", "X", "A method."),), all_papers=many)
    page = context_of(made_by(MethodPages, archive), "method/x/index.html", MethodPage)
    assert (len(page.papers.lines), page.papers.more) == (50, "3")
    assert page.papers.lines[0].date == "2002-01-01"
    assert "3 older papers are not listed here" in text_of(next(made_by(MethodPages, archive)))
