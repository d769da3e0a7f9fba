"""Peak host memory of a whole evaluation, each side in a process of its own."""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from pwc_bench.core.metric import Better
from tests.benchmarks.bench import Bench
from tests.benchmarks.comparison import Comparison, LeftOut
from tests.benchmarks.processes import run_watched
from tests.benchmarks.weights import seeded_weights
from tests.benchmarks.whole import peer_settings

__all__ = ["run"]

_CHILD = "tests.benchmarks.child"
_MOST_SECONDS = 600.0


def run(bench: Bench) -> Iterator[Comparison | LeftOut]:
    """Evaluate the first variant on all files, once a side: memory does not scatter as time does."""
    variant = bench.variants[0]
    seeded_weights(variant, bench.scratch / "weights", 1000)
    _, tuned = peer_settings(bench.settings)
    task = {
        "files": str(bench.files.folder),
        "scratch": str(bench.scratch),
        "models": bench.models,
        "variant": variant.key,
        "settings": asdict(bench.settings),
        "peer": asdict(tuned),
    }
    peaks = {}
    for side in ("ours", "theirs"):
        bench.say(f"memory of evaluating {variant.title}, {side}")
        command = [sys.executable, "-m", _CHILD, json.dumps(task | {"side": side})]
        root = Path(__file__).resolve().parents[2]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")])}
        try:
            peaks[side] = run_watched(command, environment, _MOST_SECONDS).peak_mib
        except RuntimeError as error:
            yield LeftOut("memory", f"{side}: {error}")
            return
    yield Comparison(
        section="memory",
        what=f"peak host memory, {variant.title}",
        unit="MiB",
        better=Better.LOWER,
        ours=(peaks["ours"],),
        theirs=(peaks["theirs"],),
        facts={
            "images": len(bench.files.paths),
            "counted": "processes and their children, interpreter and libraries included, shared pages once",
            "peer_workers": tuned.workers,
        },
    )
