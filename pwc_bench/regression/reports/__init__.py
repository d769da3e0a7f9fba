"""Verdicts as text, JSON, Markdown, JUnit XML or annotations: one module a format."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from pwc_bench.core.errors import UsageError
from pwc_bench.core.verdict import Verdict
from pwc_bench.regression.reports import github, json_report, junit, markdown, text
from pwc_bench.regression.reports.wording import ReportContext

__all__ = ["FORMATS", "ReportContext", "render"]

_RENDERERS: Mapping[str, Callable[[Sequence[Verdict], ReportContext], str]] = MappingProxyType(
    {
        "text": text.render,
        "json": json_report.render,
        "markdown": markdown.render,
        "junit": junit.render,
        "github": github.render,
    }
)

FORMATS = tuple(_RENDERERS)
"""The names of the formats."""


def render(format: str, verdicts: Sequence[Verdict], context: ReportContext) -> str:  # noqa: A002  (the option's name)
    """Return a report, with a line end. Raises UsageError where there is no such format."""
    renderer = _RENDERERS.get(format)
    if renderer is None:
        raise UsageError(f"there is no format {format!r}: choose one of {', '.join(FORMATS)}")
    return renderer(verdicts, context)
