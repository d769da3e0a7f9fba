"""The form of a record in JSON: each field's type and bounds, and in which words a breach of it is told.

Every record that is read, imported, checked or published comes through here. What the fields mean stands in
`pwc_bench.core.record`; unknown fields are refused, so that a misspelt one is not lost in silence.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

from pwc_bench.core.errors import RecordFormatError
from pwc_bench.core.record import Status, WeightsStatus
from pwc_bench.core.text_forms import UNWRITABLE

_LINE = r"^[^\t\n\r\x85\u2028\u2029]*\Z"
_FILLED = r"\S"
_SHA256 = r"^[0-9a-f]{64}\Z"
_MOMENT = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z\Z"
_PATTERNS = {
    _LINE: "text of one line",
    _FILLED: "text that is not blank",
    _SHA256: "64 hexadecimal digits",
    _MOMENT: "a time like 2026-01-31T12:00:00Z",
}
_TYPES = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "null": "null",
    "array": "a list",
    "object": "an object",
}
_DEEPEST = 64
"""Lists and objects within each other; the deepest record that a run writes has six."""
_LONGEST_NAME = 1_000
"""Characters. Databases index names, and an index has a limit."""

_LONGEST_PLACE = 120
_MOST_DIGITS = 24
"""Of a whole number, its sign included; 64 bits need 20."""

Line = Annotated[str, Meta(pattern=_LINE)]
Name = Annotated[str, Meta(pattern=_LINE, min_length=1, max_length=_LONGEST_NAME)]
Filled = Annotated[str, Meta(pattern=_FILLED)]
Prose = str
"""Text of any number of lines."""
Sha256 = Annotated[str, Meta(pattern=_SHA256)]
Count = Annotated[int, Meta(ge=0)]
Size = Annotated[int, Meta(ge=1)]
Number = int | float
"""A whole number stays one, so that the hash of the content stays what it was."""
Positive = Annotated[int, Meta(ge=0)] | Annotated[float, Meta(ge=0)]
Value = TypeVar("Value")


class Form(Struct, forbid_unknown_fields=True, frozen=True, gc=False):
    """What a JSON object must be like: each field has a type and its bounds, and there are no others."""

    def values(self) -> dict[str, Any]:
        """Return the fields by name."""
        return {name: getattr(self, name) for name in self.__struct_fields__}


class WeightsForm(Form, frozen=True, gc=False):
    """See `pwc_bench.core.record.Weights`."""

    status: WeightsStatus
    uri: Line | None
    sha256: Sha256 | None
    undone: tuple[Prose, ...] = ()


class PredictionsFileForm(Form, frozen=True, gc=False):
    """See `pwc_bench.core.record.PredictionsFile`."""

    path: Name
    sha256: Sha256


class RecipeForm(Form, frozen=True, gc=False):
    """See `pwc_bench.core.variant.Recipe`; the hash of its content goes with it."""

    key: Name
    resize_px: Size
    crop_px: Size
    interpolation: Line
    mean: tuple[Number, Number, Number]
    std: tuple[Number, Number, Number]
    exact: bool
    max_resized_pixels: Size
    sha256: Sha256
    crop_mode: Line = "center"
    configuration: Line | None = None


class EnvironmentForm(Form, frozen=True, gc=False):
    """See `pwc_bench.core.record.Environment`."""

    device: Name
    device_type: Name
    precision: Name
    implementation: Name
    batch_size: Size
    input_px: Size | None = None
    tf32: bool = False
    compile: bool = False
    cuda_graphs: bool | None = None
    memory_format: Line = "contiguous"
    threads: Size | None = None
    workers: Count | None = None
    processes: Size | None = None
    cpu: Line | None = None
    cpu_count: Size | None = None
    memory_mib: Count | None = None
    os: Line | None = None
    python: Line | None = None
    torch: Line | None = None
    torchvision: Line | None = None
    timm: Line | None = None
    fvcore: Line | None = None
    numpy: Line | None = None
    pillow: Line | None = None
    decoder: Line | None = None
    resize: Line | None = None
    cuda: Line | None = None
    cudnn: Line | None = None
    driver: Line | None = None
    gpu_memory_mib: Count | None = None
    power_limit_watts: Positive | None = None


class ProvenanceForm(Form, frozen=True, gc=False):
    """See `pwc_bench.core.record.Provenance`."""

    weights: WeightsForm
    harness_version: Line
    images_failed: tuple[Prose, ...]
    recipe: RecipeForm | None = None
    images_expected: Count | None = None
    images_seen: Count | None = None
    manifest_sha256: Sha256 | None = None
    source: Prose | None = None
    predictions: PredictionsFileForm | None = None
    git_commit: Line | None = None
    git_dirty: bool | None = None
    command: Prose | None = None
    note: Prose | None = None


class MeasurementForm(Form, frozen=True, gc=False):
    """See `pwc_bench.core.measurement.Measurement`."""

    value: Number
    unit: Line
    interval: tuple[Number, Number] | None
    samples: tuple[Number, ...] | None
    details: dict[str, Any]
    version: Size
    caveats: tuple[Prose, ...]


class RecordForm(Form, frozen=True, gc=False):
    """See `pwc_bench.core.record.Record`."""

    schema: int
    id: str
    campaign: Name
    status: Status
    status_reason: Prose | None
    variant: Name
    dataset: Name | None
    started: Annotated[str, Meta(pattern=_MOMENT)]
    duration_seconds: Positive
    measurements: dict[Name, MeasurementForm]
    environment: EnvironmentForm
    provenance: ProvenanceForm
    title: Name | None = None
    extra: dict[str, Any] = {}


def parse_json(text: str) -> Any:  # noqa: ANN401  whatever JSON holds
    """Return what a line of JSON holds. Raises RecordFormatError, one line, for what is none or what is ambiguous.

    Refused are also a key that comes twice in one object, numbers that are none or too large for a computer's, and
    texts with control characters or halves of characters; each is named by its place.
    """
    try:
        value = json.loads(text, parse_constant=_refuse_constant, parse_int=_whole, object_pairs_hook=_distinct)
    except RecursionError:
        raise RecordFormatError(f"lists and objects lie more than {_DEEPEST} deep") from None
    except ValueError as error:
        raise RecordFormatError(f"not JSON: {_one_line(str(error))}") from None
    try:
        _refuse_unholdable(value, 0)
    except _UnholdableError as error:
        raise RecordFormatError(error.words) from None
    return value


def convert(value: Any, form: type[Value]) -> Value:  # noqa: ANN401  whatever JSON holds
    """Return `value` in `form`. Raises RecordFormatError, which names the field and what is expected there."""
    try:
        return msgspec.convert(value, form)
    except msgspec.ValidationError as error:
        raise RecordFormatError(_words(str(error), value) + _hint(str(error), form)) from None


def known_version(schema: object, newest: int) -> int:
    """Return the version in which a line says it is written. Raises RecordFormatError if it is none up to `newest`."""
    if type(schema) is not int or schema < 1:
        raise RecordFormatError(f"schema {schema!r} is no version of this form: the newest is {newest}")
    if schema > newest:
        raise RecordFormatError(
            f"schema {schema} is newer than {newest}: another version of pwc-bench wrote it, update yours to read it"
        )
    return schema


class _UnholdableError(Exception):
    """Something that no field may hold; the way to it is told from its end."""

    def __init__(self, complaint: str, *way: str | int) -> None:
        super().__init__(complaint)
        self.complaint = complaint
        self.way = list(way)

    @property
    def words(self) -> str:
        steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in reversed(self.way))
        place = "".join(steps).removeprefix(".")
        shown = place if len(place) <= _LONGEST_PLACE else f"{place[:_LONGEST_PLACE]}..."
        return f"field {shown!r} {self.complaint}" if place else self.complaint


def _refuse_unholdable(value: object, depth: int) -> None:
    """Raise _UnholdableError if somewhere in `value` stands what no field may hold. Every record comes this way."""
    if depth > _DEEPEST:
        raise _UnholdableError(f"lies more than {_DEEPEST} lists and objects deep")
    if isinstance(value, dict):
        for key in value:
            _refuse_text(key, key)
        items: Iterable[tuple[str | int, object]] = value.items()
    else:
        items = enumerate(value if isinstance(value, list) else (value,))
    for step, inner in items:
        if isinstance(inner, str):
            _refuse_text(inner, step)
        elif isinstance(inner, int | float):
            if not -(2**63) <= inner < 2**63:
                _refuse_number(inner, step)
        elif inner is not None:
            try:
                _refuse_unholdable(inner, depth + 1)
            except _UnholdableError as error:
                error.way.append(step)
                raise


def _refuse_number(number: float, step: str | int) -> None:
    if isinstance(number, int):
        raise _UnholdableError("is a whole number of more than 64 bits", step)
    if not math.isfinite(number):
        raise _UnholdableError("is a number too large to hold", step)


def _refuse_text(text: str, step: str | int) -> None:
    found = UNWRITABLE.search(text)
    if found:
        raise _UnholdableError(f"holds the control character U+{ord(found[0]):04X}", step)


def _words(message: str, value: object) -> str:
    """Say in our words what msgspec says of a breach: "Expected `str`, got `int` - at `$.environment.device`"."""
    complaint, _, place = message.partition(" - at ")
    path = place.removeprefix("`key` in ").strip("`").removeprefix("$").lstrip(".")
    field = f"field {_named(path, value)!r}: " if path else ""
    named = re.match(r"Object (missing required|contains unknown) field `(.*)`$", complaint)
    if named:
        inner = ".".join(part for part in (_named(path, value), named[2]) if part)
        return f"field {inner!r} is {'missing' if named[1].startswith('missing') else 'not known'}"
    for pattern, words in _PATTERNS.items():
        if repr(pattern) in complaint:
            return f"{field}expected {words}"
    complaint = complaint.replace("int | float", "float").replace("Invalid enum value", "Not known:")
    said = re.sub(r"`([a-z |]+)`", lambda match: _typed(match[1]), complaint)
    return f"{field}{said[:1].lower()}{said[1:]}".replace(", got ", ", not ")


def _hint(message: str, form: type[Any]) -> str:
    """Name the field of `form` that a field unknown to it may have meant."""
    unknown = re.match(r"Object contains unknown field `(.*)`$", message)
    near = get_close_matches(unknown[1], form.__struct_fields__, n=1) if unknown else []
    return f": did you mean {near[0]!r}?" if near else ""


def _typed(names: str) -> str:
    return " or ".join(dict.fromkeys(_TYPES.get(name, name) for name in names.split(" | ")))


def _named(path: str, value: object) -> str:
    """Return a path with the metric's key in it: msgspec writes "measurements[...].unit"."""
    head, mark, rest = path.partition("measurements[...]")
    found = value.get("measurements") if isinstance(value, Mapping) else None
    if not mark or head or not isinstance(found, Mapping):
        return path
    for key, measurement in found.items():
        try:
            msgspec.convert(measurement, MeasurementForm)
        except msgspec.ValidationError:
            return f"measurements.{key}{rest}"
    return path


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for number, (key, _) in enumerate(pairs) if key in dict(pairs[:number]))
        raise ValueError(f"the key {twice!r} comes twice in one object")
    return found


def _whole(digits: str) -> int:
    """Read a whole number; what is too large stays too large with fewer digits, and its field is named later."""
    return int(digits[:_MOST_DIGITS])


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number that a record may hold")


def _one_line(text: str) -> str:
    return " ".join(text.split())
