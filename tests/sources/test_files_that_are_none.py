"""Pipes, devices, giants, paths that lead elsewhere, and damaged tables: refused in one line, and never waited for."""

import contextlib
import io
import json
import os
import socket
import tarfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pwc_bench.core.errors import ImageError, PwcBenchError, SourceError
from pwc_bench.sources import open_source
from tests.sources.storage import GOLDFISH, IMAGENET, TENCH, jpeg, write_devkit, write_files, write_tar
from tests.sources.tables import IMAGE_TYPE, write_parquet


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as open_socket:
        folder = os.open(path.parent, os.O_RDONLY)
        open_socket.bind(f"/proc/self/fd/{folder}/{path.name}")  # the whole path may be too long for a socket
        os.close(folder)


def _giant(path: Path) -> None:
    path.touch()
    os.truncate(path, 1 << 42)


NO_FILES: dict[str, Callable[[Path], None]] = {
    "named pipe": os.mkfifo,
    "device": lambda path: path.symlink_to("/dev/zero"),
    "socket": _socket,
}


@pytest.mark.parametrize("kind", NO_FILES)
def test_what_is_no_file_among_images_fails_alone(tmp_path: Path, kind: str) -> None:
    """The image is named with what it is, and the others are read."""
    written = write_files(tmp_path, [f"{TENCH}/a.JPEG"])
    NO_FILES[kind](tmp_path / TENCH / "x.JPEG")
    source = open_source(str(tmp_path), IMAGENET)
    with pytest.raises(ImageError, match=rf"^{TENCH}/x.JPEG: a {kind}: it is not read"):
        source.read(1)
    assert source.read(0) == written[f"{TENCH}/a.JPEG"]


def test_a_giant_among_images_fails_alone(tmp_path: Path) -> None:
    """A sparse file of four terabytes is seen to be one before it is read."""
    (tmp_path / TENCH).mkdir()
    _giant(tmp_path / TENCH / "x.JPEG")
    with pytest.raises(ImageError, match=r"x.JPEG: 4,398,046,511,104 bytes are more than the limit"):
        open_source(str(tmp_path), IMAGENET).read(0)


@pytest.mark.parametrize("kind", NO_FILES)
@pytest.mark.parametrize("name", ["x.parquet", "x.tar", "ILSVRC2012_img_val.tar"])
def test_data_that_is_no_file_is_refused(tmp_path: Path, kind: str, name: str) -> None:
    """Named itself, or found in the folder that was named."""
    NO_FILES[kind](tmp_path / name)
    for spec in (tmp_path / name, tmp_path):
        with pytest.raises(SourceError, match=rf"{name}: (a {kind}|no ordinary file)"):
            open_source(str(spec), IMAGENET)


@pytest.mark.parametrize("kind", NO_FILES)
def test_a_pipe_among_the_labels_is_refused(tmp_path: Path, kind: str) -> None:
    """The devkit's files, and those of a folder saved by datasets."""
    write_files(tmp_path / "val", ["ILSVRC2012_val_00000001.JPEG"])
    devkit = write_devkit(tmp_path, [1], {1: TENCH})
    (devkit / "data" / "meta.mat").unlink()
    NO_FILES[kind](devkit / "data" / "meta.mat")
    with pytest.raises(SourceError, match=rf"meta.mat: a {kind}"):
        open_source(str(tmp_path / "val"), IMAGENET)
    saved = tmp_path / "saved"
    saved.mkdir()
    NO_FILES[kind](saved / "state.json")
    with pytest.raises(SourceError, match=rf"state.json: a {kind}"):
        open_source(str(saved), IMAGENET)


def test_a_list_of_labels_without_end_is_refused(tmp_path: Path) -> None:
    """It is not read into memory."""
    write_files(tmp_path, ["a.JPEG"])
    _giant(tmp_path / "labels.txt")
    with pytest.raises(SourceError, match=r"labels.txt: 4,398,046,511,104 bytes are more than the limit"):
        open_source(str(tmp_path), IMAGENET)


@pytest.mark.parametrize("path", ["{outside}", "../secret/x.JPEG", "link.JPEG", "folder/x.JPEG"])
def test_a_table_names_files_beside_it_and_none_elsewhere(tmp_path: Path, path: str) -> None:
    """By an absolute path, by one that goes up, or by links that lie beside the table."""
    write_files(tmp_path, ["secret/x.JPEG", "table/beside.JPEG", "table/more/below.JPEG"])
    table = tmp_path / "table"
    (table / "link.JPEG").symlink_to(tmp_path / "secret" / "x.JPEG")
    (table / "folder").symlink_to(tmp_path / "secret")
    paths = [path.replace("{outside}", str(tmp_path / "secret" / "x.JPEG")), "beside.JPEG", "more/below.JPEG"]
    images = pa.array([{"bytes": None, "path": each} for each in paths], IMAGE_TYPE)
    write_parquet(table / "t.parquet", pa.table({"image": images, "label": [TENCH] * 3}))
    source = open_source(str(table / "t.parquet"), IMAGENET)
    named = {item.name: index for index, item in enumerate(source.items)}
    assert source.read(named.pop("beside.JPEG"))
    assert source.read(named.pop("below.JPEG"))
    with pytest.raises(ImageError, match="outside the folder of its table"):
        source.read(*named.values())


def test_a_tar_that_lies_about_sizes_is_refused(tmp_path: Path) -> None:
    """Members, and the headers that hold long names, which would be read whole."""
    write_tar(tmp_path / "a.tar", {f"{TENCH}/a.JPEG": jpeg(1)})
    whole = (tmp_path / "a.tar").read_bytes()
    member = tarfile.TarInfo.frombuf(whole[:512], "utf-8", "surrogateescape")
    for kind in (tarfile.REGTYPE, tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME):
        member.type, member.size = kind, 1 << 40
        (tmp_path / "a.tar").write_bytes(member.tobuf(tarfile.GNU_FORMAT) + whole[512:])
        _giant(tmp_path / "b.tar")
        with (tmp_path / "b.tar").open("r+b") as file:
            file.write(member.tobuf(tarfile.GNU_FORMAT))
        for name in ("a.tar", "b.tar"):
            with pytest.raises(PwcBenchError, match=rf"{name}: |{TENCH}/a.JPEG: .* more than the limit"):
                open_source(str(tmp_path / name), IMAGENET).read(0)


@pytest.mark.parametrize(
    "headers",
    [
        {"GNU.sparse.map": "x,y", "GNU.sparse.size": "zz"},
        {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": "big", "GNU.sparse.name": "a"},
        {"size": "-1024"},
        {"size": "1e9"},
        {"mtime": "never", "uid": "nobody"},
    ],
)
def test_odd_headers_of_a_tar_are_refused_or_passed_over(tmp_path: Path, headers: dict[str, str]) -> None:
    """Whatever the library raises, the archive is named."""
    member = tarfile.TarInfo(f"{TENCH}/a.JPEG")
    member.size, member.pax_headers = len(jpeg(1)), headers
    with tarfile.open(tmp_path / "odd.tar", "w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(member, io.BytesIO(jpeg(1)))
    _ends_well(tmp_path / "odd.tar")


def _ends_well(path: Path) -> None:
    """Open and read all: each error is ours, of one line, and names the file or the image."""
    try:
        source = open_source(str(path), IMAGENET)
    except SourceError as error:
        said = str(error)
    else:
        said = path.name
        for index, item in enumerate(source.items):
            with contextlib.suppress(ImageError):
                assert isinstance(source.read(index), bytes), item.name
        source.close()
    assert path.name in said
    assert said.isprintable()


_EXAMPLES = settings(max_examples=25, deadline=None, derandomize=True)
_LINES = st.lists(
    st.sampled_from(
        [b"a.JPEG", b"a", b"val/a.JPEG", TENCH.encode(), b"0", b",", b" ", b"\t", b"\n", b'"', b"\xef\xbb\xbf"]
    )
    | st.binary(max_size=6)
).map(b"".join)


@_EXAMPLES
@given(content=_LINES, name=st.sampled_from(["labels.txt", "labels.csv", "val.tsv", "LOC_val_solution.csv"]))
def test_any_bytes_are_labels_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str) -> None:
    """A list of labels labels the image, or says in one line why not."""
    folder = tmp_path_factory.mktemp("labels")
    write_files(folder, ["a.JPEG"])
    (folder / name).write_bytes(content)
    try:
        label, said = open_source(str(folder), IMAGENET).items[0].label, ""
    except SourceError as error:
        label, said = 0, str(error)
    assert 0 <= label < len(IMAGENET.classes)
    assert said.isprintable()


@_EXAMPLES
@given(place=st.floats(0, 1, exclude_max=True), change=st.binary(min_size=1, max_size=8), name=st.sampled_from("pt"))
def test_damage_in_any_place_is_refused_or_harmless(
    tmp_path_factory: pytest.TempPathFactory, place: float, change: bytes, name: str
) -> None:
    """Bytes of a parquet file and of a tar, overwritten."""
    folder = tmp_path_factory.mktemp("damaged")
    path = folder / ("x.parquet" if name == "p" else "x.tar")
    if name == "p":
        write_parquet(path, pa.table({"image": [jpeg(1), jpeg(2)], "label": [TENCH, GOLDFISH]}))
    else:
        write_tar(path, {f"{TENCH}/a.JPEG": jpeg(1), f"{GOLDFISH}/b.JPEG": jpeg(2)})
    content = bytearray(path.read_bytes())
    start = int(place * len(content))
    content[start : start + len(change)] = change
    path.write_bytes(content)
    _ends_well(path)


_TYPES = st.sampled_from(
    [pa.string(), pa.binary(), pa.large_string(), pa.int8(), pa.float64(), pa.null(), pa.list_(pa.int8())]
)
_CELLS = st.none() | st.text(max_size=4) | st.integers(-2, 2000) | st.just(TENCH)


@_EXAMPLES
@given(
    names=st.lists(st.sampled_from(["image", "label", "x", "cls"]), min_size=1, max_size=3),
    data=st.data(),
    metadata=st.none()
    | st.recursive(
        _CELLS,
        lambda inner: st.dictionaries(st.sampled_from(["image", "label", "_type", "names"]), inner),
        max_leaves=5,
    ),
)
def test_any_table_is_understood_or_refused(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], data: st.DataObject, metadata: object
) -> None:
    """Columns of any type and name, and anything where Hugging Face describes them."""
    path = tmp_path_factory.mktemp("table") / "x.parquet"
    columns = [pa.array([], data.draw(_TYPES)) if data.draw(st.booleans()) else pa.array([jpeg(1)]) for _ in names]
    length = max(map(len, columns))
    columns = [column if len(column) == length else pa.nulls(length, column.type) for column in columns]
    table = pa.table(columns, names=names)
    described = json.dumps({"info": {"features": metadata}}).encode()
    write_parquet(path, table.replace_schema_metadata({b"huggingface": described}))
    _ends_well(path)
