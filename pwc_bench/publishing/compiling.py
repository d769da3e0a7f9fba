"""How templates become Python: Jinja's own way, but for the two things that every page does hundreds of times.

Attributes are read as attributes (a context is made of frozen values, no mapping stands for one), and text in which
there is nothing to escape is written as it is.
"""

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, escape

from pwc_bench.core.text_forms import writable

__all__ = ["SiteEnvironment", "escaped"]


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


class SiteEnvironment(Environment):
    """Jinja's environment with this way of compiling; it reads each template once."""

    code_generator_class = _Generator
    escaped = staticmethod(escaped)

    def __init__(self, folder: Path) -> None:
        super().__init__(
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )
        self._read: dict[str, Template] = {}

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
