"""The settings of a check: what was typed, then pwc-bench.toml, then pyproject.toml, then the defaults."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

from pwc_bench.core.policy import Policy

__all__ = ["DEFAULT", "FORMATS", "TYPED", "CheckSettings", "Format", "check_settings", "threshold_values"]

Format = Literal["text", "json", "markdown", "junit", "github"]
FORMATS: tuple[str, ...] = get_args(Format)
"""The forms of a report, named here so that settings are read without loading what compares."""
DEFAULT = "default"
TYPED = "command line"
_POLICY = {limit.name.replace("_", "-"): limit.name for limit in fields(Policy)}
KEYS = ("baseline", "candidate", "accepted", "format", "metrics", "models", *_POLICY)
"""What `[check]` may hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSettings:
    """Everything that decides a check, and where each was said."""

    policy: Policy = field(default_factory=Policy)
    baseline: str | None = None
    """None for the published records in results/."""
    candidate: str | None = None
    """None for the newest campaign in the database."""
    metrics: tuple[str, ...] = ()
    """Keys; none for all."""
    models: tuple[str, ...] = ()
    """Keys, families, all or paper; none for all."""
    accepted: str | None = None
    """The file of accepted values; None for results/accepted.jsonl."""
    format: str = "text"
    equivalent: float | None = None
    """A margin in percentage points, for the question whether both sides are equally good; None for the usual one."""
    confirm: int = 0
    """How often a variant with a suspected loss of speed is measured again, on this machine."""
    origins: Mapping[str, str]
    """For each key of `[check]` the file that said it, "command line" or "default"."""


def check_settings(
    typed: Mapping[str, Any],
    thresholds: Mapping[str, str],
    folder: Path,
    read: Callable[[Path], bytes | None] | None = None,
) -> CheckSettings:
    """Settle what applies in `folder`, with the settings files that `read` returns: those of the disk by default.

    `typed` are options by name (None and () where they were left out), `thresholds` the texts of the Policy's fields
    by their key. Raises UsageError for what is not known, has the wrong type or is out of range; it names the place.
    """
    from pwc_bench.api.check_form import read_check, read_limit
    from pwc_bench.exchange.settings_files import settings_tables

    settings = CheckSettings(origins=dict.fromkeys(KEYS, DEFAULT))
    tables = settings_tables("check", folder) if read is None else settings_tables("check", folder, read)
    for table in reversed(tables):
        for key, value in read_check(str(table), table.values).items():
            settings = _with(settings, key, _from_here(key, value, table.file.parent), str(table.file))
    for key, text in thresholds.items():
        settings = _with(settings, key, read_limit("--set", key, text), TYPED)
    for key, value in typed.items():
        if value not in (None, ()):
            settings = _with(settings, key, value, TYPED)
    return settings


def threshold_values(policy: Policy) -> Mapping[str, float]:
    """Return a policy's limits by their key: "least-rounds"."""
    return {key: getattr(policy, name) for key, name in _POLICY.items()}


def _with(settings: CheckSettings, key: str, value: Any, origin: str) -> CheckSettings:  # noqa: ANN401  (by key)
    origins = dict(settings.origins) | {key: origin}
    changed = {"policy": replace(settings.policy, **{_POLICY[key]: value})} if key in _POLICY else {key: value}
    return replace(settings, origins=origins, **changed)


def _from_here(key: str, value: Any, folder: Path) -> Any:  # noqa: ANN401  (by key)
    """Return a path that a file in `folder` names from there as it is seen from here; anything else unchanged."""
    if key == "accepted":
        return os.path.relpath(folder / value)
    if key not in ("baseline", "candidate") or "://" in value or value.startswith(("git:", "campaign:", "/")):
        return value
    try:
        return os.path.relpath(folder / value) if (folder / value).exists() else value
    except OSError:  # its name is too long, or its folder is closed: whoever reads it says so
        return value
