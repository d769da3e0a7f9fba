"""What can be found by name: tasks, leaderboards, data sets, variants, methods, papers."""

from collections.abc import Iterator
from dataclasses import dataclass

from pwc_bench.core.archive import Archive
from pwc_bench.core.knowledge import Paper
from pwc_bench.views.board_keys import board_keys, titled_board
from pwc_bench.views.links import dataset_path, method_path, model_path, paper_path, task_path
from pwc_bench.views.record_naming import Names
from pwc_bench.views.topics import all_tasks, dataset_topics

__all__ = ["KINDS", "SearchEntry", "search_entries"]

KINDS = ("Task", "Leaderboard", "Dataset", "Model", "Method", "Paper")
"""In the order in which entries are listed: what is few and general first, papers, which are many, last."""


_MOST_AUTHORS = 10
"""Of a paper with more of them the others are not found: a few papers have thousands."""


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """One page that search leads to."""

    kind: str
    """One of KINDS."""
    title: str
    path: str
    """Relative to the site's root, ending in index.html."""
    further: str = ""
    """Words under which it is found too: a method's full name, a paper's arXiv number and its authors."""


def search_entries(archive: Archive) -> Iterator[SearchEntry]:
    """Yield every entry, papers newest first."""
    names = Names.of(archive)
    tasks = all_tasks(archive)
    titles = {task.slug: task.title for task in tasks}
    for task in tasks:
        yield SearchEntry("Task", task.title, task_path(task.slug))
    for key in board_keys(archive):
        yield SearchEntry("Leaderboard", titled_board(titles, key, names), key.path)
    for topic in dataset_topics(archive):
        yield SearchEntry("Dataset", topic.title, dataset_path(topic.key))
    for variant in archive.catalogue.variants.values():
        yield SearchEntry("Model", variant.title, model_path(variant.key))
    for method in archive.methods():
        further = "" if method.full_name == method.title else method.full_name
        yield SearchEntry("Method", method.title, method_path(method.slug), further)
    for paper in archive.papers():
        yield SearchEntry("Paper", paper.title, paper_path(paper.slug), _further_words(paper))


def _further_words(paper: Paper) -> str:
    return " ".join((*((paper.arxiv,) if paper.arxiv else ()), *paper.authors[:_MOST_AUTHORS]))
