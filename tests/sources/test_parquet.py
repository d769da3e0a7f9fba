"""Parquet files: labels by synset or class name, images through row groups, memory bounded."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pytest

from pwc_bench.core.errors import ImageError, SourceError
from pwc_bench.sources import open_source
from pwc_bench.sources import parquet as _row_groups
from tests.sources.storage import GOLDFISH, IMAGENET, SHARK, TENCH, jpeg, labels_by_name
from tests.sources.tables import IMAGE_TYPE, hugging_face_rows, parquet_table, write_parquet


def test_a_hugging_face_file_is_labelled_by_its_class_names(tmp_path: Path) -> None:
    """The names lie in the schema's metadata."""
    rows = hugging_face_rows(["b.JPEG", "a.JPEG"], [0, 1], ["goldfish, Carassius auratus", "tench, Tinca tinca"])
    write_parquet(
        tmp_path / "validation.parquet",
        rows.with_format("arrow")[:].replace_schema_metadata(rows.features.arrow_schema.metadata),
    )
    source = open_source(str(tmp_path / "validation.parquet"), IMAGENET)
    assert source.spec == "parquet validation.parquet"
    assert labels_by_name(source) == {"a.JPEG": 0, "b.JPEG": 1}
    assert [source.read(0), source.read(1)] == [jpeg(1), jpeg(0)]
    source.close()


@pytest.mark.parametrize("label_type", [pa.string(), pa.large_string()])
def test_text_labels_are_synsets_or_names(tmp_path: Path, label_type: pa.DataType) -> None:
    """Each row says its own class."""
    table = parquet_table(["a", "b", "c"], [SHARK, "goldfish", f"{TENCH}"], label_type)
    write_parquet(tmp_path / "set.parquet", table)
    assert labels_by_name(open_source(str(tmp_path / "set.parquet"), IMAGENET)) == {"a": 2, "b": 1, "c": 0}


def test_a_column_of_plain_bytes_will_do(tmp_path: Path) -> None:
    """Rows without paths are named by their numbers; other columns of bytes do not confuse."""
    table = pa.table({"thumb": [b"x", b"y"], "jpg": [jpeg(1), jpeg(2)], "synset": [GOLDFISH, TENCH]})
    write_parquet(tmp_path / "set.parquet", table)
    source = open_source(str(tmp_path / "set.parquet"), IMAGENET)
    assert labels_by_name(source) == {"00000000": 1, "00000001": 0}
    assert [source.read(0), source.read(1)] == [jpeg(1), jpeg(2)]


def test_a_struct_without_paths_will_do(tmp_path: Path) -> None:
    """Only the bytes are needed."""
    images = pa.array([{"bytes": jpeg(1)}], pa.struct([("bytes", pa.large_binary())]))
    write_parquet(tmp_path / "set.parquet", pa.table({"image": images, "label": [TENCH]}))
    source = open_source(str(tmp_path / "set.parquet"), IMAGENET)
    assert labels_by_name(source) == {"00000000": 0}
    assert source.read(0) == jpeg(1)


def test_a_row_without_an_image_fails_when_it_is_read(tmp_path: Path) -> None:
    """The row is named and the others are not lost."""
    images = pa.array([{"bytes": None, "path": None}, {"bytes": jpeg(1), "path": None}], IMAGE_TYPE)
    write_parquet(tmp_path / "set.parquet", pa.table({"image": images, "label": [TENCH, TENCH]}))
    source = open_source(str(tmp_path / "set.parquet"), IMAGENET)
    with pytest.raises(ImageError, match=r"^00000000: the row holds neither bytes nor a path"):
        source.read(0)
    assert source.read(1) == jpeg(1)


def test_images_stored_as_paths_are_read_from_their_files(tmp_path: Path) -> None:
    """A table of local files may hold their paths alone; a missing file is named without its folder."""
    (tmp_path / "a.JPEG").write_bytes(jpeg(5))
    images = [{"bytes": None, "path": str(tmp_path / name)} for name in ("a.JPEG", "b.JPEG")]
    write_parquet(tmp_path / "set.parquet", pa.table({"image": pa.array(images, IMAGE_TYPE), "label": [TENCH] * 2}))
    source = open_source(str(tmp_path / "set.parquet"), IMAGENET)
    assert labels_by_name(source) == {"a.JPEG": 0, "b.JPEG": 0}
    assert source.read(0) == jpeg(5)
    with pytest.raises(ImageError, match=r"^b.JPEG: cannot be read: No such file"):
        source.read(1)


@pytest.mark.parametrize("folder", ["", "data", "validation"])
def test_a_folder_of_files_is_one_set(tmp_path: Path, folder: str) -> None:
    """Also where a clone of a hub data set keeps them; names that no split begins are all taken."""
    for part in range(3):
        paths = [f"{part}{row}" for row in range(5)]
        write_parquet(tmp_path / folder / f"part-{part}.parquet", parquet_table(paths, [TENCH] * 5))
    source = open_source(str(tmp_path), IMAGENET)
    assert [item.name for item in source.items] == [f"{part}{row}" for part in range(3) for row in range(5)]
    assert [source.read(index) for index in range(15)] == [jpeg(row) for _ in range(3) for row in range(5)]


def test_the_files_of_the_split_are_chosen_by_name(tmp_path: Path) -> None:
    """`validation-*.parquet` beside `train-*.parquet`."""
    for split, label in (("train", TENCH), ("validation", SHARK)):
        for part in range(2):
            path = tmp_path / "data" / f"{split}-0000{part}-of-00002.parquet"
            write_parquet(path, parquet_table([f"{split}{part}"], [label]))
    assert labels_by_name(open_source(str(tmp_path), IMAGENET)) == {"validation0": 2, "validation1": 2}
    train = open_source(str(tmp_path / "data"), IMAGENET, "train")
    assert labels_by_name(train) == {"train0": 0, "train1": 0}


def test_training_files_are_never_taken_for_validation(tmp_path: Path) -> None:
    """The message lists what is there."""
    write_parquet(tmp_path / "train-0.parquet", parquet_table(["a"], [TENCH]))
    write_parquet(tmp_path / "more.parquet", parquet_table(["b"], [TENCH]))
    with pytest.raises(SourceError, match=r"no files of the val split \(others, train\)"):
        open_source(str(tmp_path), IMAGENET)


def test_many_threads_read_through_a_cache_of_two_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups are forgotten and read again; every image keeps its own bytes."""
    monkeypatch.setattr(_row_groups, "CACHE_BYTES", 1)
    write_parquet(tmp_path / "set.parquet", parquet_table([f"{n:02d}" for n in range(40)], [TENCH] * 40), 4)
    source = open_source(str(tmp_path / "set.parquet"), IMAGENET)
    order = [number * 7 % 40 for number in range(160)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(source.read, order)) == [jpeg(number) for number in order]
    source.close()


def test_row_groups_that_would_fill_the_memory_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says how to write the file instead."""
    monkeypatch.setattr(_row_groups, "MAX_GROUP_BYTES", 100)
    write_parquet(tmp_path / "set.parquet", parquet_table(["a", "b"], [TENCH, TENCH]))
    with pytest.raises(SourceError, match=r"a row group of 2 rows in set.parquet takes .* row_group_size=100"):
        open_source(str(tmp_path / "set.parquet"), IMAGENET)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (parquet_table(["a"], [0]), "labels in column 'label' are without class names, so their order cannot be"),
        (parquet_table(["a"], [0.5]), "without class names"),
        (parquet_table(["a"], [None], pa.string()), "row 0: unlabelled"),
        (parquet_table(["a"], ["crane"]), "row 0: the label 'crane' does not mean exactly one class"),
        (parquet_table(["a", "a"], [TENCH, TENCH]), "stands twice"),
        (parquet_table([], [], pa.string()), "holds no images"),
        (parquet_table(["a"], [TENCH]).drop_columns("label"), "no column of labels; a column named 'label'"),
        (parquet_table(["a"], [TENCH]).drop_columns("image"), "no column of images; a column named 'image'"),
        (pa.table({"x": [b"1"], "y": [b"2"], "label": [TENCH]}), "images in any of the columns x, y; name one 'image'"),
    ],
)
def test_tables_that_cannot_be_understood_are_refused(tmp_path: Path, table: pa.Table, message: str) -> None:
    """Numbers without names, missing and unknown labels, missing and ambiguous columns each say so."""
    write_parquet(tmp_path / "set.parquet", table)
    with pytest.raises(SourceError, match=message):
        open_source(str(tmp_path / "set.parquet"), IMAGENET)


def test_a_number_beyond_the_names_is_refused(tmp_path: Path) -> None:
    """A label that the schema does not know."""
    rows = hugging_face_rows(["a"], [0], ["tench"])
    table = parquet_table(["a"], [3], pa.int64()).replace_schema_metadata(rows.features.arrow_schema.metadata)
    write_parquet(tmp_path / "set.parquet", table)
    with pytest.raises(SourceError, match=r"row 0: the label 3 is not from 0 to 0"):
        open_source(str(tmp_path / "set.parquet"), IMAGENET)


def test_files_of_different_classes_are_no_one_set(tmp_path: Path) -> None:
    """The same number would mean two classes."""
    for name in ("tench", "goldfish"):
        metadata = hugging_face_rows(["a"], [0], [name]).features.arrow_schema.metadata
        table = parquet_table([name], [0], pa.int64()).replace_schema_metadata(metadata)
        write_parquet(tmp_path / f"{name}.parquet", table)
    with pytest.raises(SourceError, match=r"tench.parquet has other columns or class names than goldfish.parquet"):
        open_source(str(tmp_path), IMAGENET)


def test_a_file_that_is_no_parquet_or_is_damaged_is_refused(tmp_path: Path) -> None:
    """A web page, and pages of rows overwritten with zeros before and after opening."""
    path = tmp_path / "set.parquet"
    path.write_bytes(b"<html></html>")
    with pytest.raises(SourceError, match=r"set.parquet is no parquet file, or cut short"):
        open_source(str(path), IMAGENET)
    write_parquet(path, parquet_table(["a", "b"], [TENCH, SHARK]))
    source = open_source(str(path), IMAGENET)
    whole = path.read_bytes()
    footer_bytes = int.from_bytes(whole[-8:-4], "little") + 8
    path.write_bytes(b"PAR1" + b"\xff" * (len(whole) - footer_bytes - 4) + whole[-footer_bytes:])
    with pytest.raises(ImageError, match=r"^a: the row cannot be read"):
        source.read(0)
    with pytest.raises(SourceError, match=r"set.parquet is damaged"):
        open_source(str(path), IMAGENET)
