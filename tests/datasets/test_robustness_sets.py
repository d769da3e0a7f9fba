"""ImageNet-V2 and ImageNet-Sketch: ImageNet's labels, whatever their folders are called."""

from pathlib import Path

import pytest

from pwc_bench.datasets import load_datasets
from pwc_bench.exchange import load_knowledge
from pwc_bench.sources import open_source
from tests.sources.storage import labels_by_name, write_files


def test_v2_folders_are_labels_and_not_places(tmp_path: Path) -> None:
    """Folder 10 is label 10, although it sorts before 2; the class is ImageNet's."""
    write_files(tmp_path, [f"{name}/a.JPEG" for name in ("0", "2", "10", "999")])
    dataset = load_datasets()["imagenet-v2"]
    labels = labels_by_name(open_source(str(tmp_path), dataset))
    assert labels == {"0/a.JPEG": 0, "2/a.JPEG": 2, "10/a.JPEG": 10, "999/a.JPEG": 999}
    assert dataset.class_names == load_datasets()["imagenet-1k"].class_names


def test_sketch_folders_are_synsets(tmp_path: Path) -> None:
    """A part of the classes gives the labels that all of them give."""
    write_files(tmp_path, ["n01440764/sketch_1.JPEG", "n15075141/sketch_2.JPEG"])
    labels = labels_by_name(open_source(str(tmp_path), load_datasets()["imagenet-sketch"]))
    assert list(labels.values()) == [0, 999]


@pytest.mark.parametrize(("key", "images"), [("imagenet-v2", 10_000), ("imagenet-sketch", 50_889)])
def test_declaration_and_card_agree(key: str, images: int) -> None:
    """The data set that we evaluate is the one that claims are about: one title, one home page, one size."""
    dataset = load_datasets()[key]
    card = next(card for card in load_knowledge().datasets if card.key == key)
    assert (dataset.title, dataset.homepage, dataset.expected_images) == (card.title, card.homepage, images)
    assert f"{images:,}" in card.description
