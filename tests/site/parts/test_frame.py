"""What surrounds every page."""

from pwc_bench.core.text_forms import shorten
from pwc_bench.site.parts.frame import make_frame


def test_navigation_knows_where_the_page_stands() -> None:
    """Relative to the page, with the current entry marked."""
    frame = make_frame(
        "paper/convit/index.html",
        title="T",
        description="D",
        section="Papers",
        crumbs=(("Papers", "papers/index.html"), ("T", None)),
    )
    assert [item.text for item in frame.nav] == ["Tasks", "SotA", "Datasets", "Papers", "Methods", "Submit", "About"]
    assert [item.text for item in frame.nav if item.current == "true"] == ["Papers"]
    assert all(item.href.startswith("../../") for item in frame.nav)
    assert [(crumb.text, crumb.href) for crumb in frame.crumbs] == [("Papers", "../../papers/index.html"), ("T", None)]
    assert make_frame("papers/index.html", title="T", description="D").nav[3].current == "page"


def test_the_footer_has_its_groups() -> None:
    """Explore and Community, in the order that people know."""
    frame = make_frame("index.html", title="T", description="D")
    assert [(group.title, [link.text for link in group.links]) for group in frame.footer] == [
        ("Explore", ["Notable Benchmarks", "All SotA", "Datasets", "Papers", "Methods", "Compare Models"]),
        ("Community", ["Submit Results", "About"]),
    ]


def test_long_texts_are_cut_at_a_word() -> None:
    """And short ones stay whole, on one line."""
    assert shorten("one  two\nthree", 40) == "one two three"
    assert shorten("one two three four", 12) == "one two…"
    assert shorten("x" * 50, 10) == "x" * 9 + "…"
