"""Records as a set: wherever they lie, and as a table."""

from pathlib import Path

import pytest

import pwc_bench
from pwc_bench.core.errors import NotFoundError, StoreError
from pwc_bench.exchange.csv_export import COLUMNS
from pwc_bench.store import open_store
from tests.cli.gate import written
from tests.factories import make_record


def test_records_are_found_in_files_folders_and_databases(tmp_path: Path) -> None:
    """As `check` finds its sides; without a name it is the whole database, newest first."""
    old, new = make_record(campaign="a"), make_record(campaign="b", started="2031-01-01T00:00:00Z")
    written(tmp_path / "a.jsonl", old)
    written(tmp_path / "b.jsonl", new)
    assert pwc_bench.load(tmp_path / "a.jsonl") == [old]
    assert {record.id for record in pwc_bench.load(str(tmp_path))} == {old.id, new.id}
    database = str(tmp_path / "x.db")
    with open_store(database) as store:
        for record in (old, new):
            store.add(record)
    assert pwc_bench.load(db=database) == [new, old]
    assert pwc_bench.load("campaign:a", db=database) == [old]
    with pytest.raises(NotFoundError):
        pwc_bench.load(tmp_path / "nowhere")
    with pytest.raises(StoreError):
        pwc_bench.load(db=str(tmp_path / "nowhere.db"))


def test_a_table_has_a_row_for_each_measurement() -> None:
    """With the columns of the CSV export; a record without any keeps a row."""
    record = make_record()
    empty = make_record(measurements={})
    frame = pwc_bench.Records([record, empty]).to_frame()
    assert list(frame.columns) == list(COLUMNS)
    assert list(frame["metric"])[:-1] == sorted(record.measurements)
    assert frame["value"].iloc[0] == record.measurements[frame["metric"].iloc[0]].value
    assert (frame["record"].iloc[-1], frame["metric"].isna().iloc[-1]) == (empty.id, True)
    assert list(pwc_bench.Records().to_frame().columns) == list(COLUMNS)
