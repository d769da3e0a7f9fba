"""Records stream to and from JSON Lines."""

import io
from itertools import islice
from pathlib import Path

import pytest

from pwc_bench.core.errors import RecordFormatError
from pwc_bench.core.record import record_to_json
from pwc_bench.exchange.records import read_records, write_jsonl
from tests.factories import make_record


def test_round_trip(tmp_path: Path) -> None:
    """What is written is read back equal and in order; empty lines do no harm."""
    records = [make_record(), make_record(dataset=None)]
    stream = io.StringIO()
    write_jsonl(records, stream)
    path = tmp_path / "records.jsonl"
    path.write_text(stream.getvalue() + "\n\n", encoding="utf-8")
    assert list(read_records(path)) == records


def test_reading_streams(tmp_path: Path) -> None:
    """A record is given out before the lines after it are looked at."""
    path = tmp_path / "records.jsonl"
    path.write_text(record_to_json(make_record()) + "\nnot a record\n", encoding="utf-8")
    assert list(islice(read_records(path), 1)) == [make_record()]
    with pytest.raises(RecordFormatError, match=r"records\.jsonl:2: not JSON"):
        list(read_records(path))


def test_unreadable_files_are_named(tmp_path: Path) -> None:
    """A missing file and a binary one are said to be so."""
    with pytest.raises(RecordFormatError, match=r"no\.jsonl: cannot be read: No such file"):
        list(read_records(tmp_path / "no.jsonl"))
    (tmp_path / "x.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(RecordFormatError, match="not UTF-8"):
        list(read_records(tmp_path / "x.jsonl"))
