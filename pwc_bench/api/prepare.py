"""From options to an evaluation's request: everything is looked up and checked before anything is measured."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pwc_bench.api.options import RunOptions, default_batch_size, default_workers, resolve_device
from pwc_bench.api.places import cache_folder, default_quiet_budget, load_catalogue, using
from pwc_bench.core.dataset import Dataset, ImageSource
from pwc_bench.core.errors import EvaluationError, SourceError, UsageError
from pwc_bench.core.instruments import IMPLEMENTATIONS, PRECISIONS, Settings
from pwc_bench.core.place import place_from_environment
from pwc_bench.core.variant import CONFIGURATIONS, Variant

if TYPE_CHECKING:
    from pwc_bench.evaluation.request import Request


_DEMO = "demo"
_DEFAULT_DATASET = "imagenet-1k"


@dataclass(frozen=True, slots=True)
class DataChoice:
    """A data set, and where its images lie."""

    dataset: Dataset
    spec: str
    """What `open_source` takes, or "demo" for images that the package makes itself."""

    @property
    def is_generated(self) -> bool:
        """Tell whether the package makes the images itself."""
        return self.dataset.generate is not None


def choose_data(data: str | None, dataset: str | None, known: Mapping[str, Dataset]) -> DataChoice:
    """Settle data and data set. Raises UsageError where the two contradict each other or are not known."""
    if dataset is not None and dataset not in known:
        raise UsageError(f"--dataset {dataset!r} is not known; `pwc-bench list datasets` names them")
    if data is None:
        data = _DEMO if dataset == _DEMO else os.environ.get("PWC_BENCH_IMAGENET") or _DEMO
        if data == _DEMO and dataset not in (None, _DEMO):
            raise UsageError(f"--dataset {dataset} needs --data: say where its images lie")
    if not data:
        raise UsageError("--data is empty: say where the images lie, or leave it out")
    key = dataset or (_DEMO if data == _DEMO else _DEFAULT_DATASET)
    if (data == _DEMO) != (key == _DEMO):
        raise UsageError(f"--data {data} and --dataset {key} contradict each other: the demo makes its own images")
    return DataChoice(known[key], data)


@contextmanager
def opened(choice: DataChoice, cache: Path) -> Iterator[tuple[ImageSource, ImageSource | None]]:
    """Open the validation images and, for the demo, the training images; close them at the end.

    Raises SourceError where the data is missing, empty or wrongly labelled.
    """
    from pwc_bench.sources import open_source

    generate = choice.dataset.generate
    spec = choice.spec if generate is None else _generated(choice.dataset, cache)
    source = open_source(spec, choice.dataset, split="val")
    try:
        if generate is None:
            yield source, None
            return
        train_source = open_source(spec, choice.dataset, split="train")
        try:
            yield source, train_source
        finally:
            train_source.close()
    finally:
        source.close()


def _generated(dataset: Dataset, cache: Path) -> str:
    """Let a data set make its images. Raises SourceError if it fails, whatever it fails with."""
    from pwc_bench.isolation import contained

    assert dataset.generate is not None
    generate = dataset.generate
    try:
        return str(contained(lambda: generate(cache)))
    except EvaluationError as error:
        raise SourceError(f"{dataset.title}: its images cannot be made: {error}") from error


_FOLDER = Path("results")

_CAMPAIGN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@contextmanager
def prepare(options: RunOptions) -> "Iterator[Request]":
    """Check `options`, open the images, give the request, and close the images at the end.

    The request's folders are those of a database in the default place; `at_folder` moves them. Raises UsageError for
    options that cannot be right and SourceError for data that cannot be used.
    """
    from pwc_bench.families import resolve
    from pwc_bench.metrics import load_instruments, select

    _check(options)
    variants = resolve(options.models, options.recipe, options.model_timeout)
    _check_weights(options, variants)
    choice = choose_data(options.data, options.dataset, load_catalogue().datasets)
    if choice.is_generated and (options.weights or options.weights_dir):
        raise UsageError("--weights and --weights-dir have no use with the demo, which fits its own: give --data too")
    instruments = load_instruments()
    if options.metrics:
        instruments = select(instruments, options.metrics)
    settings = _settings(options)
    with using(cache_folder()) as cache, opened(choice, cache) as (source, train_source):
        from pwc_bench.evaluation.request import Request  # with it comes torch: everything else is checked by now

        yield Request(
            variants=variants,
            dataset=choice.dataset,
            source=source,
            train_source=train_source,
            instruments=instruments,
            settings=settings,
            finds_batch_size=options.batch_size is None,
            workspace=_FOLDER / "work",
            folder=_FOLDER,
            cache=cache,
            campaign=options.campaign,
            weights=options.weights,
            weights_folder=options.weights_dir,
            limit=options.limit,
            quiet_budget_seconds=_quiet_budget(options),
            compare_implementations=options.compare_implementations,
            crop_cache_bytes=int(options.crop_cache_limit * 2**30) if options.crop_cache else None,
            fresh=options.fresh,
            model_seconds=options.model_timeout,
            note=options.note,
            command=options.command,
        )


def at_folder(request: "Request", folder: Path) -> "Request":
    """Return `request` with its predictions and unfinished work below `folder`."""
    return replace(request, folder=folder, workspace=folder / "work")


def _settings(options: RunOptions) -> Settings:
    """Settle device, precision and batch size. Raises UsageError for what this machine cannot do."""
    place = place_from_environment(os.environ)
    device = resolve_device(options.device, place)
    device_type = device.partition(":")[0]
    if options.tf32 and device_type != "cuda":
        raise UsageError("--tf32 is a mode of CUDA devices, and this run uses the CPU: leave it out")
    if options.cuda_graphs and device_type != "cuda":
        raise UsageError("--cuda-graphs needs a CUDA device, and this run uses the CPU: leave it out")
    return Settings(
        device=device,
        precision=options.precision,
        implementation=options.implementation,
        tf32=options.tf32,
        compile=options.compile,
        cuda_graphs=options.cuda_graphs,
        channels_last=options.channels_last,
        device_resize=options.device_resize,
        batch_size=options.batch_size or default_batch_size(device_type),
        workers=options.workers or default_workers(place),
    )


def _check(options: RunOptions) -> None:
    for name, chosen, offered in (
        ("--precision", options.precision, PRECISIONS),
        ("--implementation", options.implementation, IMPLEMENTATIONS),
        ("--recipe", options.recipe, CONFIGURATIONS),
    ):
        if chosen not in offered:
            raise UsageError(f"{name} {chosen!r} is not one of {', '.join(offered)}")
    if options.compare_implementations and options.implementation == "reference":
        raise UsageError("--compare-implementations needs --implementation fused: else there is nothing to compare")
    _check_amounts(options)
    if options.crop_cache and options.device_resize:
        raise UsageError("--crop-cache keeps what the CPU resized, so that it excludes --device-resize: leave one out")
    if options.campaign is not None and not _CAMPAIGN.fullmatch(options.campaign):
        raise UsageError(
            f"--campaign {options.campaign!r} cannot be a name: use up to 100 letters, digits, dots, hyphens and "
            "underscores, with a letter or digit first"
        )
    if options.weights_dir is not None and not options.weights_dir.is_dir():
        raise UsageError(f"--weights-dir {options.weights_dir} is not a folder")


def _quiet_budget(options: RunOptions) -> float:
    return default_quiet_budget() if options.quiet_budget is None else options.quiet_budget


def _check_amounts(options: RunOptions) -> None:
    for name, value in (
        ("--batch-size", options.batch_size),
        ("--workers", options.workers),
        ("--limit", options.limit),
    ):
        if value is not None and value < 1:
            raise UsageError(f"{name} {value} is too small: give a whole number of at least 1")
    for name, amount, unit in (
        ("--crop-cache-limit", options.crop_cache_limit, "GiB"),
        ("--model-timeout", options.model_timeout, "seconds"),
    ):
        if not amount > 0:
            raise UsageError(f"{name} {amount} is too small: give {unit}, more than 0")
    if not 0.0 <= _quiet_budget(options) < float("inf"):
        raise UsageError(f"--quiet-budget {_quiet_budget(options)} cannot be: give seconds, 0 for no waiting")


def _check_weights(options: RunOptions, variants: tuple[Variant, ...]) -> None:
    selected = [variant.key for variant in variants]
    for key in options.weights:
        if key not in selected:
            raise UsageError(f"--weights {key}=...: {key!r} is not among the selected models ({', '.join(selected)})")
