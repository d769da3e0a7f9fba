"""The form of `[check]` in a settings file: each key's type and bounds, and in which words a breach of it is told."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, get_args

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from pwc_bench.api.check_settings import FORMATS, Format
from pwc_bench.core.errors import UsageError
from pwc_bench.core.text_forms import TEXT

__all__ = ["CheckForm", "read_check", "read_limit"]

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
    """What `[check]` may hold: options of `pwc-bench check`, and the limits of `pwc_bench.core.policy.Policy`."""

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


def read_check(where: str, values: Mapping[str, Any]) -> dict[str, Any]:
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


def read_limit(where: str, key: str, text: str) -> float:
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
