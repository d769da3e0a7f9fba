"""Predictions files, read whole."""

import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwc_bench.core.errors import EvaluationError
from pwc_bench.prediction_files import SCHEMA, parse_whole, read_predictions, read_whole


def _write(path: Path, images: int) -> str:
    columns = [
        [f"n01440764/{index}.JPEG" for index in range(images)],
        list(range(images)),
        [[index, 1, 2, 3, 4] for index in range(images)],
        [[0.5, 0.2, 0.1, 0.1, 0.1]] * images,
        [0.25] * images,
    ]
    table = pa.table([pa.array(c, field.type) for c, field in zip(columns, SCHEMA, strict=True)], schema=SCHEMA)
    pq.write_table(table, path, row_group_size=3)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_whole_files_equal_their_pieces(tmp_path: Path) -> None:
    """Both ways of reading give the same columns, over several row groups."""
    digest = _write(tmp_path / "p.parquet", 7)
    whole = read_whole(tmp_path / "p.parquet", digest)
    pieces = list(read_predictions(tmp_path / "p.parquet"))
    assert whole.images == [name for piece in pieces for name in piece.images]
    assert whole.top5.shape == whole.scores.shape == (7, 5)
    assert whole.top5.tolist() == [row for piece in pieces for row in piece.top5.tolist()]
    assert whole.labels.tolist() == list(range(7))
    assert whole.nll.tolist() == [0.25] * 7


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    """A hash that does not fit, a file that is none and a file that is missing each say so."""
    _write(tmp_path / "p.parquet", 2)
    with pytest.raises(EvaluationError, match="was changed"):
        read_whole(tmp_path / "p.parquet", "0" * 64)
    (tmp_path / "q.parquet").write_text("no parquet")
    with pytest.raises(EvaluationError, match="not a predictions file"):
        read_whole(tmp_path / "q.parquet")
    with pytest.raises(EvaluationError, match="missing"):
        read_whole(tmp_path / "absent.parquet")


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("image", [[1], [2]]),
        ("image", [None, "a"]),
        ("label", ["a", "b"]),
        ("label", [None, 1]),
        ("top5", [1, 2]),
        ("top5", [[1, 2], [3]]),
        ("top5", [None, [1, 2, 3, 4, 5]]),
        ("top5", [[1, 2, 3, 4, None]] * 2),
        ("score", ["a", "b"]),
        ("nll", [{"a": 1}, {"a": 2}]),
        ("nll", ["a", "b"]),
    ],
)
def test_columns_of_another_type_are_refused(tmp_path: Path, column: str, values: list[object]) -> None:
    """A parquet file with the right names and other contents is no predictions file."""
    _write(tmp_path / "p.parquet", 2)
    table = pq.read_table(tmp_path / "p.parquet")
    pq.write_table(table.set_column(SCHEMA.get_field_index(column), column, pa.array(values)), tmp_path / "p.parquet")
    with pytest.raises(EvaluationError, match=r"p\.parquet is not a predictions file"):
        read_whole(tmp_path / "p.parquet")
    with pytest.raises(EvaluationError, match=r"p\.parquet is not a predictions file"):
        list(read_predictions(tmp_path / "p.parquet"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a predictions file."""
    path = tmp_path_factory.mktemp("whole") / "p.parquet"
    _write(path, 2)
    return path.read_bytes()


@given(data=st.data())
def test_damaged_bytes_are_refused_in_one_line(whole: bytes, data: st.DataObject) -> None:
    """Cut off, or with other bytes somewhere: our error, or what the bytes say."""
    content = bytearray(whole)
    for _ in range(data.draw(st.integers(0, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    said = ""
    try:
        parse_whole(bytes(content[: data.draw(st.integers(0, len(content)))]), "p.parquet")
    except EvaluationError as error:
        said = str(error)
    assert "\n" not in said
