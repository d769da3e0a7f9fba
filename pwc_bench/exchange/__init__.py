"""Files in and out: a format a module, each declaring its `FORMAT`; records also from git and the web."""

import sys
import warnings
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path

from pwc_bench.core.errors import EvaluationError, PluginWarning, UsageError
from pwc_bench.core.parts import by_key, part_modules
from pwc_bench.exchange.formats import Format, Head, head_of
from pwc_bench.exchange.git_files import GIT_PREFIX, git_reader, git_shelf, same_repository
from pwc_bench.exchange.knowledge import load_knowledge, load_knowledge_file, merge_knowledge
from pwc_bench.exchange.records import (
    ACCEPTED,
    AbsentError,
    Shelf,
    append_acceptance,
    file_shelf,
    folder_shelf,
    parse_acceptances,
    parse_records,
    public_path,
    read_acceptances,
    read_records,
    reader_below,
    write_jsonl,
)
from pwc_bench.exchange.web_files import web_shelf
from pwc_bench.isolation import contained, offered_parts

__all__ = [
    "ACCEPTED",
    "ENTRY_POINT_GROUP",
    "GIT_PREFIX",
    "AbsentError",
    "Format",
    "Shelf",
    "append_acceptance",
    "file_shelf",
    "folder_shelf",
    "format_called",
    "git_reader",
    "git_shelf",
    "is_readable",
    "load_formats",
    "load_knowledge",
    "load_knowledge_file",
    "merge_knowledge",
    "parse_acceptances",
    "parse_records",
    "public_path",
    "read_acceptances",
    "read_records",
    "reader_below",
    "recognised_format",
    "same_repository",
    "web_shelf",
    "write_jsonl",
]

ENTRY_POINT_GROUP = "pwc_bench.formats"
"""Other installed packages offer a Format, or a tuple of them, under this entry-point group."""


def load_formats() -> dict[str, Format]:
    """Return every format by each of its names: those of other packages first, for they know what ours do not.

    A broken offer is left out with a PluginWarning. Raises DuplicatePartError if two of our modules share a name.
    """
    modules = part_modules(sys.modules[__name__])
    own = by_key((pair for module in modules if hasattr(module, "FORMAT") for pair in _named(module.FORMAT)), "formats")
    return offered_parts(ENTRY_POINT_GROUP, _named, "formats", own, "FORMAT") | own


def _named(offered: object) -> list[tuple[str, Format]]:
    formats = offered if isinstance(offered, tuple | list) else (offered,)
    for each in formats:
        if not isinstance(each, Format):
            message = f"it offers {each!r}: let it name a Format"
            raise UsageError(message)
    return [(name, each) for each in formats for name in (each.key, *each.aliases)]


def format_called(name: str, what: Callable[[Format], object], verb: str) -> Format:
    """Return the format of that name that can be `verb`, as `what` tells. Raises UsageError, which names those."""
    able = {key: form for key, form in load_formats().items() if what(form)}
    if name not in able:
        near = get_close_matches(name, able, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(able))}"
        raise UsageError(f"no format that can be {verb} is called {name!r}: {hint}")
    return able[name]


def is_readable(form: Format) -> bool:
    """Tell whether it can be read."""
    return any(reader is not None for reader in (form.records, form.knowledge, form.claims))


def recognised_format(path: Path) -> Format:
    """Tell the format of a file. Raises UsageError if it cannot be read, or is of none that is known."""
    head = head_of(path)
    for form in dict.fromkeys(load_formats().values()):
        if is_readable(form) and _recognises(form, head):
            return form
    raise UsageError(f"{path}: neither records (JSON Lines) nor evaluation tables (a JSON array): name its --format")


def _recognises(form: Format, head: Head) -> bool:
    try:
        return bool(contained(lambda: form.recognises(head)))
    except EvaluationError as error:
        warnings.warn(f"the format {form.key} is not asked: {error}", PluginWarning, stacklevel=2)
        return False
