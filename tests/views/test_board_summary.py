"""A leaderboard in a few words."""

from dataclasses import replace

from pwc_bench.core.record import Record, Status
from pwc_bench.views.board_keys import BoardKey
from pwc_bench.views.board_summary import BoardSummary, summarise_boards
from pwc_bench.views.record_naming import Names
from tests.example_archive import example_archive
from tests.factories import make_claim, make_measurement, make_record

KEY = BoardKey("image-classification", "imagenet-1k")


def _top1(variant: str, value: float, status: Status = Status.COMPLETE) -> Record:
    return make_record(variant, measurements={"top1": make_measurement(value, "%")}, status=status)


def _summary(*records: Record) -> BoardSummary:
    archive = example_archive(records)
    return next(summarise_boards(archive, Names.of(archive), (KEY,), "sota/index.html"))


def test_the_best_complete_measurement_wins_over_a_better_partial_one() -> None:
    """Few images can be lucky."""
    board = _summary(_top1("convit-ti", 73.1), _top1("convit-s", 81.3), _top1("convit-b", 99.9, Status.PARTIAL))
    assert board.best_measurement is not None
    assert board.best_measurement.model == "ConViT-S"
    assert board.measured == "3"


def test_a_partial_measurement_is_shown_with_its_badge_where_there_is_no_other() -> None:
    """Better than nothing, and marked."""
    board = _summary(_top1("convit-b", 99.9, Status.PARTIAL))
    assert board.best_measurement is not None
    assert board.best_measurement.cell.status is not None
    assert board.best_measurement.cell.status.kind == "partial"


def test_failed_and_empty_records_measure_nothing() -> None:
    """They are not counted."""
    empty = make_record("convit-s-plus", measurements={}, status=Status.PARTIAL, reason="no public weights")
    board = _summary(_top1("convit-b", 50.0, Status.FAILED), empty)
    assert board.best_measurement is None
    assert (board.absent, board.measured) == ("not measured yet", "0")


def test_claims_that_are_no_numbers_or_in_other_units_do_not_win() -> None:
    """The others are compared."""
    claims = tuple(
        replace(make_claim(model, "top1", value, unit), variant=None)
        for model, value, unit in (("A", "-", "%"), ("B", "0.99", ""), ("C", "80.1", "%"), ("D", "79", "%"))
    )
    archive = replace(example_archive(()), all_claims=claims)
    board = next(summarise_boards(archive, Names.of(archive), (KEY,), "index.html"))
    assert board.best_claim is not None
    assert (board.best_claim.model, board.best_claim.model_href) == ("C", None)
    assert board.claims == "4"
