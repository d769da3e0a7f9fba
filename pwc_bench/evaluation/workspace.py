"""The folder of an unfinished campaign: what a continued run needs to go on where the killed one stopped."""

import hashlib
import json
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from filelock import FileLock, Timeout

import pwc_bench
from pwc_bench.core.record import Record
from pwc_bench.core.record_json import canonical_json, record_from_json, record_to_json
from pwc_bench.core.source import manifest_sha256
from pwc_bench.evaluation.environment import git_state
from pwc_bench.evaluation.request import Request
from pwc_bench.evaluation.shards import ShardFolder

__all__ = ["Workspace", "open_workspace", "timestamp"]


@dataclass(frozen=True, slots=True)
class Workspace:
    """A campaign's folder, held by this process alone."""

    path: Path
    campaign: str
    """The campaign's name: that of the interrupted run where one is continued."""
    is_continued: bool
    """Whether an interrupted run left something here."""

    @property
    def shards(self) -> ShardFolder:
        """Return where the pass keeps its results."""
        return ShardFolder(self.path / "shards")

    def records(self) -> dict[str, Record]:
        """Return the records of cost and speed that the interrupted run had finished, by variant."""
        paths = sorted((self.path / "records").glob("*.json"))
        found = (record_from_json(path.read_text()) for path in paths)
        return {record.variant: record for record in found}

    def keep(self, record: Record) -> None:
        """Write down a finished record of cost and speed."""
        folder = self.path / "records"
        folder.mkdir(exist_ok=True)
        beside = folder / f"{record.id}.writing"
        beside.write_text(record_to_json(record))
        beside.replace(folder / f"{record.id}.json")

    def remove(self) -> None:
        """Remove everything: the campaign is finished."""
        shutil.rmtree(self.path, ignore_errors=True)


def timestamp() -> str:
    """Return the present time as records write it: UTC, ISO 8601, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def open_workspace(request: Request) -> Iterator[Workspace]:
    """Open the folder of this request's campaign: the unfinished one where there is one, else a new one.

    Two runs of the same request at once get folders of their own.
    """
    digest = _digest(request)
    for attempt in range(1, 1000):
        path = request.workspace / (digest if attempt == 1 else f"{digest}-{attempt}")
        path.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path.with_suffix(".lock"), timeout=0)
        try:
            lock.acquire()
        except Timeout:
            continue
        break
    try:
        if request.fresh:
            shutil.rmtree(path)
            path.mkdir()
        yield _prepare(path, request, digest)
    finally:
        if not path.exists():
            path.with_suffix(".lock").unlink(missing_ok=True)
        lock.release()


def _prepare(path: Path, request: Request, digest: str) -> Workspace:
    state = path / "campaign.json"
    if state.exists():
        return Workspace(path, json.loads(state.read_text())["campaign"], is_continued=True)
    moment = datetime.now(UTC).strftime("%Y-%m-%d-%H%M%S")
    campaign = request.campaign or f"{moment}-{digest[:4]}{secrets.token_hex(1)}"
    path.mkdir(parents=True, exist_ok=True)
    beside = path / "campaign.writing"
    beside.write_text(json.dumps({"campaign": campaign, "started": timestamp()}))
    beside.replace(state)
    return Workspace(path, campaign, is_continued=False)


def _digest(request: Request) -> str:
    """Hash everything that decides the results, so that a changed request never continues another one's shards."""
    decisive = {
        "harness": [pwc_bench.__version__, *(version(name) for name in ("torch", "timm", "pillow", "numpy"))],
        "commit": git_state()[0],
        "variants": [[v.key, v.recipe.sha256] for v in request.variants],
        "dataset": request.dataset.key,
        "manifest": manifest_sha256(request.source.items),
        "metrics": [metric.key for instrument in request.instruments for metric in instrument.metrics],
        "settings": asdict(request.settings),
        "weights": {key: _identity(spec) for key, spec in sorted(request.weights.items())},
        "weights_folder": None if request.weights_folder is None else str(request.weights_folder.resolve()),
        "limit": request.limit,
        "campaign": request.campaign,
    }
    return hashlib.sha256(canonical_json(decisive).encode()).hexdigest()[:16]


def _identity(spec: str) -> list[str | int]:
    """Return what tells a local file's state apart; an address stands for itself."""
    path = Path(spec)
    if not path.is_file():
        return [spec]
    found = path.stat()
    return [str(path.resolve()), found.st_size, found.st_mtime_ns]
