"""The page for addresses that lead nowhere."""

from pwc_bench.site.build.rendering import make_environment, render, templates_folder
from pwc_bench.site.pages.not_found import NotFoundPages
from tests.site.pages.shown import bare_archive, html_of, made_by


def test_it_needs_no_other_file() -> None:
    """A server sends it for any depth of path, where a relative style sheet would not be found."""
    page = next(made_by(NotFoundPages, bare_archive()))
    html = html_of(page)
    assert page.path == "404.html"
    assert "stylesheet" not in html
    assert "<script" not in html
    assert 'href="index.html"' in html


def test_its_links_are_absolute_where_the_address_is_known() -> None:
    """Then they work from any depth."""
    environment = make_environment(templates_folder(), "https://example.org/bench/")
    html = render(environment, next(made_by(NotFoundPages, bare_archive())))
    assert 'href="https://example.org/bench/"' in html
    assert 'href="https://example.org/bench/sota/"' in html
