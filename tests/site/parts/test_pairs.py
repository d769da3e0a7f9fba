"""Which two variants have a page."""

from dataclasses import replace

from pwc_bench.site.parts.pairs import Pair, paper_pairs
from tests.example_archive import example_archive, example_catalogue
from tests.factories import make_claim
from tests.site.pages.shown import bare_archive


def test_the_papers_twelve_meet_each_other_once() -> None:
    """66 pairs, each in the catalogue's order."""
    pairs = list(paper_pairs(example_archive()))
    order = list(example_catalogue().variants)
    assert len(pairs) == len(set(pairs)) == 12 * 11 // 2
    assert all(order.index(pair.first) < order.index(pair.second) for pair in pairs)
    assert pairs[0] == Pair("convit-ti", "convit-ti-plus")
    assert pairs[0].path == "compare/convit-ti-vs-convit-ti-plus/index.html"


def test_strangers_and_single_claims_make_no_pair() -> None:
    """A variant that nobody declares has no page here, and one figure in one paper meets nothing."""
    claims = (make_claim(), replace(make_claim("ConViT-B"), variant="from-elsewhere"))
    assert list(paper_pairs(replace(bare_archive(), all_claims=claims))) == []
    apart = (make_claim(), replace(make_claim("ConViT-B"), paper="another"))
    assert list(paper_pairs(replace(bare_archive(), all_claims=apart))) == []
