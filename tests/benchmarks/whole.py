"""A whole evaluation: one pass of ours for all variants against timm's pass for each, per-image top-5 compared."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from pwc_bench.core.instruments import Settings
from pwc_bench.core.measurement import Json
from pwc_bench.core.record import Record
from pwc_bench.core.variant import Variant
from pwc_bench.datasets import load_datasets
from pwc_bench.evaluation import Request, evaluate
from pwc_bench.metrics import load_instruments, select
from pwc_bench.prediction_files import read_predictions
from tests.benchmarks.bench import Bench, Stopwatch
from tests.benchmarks.budget import images_within, rounds_within
from tests.benchmarks.comparison import Comparison, LeftOut, in_turns
from tests.benchmarks.files import DATASET, Files, open_files, spread_out
from tests.benchmarks.peer import PeerSettings, timm_pass
from tests.benchmarks.weights import seeded_weights

__all__ = ["Outcome", "ours", "peer_settings", "run", "theirs"]

_SMALL = ("convit-ti", "convit-ti-plus", "convit-s")
_MOST_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """One side's evaluation of all variants."""

    whole_seconds: float
    """From files (weights included) to results."""
    pass_seconds: float
    """From the first read to the last result; models are ready."""
    top5: Mapping[str, Mapping[str, NDArray[np.int64]]]
    """By variant, by the file's name."""
    ran: Mapping[str, str] = field(default_factory=dict)
    """Which implementation of each variant ran, as our records say."""


def run(bench: Bench) -> Iterator[Comparison | LeftOut]:
    """Compare the small variants against both of timm's settings, and all of them against the tuned ones."""
    default, tuned = peer_settings(bench.settings)
    small = [variant for variant in bench.variants if variant.key in _SMALL]
    for precision in bench.precisions:
        if 1 < len(small) < len(bench.variants):
            yield from _compare(bench, small, precision, tuned)
            if precision == "fp32":  # the script's own default
                yield from _compare(bench, small, precision, default)
        yield from _compare(bench, bench.variants, precision, tuned)


def peer_settings(settings: Settings) -> tuple[PeerSettings, PeerSettings]:
    """Return the script's defaults (its batch of 256 is scaled to 32 on a CPU) and what suits this machine."""
    if settings.device_type == "cuda":
        tuned = PeerSettings("tuned", settings.workers, settings.batch_size, pin_memory=True)
        return PeerSettings("default"), tuned
    return PeerSettings("default", batch_size=32), PeerSettings("tuned", settings.workers, settings.batch_size)


def _compare(bench: Bench, variants: Sequence[Variant], precision: str, peer: PeerSettings) -> Iterator[Comparison]:
    settings, peer = replace(bench.settings, precision=precision), replace(peer, precision=precision)
    images = images_within(bench, variants, precision)
    files = spread_out(bench.files, images, bench.scratch / f"files-{images}-{len(variants)}-{precision}-{peer.name}")
    titles = variants[0].title if len(variants) == 1 else f"{len(variants)} variants"
    for variant in variants:
        seeded_weights(variant, bench.scratch / "weights", len(load_datasets()[DATASET].classes))
    bench.say(
        f"{titles} in {precision} on {len(files.paths):,} images: our one pass, timm's {len(variants)} ({peer.name})"
    )
    outcomes: tuple[list[Outcome], list[Outcome]] = ([], [])

    def our_side() -> float:
        outcomes[0].append(ours(bench, files, variants, settings))
        return len(files.paths) / outcomes[0][-1].pass_seconds

    def their_side() -> float:
        outcomes[1].append(theirs(bench, files, variants, peer))
        return len(files.paths) / outcomes[1][-1].pass_seconds

    first = Stopwatch()
    begun = in_turns(1, our_side, their_side)
    further = in_turns(rounds_within(bench, first.seconds, _MOST_ROUNDS) - 1, our_side, their_side)
    agreement = _agreement(outcomes[0][-1], outcomes[1][-1])
    cold = [side[0].whole_seconds for side in outcomes]
    facts: dict[str, Json] = {
        "variants": [variant.key for variant in variants],
        "images": len(files.paths),
        "precision": precision,
        "batch_size": settings.batch_size,
        "implementations": dict(outcomes[0][-1].ran),
        "peer": {"name": peer.name, "workers": peer.workers, "batch_size": peer.batch_size},
        "first_seconds": cold,
    }
    note = (
        f"{len(files.paths):,} images, timm's start of workers included; "
        f"top-5 identical for {agreement['same']:,} of {agreement['compared']:,} predictions"
    )
    yield Comparison(
        section="whole",
        what=f"{titles} {precision}, pass, timm {peer.name}",
        unit="images/s",
        ours=begun[0] + further[0],
        theirs=begun[1] + further[1],
        facts={**facts, **{f"top5_{name}": count for name, count in agreement.items()}},
        note=note,
    )
    rates = ([len(files.paths) / outcome.whole_seconds for outcome in side] for side in outcomes)
    whole_ours, whole_theirs = (tuple(side) for side in rates)
    yield Comparison(
        section="whole",
        what=f"{titles} {precision}, files to records, timm {peer.name}",
        unit="images/s",
        ours=whole_ours,
        theirs=whole_theirs,
        facts=facts,
        note=f"{len(files.paths):,} images; first round {cold[0]:,.0f} s against {cold[1]:,.0f} s",
    )


def ours(bench: Bench, files: Files, variants: Sequence[Variant], settings: Settings) -> Outcome:
    """Run the pipeline: weights, guards, the pass, predictions and records."""
    watch = Stopwatch()
    source = open_files(files)
    request = Request(
        variants=tuple(variants),
        dataset=load_datasets()[DATASET],
        source=source,
        instruments=select(load_instruments(), ("top1",)),
        settings=settings,
        workspace=bench.scratch / "work",
        folder=bench.scratch / "results",
        cache=bench.scratch / "cache",
        weights_folder=bench.scratch / "weights",
        fresh=True,
    )
    records = list(evaluate(request))
    source.close()
    seconds = watch.seconds
    top5 = {record.variant: _predicted(record, request) for record in records}
    ran = {record.variant: record.environment.implementation for record in records}
    return Outcome(seconds, max(record.duration_seconds for record in records), top5, ran)


def theirs(bench: Bench, files: Files, variants: Sequence[Variant], peer: PeerSettings) -> Outcome:
    """Run timm's loop once for each variant."""
    watch = Stopwatch()
    classes = len(load_datasets()[DATASET].classes)
    passes = {
        variant.key: timm_pass(
            variant,
            seeded_weights(variant, bench.scratch / "weights", classes),
            classes,
            files.root,
            peer,
            bench.settings.device,
        )
        for variant in variants
    }
    seconds = watch.seconds
    return Outcome(
        seconds, sum(one.pass_seconds for one in passes.values()), {key: one.top5 for key, one in passes.items()}
    )


def _predicted(record: Record, request: Request) -> Mapping[str, NDArray[np.int64]]:
    file = record.provenance.predictions
    if file is None:
        raise RuntimeError(f"{record.variant}: {record.status_reason}")
    batches = read_predictions(request.folder / file.path)
    return {name: top5 for batch in batches for name, top5 in zip(batch.images, batch.top5, strict=True)}


def _agreement(ours: Outcome, theirs: Outcome) -> dict[str, int]:
    """Count the images of all variants whose five best classes are the same in the same order, and top-1 flips."""
    pairs = [
        (found, theirs.top5[variant][name]) for variant, images in ours.top5.items() for name, found in images.items()
    ]
    return {
        "compared": len(pairs),
        "same": sum(np.array_equal(found, peer) for found, peer in pairs),
        "top1_flips": sum(int(found[0] != peer[0]) for found, peer in pairs),
    }
