"""A record: what one run found out about one variant. Append-only; its id is the hash of its content."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import cached_property
from typing import Any

from pwc_bench.core.measurement import Json, Measurement
from pwc_bench.core.variant import Recipe

SCHEMA = 1
"""The version of the JSON form."""


class Status(StrEnum):
    """How far a record can be relied on."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    """Fewer images than the data set has, or nothing to measure; the reason says which."""
    FAILED = "failed"
    """Something that was asked for could not be measured."""


class WeightsStatus(StrEnum):
    """Where a model's weights come from."""

    PUBLIC = "public"
    """A published checkpoint."""
    LOCAL = "local"
    """A file of the user's own."""
    PROBE = "probe"
    """A seeded random backbone with a head fitted in closed form: a demo."""
    NONE = "none"
    """Random weights: cost and speed only."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Which weights were evaluated."""

    status: WeightsStatus
    uri: str | None = None
    """Where they came from: "hub:timm/convit_tiny.fb_in1k", an https address, or a file's name (never its folder)."""
    sha256: str | None = None
    """The hash of the file, or of a probe's head; None for random weights. For a checkpoint in several files that of
    the lines "SHA-256  NAME" of its index and its parts."""
    undone: tuple[str, ...] = ()
    """What training tools had wrapped around the tensors and was undone: prefixes, words within names, precisions."""


@dataclass(frozen=True, slots=True)
class PredictionsFile:
    """The per-image results behind a record."""

    path: str
    """Relative to the folder of the database, or of results/ for published records."""
    sha256: str


@dataclass(frozen=True, slots=True)
class Environment:
    """The machine, the versions and the settings. None where a thing does not apply or is unknown."""

    device: str
    """The name of the GPU, or of the CPU: "NVIDIA H200", "Intel(R) Xeon(R) Processor"."""
    device_type: str
    """"cpu" or "cuda"."""
    precision: str
    implementation: str
    batch_size: int
    input_px: int | None = None
    """The side of the square images that cost and speed are of; None in records from before it was kept."""
    tf32: bool = False
    compile: bool = False
    cuda_graphs: bool | None = None
    """Whether forwards were captured and replayed; None without a GPU."""
    memory_format: str = "contiguous"
    threads: int | None = None
    """Threads of torch's own."""
    workers: int | None = None
    """Threads that read and decode, of each process."""
    processes: int | None = None
    """The processes of a torchrun job that shared the images; None for one."""
    cpu: str | None = None
    cpu_count: int | None = None
    memory_mib: int | None = None
    os: str | None = None
    python: str | None = None
    torch: str | None = None
    torchvision: str | None = None
    timm: str | None = None
    fvcore: str | None = None
    numpy: str | None = None
    pillow: str | None = None
    decoder: str | None = None
    """What decodes the images: "Pillow 13.0.0 (libjpeg-turbo 3.1.2)"."""
    resize: str | None = None
    """Where images were resized and cropped; None for the CPU, by Pillow."""
    cuda: str | None = None
    cudnn: str | None = None
    driver: str | None = None
    gpu_memory_mib: int | None = None
    power_limit_watts: float | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the numbers come from: what one needs to produce them again."""

    weights: Weights
    harness_version: str
    recipe: Recipe | None = None
    """None for a record of cost and speed, which looks at no image."""
    images_expected: int | None = None
    images_seen: int | None = None
    images_failed: tuple[str, ...] = ()
    """The names of the images that could not be read or decoded."""
    manifest_sha256: str | None = None
    """The hash of the names and labels, see `core.source`."""
    source: str | None = None
    """The storage form and the folder's or file's own name."""
    predictions: PredictionsFile | None = None
    git_commit: str | None = None
    git_dirty: bool | None = None
    command: str | None = None
    """The command line that reproduces it."""
    note: str | None = None


@dataclass(frozen=True)
class Record:
    """What one run found out about one variant, on one data set or (dataset None) about the architecture alone."""

    campaign: str
    status: Status
    status_reason: str | None
    variant: str
    dataset: str | None
    started: str
    """UTC, ISO 8601 with seconds: "2026-01-31T12:00:00Z"."""
    duration_seconds: float
    """From the first read to the merged result; leaves out the speed rounds."""
    measurements: Mapping[str, Measurement]
    environment: Environment
    provenance: Provenance
    title: str | None = None
    """The variant's title, for models that no family declares."""
    extra: Mapping[str, Json] = field(default_factory=dict)
    """Further facts, kept as they are."""

    @cached_property
    def id(self) -> str:
        """Return the SHA-256 of the record's canonical JSON without its id, as 64 hexadecimal digits."""
        payload = record_to_dict(self)
        del payload["id"]
        return hashlib.sha256(canonical_json(payload).encode()).hexdigest()

    @property
    def input_px(self) -> int | None:
        """Return the side of the square images that cost and speed are of; None if nothing here tells.

        Records from before it was kept say it of their counts, as the input's shape: batch, channels, height, width.
        """
        if self.environment.input_px is not None:
            return self.environment.input_px
        shapes = (measurement.details.get("input") for measurement in self.measurements.values())
        sides = (shape[-1] for shape in shapes if isinstance(shape, list | tuple) and shape)
        return next((side for side in sides if isinstance(side, int)), None)

    def batch_size_of(self, metric: str) -> int:
        """Return the images per forward behind a measurement: its own number where it has one, else the run's.

        A latency is taken at batch 1, whatever the run's batch is. Raises KeyError where `metric` was not measured.
        """
        own = self.measurements[metric].details.get("batch_size")
        return own if isinstance(own, int) and not isinstance(own, bool) else self.environment.batch_size


def harness_version() -> str:
    """Return the version of this program, as records keep it."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("pwc-bench")
    except PackageNotFoundError:  # a source tree that nobody installed
        return "0+unknown"


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
        "measurements": {key: measurement_to_dict(m) for key, m in record.measurements.items()},
        "environment": _known_fields(record.environment),
        "provenance": _provenance_to_dict(record.provenance),
        "extra": dict(record.extra),
    }


def record_to_json(record: Record) -> str:
    """Return `record` as one line of JSON, its id included, without a line end."""
    return canonical_json(record_to_dict(record) | {"id": record.id})


def measurement_to_dict(measurement: Measurement) -> dict[str, Any]:
    """Return `measurement` as JSON values, in the form that a record holds it."""
    return {
        "value": measurement.value,
        "unit": measurement.unit,
        "interval": None if measurement.interval is None else list(measurement.interval),
        "samples": None if measurement.samples is None else list(measurement.samples),
        "details": measurement.details,
        "version": measurement.version,
        "caveats": list(measurement.caveats),
    }


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
