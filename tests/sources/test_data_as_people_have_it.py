"""Archives as they unpack, lists as they circulate, what systems put among files, and tables of every Arrow type."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from pwc_bench.core.errors import SourceError
from pwc_bench.sources import open_source
from tests.sources.storage import (
    GOLDFISH,
    IMAGENET,
    SHARK,
    TENCH,
    jpeg,
    labels_by_name,
    official_name,
    write_devkit,
    write_files,
    write_tar,
)
from tests.sources.tables import write_parquet

SYSTEM_FOLDERS = [
    *("@eaDir", "#recycle", "@Recycle", "$RECYCLE.BIN", "System Volume Information", "lost+found", "__MACOSX"),
    *(".ipynb_checkpoints", ".Trashes", ".Spotlight-V100", "#snapshot", "RECYCLER"),
]
SYSTEM_FILES = [".DS_Store", "Thumbs.db", "desktop.ini", "._a.JPEG", ".directory"]


@pytest.mark.parametrize("level", ["", "ILSVRC", "ILSVRC/Data", "ILSVRC/Data/CLS-LOC", "ILSVRC/Data/CLS-LOC/val"])
@pytest.mark.parametrize("table", ["", "ILSVRC", "ILSVRC/Data/CLS-LOC"])
def test_kaggles_archive_is_read_as_it_unpacks(tmp_path: Path, level: str, table: str) -> None:
    """From any of its folders, with the table of labels where it is packed, or where people put it."""
    names = [official_name(number) for number in (1, 2)]
    write_files(tmp_path / "ILSVRC/Data/CLS-LOC", [*(f"val/{name}" for name in names), f"train/{TENCH}/a.JPEG"])
    write_files(tmp_path / "ILSVRC", ["Data/CLS-LOC/test/b.JPEG", "Annotations/CLS-LOC/val/a.xml", "ImageSets/val.txt"])
    for name in ("LOC_synset_mapping.txt", "LOC_train_solution.csv", "LOC_sample_submission.csv"):
        (tmp_path / name).write_text("x")
    rows = "".join(f"{name.removesuffix('.JPEG')},{SHARK} 1 2 3 4 \n" for name in names)
    (tmp_path / table / "LOC_val_solution.csv").write_text(f"ImageId,PredictionString\n{rows}")
    source = open_source(str(tmp_path / level), IMAGENET)
    assert labels_by_name(source) == dict.fromkeys(names, 2)
    assert source.read(0)


@pytest.mark.parametrize("level", ["", "ILSVRC", "ILSVRC/Data/CLS-LOC"])
def test_kaggles_training_images_are_found(tmp_path: Path, level: str) -> None:
    """As the validation images are; these are in class folders."""
    write_files(tmp_path / "ILSVRC/Data/CLS-LOC", [f"train/{TENCH}/a.JPEG", f"val/{SHARK}/b.JPEG"])
    assert labels_by_name(open_source(str(tmp_path / level), IMAGENET, "train")) == {f"{TENCH}/a.JPEG": 0}
    assert labels_by_name(open_source(str(tmp_path / level), IMAGENET)) == {f"{SHARK}/b.JPEG": 2}


@pytest.mark.parametrize(
    ("file_name", "text"),
    [
        ("labels.csv", f"ImageId,Class\na,{SHARK}\nb,{TENCH}\n"),
        ("labels.csv", f"ImageId,Class\na.JPEG,{SHARK}\nb.JPEG,0\n"),
        ("labels.csv", f"image;label\na;{SHARK}\nb;{TENCH}\n"),
        ("val.csv", f"path,label\nILSVRC/val/a.JPEG,{SHARK}\nILSVRC/val/b.JPEG,{TENCH}\n"),
        ("val.txt", f"val/a.JPEG {SHARK}\nval/b.JPEG 0\n"),
        ("val.txt", f"./val/a.jpg,{SHARK}\n./val/b.jpg,0\n"),
        ("val.txt", f"val\\a.JPEG {SHARK}\r\nval\\b.JPEG {TENCH}\r\n"),
        ("val.txt", f"{SHARK}/a.JPEG\n{TENCH}/b.JPEG\n"),
        ("val.txt", f"val/{SHARK}/a.JPEG 2\nval/{TENCH}/b.JPEG 0\n"),
        ("labels.tsv", f"a\t{SHARK}\nb\t{TENCH}\n"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_lists_as_they_circulate_mean_these_images(tmp_path: Path, file_name: str, text: str, encoding: str) -> None:
    """Without suffix or with another, with folders before the name, the class as a folder; any byte order mark."""
    write_files(tmp_path, ["a.JPEG", "b.JPEG"])
    (tmp_path / file_name).write_text(text, encoding=encoding, newline="")
    assert labels_by_name(open_source(str(tmp_path), IMAGENET)) == {"a.JPEG": 2, "b.JPEG": 0}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{TENCH}/a.JPEG 2\n", rf"line 1: the folder says {TENCH}, the label '2'"),
        ("x/a.JPEG 2\ny/a.JPEG 2\n", r"line 2: the name 'y/a.JPEG' stands twice"),
        (f"other.JPEG {TENCH}\n", r"names 'other.JPEG', but there is no such image \(they are named like 'a.JPEG'\)"),
    ],
)
def test_a_list_that_contradicts_itself_or_the_images_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """The advice is never to remove lines: it may be the list of another folder."""
    write_files(tmp_path, ["a.JPEG"])
    (tmp_path / "val.txt").write_text(text)
    with pytest.raises(SourceError, match=message):
        open_source(str(tmp_path), IMAGENET)


def test_a_byte_order_mark_in_the_devkit_is_passed_over(tmp_path: Path) -> None:
    """An editor may have put one before the first id."""
    write_files(tmp_path, [official_name(1)])
    devkit = write_devkit(tmp_path, ["\ufeff2"], {2: SHARK})
    assert labels_by_name(open_source(str(tmp_path), IMAGENET)) == {official_name(1): 2}
    assert devkit.is_dir()


@pytest.mark.parametrize("layout", ["folders", "flat", "tar"])
def test_what_systems_put_among_images_is_passed_over(tmp_path: Path, layout: str) -> None:
    """At the top and in every folder, whatever lies in it."""
    images = [f"{TENCH}/a.JPEG", f"{SHARK}/b.JPEG"] if layout != "flat" else ["a.JPEG"]
    folders = ["", *({image.rpartition("/")[0] + "/" for image in images} if layout != "flat" else ())]
    odd = [f"{folder}{name}/more/x.JPEG" for folder in folders for name in SYSTEM_FOLDERS]
    odd += [f"{folder}{name}" for folder in folders for name in SYSTEM_FILES]
    root = tmp_path / "set.tar" if layout == "tar" else tmp_path / "val"
    if layout == "tar":
        write_tar(root, {name: jpeg(1) for name in (*odd, *images)})
    else:
        write_files(root, [*odd, *images])
    if layout == "flat":
        (root / "labels.txt").write_text(f"a.JPEG {TENCH}")
    assert [item.name for item in open_source(str(root), IMAGENET).items] == sorted(images)


BYTES: dict[str, Callable[[pa.Array], pa.Array]] = {
    "binary": lambda array: array,
    "large_binary": lambda array: array.cast(pa.large_binary()),
    "binary_view": lambda array: array.cast(pa.binary_view()),
    "dictionary": lambda array: array.dictionary_encode(),
    "fixed": lambda array: pa.array([each.ljust(2000, b"\0") for each in array.to_pylist()], pa.binary(2000)),
    "struct of views": lambda array: pa.StructArray.from_arrays([array.cast(pa.binary_view())], ["bytes"]),
}
TEXTS: dict[str, Callable[[pa.Array], pa.Array]] = {
    "large_string": lambda array: array.cast(pa.large_string()),
    "string_view": lambda array: array.cast(pa.string_view()),
    "dictionary": lambda array: array.dictionary_encode(),
    "dictionary of large_string": lambda array: array.cast(pa.large_string()).dictionary_encode(),
    "binary": lambda array: array.cast(pa.binary()),
    "fixed": lambda array: array.cast(pa.binary()).cast(pa.binary(9)),
}


@pytest.mark.parametrize(
    ("images", "labels"), [*((each, "string_view") for each in BYTES), *(("binary", each) for each in TEXTS)]
)
def test_columns_of_every_arrow_type_are_read(tmp_path: Path, images: str, labels: str) -> None:
    """Whatever holds bytes may be the images, whatever holds text the labels."""
    column = BYTES[images](pa.array([jpeg(1), jpeg(2)]))
    table = pa.table({"image": column, "label": TEXTS[labels](pa.array([SHARK, TENCH]))})
    write_parquet(tmp_path / "t.parquet", table)
    source = open_source(str(tmp_path / "t.parquet"), IMAGENET)
    assert [item.label for item in source.items] == [2, 0]
    assert [source.read(index).rstrip(b"\0") for index in range(2)] == [jpeg(1), jpeg(2)]


def write_shards(folder: Path, prefix: str = "val", first: int = 0) -> None:
    """Write three shards of two samples each; keys are counted through from `first` in each."""
    folder.mkdir(exist_ok=True)
    for shard in range(3):
        files: dict[str, bytes] = {}
        for sample, label in enumerate((b"2", GOLDFISH.encode())):
            key = f"{first * shard + sample:06d}"
            files |= {f"{key}.cls": label, f"{key}.jpg": jpeg(2 * shard + sample), f"{key}.json": b"{}"}
        write_tar(folder / f"{prefix}-{shard:03d}.tar", files)


@pytest.mark.parametrize("spec", ["wds", "wds/val-{000..002}.tar"])
def test_webdatasets_shards_are_one_set(tmp_path: Path, spec: str) -> None:
    """A folder of them, or braces; training shards beside them are left out."""
    write_shards(tmp_path / "wds", first=2)
    write_shards(tmp_path / "wds", "train", first=2)
    source = open_source(str(tmp_path / spec), IMAGENET)
    assert [item.label for item in source.items] == [2, 1] * 3
    assert [item.name for item in source.items] == [f"{number:06d}.jpg" for number in range(6)]
    assert [source.read(index) for index in range(6)] == [jpeg(number) for number in range(6)]
    assert source.spec in ("tar files wds", "tar files val-{000..002}.tar")
    source.close()


def test_keys_that_stand_in_several_shards_are_named_with_theirs(tmp_path: Path) -> None:
    """Each shard may count from nought."""
    write_shards(tmp_path / "wds")
    source = open_source(str(tmp_path / "wds"), IMAGENET)
    assert [item.name for item in source.items][:3] == [
        "val-000/000000.jpg",
        "val-000/000001.jpg",
        "val-001/000000.jpg",
    ]
    assert source.read(5) == jpeg(5)


def test_one_shard_is_a_set(tmp_path: Path) -> None:
    """Named as a file."""
    write_shards(tmp_path / "wds")
    source = open_source(str(tmp_path / "wds" / "val-001.tar"), IMAGENET)
    assert labels_by_name(source) == {"000000.jpg": 2, "000001.jpg": 1}
    source.close()


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a.jpg": jpeg(1), "b.jpg": jpeg(2), "b.cls": b"0"}, r"a.jpg in s.tar has no .cls and so is unlabelled"),
        ({"a.jpg": jpeg(1), "a.cls": b"1000"}, r"the .cls of a.jpg in s.tar: the index 1000 is not from 0 to 999"),
        ({"a.jpg": jpeg(1), "a.cls": b"\xff"}, r"a.cls: not UTF-8 text"),
        ({"a.jpg": jpeg(1), "a.cls": b"9" * 5000}, r"the index 9{20} is not from 0 to 999"),
    ],
)
def test_shards_that_do_not_label_their_images_are_refused(
    tmp_path: Path, files: dict[str, bytes], message: str
) -> None:
    """Without a class, or with one that is none."""
    write_tar(tmp_path / "s.tar", files)
    with pytest.raises(SourceError, match=message):
        open_source(str(tmp_path / "s.tar"), IMAGENET)


@pytest.mark.parametrize("braces", ["{002..000}", "{000..999999}"])
def test_braces_that_name_no_row_of_files_are_refused(tmp_path: Path, braces: str) -> None:
    """Backwards, or more than anybody has."""
    with pytest.raises(SourceError, match="the braces name no row of files"):
        open_source(str(tmp_path / f"val-{braces}.tar"), IMAGENET)


def test_a_shard_that_is_missing_is_named(tmp_path: Path) -> None:
    """The row is longer than what is there."""
    write_shards(tmp_path / "wds")
    with pytest.raises(SourceError, match=r"val-003.tar: cannot be read: No such file"):
        open_source(str(tmp_path / "wds" / "val-{000..003}.tar"), IMAGENET)
