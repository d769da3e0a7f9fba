"""Our style sheets and scripts without what only their readers need: comments, indentation, spaces."""

import re
from collections.abc import Iterator

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
