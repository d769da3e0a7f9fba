"""Records as a set: found wherever they lie, and as a table for those who compute with them."""

from pathlib import Path
from typing import TYPE_CHECKING

from pwc_bench.core.record import Record

if TYPE_CHECKING:
    from pandas import DataFrame


class Records(list[Record]):
    """A list of records that can become a table."""

    def to_frame(self) -> "DataFrame":
        """Return a row for each measurement, metrics by name, in the columns of `pwc-bench export --format csv`.

        A record without any measurement has one row with an empty metric. `value`, `low` and `high` are in `unit`.
        """
        from pandas import DataFrame

        from pwc_bench.exchange.csv_export import COLUMNS, table_rows

        return DataFrame([tuple(row) for row in table_rows(self)], columns=list(COLUMNS))


def load_records(given: str | Path | None, db: str) -> Records:
    """Find records by what a check's side may be named by; None for all of the database, newest first."""
    if given is None:
        from pwc_bench.api.places import load_catalogue
        from pwc_bench.store import open_existing_store

        with open_existing_store(db) as store:
            return Records(store.archive(load_catalogue()).records())
    from pwc_bench.api.shelves import given_candidate

    return Records(given_candidate(given, db).records)
