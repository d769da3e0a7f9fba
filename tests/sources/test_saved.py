"""Folders that Hugging Face datasets saved: classes by name, bytes as they were stored."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import datasets
import pytest

from pwc_bench.core.errors import SourceError
from pwc_bench.sources import open_source
from tests.sources.storage import IMAGENET, SHARK, TENCH, TOILET_PAPER, jpeg, labels_by_name
from tests.sources.tables import hugging_face_rows, lemmas

NAMES = ("toilet tissue, toilet paper", "tench, Tinca tinca", SHARK)


@pytest.fixture(autouse=True)
def _quiet() -> None:
    datasets.disable_progress_bars()


def test_labels_follow_the_names_not_the_numbers(tmp_path: Path) -> None:
    """Number 0 is called toilet tissue here, so its label is 999."""
    hugging_face_rows(["b.JPEG", "c.JPEG", "a.JPEG"], [0, 1, 2], NAMES).save_to_disk(tmp_path / "saved")
    source = open_source(str(tmp_path / "saved"), IMAGENET)
    assert source.spec == "Hugging Face folder saved"
    assert list(labels_by_name(source).items()) == [("a.JPEG", 2), ("b.JPEG", 999), ("c.JPEG", 0)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(source.read, [0, 1, 2] * 8)) == [jpeg(2), jpeg(0), jpeg(1)] * 8
    source.close()


def test_imagenets_own_order_is_verified_by_all_thousand_names(tmp_path: Path) -> None:
    """Names that two classes share are settled by the order of the others."""
    crane_machine = IMAGENET.classes.index("n03126707")
    rows = hugging_face_rows(["a.JPEG", "b.JPEG"], [crane_machine, 3], lemmas(IMAGENET.class_names))
    rows.save_to_disk(tmp_path / "saved")
    assert labels_by_name(open_source(str(tmp_path / "saved"), IMAGENET)) == {"a.JPEG": crane_machine, "b.JPEG": 3}


@pytest.mark.parametrize(
    ("splits", "chosen"),
    [(("train", "validation", "test"), "validation"), (("train", "val"), "val"), (("train", "test"), "test")],
)
def test_of_several_splits_the_validation_is_chosen(tmp_path: Path, splits: tuple[str, ...], chosen: str) -> None:
    """Validation, val or test, the first that is there."""
    parts = {split: hugging_face_rows([f"{split}.JPEG"], [0], NAMES) for split in splits}
    datasets.DatasetDict(parts).save_to_disk(tmp_path / "saved")
    source = open_source(str(tmp_path / "saved"), IMAGENET)
    assert labels_by_name(source) == {f"{chosen}.JPEG": 999}
    assert source.spec == f"Hugging Face folder saved {chosen}"
    assert labels_by_name(open_source(str(tmp_path / "saved"), IMAGENET, "train")) == {"train.JPEG": 999}


def test_without_a_split_that_would_do_the_splits_are_listed(tmp_path: Path) -> None:
    """Training images are no validation images."""
    datasets.DatasetDict(train=hugging_face_rows(["a.JPEG"], [0], NAMES)).save_to_disk(tmp_path / "saved")
    with pytest.raises(SourceError, match="has no split validation or val or test, only train"):
        open_source(str(tmp_path / "saved"), IMAGENET)


def test_equal_file_names_in_two_classes_get_their_class_as_folder(tmp_path: Path) -> None:
    """Data sets made from folders keep the last part of the path only."""
    hugging_face_rows(["0.jpg", "0.jpg", None], [0, 1, 1], NAMES).save_to_disk(tmp_path / "saved")
    source = open_source(str(tmp_path / "saved"), IMAGENET)
    assert labels_by_name(source) == {f"{TENCH}/0.jpg": 0, f"{TENCH}/00000002": 0, f"{TOILET_PAPER}/0.jpg": 999}


def test_one_name_twice_in_a_class_is_refused(tmp_path: Path) -> None:
    """An image that stands there twice would count twice."""
    hugging_face_rows(["0.jpg", "0.jpg"], [1, 1], NAMES).save_to_disk(tmp_path / "saved")
    with pytest.raises(SourceError, match=f"the name '{TENCH}/0.jpg' stands twice"):
        open_source(str(tmp_path / "saved"), IMAGENET)


def test_an_unlabelled_test_split_is_refused(tmp_path: Path) -> None:
    """The hub marks hidden labels with -1."""
    hugging_face_rows(["a.JPEG"], [-1], NAMES).save_to_disk(tmp_path / "saved")
    with pytest.raises(SourceError, match="row 0: unlabelled"):
        open_source(str(tmp_path / "saved"), IMAGENET)


def test_a_damaged_folder_is_refused(tmp_path: Path) -> None:
    """A missing file of rows, and a list of splits that is none."""
    hugging_face_rows(["a.JPEG"], [0], NAMES).save_to_disk(tmp_path / "saved")
    next((tmp_path / "saved").glob("*.arrow")).unlink()
    with pytest.raises(SourceError, match="Hugging Face folder saved: cannot be loaded"):
        open_source(str(tmp_path / "saved"), IMAGENET)
    for text in ("{", json.dumps({"split": []})):
        (tmp_path / "saved" / "dataset_dict.json").write_text(text)
        with pytest.raises(SourceError, match=r"dataset_dict.json is damaged"):
            open_source(str(tmp_path / "saved"), IMAGENET)
