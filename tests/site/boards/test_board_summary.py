"""A leaderboard in a few words."""

from dataclasses import replace

from pwc_bench.claims.naming import BoardKey, Names
from pwc_bench.core.record import Record, Status, WeightsStatus
from pwc_bench.site.boards.summary import BoardSummary, summarise_boards
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


def test_published_weights_go_before_the_users_own_and_a_probe_counts_for_nothing() -> None:
    """However good they are: the one may be any model, the other says nothing about the world."""
    measured = {"top1": make_measurement(99.0, "%")}
    own = make_record("convit-b", measurements=measured, weights=WeightsStatus.LOCAL)
    probe = make_record("convit-ti", measurements=measured, weights=WeightsStatus.PROBE)
    board = _summary(own, probe, _top1("convit-s", 81.3))
    assert board.best_measurement is not None
    assert (board.best_measurement.model, board.measured) == ("ConViT-S", "2")
    alone = _summary(own)
    assert alone.best_measurement is not None
    assert alone.best_measurement.cell.status is not None
    assert alone.best_measurement.cell.status.text == "own weights"


def test_models_that_share_the_best_number_are_all_counted() -> None:
    """One of them is named; what is claimed of one model twice is one model, and a worse number is none."""
    values = (("A", "21.0"), ("B", "21"), ("A", "21"), ("C", "20.9"), ("D", "21.0"))
    claims = tuple(replace(make_claim(model, "top1", value, "%"), variant=None) for model, value in values)
    measured = (_top1("convit-ti", 21.0), _top1("convit-s", 20.9), _top1("convit-b", 21.0))
    archive = replace(example_archive(measured), all_claims=claims)
    board = next(summarise_boards(archive, Names.of(archive), (KEY,), "index.html"))
    assert board.best_claim is not None
    assert (board.best_claim.model, board.best_claim.others) == ("A", "and 2 others")
    assert board.best_measurement is not None
    assert (board.best_measurement.model, board.best_measurement.others) == ("ConViT-Ti", "and 1 other")
