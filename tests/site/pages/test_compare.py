"""The page on which any two models are chosen."""

from pwc_bench.site.pages.compare import ComparePage, ComparePages
from tests.example_archive import example_archive, example_catalogue
from tests.site.pages.shown import bare_archive, context_of, html_of, made_by, text_of
from tests.site.parts.guessing import archive_of, batch_of


def test_every_pair_of_the_paper_is_reachable_without_a_script() -> None:
    """Twelve rows and columns; the diagonal is empty."""
    context = context_of(made_by(ComparePages, example_archive()), "compare/index.html", ComparePage)
    assert len(context.rows) == len(context.columns) == 12
    links = {cell.href for row in context.rows for cell in row.cells if cell.href}
    assert len(links) == 66
    assert all(row.cells[place].href is None for place, row in enumerate(context.rows))


def test_all_models_can_be_chosen_and_their_guesses_lie_beside() -> None:
    """The catalogue's variants, and a script for each record and manifest."""
    archive = archive_of({"convit-s": batch_of([0, 1], [0, 0]), "convit-b": batch_of([0, 1], [1, 1])})
    (page,) = made_by(ComparePages, archive)
    context = context_of(made_by(ComparePages, archive), "compare/index.html", ComparePage)
    assert [choice.href for choice in context.choices] == list(example_catalogue().variants)
    assert len(page.files) == 4
    assert "compare.js" in html_of(page)


def test_an_archive_without_claims_says_so() -> None:
    """No pair, no table."""
    (page,) = made_by(ComparePages, bare_archive())
    assert "No publication here claims something of two models." in text_of(page)
