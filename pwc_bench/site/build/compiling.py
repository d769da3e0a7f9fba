"""How templates become Python: Jinja's own way, but for the two things that every page does hundreds of times.

Attributes are read as attributes (a context is made of frozen values, no mapping stands for one), and text in which
there is nothing to escape is written as it is.
"""

import re
from collections.abc import Iterator, MutableMapping
from functools import lru_cache
from pathlib import Path
from types import CodeType
from typing import Any

from jinja2 import BaseLoader, Environment, FileSystemLoader, StrictUndefined, Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, escape

from pwc_bench.core.text_forms import writable


def escaped(value: object) -> str:
    """Return what stands on a page for `value`: markup as it is, everything else as escaped text that HTML can hold."""
    if isinstance(value, Markup):
        return value
    if type(value) is not str:
        return escape(value)
    # Most texts hold nothing to escape: five searches tell so sooner than `escape` wraps the text.
    text = value if value.isprintable() else writable(value)
    if "&" in text or "<" in text or ">" in text or '"' in text or "'" in text:
        return escape(text)
    return text


class _Generator(CodeGenerator):
    """Writes a template's code. Async templates, which would need more, are none of ours."""

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802  Jinja's name
        """Write the access to an attribute; one that is not there raises AttributeError when the page is rendered."""
        self.write("(")
        self.visit(node.node, frame)
        self.write(f").{node.attr}")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.escaped(")


class _Compiler(Environment):
    """Jinja's environment with this way of compiling."""

    code_generator_class = _Generator
    escaped = staticmethod(escaped)

    def __init__(self, loader: BaseLoader | None = None) -> None:
        super().__init__(
            loader=loader,
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )


@lru_cache(maxsize=256)
def _code(source: str, name: str | None, filename: str | None, filters: tuple[str, ...]) -> CodeType:
    """Compile a template, once in a process: it takes nearly half of a small site's build.

    Of an environment's own `filters` the names alone are known here, so that none is applied to a constant before a
    page is rendered.
    """
    compiler = _Compiler()
    compiler.filters.update(dict.fromkeys(filters, _applied_later))
    return compiler.compile(source, name, filename)


def _applied_later(*_: object) -> None:
    raise nodes.Impossible


class SiteEnvironment(_Compiler):
    """The environment of a site; it reads each template once."""

    def __init__(self, folder: Path) -> None:
        super().__init__(FileSystemLoader(folder))
        self._read: dict[str, Template] = {}

    def compile(self, source: Any, name: str | None = None, filename: str | None = None, *_: Any) -> CodeType:  # type: ignore[override]  # noqa: ANN401  Jinja's forms
        """Return a template's code."""
        own = tuple(sorted(self.filters.keys() - _Compiler().filters.keys()))
        return _code(source, name, filename, own)

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002  Jinja's name
    ) -> Template:
        """Return a template; each page asks for half a dozen, its own, what that extends, and what both import."""
        if not isinstance(name, str) or globals is not None:
            return super().get_template(name, parent, globals)
        found = self._read.get(name)
        if found is None:
            found = self._read[name] = super().get_template(name, parent)
        return found


_STYLE_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_INDENT = re.compile(r"^\s+", re.MULTILINE)
_AROUND_BRACES = re.compile(r"(?<=[{;]) | (?={)|;(?= ?})")
_PART = re.compile(
    r"""//[^\n]* | \s+ | [\w$]+
    | " (?: \\. | [^"\\\n] )* " | ' (?: \\. | [^'\\\n] )* '
    | / (?: \\. | \[ (?: \\. | [^\]\\\n] )* \] | [^/\\\n[] )+ /
    | [^"']""",
    re.VERBOSE,
)
"""A comment, space, a word, a text, a regular expression, any other sign."""
_TEMPLATE = re.compile(r"(?: \\. | \$(?!{) | [^`\\$] )* (?: ` | \${ )", re.VERBOSE | re.DOTALL)
_STRICT = '"use strict";\n'
_BEFORE_PATTERN = "(,=:[!&|?{};>"
"""A slash behind one of these begins a regular expression, behind anything else it divides."""
_GOES_ON = "{,;(:?&|=["
"""Behind one of these the end of a line means nothing."""
_CONTINUES = "})]?:&|.,"
"""Nor does it before one of these."""


def lean_style(source: str) -> str:
    """Return a style sheet that means the same, without comments, indentation and the spaces beside braces."""
    return _AROUND_BRACES.sub("", _INDENT.sub("", _STYLE_COMMENT.sub("", source)))


def lean_script(source: str) -> str:
    """Return a script that means the same, without comments and the spaces and ends of lines that tell nothing apart.

    Texts, templates and regular expressions stay as they are. Statements must end with semicolons and none be empty, as
    is so in ours. What only finds mistakes goes too: strict mode, and constants, which become variables.
    """
    written: list[str] = []
    last = space = ""
    for part in _parts(source.removeprefix(_STRICT)):
        if part.isspace():
            space += part
            continue
        if part == "}" and last == ";":
            written.pop()
        written.append(_between(last[-1:], space, part[0]) + ("let" if part == "const" else part))
        last, space = part, ""
    return "".join(written) + "\n"


def _parts(source: str) -> Iterator[str]:
    """Yield the words, signs, texts and spaces of a script, without its comments."""
    depths: list[int] = []  # of the braces within each template that is open
    last, at = "", 0
    while at < len(source):
        part = _part(source, at, last)
        if part == "`" or (part == "}" and depths and depths[-1] == 0):
            if part == "}":
                depths.pop()
            part += _found(_TEMPLATE, source, at + 1)
            if part.endswith("${"):
                depths.append(0)
        elif depths and part in "{}":
            depths[-1] += 1 if part == "{" else -1
        at += len(part)
        if not part.startswith("//"):
            yield part
            last = last if part.isspace() else part


def _part(source: str, at: int, last: str) -> str:
    part = _found(_PART, source, at)
    divides = last[-1:] not in _BEFORE_PATTERN and last != "return"
    return "/" if part[0] == "/" and part[:2] != "//" and divides else part


def _found(kind: re.Pattern[str], source: str, at: int) -> str:
    found = kind.match(source, at)
    if found is None:
        raise ValueError(f"no script: a text or template without an end in {source[at : at + 40]!r}")
    return found[0]


def _between(before: str, space: str, after: str) -> str:
    """Return what must stay of the space between two signs."""
    if not space or not before:
        return ""
    if "\n" in space:
        return "" if before in _GOES_ON or after in _CONTINUES else "\n"
    both_words = _is_word(before) and _is_word(after)
    return " " if both_words or (before in "+-/" and after in "+-/") else ""


def _is_word(sign: str) -> bool:
    return sign.isalnum() or sign in "_$"
