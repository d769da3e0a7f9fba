"""A record read from its line of JSON, whose form `record_schema` declares and `pwc_bench.core.record` writes."""

from datetime import datetime
from typing import Any

from pwc_bench.core.errors import RecordFormatError
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.record import (
    SCHEMA,
    Environment,
    PredictionsFile,
    Provenance,
    Record,
    Weights,
    canonical_json,
    measurement_to_dict,
)
from pwc_bench.core.record_schema import (
    MeasurementForm,
    ProvenanceForm,
    RecipeForm,
    RecordForm,
    convert,
    known_version,
    parse_json,
)
from pwc_bench.core.variant import Recipe

_LONGEST_MEASUREMENT = 1 << 20
"""Characters of one measurement's JSON: 21,000 classes with a number each need less than half."""


def storable(key: str, measurement: Measurement) -> Measurement:
    """Return the measurement of `key` as readers of its record will get it. Raises RecordFormatError if none could."""
    try:
        text = canonical_json(measurement_to_dict(measurement))
    except (TypeError, ValueError, RecursionError) as error:
        raise RecordFormatError(f"it has no JSON text: {error}") from None
    if len(text) > _LONGEST_MEASUREMENT:
        raise RecordFormatError(f"it is longer than {_LONGEST_MEASUREMENT:,} characters")
    return _measurement(key, convert(parse_json(text), MeasurementForm))


def record_from_json(line: str) -> Record:
    """Read one line. Raises RecordFormatError where it is not a record, or was changed since its id was made."""
    return record_from_dict(parse_json(line))


def record_from_dict(data: object) -> Record:
    """Read a record from JSON values. Raises RecordFormatError, see `record_from_json`."""
    if not isinstance(data, dict):
        raise RecordFormatError("a record is a JSON object")
    return _READERS[known_version(data.get("schema"), SCHEMA)](data)


def _version_1(data: dict[str, Any]) -> Record:
    record = _record(convert(data, RecordForm))
    if record.id != data["id"]:
        raise RecordFormatError(
            f"id {data['id']!r} is not the hash of the content ({record.id}): the record was changed"
        )
    return record


_READERS = {1: _version_1}
"""For each version up to SCHEMA what reads it: an id is the hash in that version's form, so each checks its own."""


def _record(form: RecordForm) -> Record:
    try:
        datetime.fromisoformat(form.started)
    except ValueError:
        raise RecordFormatError(f"field 'started': {form.started!r} is no day of the calendar") from None
    values = form.values() | {
        "measurements": {key: _measurement(key, value) for key, value in form.measurements.items()},
        "environment": Environment(**form.environment.values()),
        "provenance": _provenance(form.provenance),
    }
    del values["schema"], values["id"]
    return Record(**values)


def _measurement(key: str, form: MeasurementForm) -> Measurement:
    if form.interval is not None and form.interval[0] > form.interval[1]:
        raise RecordFormatError(f"field 'measurements.{key}.interval': its ends are in the wrong order")
    return Measurement(**form.values())


def _provenance(form: ProvenanceForm) -> Provenance:
    inner = {
        "weights": Weights(**form.weights.values()),
        "recipe": None if form.recipe is None else _recipe(form.recipe),
        "predictions": None if form.predictions is None else PredictionsFile(**form.predictions.values()),
    }
    return Provenance(**form.values() | inner)


def _recipe(form: RecipeForm) -> Recipe:
    values = form.values()
    del values["sha256"]
    recipe = Recipe(**values)
    if recipe.sha256 != form.sha256:
        raise RecordFormatError("field 'provenance.recipe': the recipe is not the one that its hash names")
    return recipe
