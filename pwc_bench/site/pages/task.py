"""A page per task: what it asks, its leaderboards, its papers; and the list of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pwc_bench.claims.naming import Names, all_tasks, board_keys, dataset_title, task_titles
from pwc_bench.core.archive import Archive
from pwc_bench.core.knowledge import Task
from pwc_bench.core.links import Link, relative, task_path
from pwc_bench.core.text_forms import shorten
from pwc_bench.site.boards.summary import BoardSummary, summarise_boards
from pwc_bench.site.parts.frame import Frame, make_frame
from pwc_bench.site.parts.lists import PaperLines, PaperList, Slice, list_frame, shelve_papers, slices
from pwc_bench.site.parts.page import Page, PageKind


@dataclass(frozen=True, slots=True)
class TaskPage:
    """What `task.html` sees."""

    frame: Frame
    title: str
    description: str
    boards: tuple[BoardSummary, ...]
    demo_boards: tuple[BoardSummary, ...]
    papers: PaperList


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


class TaskPages(PageKind[Task]):
    """A page for every task that is described or named anywhere."""

    template = "task"

    def __init__(self, archive: Archive) -> None:
        super().__init__(archive)
        self._names, self._boards = Names.of(archive), board_keys(archive)
        self._lines = PaperLines(task_titles(archive))
        self._shelves = shelve_papers(archive, lambda paper: paper.tasks)

    def keys(self) -> Iterable[Task]:
        """Stream the tasks."""
        return all_tasks(self.archive)

    def path(self, key: Task) -> str:
        """Return where a task's page goes."""
        return task_path(key.slug)

    def pages(self, key: Task) -> Iterator[Page]:
        """Make a task's page."""
        path = self.path(key)
        own = [board for board in self._boards if board.task == key.slug]
        boards = tuple(summarise_boards(self.archive, self._names, own, path))
        context = TaskPage(
            frame=make_frame(
                path,
                title=key.title,
                description=key.description or f"Leaderboards and papers of {key.title}.",
                section="Tasks",
                crumbs=(("Home", "index.html"), ("Tasks", "tasks/index.html"), (shorten(key.title, 60), None)),
            ),
            title=key.title,
            description=key.description,
            boards=tuple(board for board in boards if not board.is_demo),
            demo_boards=tuple(board for board in boards if board.is_demo),
            papers=self._lines.listed(self._shelves.get(key.slug), path),
        )
        yield Page(self.template, path, context)


class TaskListPages(PageKind[Slice[Task]]):
    """The list of all tasks, in pages if it is long."""

    template = "tasks"

    def __init__(self, archive: Archive) -> None:
        super().__init__(archive)
        self._names, self._boards = Names.of(archive), board_keys(archive)

    def keys(self) -> Iterable[Slice[Task]]:
        """Stream the parts of the list."""
        return slices(all_tasks(self.archive), "tasks")

    def path(self, key: Slice[Task]) -> str:
        """Return where a part goes."""
        return key.path

    def pages(self, key: Slice[Task]) -> Iterator[Page]:
        """Make the page of a part."""
        frame = list_frame(key, "Tasks", "What models are asked to do, and on which data sets they are compared.")
        cards = tuple(self._card(task, key.path) for task in key.items)
        yield Page(self.template, key.path, TasksPage(frame, cards, key.previous, key.following))

    def _card(self, task: Task, path: str) -> TaskCard:
        boards = (board for board in self._boards if board.task == task.slug)
        return TaskCard(
            title=task.title,
            href=relative(path, task_path(task.slug)),
            description=shorten(task.description, 300),
            boards=tuple(Link(dataset_title(self._names, key.dataset), relative(path, key.path)) for key in boards),
        )


KINDS = (TaskPages, TaskListPages)
