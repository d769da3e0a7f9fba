"""Templates: what they see, what is escaped, and what of one site may not be kept for another."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from pwc_bench.site.build.rendering import make_environment


@dataclass(frozen=True)
class Context:
    """What a template sees."""

    text: object


def rendered(folder: Path, source: str, text: object = "", base_url: str | None = None) -> str:
    """A template in `folder`, rendered."""
    (folder / "page.html").write_text(source)
    return make_environment(folder, base_url).get_template("page.html").render(page=Context(text))


@pytest.mark.parametrize(
    ("value", "html"),
    [
        ("a & <b>", "a &amp; &lt;b&gt;"),
        (Markup("<b>\n&amp;</b>"), "<b>\n&amp;</b>"),
        (7, "7"),
        ("a\x1b[31m\x00\ud800<\n\u00e9", "a\ufffd[31m\ufffd\ufffd&lt;\n\u00e9"),
    ],
)
def test_all_but_markup_is_escaped_and_what_html_cannot_hold_is_replaced(
    tmp_path: Path, value: object, html: str
) -> None:
    """Control characters and halves of characters; ends of lines stay."""
    assert rendered(tmp_path, "{{ page.text }}", value) == html


@pytest.mark.parametrize(
    "source", ["{{ pge.text }}", "{{ page.txt }}", "{% if page.txt %}x{% endif %}", "{{ nothing }}"]
)
def test_a_name_that_is_not_there_fails(tmp_path: Path, source: str) -> None:
    """Whether it is an object's or the template's."""
    with pytest.raises(UndefinedError, match=r"pge|txt|nothing"):
        rendered(tmp_path, source)


def test_an_address_of_one_site_is_not_kept_for_another(tmp_path: Path) -> None:
    """Templates are compiled once in a process, for all environments: also what they say of constants."""
    source = "{{ 'x/index.html' | canonical }}"
    assert rendered(tmp_path, source, base_url="https://a.org") == "https://a.org/x/"
    assert rendered(tmp_path, source, base_url="https://b.org/y/") == "https://b.org/y/x/"
    assert rendered(tmp_path, source) == ""
    assert rendered(tmp_path, "new") == "new"
