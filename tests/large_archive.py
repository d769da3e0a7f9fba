"""A synthetic archive in the shape of the PWC Archive's, as large as wanted, the same each time."""

import random
from datetime import date, timedelta

from pwc_bench.core.claim import Claim
from pwc_bench.core.knowledge import DatasetCard, Knowledge, Method, Paper, Repository, Task

__all__ = ["large_knowledge"]

_WORDS = (
    "deep", "sparse", "convolutional", "attention", "transformer", "graph", "adversarial", "robust", "neural",
    "networks", "learning", "representation", "contrastive", "generative", "diffusion", "semantic", "segmentation",
    "detection", "recognition", "translation", "retrieval", "reasoning", "language", "vision", "speech", "point",
    "cloud", "depth", "pose", "tracking", "few-shot", "federated", "continual", "causal", "Bayesian", "équivariant",
)  # fmt: skip
_NAMES = (
    "Ada Lovelace",
    "Karl Weierstraß",
    "Emmy Noether",
    "André Weil",
    "Sofja Kowalewskaja",
    "Paul Erdős",
    "Grace Hopper",
)
_METRICS = (("top1", "%"), ("top5", "%"), ("gflops", "GFLOPs"), ("parameters", "M"), ("mIoU", "%"))
_FIRST_DAY = date(2015, 1, 1)


def large_knowledge(papers: int) -> Knowledge:
    """Return `papers` papers; for every hundred of them ten methods, four tasks, five data sets and sixty claims."""
    chance = random.Random(papers)
    tasks = tuple(
        Task(f"task-{n}", f"{_title(chance, 2)} {n}", _sentence(chance, 30)) for n in range(max(1, papers // 25))
    )
    cards = tuple(
        DatasetCard(f"data-{n}", f"{_title(chance, 2)} {n}", _sentence(chance, 40), tasks=(chance.choice(tasks).slug,))
        for n in range(max(1, papers // 20))
    )
    methods = tuple(
        Method(f"method-{n}", f"{_title(chance, 1)} {n}", _title(chance, 4), _sentence(chance, 60))
        for n in range(max(1, papers // 10))
    )
    written = tuple(_paper(chance, n, tasks, cards, methods) for n in range(papers))
    claims = tuple(_claim(chance, n, written, cards) for n in range(papers * 6 // 10))
    return Knowledge(written, tasks, cards, methods, claims)


def _paper(
    chance: random.Random,
    number: int,
    tasks: tuple[Task, ...],
    cards: tuple[DatasetCard, ...],
    methods: tuple[Method, ...],
) -> Paper:
    title = f"{_title(chance, 7)} {number}"
    return Paper(
        slug=f"{title.lower().replace(' ', '-').replace('é', 'e')}",
        title=title,
        authors=tuple(chance.sample(_NAMES, 4)),
        date=(_FIRST_DAY + timedelta(days=number % 4000)).isoformat(),
        abstract=_sentence(chance, 180),
        tasks=tuple({chance.choice(tasks).slug: None for _ in range(2)}),
        methods=tuple({chance.choice(methods).slug: None for _ in range(3)}),
        datasets=(chance.choice(cards).key,),
        arxiv=f"{1500 + number % 1000}.{number:05d}",
        url=f"https://arxiv.org/abs/{1500 + number % 1000}.{number:05d}",
        pdf_url=f"https://arxiv.org/pdf/{1500 + number % 1000}.{number:05d}",
        repositories=(Repository(f"https://github.com/someone/code-{number}", is_official=number % 2 == 0),),
    )


def _claim(chance: random.Random, number: int, papers: tuple[Paper, ...], cards: tuple[DatasetCard, ...]) -> Claim:
    paper, card = papers[chance.randrange(len(papers))], chance.choice(cards)
    metric, unit = _METRICS[number % len(_METRICS)]
    return Claim(
        paper=paper.slug,
        model=f"Model-{number}",
        variant=None,
        task=card.tasks[0],
        dataset=card.key,
        metric=metric,
        value=f"{chance.uniform(50, 99):.1f}",
        unit=unit,
        source=f"Table {1 + number % 5}",
    )


def _title(chance: random.Random, words: int) -> str:
    return " ".join(chance.choice(_WORDS) for _ in range(words)).capitalize()


def _sentence(chance: random.Random, words: int) -> str:
    return f"{_title(chance, words)}."
