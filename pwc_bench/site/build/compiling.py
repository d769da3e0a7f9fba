"""How templates become Python: Jinja's own way, but for the two things that every page does hundreds of times.

Attributes are read as attributes (a context is made of frozen values, no mapping stands for one), and text in which
there is nothing to escape is written as it is.
"""

from collections.abc import MutableMapping
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
