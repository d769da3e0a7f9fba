"""The batch sizes that were found on this machine, one small file each, so that the next run takes the same."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from pwc_bench.core.files import read_sealed, write_sealed

FOLDER = "batch-sizes"
"""The folder below the cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a best batch size belongs to: a device, and what runs on it."""

    device: str
    """The name of the GPU or CPU."""
    threads: int | None
    """Torch's threads, where the CPU computes; None on a GPU."""
    processes: int
    """Processes of the job on this machine."""
    models: tuple[str, ...]
    """The keys of the variants."""
    implementation: str
    precision: str
    tf32: bool
    memory_format: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A batch size that was found by measuring."""

    load: Load
    size: int
    images_per_second: Mapping[int, float]
    """What was measured, by size: through all models together."""
    timed: tuple[str, ...]
    scaled: tuple[str, ...]
    stopped_because: str
    versions: tuple[str, ...]
    """"torch 2.11.0" and the like: with other ones it is measured again."""
    moment: str
    """UTC, ISO 8601."""


def recall(cache: Path, load: Load) -> Found | None:
    """Return what was found for `load`, with whatever versions; None where nothing was, or it cannot be read."""
    found = _read(_path(cache, load))
    return found if found is not None and found.load == load else None


def remember(cache: Path, found: Found) -> None:
    """Write down what was found, in place of what was known of the same load. Raises OSError."""
    write_sealed(_path(cache, found.load), json.dumps(asdict(found), indent=1, sort_keys=True).encode())


def list_found(cache: Path) -> Iterator[Found]:
    """Yield all that is remembered, in the order of the files' names; files that cannot be read are left out."""
    for path in sorted((cache / FOLDER).glob("*.json")):
        found = _read(path)
        if found is not None:
            yield found


def _path(cache: Path, load: Load) -> Path:
    text = json.dumps(asdict(load), sort_keys=True)
    return cache / FOLDER / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.json"


def _read(path: Path) -> Found | None:
    """Read one file. A damaged one is as good as none: it is measured again."""
    try:
        data = json.loads(read_sealed(path) or b"")
        load = Load(**{**data["load"], "models": tuple(data["load"]["models"])})
        rates = {int(size): float(rate) for size, rate in data["images_per_second"].items()}
        lists = {name: tuple(map(str, data[name])) for name in ("timed", "scaled", "versions")}
        found = Found(**{**data, **lists, "load": load, "images_per_second": rates, "size": int(data["size"])})
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return found if found.size > 0 else None
