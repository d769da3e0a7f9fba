"""Templates that are compiled our way say what Jinja's own would say."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from markupsafe import Markup, escape

from pwc_bench.site.build.compiling import SiteEnvironment, escaped


@dataclass(frozen=True)
class Context:
    """What a template sees."""

    text: str


class Letter(str):
    """A text of a type of its own."""

    __slots__ = ()


VALUES = (
    "",
    "plain",
    "a & b",
    "<b>",
    'x" y="z',
    "it's",
    "&amp;",
    "é\u2028",
    Letter("<i>"),
    Markup("<b>&amp;</b>"),
    7,
    None,
)


@pytest.mark.parametrize("value", VALUES)
def test_everything_but_markup_is_escaped(value: object) -> None:
    """As MarkupSafe does."""
    assert str(escaped(value)) == str(escape(value))


def test_what_html_cannot_hold_is_replaced() -> None:
    """Control characters and halves of characters; ends of lines stay."""
    assert str(escaped("a\x1b[31m\x00\ud800<\n\u00e9")) == "a\ufffd[31m\ufffd\ufffd&lt;\n\u00e9"


def test_attributes_filters_loops_and_macros(tmp_path: Path) -> None:
    """Also across an import, in which what a macro returns is not escaped twice."""
    (tmp_path / "parts.html").write_text("{% macro bold(text) %}<b>{{ text }}</b>{% endmacro %}")
    source = (
        '{% import "parts.html" as parts %}{{ page.text }} {{ page.text | upper }} {{ parts.bold(page.text) }}'
        "{% for letter in page.text %}{{ loop.index }}{{ letter }}{% endfor %}"
    )
    (tmp_path / "page.html").write_text(source)
    made = SiteEnvironment(tmp_path).get_template("page.html").render(page=Context("a<"))
    assert made == "a&lt; A&lt; <b>a&lt;</b>1a2&lt;"


@pytest.mark.parametrize(
    "source", ["{{ pge.text }}", "{{ page.txt }}", "{% if page.txt %}x{% endif %}", "{{ nothing }}"]
)
def test_a_name_that_is_not_there_fails(tmp_path: Path, source: str) -> None:
    """Whether it is an object's or the template's."""
    (tmp_path / "page.html").write_text(source)
    with pytest.raises(Exception, match=r"pge|txt|nothing"):
        SiteEnvironment(tmp_path).get_template("page.html").render(page=Context("a"))


def test_a_template_is_read_once(tmp_path: Path) -> None:
    """The same object each time; not where it is given names of its own."""
    (tmp_path / "page.html").write_text("{{ x }}")
    environment = SiteEnvironment(tmp_path)
    assert environment.get_template("page.html") is environment.get_template("page.html")
    assert environment.get_template("page.html", globals={"x": "1"}).render() == "1"
