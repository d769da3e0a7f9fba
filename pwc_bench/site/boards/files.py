"""A leaderboard as files: one line for each model and metric, claim and measurement in columns of their own."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields

from pwc_bench.claims.numbers import MINUS
from pwc_bench.core.text_forms import CsvCell, write_csv_table
from pwc_bench.site.boards.board import Board
from pwc_bench.site.boards.rows import BoardRow
from pwc_bench.site.parts.comparison import Comparison

_DIGITS_ALONE = str.maketrans({MINUS: "-", "±": None, ",": None})


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One metric of one model, in the metric's display unit. None where nothing was claimed or measured."""

    model: str
    variant: str | None
    conditions: str | None
    metric: str
    unit: str
    claim: str | None
    """As printed."""
    claim_unit: str | None
    claim_source: str | None
    claim_url: str | None
    claim_conditions: str | None
    measured: float | None
    measured_low: float | None
    measured_high: float | None
    difference: str | None
    """Its digits with an ASCII sign, as a spreadsheet reads numbers: "+0.02", "-1.20", "0.00"."""
    verdict: str | None
    status: str | None
    """"complete", or the flag that the page shows."""
    status_reason: str | None
    device: str | None
    precision: str | None
    implementation: str | None
    """"reference" or "fused": whose code ran."""
    batch_size: int | None
    """Of a speed or a peak of memory, which depend on it."""
    threads: int | None
    """Torch's own, of the same."""
    setting: str | None
    """All that it depends on, as the page says it."""
    is_comparable: bool | None
    """Whether it may stand beside the others of its metric: a speed only where it is of the board's own setting."""
    record: str | None
    """The record's id."""
    caveats: str | None
    """What must be known to read what was measured."""
    verdict_reason: str | None
    """The verdict as one phrase, with its conditions."""
    verdict_rule: str | None
    """By what a claim was judged: "digits", "tolerance", "interval", "ratio"; None where no rule holds."""
    compared: float | None
    """The number that was set against the claim: in `unit`, or a ratio of speeds."""
    convention: str | None
    """Its convention, where the metric has several: "total", "without-attention-products", "without-head"."""
    reference_record: str | None
    """The id of the record that a ratio of speeds is to."""
    judged_record: str | None
    """The id of the record that was set against the claim where that is not `record`: one on a claimed kind of device.
    """
    additional_data: str | None
    """Whether more than the data set was trained on: "yes", "no", "not stated"; None where nothing is claimed."""


def board_lines(board: Board) -> Iterator[BoardLine]:
    """Yield everything that the board shows, row by row."""
    for row in (*board.rows, *board.further):
        for cell in row.cells:
            if cell.claim or cell.measured:
                yield _line(row, cell)


def board_csv(board: Board) -> str:
    """Return the board as comma-separated values with a head line; a missing value is an empty field."""
    out = io.StringIO(newline="")
    columns = [field.name for field in fields(BoardLine)]
    write_csv_table(out, columns, (_fields(line).values() for line in board_lines(board)))
    return out.getvalue()


def board_json(board: Board, title: str, page: str) -> str:
    """Return the board as JSON: its title, the path of its page in the site, and its lines."""
    data = {"title": title, "page": page, "results": [_fields(line) for line in board_lines(board)]}
    return json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _fields(line: BoardLine) -> dict[str, CsvCell]:
    """Return a line's fields by name, in their order; `asdict` would copy each value, and boards have many."""
    return {field.name: getattr(line, field.name) for field in fields(line)}


def _line(row: BoardRow, cell: Comparison) -> BoardLine:
    claim, found = cell.claim, cell.measured
    low, high = found.bounds if found and found.bounds else (None, None)
    return BoardLine(
        model=row.title,
        variant=row.variant,
        conditions=row.conditions,
        metric=cell.metric,
        unit=cell.unit,
        claim=claim.number.text if claim else None,
        claim_unit=claim.unit if claim else None,
        claim_source=claim.source if claim else None,
        claim_url=claim.href if claim else None,
        claim_conditions=claim.conditions if claim else None,
        measured=float(found.number.sort) if found else None,
        measured_low=None if low is None else float(low),
        measured_high=None if high is None else float(high),
        difference=cell.difference and cell.difference.translate(_DIGITS_ALONE),
        verdict=cell.verdict.state if cell.verdict else None,
        status=None if found is None else found.status.text if found.status else "complete",
        status_reason=found.status.reason if found and found.status else None,
        device=found.device if found else None,
        precision=found.precision if found else None,
        implementation=found.implementation if found else None,
        batch_size=found.batch_size if found else None,
        threads=found.threads if found else None,
        setting=found.setting if found else None,
        is_comparable=found.is_usual if found else None,
        record=found.record_id if found else None,
        caveats=found.caution.reason if found and found.caution else None,
        verdict_reason=cell.verdict.text if cell.verdict else None,
        verdict_rule=cell.verdict.rule if cell.verdict else None,
        compared=None if cell.verdict is None else cell.verdict.compared,
        convention=cell.verdict.convention if cell.verdict else None,
        reference_record=cell.verdict.other_record if cell.verdict else None,
        judged_record=cell.verdict.judged_record if cell.verdict else None,
        additional_data=(row.extra_data or None) if claim else None,
    )
