"""`pwc-bench doctor`: what this machine can do."""

import importlib.util
import os
import platform
import shutil
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pwc_bench.api.options import default_workers
from pwc_bench.api.places import cache_folder, sqlite_path
from pwc_bench.cli.app import DocumentedCommand
from pwc_bench.cli.failures import FAILED
from pwc_bench.cli.options import db_option, json_option, site_option
from pwc_bench.cli.text import file_size, plural, wrapped
from pwc_bench.core.errors import PwcBenchError, StoreError

if TYPE_CHECKING:
    from pwc_bench.hardware import Gpu

_MARKS = {"good": "ok      ", "note": "note    ", "broken": "BROKEN  "}


@click.command(
    "doctor",
    cls=DocumentedCommand,
    examples=("pwc-bench doctor", "pwc-bench doctor --json"),
    exit_codes={0: "a run can work", 4: "something is broken, and said so"},
)
@db_option
@site_option
@json_option("Write a JSON array.")
@click.pass_context
def command(context: click.Context, /, *, db: str, site: Path, as_json: bool) -> None:
    """Say what this machine can do: packages, devices, disks, the database, data and weights.

    Nothing is written, and no network is asked.
    """
    from pwc_bench.cli.text import json_text

    findings: list[Finding] = []
    for finding in diagnose(db, site):
        findings.append(finding)
        if not as_json:
            click.echo(wrapped(f"{finding.key}: {finding.fact}", first=_MARKS[finding.health], indent=" " * 10))
            if finding.advice is not None:
                click.echo(wrapped(finding.advice, first=" " * 8 + "→ ", indent=" " * 10))
    if as_json:
        click.echo(json_text(findings))
    if any(finding.health is Health.BROKEN for finding in findings):
        context.exit(FAILED)


_PACKAGES = ("torch", "torchvision", "timm", "fvcore", "numpy", "pillow", "pyarrow", "sqlalchemy", "jinja2", "datasets")
_LOW_DISK_BYTES = 2 * 2**30


class Health(StrEnum):
    """How a finding bears on a run."""

    GOOD = "good"
    NOTE = "note"
    """A run works, and something about it is worth knowing."""
    BROKEN = "broken"
    """A run cannot work before this is mended."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    key: str
    health: Health
    fact: str
    """What was found."""
    advice: str | None = None
    """What it means, and what to do."""


def diagnose(db: str, site: Path) -> Iterator[Finding]:
    """Look at everything that a run needs; nothing is written and no network is asked."""
    yield Finding("python", Health.GOOD, f"{platform.python_version()} at {sys.executable}")
    yield from _packages()
    yield from _plugins()
    yield from _devices()
    yield Finding("threads", Health.GOOD, f"{plural(default_workers(), 'CPU')} for this process")
    yield _database(db)
    yield from _disks(db, site)
    yield _data()
    yield _weights()
    yield from _crops()
    yield from _batch_sizes()
    yield _hub()


def _packages() -> Iterator[Finding]:
    from importlib.metadata import PackageNotFoundError, version

    found, missing = [], []
    for name in ("pwc-bench", *_PACKAGES):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    yield Finding("packages", Health.GOOD, ", ".join(found))
    if missing:
        advice = "install pwc-bench anew: pip install --force-reinstall pwc-bench"
        yield Finding("packages missing", Health.BROKEN, ", ".join(missing), advice)


def _plugins() -> Iterator[Finding]:
    """Name each plug-in that cannot be used: whose it is, which entry point, and why."""
    from pwc_bench.api.places import load_catalogue
    from pwc_bench.isolation import PluginWarning
    from pwc_bench.sources import load_forms

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", PluginWarning)
        load_catalogue()
        load_forms()
    told = dict.fromkeys(str(warning.message) for warning in caught if issubclass(warning.category, PluginWarning))
    for fact in told:
        yield Finding("plug-in", Health.NOTE, fact, "mend or uninstall that package; everything else works")


def _devices() -> Iterator[Finding]:
    from pwc_bench.hardware import find_gpu, native_bf16

    try:
        import torch
    except (ImportError, OSError) as error:
        yield Finding("torch", Health.BROKEN, f"cannot be imported: {error}", "install torch anew; nothing runs before")
        return
    yield Finding("cpu", Health.GOOD, f"{plural(torch.get_num_threads(), 'thread')} for torch")
    yield bf16_ability(native_bf16())
    if not torch.cuda.is_available():
        built = torch.version.cuda
        reason = (
            "torch was built without CUDA" if built is None else f"torch is built for CUDA {built} and sees no device"
        )
        yield Finding("cuda", Health.NOTE, reason, "runs use the CPU: right for the demo, slow for ImageNet")
        return
    for index in range(torch.cuda.device_count()):
        properties = torch.cuda.get_device_properties(index)
        free, total = torch.cuda.mem_get_info(index)
        memory = f"{file_size(free)} of {file_size(total)} free"
        busy = "other programs use it: measured speeds will be too low" if free < 0.8 * total else None
        health = Health.GOOD if busy is None else Health.NOTE
        yield Finding(f"cuda:{index}", health, f"{properties.name}, CUDA {torch.version.cuda}, {memory}", busy)
        gpu = find_gpu(f"cuda:{index}")
        if gpu is not None:
            yield gpu_condition(f"cuda:{index} now", gpu)


def bf16_ability(instructions: str | None) -> Finding:
    """Say whether the CPU multiplies bf16 by itself."""
    if instructions is None:
        return Finding("bf16", Health.GOOD, "this CPU has no instructions of its own for bf16: fp32 suits it")
    advice = "`run --precision bf16` may be faster, and counts the predictions that differ from fp32"
    return Finding("bf16", Health.GOOD, f"this CPU multiplies bf16 natively ({instructions})", advice)


def gpu_condition(key: str, gpu: "Gpu") -> Finding:
    """Say what NVML tells of a GPU: driver, power, temperature, clocks, and whether something slows it down now."""
    state = gpu.state()
    power = " of ".join(f"{watts:.0f}" for watts in (state.watts, state.limit_watts) if watts is not None)
    known = (
        (gpu.driver(), "driver {}"),
        (power or None, "{} W"),
        (state.celsius, "{} °C"),
        (state.sm_mhz, "SM clock {} MHz"),
        (state.memory_mhz, "memory clock {} MHz"),
    )
    facts = [text.format(value) for value, text in known if value is not None]
    if state.slowed_by:
        facts.append(f"throttled: {', '.join(state.slowed_by)}")
        return Finding(key, Health.NOTE, ", ".join(facts), "measured speeds are too low while this holds")
    return Finding(key, Health.GOOD, ", ".join([*facts, "not throttled"]))


def _database(db: str) -> Finding:
    file = sqlite_path(db)
    if file is not None and _is_absent(file):
        return Finding("database", Health.NOTE, f"none at {file} yet", "`pwc-bench run` makes it")
    try:
        from pwc_bench.store import open_existing_store

        with open_existing_store(db) as store:
            campaigns = store.campaigns()
            records = sum(campaign.records for campaign in campaigns)
    except StoreError as error:
        return Finding("database", Health.BROKEN, str(error), "name another one with --db or PWC_BENCH_DB")
    held = f"{plural(records, 'record')} of {plural(len(campaigns), 'campaign')}"
    return Finding("database", Health.GOOD, f"{held}, at the present schema")


def _is_absent(path: Path) -> bool:
    """Tell whether nothing is at `path`. Where nobody may look, it is for the one who opens it to say so."""
    try:
        return not path.exists()
    except PermissionError:
        return False


def _disks(db: str, site: Path) -> Iterator[Finding]:
    file = sqlite_path(db)
    places = {"results": Path("results") if file is None else file.parent, "site": site, "cache": cache_folder()}
    for name, place in places.items():
        absolute = place.absolute()
        # os.access answers False, where Path would raise, for what lies in a folder that may not be entered
        folder = next(path for path in (absolute, *absolute.parents) if os.access(path, os.F_OK))
        free = shutil.disk_usage(folder).free
        fact = f"{place}: {file_size(free)} free"
        if not (folder.is_dir() and os.access(folder, os.W_OK)):
            by = {"results": "--db or PWC_BENCH_DB", "site": "--site or PWC_BENCH_SITE", "cache": "PWC_BENCH_CACHE"}[
                name
            ]
            yield Finding(f"disk for {name}", Health.BROKEN, f"{fact}, not writable", f"name another place with {by}")
        elif free < _LOW_DISK_BYTES:
            yield Finding(f"disk for {name}", Health.NOTE, fact, "that is little: `pwc-bench prune --cache` makes room")
        else:
            yield Finding(f"disk for {name}", Health.GOOD, fact)


def _data() -> Finding:
    place = os.environ.get("PWC_BENCH_IMAGENET")
    if not place:
        return Finding("ImageNet", Health.NOTE, "PWC_BENCH_IMAGENET is not set", "without --data a run takes the demo")
    from pwc_bench.api.places import load_catalogue
    from pwc_bench.api.prepare import choose_data, opened

    try:
        choice = choose_data(place, None, load_catalogue().datasets)
        if place.startswith("hf:"):
            return Finding("ImageNet", Health.GOOD, f"{place}, on the hub (not asked now)")
        with opened(choice, cache_folder()) as (source, _):
            count = len(source.items)
    except PwcBenchError as error:
        return Finding("ImageNet", Health.BROKEN, str(error), "mend the data, or unset PWC_BENCH_IMAGENET for the demo")
    expected = choice.dataset.expected_images
    if count < expected:
        fact = f"{place}: {count:,} of {expected:,} images"
        return Finding("ImageNet", Health.NOTE, fact, "accuracy on a part of the images is marked as partial")
    return Finding("ImageNet", Health.GOOD, f"{place}: {plural(count, 'image')}")


def _weights() -> Finding:
    folder = cache_folder() / "weights"
    files = [path for path in folder.rglob("*") if path.is_file()] if os.access(folder, os.R_OK | os.X_OK) else []
    size = file_size(sum(path.stat().st_size for path in files))
    return Finding("weights cache", Health.GOOD, f"{folder}: {plural(len(files), 'file')}, {size}")


def _crops() -> Iterator[Finding]:
    from pwc_bench.imaging import list_cached_crops

    folder = cache_folder() / "crops"
    files = list(list_cached_crops(folder)) if os.access(folder, os.R_OK | os.X_OK) else []
    size = file_size(sum(file.size_bytes for file in files))
    yield Finding("crop cache", Health.GOOD, f"{folder}: {plural(len(files), 'file')}, {size}")
    for number, file in enumerate(files, start=1):
        held = f"{file.images:,} of {plural(file.identity.images, 'crop')}, {file_size(file.size_bytes)}"
        fact = f"{file.identity.recipe} of {file.identity.source}: {held}; by {file.identity.decoder}"
        yield Finding(f"crops {number}", Health.GOOD, fact)


def _batch_sizes() -> Iterator[Finding]:
    """Tell what `--batch-size auto` has found here; `prune --cache` forgets it."""
    from pwc_bench.hardware.batch_sizes import list_found

    folder = cache_folder()
    found_here = list_found(folder) if os.access(folder, os.R_OK | os.X_OK) else ()
    for number, found in enumerate(found_here, start=1):
        load = found.load
        rates = ", ".join(f"{size}: {rate:,.1f}" for size, rate in found.images_per_second.items())
        fact = (
            f"{found.size} for {', '.join(load.models)} on {load.device}, {load.precision}, {load.implementation}; "
            f"images/s by size: {rates}; found {found.moment} with {', '.join(found.versions)}"
        )
        yield Finding(f"batch size {number}", Health.GOOD, fact)


def _hub() -> Finding:
    if importlib.util.find_spec("huggingface_hub") is None:
        return Finding("hub", Health.BROKEN, "huggingface-hub is not installed", "install pwc-bench anew")
    from huggingface_hub import constants

    folder = Path(constants.HF_HUB_CACHE)
    found = folder.glob("models--*") if os.access(folder, os.R_OK | os.X_OK) else ()
    models = sorted(path.name.removeprefix("models--").replace("--", "/") for path in found)
    fact = f"cached models: {', '.join(models)}" if models else f"no models are cached in {folder}"
    if constants.HF_HUB_OFFLINE:
        advice = "HF_HUB_OFFLINE is set: weights that are not cached cannot be fetched"
        return Finding("hub", Health.NOTE, fact, advice)
    return Finding("hub", Health.GOOD, fact)
