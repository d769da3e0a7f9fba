"""What a change is judged by is not its own to set: settings and accepted values are those of the baseline's side.

That side is a git revision, or a folder in another checkout of the repository, or in a copy with settings of its own.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from pwc_bench.api.check_settings import TYPED, CheckSettings, check_settings, threshold_values
from pwc_bench.api.checking import accepted_file
from pwc_bench.core.errors import NotFoundError, UsageError
from pwc_bench.core.files import user_path
from pwc_bench.exchange import GIT_PREFIX, git_reader, parse_acceptances, read_acceptances, same_repository
from pwc_bench.exchange.settings_files import SETTINGS_FILES, content_on_disk, repository_root

ALLOW = "--allow-changed-settings"
"""The option by which a maintainer lets a change bring its own rules."""
_SHOWN_ONLY = ("format", "origins", "policy")
"""Fields that decide nothing by themselves; the policy's limits are compared one by one."""


def refuse_own_rules(
    settings: CheckSettings, typed: Mapping[str, Any], thresholds: Mapping[str, str], folder: Path
) -> None:
    """Raise UsageError if the baseline comes with rules, and the work tree in `folder` has other ones.

    `typed` and `thresholds` are what `settings` were made of: what the command line says is the maintainer's own word.
    """
    read = None if settings.baseline is None else _reader(settings.baseline, folder)
    if read is None:
        return
    theirs = check_settings(typed, thresholds, folder, read)
    differences = list(_differences(theirs, settings))
    path = accepted_file(settings)
    if (folder / path).resolve().is_relative_to(repository_root(folder.resolve()) or folder.resolve()):
        content = read(folder / path)
        known = () if content is None else parse_acceptances(content, str(path))
        new = [accepted for accepted in read_acceptances(folder / path) if accepted not in known]
        differences += [f"{path} accepts {accepted.variant} {accepted.metric}" for accepted in new]
    if differences:
        raise UsageError(
            f"what decides this check is not what it is in {settings.baseline}: {'; '.join(differences)}. A change is "
            f"judged by the rules of the branch that it goes to: bring the rules in first, or allow them with {ALLOW}"
        )


def _reader(baseline: str, folder: Path) -> Callable[[Path], bytes | None] | None:
    """Return how to read the baseline's own files by their paths in the work tree, None if it comes without any."""
    if baseline.startswith(GIT_PREFIX):
        try:
            return git_reader(baseline, folder)
        except NotFoundError:
            return None  # there is no baseline, which is told when it is opened
    here = folder.resolve()
    found = _other_tree(user_path(baseline), here)
    if found is None:
        return None
    place, top = found

    def read(path: Path) -> bytes | None:
        theirs = Path(os.path.normpath(place / os.path.relpath(path.absolute(), here)))
        return content_on_disk(theirs) if theirs.is_relative_to(top) else None

    return read


def _other_tree(baseline: Path, here: Path) -> tuple[Path, Path] | None:
    """Return what in another tree is the place of `here`, and that tree's top; None if the baseline lies in no such.

    It lies in one if that is a checkout of the same repository, or holds a settings file.
    """
    if not os.path.exists(baseline):  # noqa: PTH110  (whatever the name: Path.exists raises if it is too long)
        return None  # it is no path, or told when it is opened
    lies_in = baseline.resolve() if baseline.is_dir() else baseline.resolve().parent
    top, own = repository_root(lies_in), repository_root(here)
    if top is not None and top != own:
        place = top / here.relative_to(own or here)
        is_ours = any((level / name).exists() for level in (place, top) for name in SETTINGS_FILES)
        return (place, top) if is_ours or same_repository(top, here) else None
    for level in (lies_in, *lies_in.parents):
        if here.is_relative_to(level):
            return None
        if any((level / name).exists() for name in SETTINGS_FILES):
            return level, level
    return None


def _differences(theirs: CheckSettings, ours: CheckSettings) -> Iterator[str]:
    names = [field.name for field in fields(CheckSettings) if field.name not in _SHOWN_ONLY]
    before, now = ({name: getattr(each, name) for name in names} for each in (theirs, ours))
    before |= threshold_values(theirs.policy)
    now |= threshold_values(ours.policy)
    for key, value in now.items():
        if value != before[key]:
            yield f"{key} is {_words(value)} here ({ours.origins.get(key, TYPED)}) and {_words(before[key])} there"


def _words(value: object) -> str:
    if value is None or value == ():
        return "not set"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
