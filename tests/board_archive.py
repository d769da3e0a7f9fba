"""Leaderboards of any length, for tests of size and speed: made-up models of made-up papers, some of them measured."""

import random
from dataclasses import replace

from pwc_bench.core.archive import MemoryArchive
from pwc_bench.core.claim import Claim
from pwc_bench.core.knowledge import Paper, Repository, Task
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.record import Record
from pwc_bench.core.variant import Variant
from tests.example_archive import example_catalogue
from tests.factories import RECIPE, make_claim, make_measurement, make_record

__all__ = ["BOARD", "board_archive"]

BOARD = "sota/image-classification-on-imagenet"
_WORDS = ("Swift", "Deep", "Wide", "Gated", "Local", "Sparse", "Mixed", "Token", "Patch", "Cross", "Dual", "Soft")
_KINDS = ("Net", "Former", "Mixer", "ViT", "Conv", "Hybrid")


def board_archive(models: int, *, measured: int, seed: int = 0) -> MemoryArchive:
    """An ImageNet board of `models` models, published in a few papers each; of the first `measured` we have records."""
    chance = random.Random(seed)
    papers = tuple(_paper(number, chance) for number in range(max(1, models // 4)))
    claims: list[Claim] = []
    variants: dict[str, Variant] = {}
    records: list[Record] = []
    for number in range(models):
        paper = papers[number % len(papers)]
        name = f"{paper.title.partition(':')[0]}-{chance.choice(['T', 'S', 'B', 'L'])}{number}"
        key = f"model-{number}" if number < measured else None
        top1, millions, gflops = chance.uniform(70, 90), chance.uniform(5, 300), chance.uniform(0.5, 60)
        shown = (
            ("top1", f"{top1:.1f}", "%"),
            ("parameters", f"{millions:.0f}", "M"),
            ("gflops", f"{gflops:.1f}", "GFLOPs"),
        )
        claims += [
            replace(
                make_claim(name, metric, value, unit), paper=paper.slug, variant=key, source=f"Table {number % 7 + 1}"
            )
            for metric, value, unit in shown
            if metric == "top1" or chance.random() < 0.8
        ]
        if key is not None:
            variants[key] = Variant(key, name, f"family-{number % 9}", _no_model, RECIPE, paper=paper.slug)
            records += _records(key, top1, millions, gflops)
    catalogue = replace(example_catalogue(), variants=variants)
    task = Task("image-classification", "Image Classification", "Name what is on a picture.")
    return MemoryArchive(catalogue, tuple(records), papers, (task,), all_claims=tuple(claims))


def _no_model(classes: int) -> None:
    raise AssertionError("a site is built without models")


def _paper(number: int, chance: random.Random) -> Paper:
    title = f"{chance.choice(_WORDS)}{chance.choice(_KINDS)}{number}"
    return Paper(
        slug=title.lower(),
        title=f"{title}: {' '.join(chance.sample(_WORDS, 5))} Networks",
        authors=("A. Author",),
        date=f"{chance.randint(2014, 2025)}-{chance.randint(1, 12):02d}-01",
        abstract="Text.",
        repositories=(Repository(f"https://github.com/example/{title.lower()}", is_official=True),)
        if number % 3
        else (),
    )


def _records(key: str, top1: float, millions: float, gflops: float) -> tuple[Record, Record]:
    accuracy = {"top1": make_measurement(round(top1 + 0.02, 3), "%", half_width=0.33)}
    cost = {
        "gflops": Measurement(round(gflops * 1.01, 4), "GFLOPs"),
        "parameters": Measurement(int(millions * 1e6), ""),
        "throughput": make_measurement(round(40_000 / gflops, 1), "images/s", half_width=20.0),
    }
    return make_record(key, measurements=accuracy), make_record(key, None, measurements=cost)
