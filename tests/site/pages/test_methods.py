"""The list of methods."""

from dataclasses import replace

from pwc_bench.core.knowledge import Method
from pwc_bench.site.pages.method import MethodListPages, MethodsPage
from tests.example_archive import example_archive
from tests.site.pages.shown import context_of, made_by


def test_methods_show_name_and_year() -> None:
    """The full name only where it says more than the title."""
    plain = Method("x", "X", "X", "A method.")
    archive = replace(example_archive(), all_methods=(*example_archive().all_methods, plain))
    cards = {
        card.title: card
        for card in context_of(made_by(MethodListPages, archive), "methods/index.html", MethodsPage).methods
    }
    assert (cards["GPSA"].full_name, cards["GPSA"].year) == ("Gated Positional Self-Attention", "2021")
    assert (cards["X"].full_name, cards["X"].year) == (None, None)
