"""What a change is judged by is not its own to set: settings and accepted values are the baseline's revision's."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from pwc_bench.api.check_settings import TYPED, CheckSettings, check_settings, threshold_values
from pwc_bench.api.checking import accepted_file
from pwc_bench.core.errors import NotFoundError, UsageError
from pwc_bench.exchange import GIT_PREFIX, git_reader, parse_acceptances, read_acceptances

__all__ = ["ALLOW", "refuse_own_rules"]

ALLOW = "--allow-changed-settings"
"""The option by which a maintainer lets a change bring its own rules."""
_SHOWN_ONLY = ("format", "origins", "policy")
"""Fields that decide nothing by themselves; the policy's limits are compared one by one."""


def refuse_own_rules(
    settings: CheckSettings, typed: Mapping[str, Any], thresholds: Mapping[str, str], folder: Path
) -> None:
    """Raise UsageError if a git revision is the baseline and the work tree in `folder` has other rules than it.

    `typed` and `thresholds` are what `settings` were made of: what the command line says is the maintainer's own word.
    """
    if settings.baseline is None or not settings.baseline.startswith(GIT_PREFIX):
        return
    try:
        read = git_reader(settings.baseline, folder)
    except NotFoundError:
        return  # there is no baseline, which is told when it is opened
    theirs = check_settings(typed, thresholds, folder, read)
    differences = list(_differences(theirs, settings))
    if settings.accepted is None or settings.origins["accepted"] != TYPED:
        path = accepted_file(settings)
        content = read(folder / path)
        known = () if content is None else parse_acceptances(content, str(path))
        new = [accepted for accepted in read_acceptances(folder / path) if accepted not in known]
        differences += [f"{path} accepts {accepted.variant} {accepted.metric}" for accepted in new]
    if differences:
        raise UsageError(
            f"what decides this check is not what it is in {settings.baseline}: {'; '.join(differences)}. A change is "
            f"judged by the rules of the branch that it goes to: bring the rules in first, or allow them with {ALLOW}"
        )


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
