"""From one process to two, by torchrun: the same images, the same command."""

import importlib.util
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import torch

from tests.benchmarks.bench import Bench
from tests.benchmarks.comparison import Comparison, LeftOut
from tests.benchmarks.processes import run_watched
from tests.benchmarks.weights import seeded_weights

__all__ = ["run"]

_SECTION = "scaling"
_NEEDED = "pwc_bench.core.place"
"""The module that knows which process of how many this is."""
_MOST_SECONDS = 600.0
_ROUNDS = 2


def run(bench: Bench) -> Iterator[Comparison | LeftOut]:
    """Evaluate the first variant with one and with two processes of the same means: a GPU each, or one thread each."""
    is_cuda = bench.settings.device_type == "cuda"
    if importlib.util.find_spec(_NEEDED) is None:
        yield LeftOut(_SECTION, "this version evaluates in one process only")
        return
    if is_cuda and torch.cuda.device_count() < 2:
        yield LeftOut(_SECTION, "two processes need two GPUs, and there is one")
        return
    if not is_cuda and (os.cpu_count() or 1) < 2:
        yield LeftOut(_SECTION, "two processes need two CPU cores, and there is one")
        return
    seeded_weights(bench.variants[0], bench.scratch / "weights", 1000)
    rates: dict[int, list[float]] = {1: [], 2: []}
    try:
        for number in range(_ROUNDS):
            for processes in (1, 2):
                bench.say(f"{bench.variants[0].title} with {processes} of 2 processes, round {number + 1} of {_ROUNDS}")
                rates[processes].append(_rate(bench, processes))
    except RuntimeError as error:
        yield LeftOut(_SECTION, str(error))
        return
    yield Comparison(
        section=_SECTION,
        what=f"{bench.variants[0].title}, 2 processes to 1 process",
        unit="images/s",
        ours=tuple(rates[2]),
        theirs=tuple(rates[1]),
        against="1 process",
        facts={"images": len(bench.files.paths), "means": "one GPU each" if is_cuda else "one thread each"},
    )


def _rate(bench: Bench, processes: int) -> float:
    """Return images a second from the first read to the merged result, as the record says."""
    model = bench.models if len(bench.variants) == 1 else bench.variants[0].key
    workers = bench.settings.workers if bench.settings.device_type == "cuda" else 1
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    program = ["-m", "pwc_bench", "run", "--models", model, "--data", str(bench.files.folder)]
    options = ["--weights-dir", str(bench.scratch / "weights"), "--metrics", "top1", "--fresh", "--no-site", "--json"]
    means = ["--device", bench.settings.device_type, "--workers", str(workers)]
    batch = ["--batch-size", str(bench.settings.batch_size), "--db", str(bench.scratch / f"scaling-{processes}.db")]
    root = Path(__file__).resolve().parents[2]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(root)}
    done = run_watched([*launch, *program, *options, *means, *batch], environment, _MOST_SECONDS)
    records = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if not records:
        raise RuntimeError(f"{processes} processes wrote no record")
    return len(bench.files.paths) / float(records[-1]["duration_seconds"])
