"""Settings in TOML: `[tool.pwc-bench]` of pyproject.toml and pwc-bench.toml, found from a folder upwards."""

import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pwc_bench.core.errors import UsageError
from pwc_bench.core.files import decoded, file_bytes

_MOST_BYTES = 4 << 20
"""Settings are written by hand."""
OWN_FILE = "pwc-bench.toml"
PROJECT_FILE = "pyproject.toml"
SETTINGS_FILES = (OWN_FILE, PROJECT_FILE)
_SECTIONS = ("check",)
"""The tables that may stand in `[tool.pwc-bench]`, or at the top of pwc-bench.toml."""


@dataclass(frozen=True, slots=True)
class SettingsTable:
    """One table of one file."""

    file: Path
    heading: str
    """The table as it stands there: "[tool.pwc-bench.check]"."""
    values: Mapping[str, Any]

    def __str__(self) -> str:
        """Return the words with which a message about it begins."""
        return f"{self.file}: {self.heading}"


def content_on_disk(path: Path) -> bytes | None:
    """Return a file's bytes, None if there is none. Raises UsageError for what is no ordinary file of usual size."""
    return file_bytes(path, _MOST_BYTES, UsageError) if os.path.lexists(path) else None


def settings_tables(
    section: str, folder: Path, read: Callable[[Path], bytes | None] = content_on_disk
) -> tuple[SettingsTable, ...]:
    """Return the tables called `section` that apply in `folder`, the one that wins first.

    `read` returns a file's bytes, None if there is no such file: by default those of the disk, else a git revision's.

    pwc-bench.toml goes before pyproject.toml, each taken from the nearest of `folder` and the folders above it, up to
    the repository's root; outside a repository from `folder` alone. Raises UsageError, which names the file, for what
    is no TOML or not known.
    """
    found: list[SettingsTable] = []
    for name, prefix in ((OWN_FILE, ()), (PROJECT_FILE, ("tool", "pwc-bench"))):
        for place in _folders(folder):
            path = place / name
            content = read(path)
            ours = None if content is None else _ours(path, content, prefix)
            if ours is None:
                continue
            _refuse_unknown(path, prefix, ours)
            if section in ours:
                found.append(SettingsTable(path, _heading(*prefix, section), _table(path, (*prefix, section), ours)))
            break
    return tuple(found)


def _folders(folder: Path) -> Iterator[Path]:
    """Yield `folder` and those above it up to the repository's root; `folder` alone where there is no repository."""
    absolute = folder.absolute()
    root = repository_root(absolute) or absolute
    yield from (_shown(place) for place in (absolute, *absolute.parents) if place.is_relative_to(root))


def repository_root(folder: Path) -> Path | None:
    """Return the nearest folder that is a git repository's: `folder` or one above it. None if there is none."""
    absolute = folder.absolute()
    return next((place for place in (absolute, *absolute.parents) if (place / ".git").exists()), None)


def _shown(place: Path) -> Path:
    """Return a folder as people would write it from here."""
    here = Path.cwd()
    return place.relative_to(here) if place.is_relative_to(here) else place


def _ours(path: Path, content: bytes, prefix: tuple[str, ...]) -> Mapping[str, Any] | None:
    """Return what a file says to this program, None where it says nothing."""
    text = decoded(content, str(path), UsageError)
    try:
        values: Any = tomllib.loads(text)
    except RecursionError:
        raise UsageError(f"{path}: not TOML of ours: its values lie too deep within each other") from None
    except ValueError as error:  # of tomllib, and of Python for a number of thousands of digits
        raise UsageError(f"{path}: not TOML: {error}") from None
    for depth in range(len(prefix)):
        if prefix[depth] not in values:
            _refuse_spelling(path, prefix[: depth + 1], values)
            return None
        values = _table(path, prefix[: depth + 1], values)
    found: Mapping[str, Any] = values
    return found


def _table(path: Path, names: tuple[str, ...], values: Mapping[str, Any]) -> Mapping[str, Any]:
    found = values[names[-1]]
    if not isinstance(found, dict):
        raise UsageError(f"{path}: {'.'.join(names)} must be a table: write {_heading(*names)}")
    return found


def _refuse_unknown(path: Path, prefix: tuple[str, ...], ours: Mapping[str, Any]) -> None:
    for key in ours:
        if key not in _SECTIONS:
            near = get_close_matches(key, _SECTIONS, n=1) or _SECTIONS
            raise UsageError(f"{path}: {_heading(*prefix, key)} is not known: is {_heading(*prefix, near[0])} meant?")


def _refuse_spelling(path: Path, names: tuple[str, ...], values: Mapping[str, Any]) -> None:
    """Refuse the name of this program as Python writes it, which would else say nothing to anybody."""
    spelled = names[-1].replace("-", "_")
    if spelled != names[-1] and spelled in values:
        raise UsageError(f"{path}: {_heading(*names[:-1], spelled)} is not known: is {_heading(*names)} meant?")


def _heading(*names: str) -> str:
    return f"[{'.'.join(names)}]"
