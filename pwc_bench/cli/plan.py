"""What a run would do, for `--dry-run`: looked up and checked, and nothing measured."""

import os
import shutil
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pwc_bench.api.options import RunOptions
from pwc_bench.api.places import load_catalogue, sqlite_path
from pwc_bench.api.prepare import at_folder, prepare
from pwc_bench.cli.text import duration, file_size, json_text, plural, wrapped
from pwc_bench.core.errors import WeightsError
from pwc_bench.core.metric import Scope
from pwc_bench.core.place import place_from_environment
from pwc_bench.core.record import Record
from pwc_bench.core.variant import Variant
from pwc_bench.store import open_existing_store

if TYPE_CHECKING:
    from pwc_bench.evaluation import Request
    from pwc_bench.evaluation.workspace import Workspace


PREDICTION_BYTES = 80
"""About what one image's predictions take on disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A run before it begins."""

    variants: tuple[str, ...]
    dataset: str
    source: str
    images: int
    images_expected: int
    weights: tuple[str, ...]
    """For each variant, where its weights come from."""
    metrics: tuple[str, ...]
    device: str
    precision: str
    batch_size: int | None
    """None where the run will find the best one by measuring."""
    is_batch_size_found: bool
    """Whether an earlier run has found the batch size by measuring."""
    workers: int
    database: str
    predictions_folder: str
    predictions_bytes: int
    free_bytes: int
    crop_cache_bytes: int | None
    """What the crops take on disk once all are there; None where none are kept."""
    site: str | None
    campaign: str | None
    is_continued: bool
    """Whether an interrupted run of the same request has left its work, which goes on."""
    seconds_at_least: float | None
    """The models' own time for the images, from earlier records on this device; None where there are none."""


def make_plan(request: "Request", *, database: str, site: Path | None, earlier: Iterable[Record]) -> Plan:
    """Lay out what `request` asks for. `earlier` are the records of cost and speed that the database holds."""
    present = len(request.source.items)
    images = present if request.limit is None else min(request.limit, present)
    settings = request.settings
    from pwc_bench.evaluation.workspace import find_interrupted

    interrupted = find_interrupted(request)
    batch_size = _batch_size(request, interrupted)
    return Plan(
        variants=tuple(variant.key for variant in request.variants),
        dataset=request.dataset.key,
        source=request.source.spec,
        images=images,
        images_expected=request.dataset.expected_images,
        weights=tuple(_weights(variant, request) for variant in request.variants),
        metrics=tuple(metric.key for instrument in request.instruments for metric in instrument.metrics),
        device=settings.device,
        precision=settings.precision,
        batch_size=batch_size,
        is_batch_size_found=request.finds_batch_size and batch_size is not None,
        workers=settings.workers,
        database=database,
        predictions_folder=str(request.folder / "predictions"),
        predictions_bytes=images * len(request.variants) * PREDICTION_BYTES,
        free_bytes=shutil.disk_usage(_existing(request.folder)).free,
        crop_cache_bytes=_crop_bytes(request, images),
        site=None if site is None else str(site),
        campaign=request.campaign if interrupted is None else interrupted.campaign,
        is_continued=interrupted is not None,
        seconds_at_least=_seconds(request, batch_size, images, earlier),
    )


def plan_lines(plan: Plan) -> list[str]:
    """Write the plan for people, one fact a line."""
    weights = [f"{key}: {place}" for key, place in zip(plan.variants, plan.weights, strict=True)]
    need, free = file_size(plan.predictions_bytes), file_size(plan.free_bytes)
    time = "unknown: no earlier records of these models on this device"
    if plan.seconds_at_least is not None:
        time = f"at least {duration(plan.seconds_at_least)} for the models alone; decoding and speed rounds come on top"
    facts = {
        "models": [", ".join(plan.variants)],
        "data set": [f"{plan.dataset}: {plan.images:,} of {plural(plan.images_expected, 'image')}"],
        "source": [plan.source],
        "weights": weights,
        "metrics": [", ".join(plan.metrics)],
        "device": [f"{plan.device}, {plan.precision}, {_batches(plan)}"],
        "decoding": [plural(plan.workers, "thread")],
        "database": [plan.database],
        "predictions": [f"{plan.predictions_folder}: about {need}; {free} are free"],
        "crop cache": ["none" if plan.crop_cache_bytes is None else f"about {file_size(plan.crop_cache_bytes)}"],
        "site": [plan.site or "none"],
        "campaign": [_campaign(plan)],
        "time": [time],
    }
    lines = [
        wrapped(text, first=f"  {name if number == 0 else '':<12} ", indent=" " * 15)
        for name, texts in facts.items()
        for number, text in enumerate(texts)
    ]
    return ["The plan; nothing was measured:", *lines]


def _weights(variant: Variant, request: "Request") -> str:
    if variant.refusal is not None:
        return f"it will fail: {variant.refusal}"
    if request.train_source is not None:
        return f"seeded random backbone, head fitted on {len(request.train_source.items)} images (demo)"
    from pwc_bench.evaluation.weights.locate import places_of

    try:
        places = places_of(variant, named=request.weights.get(variant.key), folder=request.weights_folder)
    except WeightsError as error:
        return f"it will fail: {error}"
    if places:
        return places[0].uri
    if variant.brings_weights:
        return f"as {variant.key} returns it"
    return f"none, so no accuracy. {variant.weights_note or 'Name some with --weights.'}"


def _batch_size(request: "Request", interrupted: "Workspace | None") -> int | None:
    if not request.finds_batch_size:
        return request.settings.batch_size
    if interrupted is not None and interrupted.choices.batch_size is not None:
        return interrupted.choices.batch_size.size
    from pwc_bench.evaluation.batch_size import remembered_size

    return remembered_size(request, place_from_environment(os.environ))


def _batches(plan: Plan) -> str:
    if plan.batch_size is None:
        return "batch size auto: found by measuring, some seconds, and remembered"
    auto = " (auto: an earlier run has found it)" if plan.is_batch_size_found else ""
    return f"batches of {plan.batch_size}{auto}"


def _campaign(plan: Plan) -> str:
    if plan.is_continued:
        return f"{plan.campaign}: interrupted, and continued (--fresh starts anew)"
    return plan.campaign or "named after the date"


def _crop_bytes(request: "Request", images: int) -> int | None:
    if request.crop_cache_bytes is None:
        return None
    sides_px = {variant.recipe.sha256: variant.recipe.crop_px for variant in request.variants}
    return images * sum(side_px * side_px * 3 for side_px in sides_px.values())


def _seconds(request: "Request", batch_size: int | None, images: int, earlier: Iterable[Record]) -> float | None:
    """Add up the images over each variant's newest throughput with the same device and precision.

    The batch size is the same too, or any where it is still to be found.
    """
    settings = request.settings
    images_per_second: dict[str, float] = {}
    for record in earlier:
        environment = record.environment
        is_alike = (environment.device_type, environment.precision, environment.batch_size) == (
            settings.device_type,
            settings.precision,
            batch_size or environment.batch_size,
        )
        if is_alike and "throughput" in record.measurements:
            images_per_second.setdefault(record.variant, record.measurements["throughput"].value)
    if any(images_per_second.get(variant.key, 0.0) <= 0.0 for variant in request.variants):
        return None
    return sum(images / images_per_second[variant.key] for variant in request.variants)


def _existing(folder: Path) -> Path:
    """Return the nearest folder above `folder`, or itself, that exists."""
    absolute = folder.absolute()
    return next(place for place in (absolute, *absolute.parents) if place.exists())


def plan_text(options: RunOptions, db: str, site: Path | None, *, as_json: bool) -> str:
    """Check everything as a run would, and return its plan as text or JSON. No database is made."""
    file = sqlite_path(db)
    with ExitStack() as stack:
        request = stack.enter_context(prepare(options))
        earlier: list[Record] = []
        if file is not None and not file.exists():
            request = at_folder(request, file.parent)
        else:
            store = stack.enter_context(open_existing_store(db))
            request = at_folder(request, store.folder)
            earlier = list(store.archive(load_catalogue()).records(scope=Scope.MODEL))
        plan = make_plan(request, database=db if file is None else str(file), site=site, earlier=earlier)
    return json_text(plan) if as_json else "\n".join(plan_lines(plan))
