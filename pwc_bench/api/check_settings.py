"""The settings of a check: what was typed, then pwc-bench.toml, then pyproject.toml, then the defaults.

A key's type and bounds, and the words in which a breach of them is told, are one line of `CheckForm`.
"""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from pwc_bench.core.errors import UsageError
from pwc_bench.core.text_forms import TEXT
from pwc_bench.core.verdict import Policy

Format = Literal["text", "json", "markdown", "junit", "github"]
FORMATS: tuple[str, ...] = get_args(Format)
"""The forms of a report, named here so that settings are read without loading what compares."""
DEFAULT = "default"
TYPED = "command line"
_POLICY = {limit.name.replace("_", "-"): limit.name for limit in fields(Policy)}

_LARGEST = 10**9
"""No threshold has a use beyond it, and larger numbers are not finite everywhere."""

Text = Annotated[str, Meta(pattern=rf"^({TEXT.pattern})\Z", title="a text in quotes, without control characters")]
Names = Annotated[
    tuple[Text, ...],
    Meta(min_length=1, title='a list of names without control characters, such as ["top1", "gflops"]'),
]
Report = Annotated[Format, Meta(title=f"one of {', '.join(FORMATS)}")]
Share = Annotated[float, Meta(gt=0, lt=1, title="a number between 0 and 1")]
Amount = Annotated[float, Meta(ge=0, le=_LARGEST, title=f"a number of at least 0 and at most {_LARGEST:,}")]
Count = Annotated[int, Meta(ge=1, le=_LARGEST, title=f"a whole number of at least 1 and at most {_LARGEST:,}")]


class CheckForm(Struct, rename="kebab", forbid_unknown_fields=True):
    """What `[check]` may hold: options of `pwc-bench check`, and the limits of `Policy`."""

    baseline: Text | UnsetType = UNSET
    candidate: Text | UnsetType = UNSET
    accepted: Text | UnsetType = UNSET
    format: Report | UnsetType = UNSET
    metrics: Names | UnsetType = UNSET
    models: Names | UnsetType = UNSET
    significance: Share | UnsetType = UNSET
    least_accuracy_loss: Amount | UnsetType = UNSET
    least_likelihood_loss: Amount | UnsetType = UNSET
    flips_worth_a_warning: Amount | UnsetType = UNSET
    least_rounds: Count | UnsetType = UNSET
    least_speed_loss: Amount | UnsetType = UNSET
    run_drift: Amount | UnsetType = UNSET


_FORMS = {field.encode_name: get_args(field.type)[0] for field in msgspec.structs.fields(CheckForm)}
_LIMITS = {key: form for key, form in _FORMS.items() if form in (Share, Amount, Count)}


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

    settings = CheckSettings(origins=dict.fromkeys(_FORMS, DEFAULT))
    tables = settings_tables("check", folder) if read is None else settings_tables("check", folder, read)
    for table in reversed(tables):
        for key, value in _read_check(str(table), table.values).items():
            settings = _with(settings, key, _from_here(key, value, table.file.parent), str(table.file))
    for key, text in thresholds.items():
        settings = _with(settings, key, _read_limit("--set", key, text), TYPED)
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


def _read_check(where: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a table says, by key. Raises UsageError, which begins with `where` and names the key."""
    try:
        said: dict[str, Any] = msgspec.to_builtins(msgspec.convert(values, CheckForm))
    except msgspec.ValidationError as error:
        for key in values:
            if key not in _FORMS:
                raise UsageError(f"{where} {_unknown(key, _FORMS)}") from None
        key = re.findall(r"`\$\.([a-z-]+)", str(error))[0]
        raise UsageError(f"{where} {key} {_complaint(key)}") from None
    return said


def _read_limit(where: str, key: str, text: str) -> float:
    """Return a limit of the policy that was typed. Raises UsageError, which begins with `where` and repeats it."""
    if key not in _LIMITS:
        raise UsageError(f"{where} {_unknown(key, _LIMITS)}")
    try:
        limit: float = msgspec.convert(float(text), _LIMITS[key], strict=False)
    except ValueError:  # of Python, and of msgspec
        raise UsageError(f"{where} {key}={text} {_complaint(key)}") from None
    return limit


def _complaint(key: str) -> str:
    return f"must be {_FORMS[key].__metadata__[-1].title}"


def _unknown(key: str, known: Iterable[str]) -> str:
    near = get_close_matches(key, known, n=1)
    return f"{key} is not known: " + (f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}")
