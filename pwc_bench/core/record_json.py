"""A record as one line of JSON, and back. The form is public: see `schema`."""

import json
import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from pwc_bench.core.errors import RecordFormatError
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.recipe import Recipe
from pwc_bench.core.record import (
    Environment,
    PredictionsFile,
    Provenance,
    Record,
    Status,
    Weights,
    WeightsStatus,
)

__all__ = [
    "SCHEMA",
    "canonical_json",
    "record_from_dict",
    "record_from_json",
    "record_to_dict",
    "record_to_json",
]

SCHEMA = 1
"""The version of the JSON form."""


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


def record_from_json(line: str) -> Record:
    """Read one line. Raises RecordFormatError where it is not a record, or was changed since its id was made."""
    try:
        data = json.loads(line, parse_constant=_refuse_constant)
    except ValueError as error:
        raise RecordFormatError(f"not JSON: {error}") from None
    return record_from_dict(data)


def record_from_dict(data: object) -> Record:
    """Read a record from JSON values. Raises RecordFormatError, see `record_from_json`."""
    if not isinstance(data, dict):
        raise RecordFormatError("a record is a JSON object")
    if data.get("schema") != SCHEMA:
        raise RecordFormatError(f"schema {data.get('schema')!r} is not {SCHEMA}: another version of pwc-bench wrote it")
    try:
        record = _record(data)
    except KeyError as error:
        raise RecordFormatError(f"field {error} is missing") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise RecordFormatError(f"a field has the wrong form: {error}") from None
    if record.id != data.get("id"):
        raise RecordFormatError(
            f"id {data.get('id')!r} is not the hash of the content ({record.id}): the record was changed"
        )
    return record


def _record(data: Mapping[str, Any]) -> Record:
    return Record(
        campaign=data["campaign"],
        status=Status(data["status"]),
        status_reason=data["status_reason"],
        variant=data["variant"],
        dataset=data["dataset"],
        started=data["started"],
        duration_seconds=data["duration_seconds"],
        measurements={key: _measurement(value) for key, value in data["measurements"].items()},
        environment=Environment(**data["environment"]),
        provenance=_provenance(data["provenance"]),
        title=data.get("title"),
        extra=data.get("extra", {}),
    )


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


def _measurement(data: Mapping[str, Any]) -> Measurement:
    value, interval, samples = data["value"], data["interval"], data["samples"]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{value!r} is not a finite number")
    return Measurement(
        value=value,
        unit=data["unit"],
        interval=None if interval is None else (interval[0], interval[1]),
        samples=None if samples is None else tuple(samples),
        details=data["details"],
        version=data["version"],
        caveats=tuple(data["caveats"]),
    )


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


def _provenance(data: Mapping[str, Any]) -> Provenance:
    weights, recipe, predictions = data["weights"], data.get("recipe"), data.get("predictions")
    return Provenance(
        **dict(data)
        | {
            "weights": Weights(
                WeightsStatus(weights["status"]), weights["uri"], weights["sha256"], tuple(weights.get("undone", ()))
            ),
            "recipe": None if recipe is None else _recipe(recipe),
            "predictions": None if predictions is None else PredictionsFile(**predictions),
            "images_failed": tuple(data["images_failed"]),
        }
    )


def _recipe(data: Mapping[str, Any]) -> Recipe:
    values = {key: value for key, value in data.items() if key != "sha256"}
    recipe = Recipe(**values | {"mean": tuple(data["mean"]), "std": tuple(data["std"])})
    if recipe.sha256 != data["sha256"]:
        raise ValueError("the recipe is not the one that its hash names")
    return recipe


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number that a record may hold")
