"""How much a section measures within its time."""

from collections.abc import Sequence
from dataclasses import replace

import torch

from pwc_bench.core.variant import Variant
from pwc_bench.evaluation.deploy import deploy
from pwc_bench.metrics._apparatus.clock import clock_for, random_images
from tests.benchmarks.bench import Bench
from tests.benchmarks.weights import seeded_model

__all__ = ["images_within", "rounds_within"]

_SIDES = 2
_ROUNDS = 2
_TRIAL = 4
_LEAST_IMAGES = 16


def images_within(bench: Bench, variants: Sequence[Variant], precision: str) -> int:
    """Return how many of the images fit into the time of a comparison: all of them where their number was asked for."""
    if bench.images_are_asked_for:
        return len(bench.files.paths)
    settings = replace(bench.settings, precision=precision)
    clock, seconds = clock_for(settings.device), 0.0
    for variant in variants:
        model = deploy(seeded_model(variant), settings, 1000)
        batch = random_images(_TRIAL, variant.recipe.crop_px, settings.device)
        with torch.inference_mode():
            clock(lambda run=model, images=batch: run(images), 1)  # type: ignore[misc]
            seconds += clock(lambda run=model, images=batch: run(images), 1) / _TRIAL  # type: ignore[misc]
    fitting = int(bench.seconds / (_SIDES * _ROUNDS * seconds))
    return min(len(bench.files.paths), max(_LEAST_IMAGES, fitting))


def rounds_within(bench: Bench, round_seconds: float, most: int) -> int:
    """Return how many rounds of so many seconds fit, from 2 (1 where two would take thrice the time) to `most`."""
    fitting = int(bench.seconds / round_seconds)
    least = 1 if 2 * round_seconds > 3 * bench.seconds else 2
    return min(most, bench.rounds, max(least, fitting))
