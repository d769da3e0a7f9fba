"""A folder of the official files: labels from the devkit, from a labels file, or from Kaggle's table."""

import tarfile
from pathlib import Path

import pytest

from pwc_bench.core.errors import SourceError
from pwc_bench.sources import open_source
from tests.sources.storage import (
    GOLDFISH,
    IMAGENET,
    SHARK,
    TENCH,
    TOILET_PAPER,
    labels_by_name,
    official_name,
    write_devkit,
    write_files,
)

SYNSET_OF_ID = {1: SHARK, 2: TOILET_PAPER, 3: TENCH}
"""ILSVRC's ids follow no order of ours."""


def write_images(root: Path, *numbers: int) -> list[str]:
    """Write validation images of these numbers."""
    return list(write_files(root, [official_name(number) for number in numbers]))


def test_devkit_labels_go_through_the_synset(tmp_path: Path) -> None:
    """Line n of the ground truth is image n's ILSVRC id; its label is the synset's, not the id less one."""
    write_images(tmp_path, 1, 2, 3)
    write_devkit(tmp_path, [2, 1, 3], SYNSET_OF_ID)
    source = open_source(str(tmp_path), IMAGENET)
    assert [item.label for item in source.items] == [999, 2, 0]
    assert source.spec == f"folder of files {tmp_path.name}"
    assert len(source.read(1)) > 100


def test_the_devkit_may_lie_beside_the_folder_and_be_packed(tmp_path: Path) -> None:
    """The archive is read as it was downloaded; images that are missing do no harm."""
    write_images(tmp_path / "val", 3, 1)
    devkit = write_devkit(tmp_path / "made", [2, 1, 3], SYNSET_OF_ID)
    with tarfile.open(tmp_path / "ILSVRC2012_devkit_t12.tar.gz", "w:gz") as archive:
        archive.add(devkit, "ILSVRC2012_devkit_t12")
    expected = {official_name(1): 999, official_name(3): 0}
    assert labels_by_name(open_source(str(tmp_path / "val"), IMAGENET)) == expected


@pytest.mark.parametrize(
    ("truth", "ids", "message"),
    [
        ([2, 4, 3], SYNSET_OF_ID, r"line 2 is '4', not an id of meta.mat \(1 to 3\)"),
        ([0, 1, 3], SYNSET_OF_ID, "line 1 is '0'"),
        ([1, 1001, 3], SYNSET_OF_ID, "line 2 is '1001'"),
        ([1, "x", 3], SYNSET_OF_ID, "line 2 is 'x'"),
        ([1, 2], SYNSET_OF_ID, f"{official_name(3)}: unlabelled, since .* to {official_name(2)} only"),
        ([1, 1, 1], {1: "n00000001"}, "'n00000001' is no class of imagenet-1k"),
        ([1, 1, 1], {}, "names no classes"),
    ],
)
def test_a_devkit_that_does_not_fit_is_refused(
    tmp_path: Path, truth: list[int | str], ids: dict[int, str], message: str
) -> None:
    """Ids outside the table (also those of inner nodes), missing lines and unknown synsets each say so."""
    write_images(tmp_path, 1, 2, 3)
    write_devkit(tmp_path, truth, ids)
    with pytest.raises(SourceError, match=message):
        open_source(str(tmp_path), IMAGENET)


def test_an_image_that_the_devkit_cannot_number_is_unlabelled(tmp_path: Path) -> None:
    """A file of another name in the folder is not skipped in silence."""
    write_images(tmp_path, 1)
    write_files(tmp_path, ["holiday.jpg"])
    write_devkit(tmp_path, [1], SYNSET_OF_ID)
    with pytest.raises(SourceError, match=r"holiday.jpg: unlabelled"):
        open_source(str(tmp_path), IMAGENET)


def test_a_damaged_devkit_is_refused(tmp_path: Path) -> None:
    """A missing file, a table that is none, an archive that is none or lacks the file."""
    write_images(tmp_path / "val", 1)
    devkit = write_devkit(tmp_path, [1], SYNSET_OF_ID)
    (devkit / "data" / "meta.mat").write_bytes(b"not a table")
    with pytest.raises(SourceError, match="cannot be read as the devkit's table"):
        open_source(str(tmp_path / "val"), IMAGENET)
    (devkit / "data" / "meta.mat").unlink()
    with pytest.raises(SourceError, match=r"data/meta.mat: cannot be read: No such file"):
        open_source(str(tmp_path / "val"), IMAGENET)
    devkit.rename(tmp_path / "away")
    packed = tmp_path / "ILSVRC2012_devkit_t12.tar.gz"
    packed.write_bytes(b"<html>log in first</html>")
    with pytest.raises(SourceError, match=r"t12.tar.gz: no tar archive, or a damaged one"):
        open_source(str(tmp_path / "val"), IMAGENET)
    with tarfile.open(packed, "w:gz") as archive:
        archive.add(tmp_path / "away", "ILSVRC2012_devkit_t12")
    with pytest.raises(SourceError, match=r"holds no readable data/meta.mat"):
        open_source(str(tmp_path / "val"), IMAGENET)
    with tarfile.open(packed, "w:gz") as archive:
        archive.add(tmp_path / "away" / "data", "ILSVRC2012_devkit_t12/data/meta.mat", recursive=False)
    with pytest.raises(SourceError, match=r"data/meta.mat is no file"):
        open_source(str(tmp_path / "val"), IMAGENET)


@pytest.mark.parametrize(
    ("file_name", "text"),
    [
        ("labels.txt", f"a b.JPEG {SHARK}\n\nc.JPEG   999\n"),
        ("val.txt", f"c.JPEG\t{TOILET_PAPER}\na b.JPEG 2"),
        ("labels.csv", f'filename,label\n"a b.JPEG",{SHARK}\nc.JPEG, 999\n'),
        ("val.tsv", f"image\tsynset\r\na b.JPEG\t{SHARK}\r\nc.JPEG\t{TOILET_PAPER}\r\n"),
        ("labels.tsv", f"\ufeffa b.JPEG\t2\nc.JPEG\t{TOILET_PAPER}\n"),
        (
            "LOC_val_solution.csv",
            f"ImageId,PredictionString\nc,{TOILET_PAPER} 1 2 3 4 \na b,{SHARK} 1 2 3 4 {TENCH} 1\n",
        ),
        ("LOC_val_solution.csv", f"a b,{SHARK} 1 2 3 4\nc,{TOILET_PAPER} 1\nabsent,{TENCH} 1\n"),
    ],
)
def test_labels_files_of_every_kind_are_understood(tmp_path: Path, file_name: str, text: str) -> None:
    """Synsets and indices counted from 0, in any column form; Kaggle's table may name images that are not there."""
    write_files(tmp_path / "val", ["a b.JPEG", "c.JPEG"])
    expected = {"a b.JPEG": 2, "c.JPEG": 999}
    for place in (tmp_path, tmp_path / "val"):
        (place / file_name).write_text(text, encoding="utf-8", newline="")
        assert labels_by_name(open_source(str(tmp_path / "val"), IMAGENET)) == expected


@pytest.mark.parametrize(
    ("file_name", "text", "message"),
    [
        ("labels.txt", f"a.JPEG {TENCH}\n", r"b.JPEG: unlabelled, since labels.txt does not name it"),
        ("labels.txt", f"a.JPEG 0\nb.JPEG 1\nc.JPEG {TENCH}\nd.JPEG 3", r"names 'c.JPEG' and 1 more, but there is no"),
        ("labels.txt", "a.JPEG 0\na.JPEG 0\nb.JPEG 1", r"labels.txt line 2: the name 'a.JPEG' stands twice"),
        ("labels.txt", "a.JPEG 1\nb.JPEG 1000", r"line 2: the index 1000 is not from 0 to 999"),
        ("labels.txt", "a.JPEG 1\nb.JPEG tench", r"line 2: 'tench' is no class"),
        ("labels.txt", "tench\ngoldfish\n", r"line 1: not an image's name and its synset or index"),
        ("labels.csv", "a.JPEG,1,2\nb.JPEG,1,2", r"labels.csv line 1: not an image's name"),
        ("LOC_val_solution.csv", f"a,{TENCH} 1\n", r"b.JPEG: unlabelled"),
        ("LOC_val_solution.csv", f"a,{TENCH} 1\na,{TENCH} 1\n", r"line 2: the name 'a' stands twice"),
        ("LOC_val_solution.csv", "a,\n", r"line 1: not an ImageId and a PredictionString"),
        ("LOC_val_solution.csv", "a,n00000000 1\n", r"line 1: 'n00000000' is no class"),
    ],
)
def test_labels_files_that_do_not_fit_are_refused(tmp_path: Path, file_name: str, text: str, message: str) -> None:
    """Each fault is named with its file and line."""
    write_files(tmp_path, ["a.JPEG", "b.JPEG"])
    (tmp_path / file_name).write_text(text)
    with pytest.raises(SourceError, match=message):
        open_source(str(tmp_path), IMAGENET)


def test_kaggles_names_must_differ_in_more_than_the_suffix(tmp_path: Path) -> None:
    """The table has no suffixes, so two files could claim one line."""
    write_files(tmp_path, ["a.JPEG", "a.png"])
    (tmp_path / "LOC_val_solution.csv").write_text(f"a,{TENCH} 1\n")
    with pytest.raises(SourceError, match=r"'a.JPEG' has the same name as another image but for the suffix"):
        open_source(str(tmp_path), IMAGENET)


def test_labels_that_are_no_text_or_cannot_be_read_are_refused(tmp_path: Path) -> None:
    """A binary file under the name of a labels file."""
    write_files(tmp_path, ["a.JPEG"])
    (tmp_path / "labels.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SourceError, match=r"labels.txt: not UTF-8 text"):
        open_source(str(tmp_path), IMAGENET)


def test_two_files_of_labels_are_ambiguous(tmp_path: Path) -> None:
    """Which of them is meant cannot be guessed."""
    write_files(tmp_path, ["a.JPEG"])
    (tmp_path / "labels.txt").write_text(f"a.JPEG {TENCH}")
    (tmp_path / "LOC_val_solution.csv").write_text(f"a,{GOLDFISH} 1")
    with pytest.raises(SourceError, match=r"labels in both labels.txt and LOC_val_solution.csv"):
        open_source(str(tmp_path), IMAGENET)


def test_without_any_labels_the_message_says_what_would_do(tmp_path: Path) -> None:
    """The three ways of labelling are named."""
    write_images(tmp_path / "val", 1)
    with pytest.raises(SourceError, match=r"unlabelled; put ILSVRC2012_devkit_t12.tar.gz, LOC_val_solution.csv or lab"):
        open_source(str(tmp_path / "val"), IMAGENET)
