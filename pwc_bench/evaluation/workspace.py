"""The folder of an unfinished campaign: what a continued run needs to go on where the killed one stopped."""

import hashlib
import json
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import torch
from filelock import FileLock, Timeout

from pwc_bench.core.dataset import manifest_sha256
from pwc_bench.core.errors import RecordFormatError
from pwc_bench.core.files import read_sealed, write_sealed
from pwc_bench.core.measurement import Json
from pwc_bench.core.record import Record, canonical_json, harness_version, record_to_json
from pwc_bench.core.record_json import record_from_json
from pwc_bench.evaluation.environment import git_state
from pwc_bench.evaluation.request import Choices, Request
from pwc_bench.evaluation.shards import Lanes


def request_digest(request: Request) -> str:
    """Hash everything that decides the results, so that a changed request never continues another one's shards.

    The number of processes and of threads is left out, and so is which of several like devices one process has: a job
    may be continued with more or fewer of them.
    """
    weights = {
        "weights": {key: _identity(spec) for key, spec in sorted(request.weights.items())},
        "weights_folder": None if request.weights_folder is None else str(request.weights_folder.resolve()),
        "commit": git_state()[0],
    }
    return _hash(_facts(request) | weights)


def common_digest(request: Request) -> str:
    """Hash what all processes of a job must have been asked alike, wherever their files lie."""
    return _hash(_facts(request))


def _facts(request: Request) -> dict[str, Json]:
    return {
        "harness": [harness_version(), *(version(name) for name in ("torch", "timm", "pillow", "numpy"))],
        "variants": [[v.key, v.recipe.sha256] for v in request.variants],
        "dataset": request.dataset.key,
        "manifest": manifest_sha256(request.source.items),
        "metrics": [metric.key for instrument in request.instruments for metric in instrument.metrics],
        "settings": _decisive(request),
        "compare_implementations": request.compare_implementations,
        "limit": request.limit,
        "campaign": request.campaign,
    }


def _hash(decisive: Mapping[str, Json]) -> str:
    return hashlib.sha256(canonical_json(decisive).encode()).hexdigest()[:16]


def _decisive(request: Request) -> dict[str, Json]:
    settings = request.settings
    chosen = asdict(settings)
    del chosen["workers"]
    if request.finds_batch_size:  # a measured size stands with the campaign's choices
        chosen["batch_size"] = "auto"
    is_cuda = settings.device_type == "cuda"
    chosen["device"] = torch.cuda.get_device_name(settings.device) if is_cuda else settings.device
    return chosen


def _identity(spec: str) -> list[str | int]:
    """Return what tells a local file's state apart; an address stands for itself."""
    path = Path(spec)
    if not path.is_file():
        return [spec]
    found = path.stat()
    return [str(path.resolve()), found.st_size, found.st_mtime_ns]


def timestamp() -> str:
    """Return the present time as records write it: UTC, ISO 8601, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_STATE = "campaign.json"


@dataclass(frozen=True, slots=True)
class Workspace:
    """A campaign's folder, held by this process alone."""

    path: Path
    campaign: str
    """The campaign's name: that of the interrupted run where one is continued."""
    notice: str | None = None
    """What a person should know of the folder's past: an interrupted run is continued, or could not be read."""
    choices: Choices = field(default_factory=Choices)
    """What was settled by measuring, written down as soon as it is."""

    @property
    def lanes(self) -> Lanes:
        """Return where the pass keeps its results."""
        return Lanes(self.path / "shards")

    def records(self) -> list[Record]:
        """Return the records that the interrupted run had finished, of cost and speed and of whole passes."""
        paths = sorted((self.path / "records").glob("*.json"))
        found = []
        for path in paths:
            try:
                found.append(record_from_json(path.read_text(encoding="utf-8")))
            except (OSError, UnicodeDecodeError, RecordFormatError):  # damaged: it is measured again
                path.unlink(missing_ok=True)
        return found

    def keep(self, record: Record) -> None:
        """Write down a finished record, so that a continued run brings the same one and no second."""
        folder = self.path / "records"
        folder.mkdir(exist_ok=True)
        beside = folder / f"{record.id}.writing"
        beside.write_text(record_to_json(record))
        beside.replace(folder / f"{record.id}.json")

    def agree(self, choices: Choices) -> None:
        """Drop the shards of another plan than that of `choices`: another size has put other images into them."""
        ours, theirs = self.choices.batch_size, choices.batch_size
        if (ours and ours.size) != (theirs and theirs.size):
            shutil.rmtree(self.path / "shards", ignore_errors=True)
        self.choices.batch_size = theirs
        self.choices.save(self.choices)

    def remove(self) -> None:
        """Remove everything, the state first: what is left without it belongs to a campaign that is finished."""
        (self.path / _STATE).unlink(missing_ok=True)
        shutil.rmtree(self.path, ignore_errors=True)


@contextmanager
def open_workspace(request: Request, suffix: str = "") -> Iterator[Workspace]:
    """Open the folder of this request's campaign: the unfinished one where there is one, else a new one.

    Two runs of the same request at once get folders of their own; so does a process that adds a `suffix`.
    """
    digest = request_digest(request) + suffix
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


def find_interrupted(request: Request) -> Workspace | None:
    """Return what an interrupted run of this request has left, which the same request would continue; None else.

    Nothing is changed, and nothing is held.
    """
    return None if request.fresh else _read_state(request.workspace / request_digest(request))


def _prepare(path: Path, request: Request, digest: str) -> Workspace:
    notice = None
    if (path / _STATE).exists():
        left = _read_state(path)
        if left is not None:
            return left
        notice = f"{path / _STATE} is damaged: the interrupted campaign cannot be continued, a new one begins"
        shutil.rmtree(path)
    elif any(path.iterdir()):  # a finished campaign, killed while it was removed
        shutil.rmtree(path)
    moment = datetime.now(UTC).strftime("%Y-%m-%d-%H%M%S")
    campaign = request.campaign or f"{moment}-{digest[:4]}{secrets.token_hex(3)}"
    path.mkdir(parents=True, exist_ok=True)
    workspace = Workspace(path, campaign, notice, _saved(Choices(), path, campaign, timestamp()))
    workspace.choices.save(workspace.choices)
    return workspace


def _read_state(path: Path) -> Workspace | None:
    """Return the workspace that an interrupted run has left; None where its state cannot be read."""
    try:
        state = json.loads(read_sealed(path / _STATE) or b"")
        campaign, started, choices = state["campaign"], str(state["started"]), Choices.from_json(state["choices"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    if not isinstance(campaign, str):
        return None
    notice = f"continuing the interrupted campaign {campaign} (--fresh starts anew)"
    return Workspace(path, campaign, notice, _saved(choices, path, campaign, started))


def _saved(choices: Choices, path: Path, campaign: str, started: str) -> Choices:
    """Return `choices`, which write the campaign's state whenever they change."""

    def save(settled: Choices) -> None:
        state = {"campaign": campaign, "started": started, "choices": settled.as_json()}
        write_sealed(path / _STATE, json.dumps(state).encode())

    choices.save = save
    return choices
