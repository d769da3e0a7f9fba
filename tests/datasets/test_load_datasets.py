"""Finding data sets: the catalogue is sound, and other installed packages can add to it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pwc_bench.datasets import load_datasets
from pwc_bench.isolation import PluginWarning

OWN = """
from pwc_bench.core.dataset import Dataset
OWN = Dataset("own", "Own", ("a", "b"), ("A", "B"), 2, "Mine.")
TWICE = (OWN, OWN)
WRONG = "no data set"
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on the import path, as pip fills it, with a package that holds data sets."""
    (tmp_path / "own_datasets.py").write_text(OWN)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    sys.modules.pop("own_datasets", None)


def install(site: Path, attribute: str) -> None:
    """Declare an entry point, as an installed package's metadata does."""
    metadata = site / "own_datasets-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: own-datasets\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[pwc_bench.datasets]\nown = own_datasets:{attribute}\n")


def test_every_declaration_is_sound() -> None:
    """Keys are the keys, classes are unique and named, home pages are https."""
    for key, dataset in load_datasets().items():
        assert dataset.key == key
        assert len(set(dataset.classes)) == len(dataset.classes) == len(dataset.class_names)
        assert all(dataset.class_names)
        assert dataset.expected_images > 0
        assert dataset.homepage is None or dataset.homepage.startswith("https://")
        assert dataset.is_demo == (dataset.generate is not None)


def test_another_package_can_offer_a_data_set(site: Path) -> None:
    """An entry point adds a data set without a fork."""
    install(site, "OWN")
    assert load_datasets()["own"].class_names == ("A", "B")


def test_a_key_declared_twice_is_an_error(site: Path) -> None:
    """Two data sets of one key cannot both be meant."""
    install(site, "TWICE")
    with pytest.warns(PluginWarning, match="'own'"):
        assert "own" not in load_datasets()


def test_an_entry_point_that_offers_something_else_is_refused(site: Path) -> None:
    """The message says what the entry point should name."""
    install(site, "WRONG")
    with pytest.warns(PluginWarning, match=r"group pwc_bench.datasets\) is left out: it offers 'no data set'"):
        assert "imagenet-1k" in load_datasets()
