"""The list of tasks."""

from pwc_bench.site.pages.task import TaskListPages, TasksPage
from tests.example_archive import example_archive
from tests.site.pages.shown import context_of, made_by


def test_tasks_lead_to_their_boards() -> None:
    """A task's card names the data sets on which models are compared."""
    card = context_of(made_by(TaskListPages, example_archive()), "tasks/index.html", TasksPage).tasks[0]
    assert (card.title, card.href) == ("Image Classification", "../task/image-classification/index.html")
    assert ("ImageNet", "../sota/image-classification-on-imagenet/index.html") in {
        (board.text, board.href) for board in card.boards
    }
