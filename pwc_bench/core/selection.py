"""Which of many records speaks for a variant."""

from collections.abc import Iterable

from pwc_bench.core.record import Record, Status, WeightsStatus

__all__ = ["current_record"]


def current_record(records: Iterable[Record], metric: str) -> Record | None:
    """Return the newest complete record that holds `metric`; else the newest partial one; None where there is none.

    Of records that are equally complete, one of a published checkpoint goes before one of a file of the user's own:
    the latter may be any model of that shape. Of two implementations in one campaign the fused one speaks.
    """
    best: tuple[bool, bool, str, bool] | None = None
    chosen: Record | None = None
    for record in records:
        if metric not in record.measurements or record.status is Status.FAILED:
            continue
        is_own = record.dataset is not None and record.provenance.weights.status is WeightsStatus.LOCAL
        is_fused = record.environment.implementation == "fused"
        rank = (record.status is Status.COMPLETE, not is_own, record.started, is_fused)
        # A hash costs time, so it decides only between records of which nothing else does.
        if best is None or chosen is None or rank > best or (rank == best and record.id > chosen.id):
            best, chosen = rank, record
    return chosen
