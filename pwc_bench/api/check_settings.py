"""The settings of a check: what was typed, then pwc-bench.toml, then pyproject.toml, then the defaults."""

import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pwc_bench.core.errors import UsageError
from pwc_bench.core.policy import Policy
from pwc_bench.core.text_forms import UNWRITABLE

if TYPE_CHECKING:
    from pwc_bench.exchange.settings_files import SettingsTable

__all__ = ["DEFAULT", "FORMATS", "TYPED", "CheckSettings", "check_settings", "threshold", "threshold_values"]

FORMATS = ("text", "json", "markdown", "junit", "github")
"""The forms of a report, named here so that settings are read without loading what compares."""
DEFAULT = "default"
TYPED = "command line"
_NAMES = ("baseline", "candidate", "accepted", "format")
_LISTS = ("metrics", "models")
_POLICY = {limit.name.replace("_", "-"): limit for limit in fields(Policy)}
_LARGEST = 10**9
"""No threshold has a use beyond it, and larger numbers are not finite everywhere."""
KEYS = (*_NAMES, *_LISTS, *_POLICY)
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
    from pwc_bench.exchange.settings_files import settings_tables

    settings = CheckSettings(origins=dict.fromkeys(KEYS, DEFAULT))
    tables = settings_tables("check", folder) if read is None else settings_tables("check", folder, read)
    for table in reversed(tables):
        for key, value in table.values.items():
            settings = _with(settings, key, _read(key, value, table), str(table.file))
    for key, text in thresholds.items():
        settings = _with(settings, key, threshold(key, text), TYPED)
    for key, value in typed.items():
        if value not in (None, ()):
            settings = _with(settings, key, value, TYPED)
    return settings


def threshold(key: str, text: str) -> float:
    """Read one threshold as it was typed. Raises UsageError where there is no such one or it is out of range."""
    if key not in _POLICY:
        raise UsageError(f"--set {key}: {_unknown(key, tuple(_POLICY))}")
    try:
        number = float(text)
    except ValueError:
        raise UsageError(f"--set {key}={text}: must be a number") from None
    whole = int(number) if _is_whole(key) and number.is_integer() else number
    return _number(f"--set {key}={text}:", key, whole)


def threshold_values(policy: Policy) -> Mapping[str, float]:
    """Return a policy's limits by their key: "least-rounds"."""
    return {key: getattr(policy, limit.name) for key, limit in _POLICY.items()}


def _with(settings: CheckSettings, key: str, value: Any, origin: str) -> CheckSettings:  # noqa: ANN401  (by key)
    origins = dict(settings.origins) | {key: origin}
    if key in _POLICY:
        return replace(settings, policy=replace(settings.policy, **{_POLICY[key].name: value}), origins=origins)
    changed: dict[str, Any] = {key: value}
    return replace(settings, **changed, origins=origins)


def _read(key: str, value: object, table: "SettingsTable") -> Any:  # noqa: ANN401  (what the key holds)
    where = f"{table} {key}"
    if any(
        UNWRITABLE.search(text) for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)
    ):
        raise UsageError(f"{where} holds a control character")
    if key in _LISTS:
        if not isinstance(value, list) or not value or not all(isinstance(item, str) and item for item in value):
            raise UsageError(f'{where} must be a list of names, such as ["top1", "gflops"]')
        return tuple(value)
    if key in _NAMES:
        if not isinstance(value, str) or not value:
            raise UsageError(f"{where} must be a text in quotes")
        if key == "accepted":
            return os.path.relpath(table.file.parent / value)
        if key == "format":
            return _format(where, value)
        return _from_here(value, table.file.parent)
    if key in _POLICY:
        return _number(where, key, value)
    raise UsageError(f"{where}: {_unknown(key, KEYS)}")


def _number(where: str, key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UsageError(f"{where} must be a number")
    if value > _LARGEST:
        raise UsageError(f"{where} must be a number of at most {_LARGEST:,}")
    if _is_whole(key):
        if not isinstance(value, int) or value < 1:
            raise UsageError(f"{where} must be a whole number of at least 1")
        return value
    if value < 0 or not math.isfinite(value):
        raise UsageError(f"{where} must be a number of at least 0")
    if key == "significance" and not 0 < value < 1:
        raise UsageError(f"{where} must lie between 0 and 1")
    return float(value)


def _format(where: str, value: str) -> str:
    if value not in FORMATS:
        near = get_close_matches(value, FORMATS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"choose one of {', '.join(FORMATS)}"
        raise UsageError(f"{where}: there is no format {value[:40]!r}: {hint}")
    return value


def _is_whole(key: str) -> bool:
    return isinstance(_POLICY[key].default, int)


def _from_here(value: str, folder: Path) -> str:
    """Return a path that a file names from its own folder as it is seen from here; anything else unchanged."""
    place = folder / value
    try:
        is_path = "://" not in value and not value.startswith(("git:", "campaign:")) and place.exists()
    except OSError:  # its name is too long, or its folder is closed: whoever reads it says so
        return value
    return os.path.relpath(place) if is_path and not Path(value).is_absolute() else value


def _unknown(key: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(key, known, n=1)
    return "is not known" + (f": did you mean {near[0]}?" if near else f" (known: {', '.join(known)})")
