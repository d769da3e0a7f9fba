"""One forward: the fused implementation against timm's own model, both readied in the same way, on the same batch."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import torch

from pwc_bench.core.measurement import Json
from pwc_bench.core.variant import Variant
from pwc_bench.evaluation.deploy import deploy
from pwc_bench.families import resolve
from pwc_bench.metrics._apparatus.clock import clock_for, forwards_to_fill, random_images, warm_up
from tests.benchmarks.bench import Bench
from tests.benchmarks.comparison import Comparison, LeftOut, in_turns
from tests.benchmarks.weights import seeded_model

__all__ = ["run"]

_LEAST_ROUNDS = 3
_MOST_ROUNDS = 15
_ROUND_SECONDS = 0.1


def run(bench: Bench) -> Iterator[Comparison | LeftOut]:
    """Measure every variant that has a fused implementation; on CUDA, ConViT-B against DeiT-B too."""
    fused = [variant for variant in bench.variants if variant.fuse is not None]
    if not fused:
        yield LeftOut("forward", "none of the models has a fused implementation")
        return
    for precision in bench.precisions:
        for variant in fused:
            yield _compare(bench, variant, variant, precision)
        rival = next((variant for variant in fused if variant.key == "convit-b"), None)
        if rival is not None and bench.settings.device_type == "cuda":
            (deit,) = resolve("deit-b")
            yield _compare(bench, rival, deit, precision)


def _compare(bench: Bench, variant: Variant, peer: Variant, precision: str) -> Comparison:
    settings = replace(bench.settings, precision=precision)
    bench.say(f"{variant.title} in {precision}: fused against timm's {peer.title}, batch {settings.batch_size}")
    batch = random_images(settings.batch_size, variant.recipe.crop_px, settings.device)
    theirs = _forward(deploy(seeded_model(peer), settings, 1000), batch)
    if variant.fuse is None:
        raise ValueError(f"{variant.key} has no fused implementation")
    ours = _forward(deploy(variant.fuse(seeded_model(variant)), settings, 1000), batch)
    agreement: dict[str, Json] = _agreement(ours(), theirs()) if peer is variant else {}
    clock = clock_for(settings.device)
    times = [warm_up(forward, clock, forwards=2, seconds=0.2).forward_seconds for forward in (ours, theirs)]
    calls = [forwards_to_fill(_ROUND_SECONDS, seconds) for seconds in times]
    one_round = sum(count * seconds for count, seconds in zip(calls, times, strict=True))
    rounds = max(_LEAST_ROUNDS, min(_MOST_ROUNDS, int(bench.seconds / 4 / one_round)))

    def rate(forward: Callable[[], Any], count: int) -> float:
        return count * settings.batch_size / clock(forward, count)

    found = in_turns(rounds, lambda: rate(ours, calls[0]), lambda: rate(theirs, calls[1]))
    return Comparison(
        section="forward",
        what=f"{variant.title} {precision}" + ("" if peer is variant else f" (fused) to {peer.title}"),
        unit="images/s",
        ours=found[0],
        theirs=found[1],
        against="timm" if peer is variant else f"timm's {peer.title}",
        facts={"batch_size": settings.batch_size, "precision": precision, "variant": variant.key, **agreement},
        note=f"{agreement['top1_flips']} top-1 flips" if agreement.get("top1_flips") else None,
    )


def _forward(model: Callable[[torch.Tensor], torch.Tensor], batch: torch.Tensor) -> Callable[[], torch.Tensor]:
    def forward() -> torch.Tensor:
        with torch.inference_mode():
            return model(batch)

    return forward


def _agreement(ours: torch.Tensor, theirs: torch.Tensor) -> dict[str, Json]:
    """Compare logits of shape (n, classes): the largest difference as a share of the largest logit, and top-1 flips."""
    largest = float((ours - theirs).abs().max() / theirs.abs().max())
    flips = int((ours.argmax(dim=1) != theirs.argmax(dim=1)).sum())
    return {"largest_difference": largest, "top1_flips": flips}
