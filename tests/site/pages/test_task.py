"""The page of a task."""

from dataclasses import replace

from pwc_bench.site.pages.task import TaskPage, TaskPages
from tests.example_archive import example_archive
from tests.factories import make_claim
from tests.site.pages.shown import bare_archive, context_of, made_by, text_of

CLASSIFICATION = "task/image-classification/index.html"


def test_a_task_shows_its_boards_and_papers() -> None:
    """Demo boards stand apart."""
    page = context_of(made_by(TaskPages, example_archive()), CLASSIFICATION, TaskPage)
    assert page.boards[0].title == "Image Classification on ImageNet"
    assert [board.is_demo for board in page.demo_boards] == [True]
    assert any(line.title.startswith("ConViT") for line in page.papers.lines)


def test_a_task_that_only_a_claim_names_gets_a_page() -> None:
    """Boards link to it."""
    claim = replace(make_claim(), task="object-detection", dataset="coco", metric="box-ap", unit="")
    archive = replace(bare_archive(), all_claims=(claim,))
    page = context_of(made_by(TaskPages, archive), "task/object-detection/index.html", TaskPage)
    assert page.title == "Object Detection"
    assert page.boards[0].metric == "box-ap"
    assert page.boards[0].best_claim is not None
    assert "box-ap" in text_of(next(page for page in made_by(TaskPages, archive) if "object" in page.path))
