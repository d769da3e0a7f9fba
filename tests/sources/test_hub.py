"""`hf:` data sets, on a local folder with the hub's layout; no test reaches for the network."""

import logging
from pathlib import Path

import datasets
import huggingface_hub.constants
import pytest

from pwc_bench.core.errors import SourceError
from pwc_bench.sources import open_source
from pwc_bench.sources.hub import _explanation, _without_notices
from tests.sources.storage import GOLDFISH, IMAGENET, TENCH, jpeg, labels_by_name
from tests.sources.tables import hugging_face_rows, parquet_table, write_parquet


@pytest.fixture(autouse=True)
def _offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As HF_HUB_OFFLINE=1 and HF_HOME set them when the libraries are imported."""
    datasets.disable_progress_bars()
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A folder of parquet files for two splits."""
    root = tmp_path / "birds"
    (root / "data").mkdir(parents=True)
    for split, path in (("train", "t.JPEG"), ("validation", "v.JPEG")):
        rows = hugging_face_rows([path], [0], ["goldfish, Carassius auratus", "tench, Tinca tinca"])
        rows.to_parquet(root / "data" / f"{split}-00000-of-00001.parquet")
    return root


def test_the_validation_split_is_loaded_without_the_others(repository: Path) -> None:
    """Broken training files do no harm: they are not touched."""
    (repository / "data" / "train-00000-of-00001.parquet").write_bytes(b"broken")
    source = open_source(f"hf:{repository}", IMAGENET)
    assert source.spec == "Hugging Face birds validation"
    assert labels_by_name(source) == {"v.JPEG": 1}
    assert source.read(0) == jpeg(0)
    source.close()


def test_a_split_can_be_named(repository: Path) -> None:
    """`hf:REPO:SPLIT`; a split that is not there is answered with those that are."""
    assert labels_by_name(open_source(f"hf:{repository}:train", IMAGENET)) == {"t.JPEG": 1}
    with pytest.raises(SourceError, match="has no split holdout, only train, validation"):
        open_source(f"hf:{repository}:holdout", IMAGENET)


def test_labels_without_names_are_refused(tmp_path: Path) -> None:
    """The order of numbers cannot be verified."""
    write_parquet(tmp_path / "plain" / "validation.parquet", parquet_table(["a"], [0]))
    with pytest.raises(SourceError, match="without class names"):
        open_source(f"hf:{tmp_path / 'plain'}", IMAGENET)


def test_an_image_folder_is_loaded_by_its_own_builder(tmp_path: Path) -> None:
    """Other builders than parquet are left to find their splits themselves."""
    for class_id in (TENCH, GOLDFISH):
        folder = tmp_path / "photos" / "validation" / class_id
        folder.mkdir(parents=True)
        (folder / f"{class_id}.jpg").write_bytes(jpeg(3))
    source = open_source(f"hf:{tmp_path / 'photos'}", IMAGENET)
    assert labels_by_name(source) == {f"{TENCH}.jpg": 0, f"{GOLDFISH}.jpg": 1}
    assert source.read(0) == jpeg(3)


def test_without_a_connection_the_hub_cannot_be_reached() -> None:
    """The message says so, in one line."""
    with pytest.raises(SourceError, match="hf:someone/nothing: the hub cannot be reached") as caught:
        open_source("hf:someone/nothing", IMAGENET)
    assert "\n" not in str(caught.value)


def test_attempts_to_reach_the_hub_are_not_announced() -> None:
    """While the hub is asked its client tells errors alone, and afterwards what it told before."""
    client = logging.getLogger("huggingface_hub.utils._http")
    before = client.getEffectiveLevel()
    with _without_notices():
        assert not client.isEnabledFor(logging.WARNING)
        assert client.isEnabledFor(logging.ERROR)
    assert client.getEffectiveLevel() == before


def test_a_folder_that_is_not_there_is_no_data_set(tmp_path: Path) -> None:
    """A local path that holds nothing."""
    with pytest.raises(SourceError, match="there is no such data set"):
        open_source(f"hf:{tmp_path / 'nowhere'}", IMAGENET)


def test_a_spec_without_a_name_is_refused() -> None:
    """The message shows how to write it."""
    with pytest.raises(SourceError, match="write hf:OWNER/NAME"):
        open_source("hf:", IMAGENET)


def test_a_broken_file_ends_in_one_line(repository: Path) -> None:
    """What the libraries say stands in the message."""
    (repository / "data" / "validation-00000-of-00001.parquet").write_bytes(b"broken")
    with pytest.raises(SourceError, match=r"^hf:.*birds: cannot be loaded \("):
        open_source(f"hf:{repository}", IMAGENET)


def test_a_gated_data_set_says_how_to_get_in() -> None:
    """The hub's answer for terms that were not accepted yet."""
    error = datasets.exceptions.DatasetNotFoundError(
        "Dataset 'ILSVRC/imagenet-1k' is a gated dataset on the Hub. You must be authenticated to access it."
    )
    assert "accept its terms on its page, log in with `hf auth login`" in _explanation("hf:ILSVRC/imagenet-1k", error)
