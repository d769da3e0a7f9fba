"""Tars: the official flat one and a packed ImageFolder, read in place and from many threads."""

import io
import os
import tarfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pwc_bench.core.errors import ImageError, SourceError
from pwc_bench.sources import open_source
from tests.sources.storage import (
    GOLDFISH,
    IMAGENET,
    SHARK,
    TENCH,
    TOILET_PAPER,
    jpeg,
    labels_by_name,
    official_name,
    write_devkit,
    write_tar,
)


def test_the_official_tar_takes_its_labels_from_the_devkit(tmp_path: Path) -> None:
    """Members stand in no order; items are sorted by name, each with its own bytes."""
    path = tmp_path / "ILSVRC2012_img_val.tar"
    write_tar(path, {official_name(number): jpeg(number) for number in (3, 1, 2)})
    write_devkit(tmp_path, [2, 1, 3], {1: SHARK, 2: TOILET_PAPER, 3: TENCH})
    source = open_source(str(path), IMAGENET)
    assert source.spec == "tar ILSVRC2012_img_val.tar"
    assert [(item.name, item.label) for item in source.items] == [
        (official_name(1), 999),
        (official_name(2), 2),
        (official_name(3), 0),
    ]
    assert [source.read(index) for index in range(3)] == [jpeg(1), jpeg(2), jpeg(3)]
    source.close()


@pytest.mark.parametrize("prefix", ["", "./", "val/", "./data/val/"])
def test_a_packed_image_folder_is_labelled_by_its_folders(tmp_path: Path, prefix: str) -> None:
    """However deep it was packed; folders, notes and the system's own files are left out."""
    files = {
        f"{prefix}{GOLDFISH}/": b"",
        f"{prefix}{GOLDFISH}/b.JPEG": jpeg(1),
        f"{prefix}{TENCH}/a.jpg": jpeg(2),
        f"{prefix}{TENCH}/._a.jpg": b"x",
        f"{prefix}README.txt": b"x",
    }
    write_tar(tmp_path / "set.tar", files)
    source = open_source(str(tmp_path / "set.tar"), IMAGENET)
    assert labels_by_name(source) == {f"{TENCH}/a.jpg": 0, f"{GOLDFISH}/b.JPEG": 1}
    assert source.read(0) == jpeg(2)
    source.close()


def test_of_several_folders_the_split_is_taken(tmp_path: Path) -> None:
    """A tar of train/ and val/ gives the one that is asked for."""
    write_tar(tmp_path / "set.tar", {f"in/train/{TENCH}/a.JPEG": jpeg(1), f"in/val/{SHARK}/b.JPEG": jpeg(2)})
    for split, expected in (("val", {f"{SHARK}/b.JPEG": 2}), ("train", {f"{TENCH}/a.JPEG": 0})):
        source = open_source(str(tmp_path / "set.tar"), IMAGENET, split)
        assert labels_by_name(source) == expected
        source.close()


def test_a_tar_of_flat_files_in_one_folder_uses_a_labels_file(tmp_path: Path) -> None:
    """The names in the labels file are the files' own."""
    write_tar(tmp_path / "set.tar", {"images/a.JPEG": jpeg(1), "images/b.JPEG": jpeg(2)})
    (tmp_path / "labels.txt").write_text(f"a.JPEG {SHARK}\nb.JPEG 0\n")
    source = open_source(str(tmp_path / "set.tar"), IMAGENET)
    assert labels_by_name(source) == {"a.JPEG": 2, "b.JPEG": 0}
    source.close()


def test_many_threads_read_their_own_images(tmp_path: Path) -> None:
    """Reading moves no shared position."""
    files = {f"{TENCH}/{number:03d}.JPEG": jpeg(number) for number in range(64)}
    write_tar(tmp_path / "set.tar", files)
    source = open_source(str(tmp_path / "set.tar"), IMAGENET)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(source.read, list(range(64)) * 4))
    assert found == list(files.values()) * 4
    source.close()


def test_a_closed_or_shrunken_tar_ends_in_an_image_error(tmp_path: Path) -> None:
    """The image is named; closing twice is no error."""
    path = tmp_path / "set.tar"
    write_tar(path, {f"{TENCH}/a.JPEG": jpeg(1)})
    source = open_source(str(path), IMAGENET)
    os.truncate(path, 600)
    with pytest.raises(ImageError, match=rf"^{TENCH}/a.JPEG: the archive has become shorter"):
        source.read(0)
    source.close()
    source.close()
    with pytest.raises(ImageError, match=rf"^{TENCH}/a.JPEG: the archive is closed"):
        source.read(0)


@pytest.mark.parametrize(("mode", "command"), [("w:gz", "gzip -d"), ("w:bz2", "bzip2 -d"), ("w:xz", "xz -d")])
@pytest.mark.parametrize("suffix", [".tar", ".tar.gz", ".tgz"])
def test_a_compressed_tar_is_refused_with_advice(tmp_path: Path, mode: str, command: str, suffix: str) -> None:
    """What counts is the file's first bytes, not its name."""
    path = tmp_path / f"set{suffix}"
    write_tar(path, {f"{TENCH}/a.JPEG": jpeg(1)}, mode)
    with pytest.raises(SourceError, match=f"compressed, .* unpack it with {command}"):
        open_source(str(path), IMAGENET)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ([], "holds no images"),
        ([("notes.txt", b"x")], "holds no images"),
        ([("a.JPEG", jpeg(1))], "the images are unlabelled"),
        ([(f"{TENCH}/a.JPEG", jpeg(1)), (f"{TENCH}/a.JPEG", jpeg(2))], f"the name '{TENCH}/a.JPEG' stands twice"),
        ([(f"{TENCH}/a.JPEG", jpeg(1)), ("tench/b.JPEG", jpeg(2))], "the folder 'tench' is no class of imagenet-1k"),
        ([(f"val/{TENCH}/a.JPEG", jpeg(1)), ("val/tench/b.JPEG", jpeg(2))], "the folder 'tench' is no class"),
        ([(f"{TENCH}/a.JPEG", jpeg(1)), (f"{TENCH}/more/b.JPEG", jpeg(2))], "the folder 'more' is no class"),
        (
            [(f"{TENCH}/a.JPEG", jpeg(1)), ("b.JPEG", jpeg(2))],
            "b.JPEG lies beside the class folders and so is unlabelled",
        ),
        ([(f"x/{TENCH}/a.JPEG", jpeg(1)), (f"y/{TENCH}/b.JPEG", jpeg(2))], r"in several folders \(x, y\), .* val"),
    ],
)
def test_what_cannot_be_labelled_is_refused(tmp_path: Path, files: list[tuple[str, bytes]], message: str) -> None:
    """Empty tars, unlabelled images, names that stand twice, unknown classes and ambiguous folders each say so."""
    write_tar(tmp_path / "set.tar", files)
    with pytest.raises(SourceError, match=message):
        open_source(str(tmp_path / "set.tar"), IMAGENET)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no tar archive"),
        (b"<html>log in first</html>" * 100, "no tar archive"),
    ],
)
def test_a_file_that_is_no_tar_is_refused(tmp_path: Path, data: bytes, message: str) -> None:
    """A web page saved under the archive's name."""
    (tmp_path / "ILSVRC2012_img_val.tar").write_bytes(data)
    with pytest.raises(SourceError, match=message):
        open_source(str(tmp_path / "ILSVRC2012_img_val.tar"), IMAGENET)


@pytest.mark.parametrize("kept_bytes", [512 + 100, 1024 + 200, 512 + 1024 + 512 + 300])
def test_a_tar_that_is_cut_short_is_refused(tmp_path: Path, kept_bytes: int) -> None:
    """Within an image, within a header, and within the last image: never a smaller set in silence."""
    write_tar(tmp_path / "whole.tar", {f"{TENCH}/{n}.JPEG": jpeg(n) for n in range(2)})
    assert 512 < len(jpeg(0)) <= 1024
    (tmp_path / "cut.tar").write_bytes((tmp_path / "whole.tar").read_bytes()[:kept_bytes])
    with pytest.raises(SourceError, match=r"cut short|damaged"):
        open_source(str(tmp_path / "cut.tar"), IMAGENET)


def test_a_damaged_header_is_refused(tmp_path: Path) -> None:
    """What follows it would be lost in silence."""
    write_tar(tmp_path / "set.tar", {f"{TENCH}/{n}.JPEG": jpeg(n) for n in range(3)})
    data = bytearray((tmp_path / "set.tar").read_bytes())
    data[512 + 1024 + 3] ^= 0xFF
    (tmp_path / "set.tar").write_bytes(data)
    with pytest.raises(SourceError, match="damaged"):
        open_source(str(tmp_path / "set.tar"), IMAGENET)


def test_links_in_a_tar_are_refused(tmp_path: Path) -> None:
    """Their bytes lie elsewhere, perhaps outside the archive."""
    with tarfile.open(tmp_path / "set.tar", "w") as archive:
        whole = tarfile.TarInfo(f"{TENCH}/a.JPEG")
        whole.size = 3
        archive.addfile(whole, io.BytesIO(b"abc"))
        link = tarfile.TarInfo(f"{TENCH}/b.JPEG")
        link.type, link.linkname = tarfile.SYMTYPE, "a.JPEG"
        archive.addfile(link)
    with pytest.raises(SourceError, match=rf"{TENCH}/b.JPEG is a link or sparse"):
        open_source(str(tmp_path / "set.tar"), IMAGENET)
