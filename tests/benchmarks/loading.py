"""Our loader with two threads, against two processes at the same work and against timm's loader with two workers."""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from pwc_bench.evaluation.loading import load_batches
from tests.benchmarks.bench import Bench, Stopwatch
from tests.benchmarks.comparison import Comparison, LeftOut, in_turns
from tests.benchmarks.files import open_files, spread_out
from tests.benchmarks.peer import PeerSettings, timm_loader
from tests.benchmarks.workers import decode_files

__all__ = ["run"]

_WORKERS = 2
_ROUNDS = 7
_BATCH = 8
_MOST_TIMED = 128
_MOST_LOADED = 512


def run(bench: Bench) -> Iterator[Comparison | LeftOut]:
    """Time all three on the same files: processes and timm's workers are warm."""
    recipe = bench.variants[0].recipe
    source = open_files(bench.files)
    paths = list(bench.files.paths[:_MOST_TIMED])
    batches = [range(first, min(first + _BATCH, len(paths))) for first in range(0, len(paths), _BATCH)]
    bench.say(
        f"loading {len(paths)} images with {_WORKERS} threads and with {_WORKERS} processes, {_ROUNDS} rounds each"
    )

    def threads() -> float:
        watch = Stopwatch()
        loaded = sum(len(batch.indices) for batch in load_batches(source, batches, [recipe], _WORKERS))
        return loaded / watch.seconds

    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(_WORKERS, mp_context=context) as pool:
        parts = [paths[number::_WORKERS] for number in range(_WORKERS)]

        def processes() -> float:
            watch = Stopwatch()
            return sum(pool.map(decode_files, parts, [recipe] * _WORKERS)) / watch.seconds

        threads()
        processes()  # each process has imported what it needs
        processes()
        ours, theirs = in_turns(_ROUNDS, threads, processes)
    yield Comparison(
        section="loading",
        what="two threads (our loader) against two processes",
        unit="images/s",
        ours=ours,
        theirs=theirs,
        against="two processes",
        facts={"images": len(paths), "processes": "our own decoding, in files each, no crop sent back"},
    )
    yield _against_timm(bench)
    source.close()


def _against_timm(bench: Bench) -> Comparison:
    """Passes of both loaders over all files, timm's workers started and kept."""
    recipe = bench.variants[0].recipe
    files = spread_out(bench.files, _MOST_LOADED, bench.scratch / "files-to-load")
    source = open_files(files)
    count = len(source.items)
    batches = [range(first, min(first + _BATCH, count)) for first in range(0, count, _BATCH)]
    settings = PeerSettings("tuned", workers=_WORKERS, batch_size=_BATCH)
    bench.say(f"loading {count:,} images with our loader and with timm's, {_WORKERS} workers each")

    def ours() -> float:
        watch = Stopwatch()
        return sum(len(batch.indices) for batch in load_batches(source, batches, [recipe], _WORKERS)) / watch.seconds

    _, loader = timm_loader(files.root, recipe, settings, "cpu")

    def theirs() -> float:
        watch = Stopwatch()
        return sum(len(labels) for _, labels in loader) / watch.seconds

    ours()
    theirs()  # starts the workers, which stay
    rounds = in_turns(5, ours, theirs)
    source.close()
    return Comparison(
        section="loading",
        what="loader alone, 2 threads against 2 workers",
        unit="images/s",
        ours=rounds[0],
        theirs=rounds[1],
        facts={"images": count, "batch_size": _BATCH, "their_output": "normalised fp32", "our_output": "uint8 crops"},
    )
