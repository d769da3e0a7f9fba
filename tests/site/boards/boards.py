"""Leaderboards of archives that a test makes."""

from dataclasses import replace

from pwc_bench.claims.naming import BoardKey, Names
from pwc_bench.core.archive import MemoryArchive
from pwc_bench.core.record import Record
from pwc_bench.site.boards.board import Board, make_board
from pwc_bench.site.boards.rows import BoardRow
from tests.factories import make_measurement, make_record

__all__ = ["DEMO", "IMAGENET", "board_of", "row_of", "speed_record"]

IMAGENET = BoardKey("image-classification", "imagenet-1k")
DEMO = BoardKey("image-classification", "demo")


def board_of(archive: MemoryArchive, key: BoardKey = IMAGENET) -> Board:
    """The board as its own page shows it."""
    papers = {paper.slug: paper for paper in archive.papers()}
    return make_board(archive, key, Names.of(archive), papers, key.path)


def row_of(board: Board, title: str) -> BoardRow:
    """The row of one model."""
    return next(row for row in board.rows if row.title == title)


def speed_record(variant: str, speed: float, device: str, precision: str) -> Record:
    """A throughput on one machine in one precision."""
    record = make_record(
        variant,
        None,
        device=device,
        started=f"2026-02-0{len(precision)}T00:00:00Z",
        measurements={"throughput": make_measurement(speed, "images/s", half_width=0.01 * speed)},
    )
    return replace(record, environment=replace(record.environment, precision=precision))
