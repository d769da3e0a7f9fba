"""A record as one line of JSON, and back. The form is public: see `schema`."""

import json
from dataclasses import fields
from datetime import datetime
from typing import Any

from pwc_bench.core.errors import RecordFormatError
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.recipe import Recipe
from pwc_bench.core.record import Environment, PredictionsFile, Provenance, Record, Weights
from pwc_bench.core.record_schema import (
    MeasurementForm,
    ProvenanceForm,
    RecipeForm,
    RecordForm,
    convert,
    known_version,
    parse_json,
)

__all__ = [
    "SCHEMA",
    "canonical_json",
    "record_from_dict",
    "record_from_json",
    "record_to_dict",
    "record_to_json",
    "storable",
]

SCHEMA = 1
"""The version of the JSON form."""
_LONGEST_MEASUREMENT = 1 << 20
"""Characters of one measurement's JSON: 21,000 classes with a number each need less than half."""


def canonical_json(value: object) -> str:
    """Return the one JSON text of `value`: sorted keys, no spaces, no NaN. Raises ValueError on NaN."""
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except ValueError:
        raise ValueError("neither NaN nor infinity has a JSON text") from None


def record_to_dict(record: Record) -> dict[str, Any]:
    """Return `record` as JSON values, with "schema" and, as "id", an empty string where the caller fills it in."""
    return {
        "schema": SCHEMA,
        "id": "",
        "campaign": record.campaign,
        "status": str(record.status),
        "status_reason": record.status_reason,
        "variant": record.variant,
        "title": record.title,
        "dataset": record.dataset,
        "started": record.started,
        "duration_seconds": record.duration_seconds,
        "measurements": {key: _measurement_to_dict(m) for key, m in record.measurements.items()},
        "environment": _known_fields(record.environment),
        "provenance": _provenance_to_dict(record.provenance),
        "extra": dict(record.extra),
    }


def record_to_json(record: Record) -> str:
    """Return `record` as one line of JSON, its id included, without a line end."""
    return canonical_json(record_to_dict(record) | {"id": record.id})


def storable(key: str, measurement: Measurement) -> Measurement:
    """Return the measurement of `key` as readers of its record will get it. Raises RecordFormatError if none could."""
    try:
        text = canonical_json(_measurement_to_dict(measurement))
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


def _measurement_to_dict(measurement: Measurement) -> dict[str, Any]:
    return {
        "value": measurement.value,
        "unit": measurement.unit,
        "interval": None if measurement.interval is None else list(measurement.interval),
        "samples": None if measurement.samples is None else list(measurement.samples),
        "details": measurement.details,
        "version": measurement.version,
        "caveats": list(measurement.caveats),
    }


def _measurement(key: str, form: MeasurementForm) -> Measurement:
    if form.interval is not None and form.interval[0] > form.interval[1]:
        raise RecordFormatError(f"field 'measurements.{key}.interval': its ends are in the wrong order")
    return Measurement(**form.values())


def _provenance_to_dict(provenance: Provenance) -> dict[str, Any]:
    weights, recipe, predictions = provenance.weights, provenance.recipe, provenance.predictions
    values: dict[str, Any] = {
        "weights": {"status": str(weights.status), "uri": weights.uri, "sha256": weights.sha256}
        | ({"undone": list(weights.undone)} if weights.undone else {}),
        "images_failed": list(provenance.images_failed),
    }
    if recipe is not None:
        values["recipe"] = _recipe_to_dict(recipe)
    if predictions is not None:
        values["predictions"] = {"path": predictions.path, "sha256": predictions.sha256}
    return _known_fields(provenance) | values


def _known_fields(value: Environment | Provenance) -> dict[str, Any]:
    """Return the fields that are not None, so that a field added later (None by default) leaves old ids as they are."""
    found = {f.name: getattr(value, f.name) for f in fields(value)}
    return {name: content for name, content in found.items() if content is not None}


def _recipe_to_dict(recipe: Recipe) -> dict[str, Any]:
    values = {f.name: getattr(recipe, f.name) for f in fields(Recipe)}
    for later in ("crop_mode", "configuration"):  # left out where they say nothing new, so that old ids stay
        if values[later] == Recipe.__dataclass_fields__[later].default:
            del values[later]
    return values | {"mean": list(recipe.mean), "std": list(recipe.std), "sha256": recipe.sha256}


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
