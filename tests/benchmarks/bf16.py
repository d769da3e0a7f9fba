"""bf16 beside fp32, both ours: how much faster, and whether the predictions that change could matter.

Definition. Of n images, `flips` have another best class in bf16 than in fp32. At the worst each of them was right and
is wrong now, or the other way round. bf16 is *within the interval* of a variant where neither would take its top-1
accuracy out of the 95 % Wilson interval that its fp32 accuracy on these n images has anyway.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import torch

from pwc_bench.core.instruments import Settings
from pwc_bench.core.measurement import Json
from pwc_bench.core.variant import Variant
from pwc_bench.evaluation.deploy import deploy
from pwc_bench.evaluation.loading import load_batches
from pwc_bench.evaluation.sample import normalised
from pwc_bench.hardware import native_bf16
from pwc_bench.metrics._apparatus.clock import clock_for
from pwc_bench.statistics import wilson
from tests.benchmarks.bench import Bench
from tests.benchmarks.budget import images_within, rounds_within
from tests.benchmarks.comparison import Comparison, LeftOut, in_turns
from tests.benchmarks.files import open_files, spread_out
from tests.benchmarks.weights import seeded_model

__all__ = ["flip_facts", "run", "stays_within"]

_MOST_IMAGES = 1_000
_MOST_ROUNDS = 5


def run(bench: Bench) -> Iterator[Comparison | LeftOut]:
    """Run every variant in both precisions on the same crops, in turns."""
    if bench.settings.device_type == "cpu" and native_bf16() is None:
        yield LeftOut("bf16", "this CPU has no instructions of its own for it")
        return
    for variant in bench.variants:
        yield _compare(bench, variant)


def stays_within(right: int, images: int, flips: int) -> bool:
    """Tell whether `flips` cannot take the accuracy of `right` among `images` out of its own 95 % interval."""
    low, high = wilson(right, images)
    least, most = right - min(flips, right), right + min(flips, images - right)
    return low <= least / images and most / images <= high


def flip_facts(wanted: torch.Tensor, found: torch.Tensor, labels: torch.Tensor) -> Mapping[str, Json]:
    """Compare the best classes of bf16 (`found`) with those of fp32 (`wanted`); all int64 of shape (n,)."""
    images, flips = len(wanted), int((wanted != found).sum())
    right = int((wanted == labels).sum())
    return {
        "images": images,
        "top1_flips": flips,
        "flips_interval": list(wilson(flips, images)),
        "right_in_fp32": right,
        "accuracy_interval": list(wilson(right, images)),
        "flips_stay_within": stays_within(right, images, flips),
    }


def _compare(bench: Bench, variant: Variant) -> Comparison:
    count = min(_MOST_IMAGES, images_within(bench, [variant], "fp32"))
    batches, labels = _pixels(bench, variant, count)
    bench.say(f"{variant.title}: {len(labels)} images in bf16 and in fp32")
    forwards = {name: _forward(variant, replace(bench.settings, precision=name)) for name in ("bf16", "fp32")}
    best = {name: _best(forward, batches) for name, forward in forwards.items()}  # warms both up, too
    clock = clock_for(bench.settings.device)

    def rate(name: str) -> float:
        return len(labels) / clock(lambda: _best(forwards[name], batches), 1)

    first = in_turns(1, lambda: rate("bf16"), lambda: rate("fp32"))
    seconds = sum(len(labels) / side[0] for side in first)
    more = rounds_within(bench, seconds, _MOST_ROUNDS) - 1
    further = in_turns(more, lambda: rate("bf16"), lambda: rate("fp32"))
    facts = flip_facts(best["fp32"], best["bf16"], labels)
    verdict = "within" if facts["flips_stay_within"] else "beyond"
    return Comparison(
        section="bf16",
        what=f"{variant.title}, bf16 to fp32, both ours",
        unit="images/s",
        ours=first[0] + further[0],
        theirs=first[1] + further[1],
        against="fp32",
        facts={"variant": variant.key, "batch_size": bench.settings.batch_size, **facts},
        note=f"{facts['top1_flips']} of {facts['images']} top-1 flip: {verdict} the accuracy's own interval",
    )


def _pixels(bench: Bench, variant: Variant, count: int) -> tuple[list[torch.Tensor], torch.Tensor]:
    """Return the normalised images in batches, and the labels of all."""
    files = spread_out(bench.files, count, bench.scratch / f"files-bf16-{variant.key}")
    source = open_files(files)
    size, images = bench.settings.batch_size, len(source.items)
    plan = [range(start, min(start + size, images)) for start in range(0, images, size)]
    batches, labels = [], []
    for batch in load_batches(source, plan, [variant.recipe], bench.settings.workers):
        crops = torch.from_numpy(batch.crops[variant.recipe.sha256])
        batches.append(normalised(crops, variant.recipe, bench.settings.device).clone())
        labels += [source.items[index].label for index in batch.indices]
    source.close()
    return batches, torch.tensor(labels)


def _forward(variant: Variant, settings: Settings) -> Callable[[torch.Tensor], torch.Tensor]:
    model = seeded_model(variant)
    return deploy(model if variant.fuse is None else variant.fuse(model), settings, 1000)


def _best(forward: Callable[[torch.Tensor], torch.Tensor], batches: list[torch.Tensor]) -> torch.Tensor:
    with torch.inference_mode():
        return torch.cat([forward(batch).argmax(dim=1) for batch in batches]).cpu()
