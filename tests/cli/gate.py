"""Campaigns for checks: a few variants with made-up cost, rounds and predictions, as files and in databases."""

import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import chdir
from dataclasses import dataclass, replace
from pathlib import Path

from click.testing import CliRunner

from pwc_bench.cli.app import app
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.record import Record, record_to_json
from pwc_bench.store import open_store
from tests.factories import make_record
from tests.predictions_files import predictions_bytes, with_predictions

__all__ = [
    "IMAGES",
    "SIDES",
    "Campaign",
    "accuracy",
    "campaign",
    "check",
    "check_here",
    "cost",
    "put_beside",
    "stored",
    "written",
]

IMAGES = 400
SIDES = ("--baseline", "base.jsonl", "--candidate", "new.jsonl")


@dataclass(frozen=True)
class Campaign:
    """Records, and the predictions files that they name by path."""

    records: tuple[Record, ...]
    files: Mapping[str, bytes]


def cost(
    variant: str = "convit-s",
    *,
    gflops: float = 5.757,
    rounds: int = 20,
    speed: float = 100.0,
    device: str = "Test CPU",
    campaign: str = "base",
) -> Record:
    """A record of an architecture's cost and speed, its rounds a little apart from each other."""
    samples = tuple(speed * (1 + 0.001 * (number % 7)) for number in range(rounds))
    measurements = {
        "gflops": Measurement(gflops, "GFLOPs", details={"skipped": {"softmax": 12}}),
        "parameters": Measurement(27_777_000, "", details={"without_head": 27_344_000}),
        "throughput": Measurement(sorted(samples)[rounds // 2], "images/s", (speed, speed * 1.01), samples),
    }
    return make_record(variant, None, measurements=measurements, device=device, campaign=campaign)


def accuracy(variant: str = "convit-s", *, wrong: Iterable[int] = (), campaign: str = "base") -> tuple[Record, bytes]:
    """A record of an accuracy, wrong on the images `wrong`, and its predictions."""
    missed = set(wrong)
    right = [number not in missed for number in range(IMAGES)]
    share = Measurement(100 * sum(right) / IMAGES, "%", (0.0, 100.0))
    record = make_record(variant, "imagenet-1k", measurements={"top1": share}, device="Test CPU", campaign=campaign)
    provenance = replace(record.provenance, images_seen=IMAGES, images_expected=IMAGES)
    content = predictions_bytes(right)
    return with_predictions(replace(record, provenance=provenance), content)[0], content


def campaign(*parts: Record | tuple[Record, bytes]) -> Campaign:
    """Put records together."""
    records = tuple(part if isinstance(part, Record) else part[0] for part in parts)
    files: dict[str, bytes] = {}
    for part in parts:
        if not isinstance(part, Record) and part[0].provenance.predictions is not None:
            files[part[0].provenance.predictions.path] = part[1]
    return Campaign(records, files)


def written(path: Path, *parts: Record | tuple[Record, bytes]) -> Path:
    """Write records as JSON Lines, and their predictions beside them."""
    found = campaign(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(record_to_json(record) + "\n" for record in found.records))
    put_beside(path.parent, found)
    return path


def put_beside(folder: Path, found: Campaign) -> None:
    """Write the predictions of a campaign below a folder."""
    for name, content in found.files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


def check(folder: Path, *arguments: str, command: str = "check") -> "subprocess.CompletedProcess[str]":
    """Run the real command in a process of its own."""
    words: Sequence[str] = [sys.executable, "-m", "pwc_bench", command, *arguments]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def check_here(folder: Path, *arguments: str, command: str = "check") -> "subprocess.CompletedProcess[str]":
    """Run the same command in this process, which is quicker: for what does not depend on the process."""
    with chdir(folder):
        done = CliRunner().invoke(app, [command, *arguments])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return subprocess.CompletedProcess([command, *arguments], done.exit_code, done.stdout, done.stderr)


def stored(place: Path, *parts: Record | tuple[Record, bytes]) -> None:
    """Store records in the default database, with their predictions."""
    found = campaign(*parts)
    with open_store(str(place / "results" / "pwc-bench.db")) as store:
        for record in found.records:
            store.add(record)
    put_beside(place / "results", found)
