"""Data as Markdown text that stays what it is: no markup, no mention of a person, no line of its own.

Characters that Markdown or HTML know become entities, which hold in a paragraph, in a cell and within an HTML element,
where a backslash would be shown.
"""

import re

from pwc_bench.core.text_forms import one_line
from pwc_bench.regression.reports.columns import clipped

_SPECIAL = re.compile(r"[&<>\\`*_{}\[\]|~$^\"]")
_REFERENCE = re.compile(r"([@#])(?=\w)")
"""What GitHub would turn into a mention of a person or into a link to an issue."""
_LONGEST = 400
"""A cell or sentence of data is cut after so many columns."""
_NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def escaped(text: str, longest: int = _LONGEST) -> str:
    """Return `text` on one line with Markdown, HTML, mentions and issue numbers disarmed."""
    # The empty space comes first: its own entity must not be escaped, nor may entities look like issue numbers.
    parted = _REFERENCE.sub("\\1\N{ZERO WIDTH SPACE}", clipped(one_line(text), longest))
    return _SPECIAL.sub(_entity, parted).replace("\N{ZERO WIDTH SPACE}", "&#8203;")


def code(text: str, longest: int = 120) -> str:
    """Return `text` as code."""
    return f"<code>{escaped(text, longest)}</code>"


def _entity(found: re.Match[str]) -> str:
    return _NAMED.get(found[0], f"&#{ord(found[0])};")
