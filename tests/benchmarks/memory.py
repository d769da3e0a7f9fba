"""Peak host memory of a whole evaluation, each in a process of its own: ours and timm's, and ours on more files."""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from pwc_bench.core.metric import Better
from pwc_bench.core.text_forms import slugify
from pwc_bench.core.variant import Variant
from tests.benchmarks.bench import Bench
from tests.benchmarks.comparison import Comparison, LeftOut
from tests.benchmarks.files import Files, repeated_as_links
from tests.benchmarks.peer import PeerSettings
from tests.benchmarks.processes import run_watched
from tests.benchmarks.weights import seeded_weights
from tests.benchmarks.whole import peer_settings

__all__ = ["run"]

_CHILD = "tests.benchmarks.child"
_COUNTED = "processes and their children, interpreter and libraries included, shared pages once"
_MOST_SECONDS = 900.0
_SIZES = (500, 5_000)
"""The files of which memory is compared with itself."""
_PROMISED_MIB = 4096.0
"""What an evaluation may take beyond its models, at any data size."""


def run(bench: Bench) -> Iterator[Comparison | LeftOut]:
    """Evaluate the first variant, once a side: memory does not scatter as time does; then ours on more files."""
    variant = bench.variants[0]
    seeded_weights(variant, bench.scratch / "weights", 1000)
    _, tuned = peer_settings(bench.settings)
    try:
        bench.say(f"memory of evaluating {variant.title}, ours")
        ours = _peak_mib(bench, bench.files, tuned, "ours")
        bench.say(f"memory of evaluating {variant.title}, theirs")
        theirs = _peak_mib(bench, bench.files, tuned, "theirs")
    except RuntimeError as error:
        yield LeftOut("memory", str(error))
        return
    yield Comparison(
        section="memory",
        what=f"peak host memory, {variant.title}",
        unit="MiB",
        better=Better.LOWER,
        ours=(ours,),
        theirs=(theirs,),
        facts={"images": len(bench.files.paths), "counted": _COUNTED, "peer_workers": tuned.workers},
    )
    try:
        yield _growth(bench, variant, tuned)
    except RuntimeError as error:
        yield LeftOut("memory", f"at two data sizes: {error}")


def _growth(bench: Bench, variant: Variant, tuned: PeerSettings) -> Comparison:
    """Compare our peak beyond the model on few files and on ten times as many."""
    few, many = (
        _SIZES if len(bench.files.paths) * 10 >= _SIZES[0] else (len(bench.files.paths), 10 * len(bench.files.paths))
    )
    weights = (bench.scratch / "weights" / f"{slugify(variant.key)}.safetensors").stat().st_size / 2**20
    beyond = {}
    for count in (few, many):
        bench.say(f"memory of evaluating {variant.title} on {count:,} files, ours")
        files = repeated_as_links(bench.files, count, bench.scratch / f"files-linked-{count}")
        beyond[count] = _peak_mib(bench, files, tuned, "ours") - weights
    held = "under" if max(beyond.values()) < _PROMISED_MIB else "NOT under"
    return Comparison(
        section="memory",
        what=f"beyond the model, {many:,} files to {few:,} files, both ours",
        unit="MiB",
        better=Better.LOWER,
        ours=(beyond[many],),
        theirs=(beyond[few],),
        against=f"{few:,} files",
        facts={"variant": variant.key, "model_mib": weights, "files": [few, many], "counted": _COUNTED},
        note=f"{held} 4 GiB at both sizes; interpreter and libraries included",
    )


def _peak_mib(bench: Bench, files: Files, tuned: PeerSettings, side: str) -> float:
    """Return the most host memory of one evaluation. Raises RuntimeError where it fails."""
    task = {
        "files": str(files.folder),
        "scratch": str(bench.scratch),
        "models": bench.models,
        "variant": bench.variants[0].key,
        "settings": asdict(bench.settings),
        "peer": asdict(tuned),
        "side": side,
    }
    command = [sys.executable, "-m", _CHILD, json.dumps(task)]
    root = Path(__file__).resolve().parents[2]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")])}
    try:
        return run_watched(command, environment, _MOST_SECONDS).peak_mib
    except RuntimeError as error:
        raise RuntimeError(f"{side}: {error}") from None
