"""Which of many records speaks for a variant."""

from collections.abc import Iterable

from pwc_bench.core.record import Record, Status

__all__ = ["current_record"]


def current_record(records: Iterable[Record], metric: str) -> Record | None:
    """Return the newest complete record that holds `metric`; else the newest partial one; None where there is none."""
    best: tuple[bool, str, str] | None = None
    chosen: Record | None = None
    for record in records:
        if metric not in record.measurements or record.status is Status.FAILED:
            continue
        rank = (record.status is Status.COMPLETE, record.started, record.id)
        if best is None or rank > best:
            best, chosen = rank, record
    return chosen
