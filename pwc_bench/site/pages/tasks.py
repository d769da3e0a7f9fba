"""All tasks, each with its leaderboards."""

from collections.abc import Iterator
from dataclasses import dataclass

from pwc_bench.claims.naming import Names, all_tasks, board_keys, dataset_title
from pwc_bench.core.archive import Archive
from pwc_bench.core.knowledge import Task
from pwc_bench.core.links import Link, relative, task_path
from pwc_bench.core.text_forms import shorten
from pwc_bench.site.parts.frame import Frame, make_frame
from pwc_bench.site.parts.lists import Slice, slices
from pwc_bench.site.parts.page import Page


@dataclass(frozen=True, slots=True)
class TaskCard:
    """One task of the list."""

    title: str
    href: str
    description: str
    boards: tuple[Link, ...]
    """Its leaderboards, by the names of their data sets."""


@dataclass(frozen=True, slots=True)
class TasksPage:
    """What `tasks.html` sees."""

    frame: Frame
    tasks: tuple[TaskCard, ...]
    previous: Link | None
    following: Link | None


def pages(archive: Archive) -> Iterator[Page]:
    """Yield the list, in pages where it is long."""
    names, boards = Names.of(archive), board_keys(archive)
    for part in slices(all_tasks(archive), "tasks"):
        path = part.path
        cards = tuple(
            TaskCard(
                title=task.title,
                href=relative(path, task_path(task.slug)),
                description=shorten(task.description, 300),
                boards=tuple(
                    Link(dataset_title(names, key.dataset), relative(path, key.path))
                    for key in boards
                    if key.task == task.slug
                ),
            )
            for task in part.items
        )
        yield Page("tasks", path, TasksPage(_frame(part), cards, part.previous, part.following))


def _frame(part: Slice[Task]) -> Frame:
    return make_frame(
        part.path,
        title="Tasks" if part.number == 1 else f"Tasks, page {part.number}",
        description="What models are asked to do, and on which data sets they are compared.",
        section="Tasks",
        crumbs=(("Home", "index.html"), ("Tasks", None)),
    )
