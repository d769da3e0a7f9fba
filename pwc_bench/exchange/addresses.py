"""Whether what a submission names would stand at an address that something else has: two pages cannot share one."""

from collections.abc import Iterable, Iterator

from pwc_bench.core.archive import Archive
from pwc_bench.core.knowledge import Knowledge
from pwc_bench.core.links import board_path, dataset_path, method_path, paper_path, task_path
from pwc_bench.views.board_keys import board_keys
from pwc_bench.views.topics import all_tasks, dataset_topics

Address = tuple[str, str]
"""The path of a page, and whose it is: "the paper 'x.y'"."""


def address_clash(knowledge: Knowledge, archive: Archive) -> str | None:
    """Say which two names lead to one address, within `knowledge` or beside `archive`; None where none do."""
    wanted: dict[str, str] = {}
    for path, owner in _wanted(knowledge):
        if wanted.setdefault(path, owner) != owner:
            return _complaint(path, wanted[path], owner)
    for path, owner in _held(knowledge, archive):
        if wanted.get(path, owner) != owner:
            return _complaint(path, wanted[path], owner)
    return None


def _complaint(path: str, own: str, other: str) -> str:
    return f"{own} would stand at {path.removesuffix('index.html')}, where {other} stands: give it another name"


def _wanted(knowledge: Knowledge) -> Iterator[Address]:
    claims = knowledge.claims
    yield from _papers(paper.slug for paper in knowledge.papers)
    yield from _methods(method.slug for method in knowledge.methods)
    yield from _tasks((*(task.slug for task in knowledge.tasks), *(claim.task for claim in claims)))
    yield from _datasets((*(card.key for card in knowledge.datasets), *(claim.dataset for claim in claims)))
    yield from _boards((claim.task, claim.dataset) for claim in claims)


def _held(knowledge: Knowledge, archive: Archive) -> Iterator[Address]:
    """Yield the addresses of those kinds of which the submission brings any: an archive may be large."""
    if knowledge.papers:
        yield from _papers(paper.slug for paper in archive.papers())
    if knowledge.methods:
        yield from _methods(method.slug for method in archive.methods())
    if knowledge.tasks or knowledge.claims:
        yield from _tasks(task.slug for task in all_tasks(archive))
    if knowledge.datasets or knowledge.claims:
        yield from _datasets(topic.key for topic in dataset_topics(archive))
    if knowledge.claims:
        yield from _boards((key.task, key.dataset) for key in board_keys(archive))


def _papers(slugs: Iterable[str]) -> Iterator[Address]:
    return ((paper_path(slug), f"the paper {slug!r}") for slug in slugs)


def _tasks(slugs: Iterable[str]) -> Iterator[Address]:
    return ((task_path(slug), f"the task {slug!r}") for slug in slugs)


def _datasets(keys: Iterable[str]) -> Iterator[Address]:
    return ((dataset_path(key), f"the data set {key!r}") for key in keys)


def _methods(slugs: Iterable[str]) -> Iterator[Address]:
    return ((method_path(slug), f"the method {slug!r}") for slug in slugs)


def _boards(keys: Iterable[tuple[str, str]]) -> Iterator[Address]:
    return ((board_path(task, dataset), f"the leaderboard of {task!r} on {dataset!r}") for task, dataset in keys)
