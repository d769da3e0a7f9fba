"""What makes two requests the same: hashes of everything that decides their results."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import torch

import pwc_bench
from pwc_bench.core.dataset import manifest_sha256
from pwc_bench.core.measurement import Json
from pwc_bench.core.record import canonical_json
from pwc_bench.evaluation.environment import git_state
from pwc_bench.evaluation.request import Request


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
        "harness": [pwc_bench.__version__, *(version(name) for name in ("torch", "timm", "pillow", "numpy"))],
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
