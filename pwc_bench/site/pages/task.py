"""A page per task: what it asks, its leaderboards, its papers."""

from collections.abc import Iterator
from dataclasses import dataclass

from pwc_bench.claims.naming import Names, all_tasks, board_keys, task_titles
from pwc_bench.core.archive import Archive
from pwc_bench.core.links import task_path
from pwc_bench.core.text_forms import shorten
from pwc_bench.site.boards.summary import BoardSummary, summarise_boards
from pwc_bench.site.parts.frame import Frame, make_frame
from pwc_bench.site.parts.lists import PaperLines, PaperList, shelve_papers
from pwc_bench.site.parts.page import WHOLE, Page, Share


@dataclass(frozen=True, slots=True)
class TaskPage:
    """What `task.html` sees."""

    frame: Frame
    title: str
    description: str
    boards: tuple[BoardSummary, ...]
    demo_boards: tuple[BoardSummary, ...]
    papers: PaperList


def pages(archive: Archive, share: Share = WHOLE) -> Iterator[Page]:
    """Yield a page for every task that is described or named anywhere."""
    names, titles, keys = Names.of(archive), task_titles(archive), board_keys(archive)
    lines = PaperLines(titles)
    shelves = shelve_papers(archive, lambda paper: paper.tasks)
    for task in share.part(all_tasks(archive)):
        path = task_path(task.slug)
        own = [key for key in keys if key.task == task.slug]
        boards = tuple(summarise_boards(archive, names, own, path))
        context = TaskPage(
            frame=make_frame(
                path,
                title=task.title,
                description=task.description or f"Leaderboards and papers of {task.title}.",
                section="Tasks",
                crumbs=(("Home", "index.html"), ("Tasks", "tasks/index.html"), (shorten(task.title, 60), None)),
            ),
            title=task.title,
            description=task.description,
            boards=tuple(board for board in boards if not board.is_demo),
            demo_boards=tuple(board for board in boards if board.is_demo),
            papers=lines.listed(shelves.get(task.slug), path),
        )
        yield Page("task", path, context)
