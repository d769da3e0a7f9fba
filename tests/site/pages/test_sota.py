"""The list of leaderboards."""

from pwc_bench.site.pages.sota import SotaPage, SotaPages
from tests.example_archive import example_archive
from tests.site.pages.shown import context_of, made_by


def test_the_boards_show_the_best_claim_and_the_best_measurement() -> None:
    """They may be two models; a partial record does not win over a complete one."""
    page = context_of(made_by(SotaPages, example_archive()), "sota/index.html", SotaPage)
    board = page.boards[0]
    assert board.title == "Image Classification on ImageNet"
    assert board.best_claim is not None
    assert (board.best_claim.model, board.best_claim.cell.number.text) == ("ConViT-B+", "82.5")
    assert board.best_measurement is not None
    assert (board.best_measurement.model, board.best_measurement.cell.number.text) == ("ConViT-B", "82.31")
    assert board.measured == "3"


def test_the_demo_board_is_kept_apart() -> None:
    """It is never among the leaderboards."""
    page = context_of(made_by(SotaPages, example_archive()), "sota/index.html", SotaPage)
    assert not any(board.is_demo for board in page.boards)
    assert [board.is_demo for board in page.demo_boards] == [True]


def test_a_board_without_a_measurement_says_why() -> None:
    """Not yet run and cannot be run are two reasons."""
    boards = context_of(made_by(SotaPages, example_archive(())), "sota/index.html", SotaPage).boards
    reasons = {board.dataset: board.absent for board in boards}
    assert reasons["ImageNet"] == "not measured yet"
    assert reasons["ImageNet-A"] == "not measured: pwc-bench cannot evaluate this data set yet"
