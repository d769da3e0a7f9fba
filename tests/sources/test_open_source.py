"""Opening images wherever they lie: the form is recognised, and what is no set of images is refused in one line."""

import sys
from pathlib import Path

import pytest

from pwc_bench.core.errors import SourceError
from pwc_bench.isolation import PluginWarning
from pwc_bench.sources import load_forms, open_source
from pwc_bench.sources._location import list_folder
from tests.sources.storage import GOLDFISH, IMAGENET, TENCH, jpeg, labels_by_name, write_files, write_tar


def test_every_storage_form_is_found_by_walking_the_folder() -> None:
    """There is no list to keep, and every form has a name for people."""
    forms = load_forms()
    assert {"folder", "flat", "tar", "saved", "parquet", "hub"} <= forms.keys()
    assert all(form.key == key and form.title for key, form in forms.items())


def test_the_parent_of_val_means_val(tmp_path: Path) -> None:
    """A folder with train/ and val/ is opened at its validation images, or at its training images if asked."""
    write_files(tmp_path, [f"val/{TENCH}/a.JPEG", f"train/{GOLDFISH}/b.JPEG"])
    source = open_source(str(tmp_path), IMAGENET)
    assert labels_by_name(source) == {f"{TENCH}/a.JPEG": 0}
    assert source.spec == "ImageFolder val"
    assert labels_by_name(open_source(str(tmp_path), IMAGENET, split="train")) == {f"{GOLDFISH}/b.JPEG": 1}


def test_a_folder_named_validation_will_do(tmp_path: Path) -> None:
    """Hugging Face and TensorFlow say validation."""
    write_files(tmp_path, [f"validation/{TENCH}/a.JPEG"])
    assert open_source(str(tmp_path), IMAGENET).spec == "ImageFolder validation"


def test_the_spec_names_no_path_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is published names the form and the last folder only, even where the user wrote a dot or a tilde."""
    write_files(tmp_path / "images", [f"{TENCH}/a.JPEG"])
    monkeypatch.chdir(tmp_path / "images")
    assert open_source(".", IMAGENET).spec == "ImageFolder images"
    monkeypatch.setenv("HOME", str(tmp_path))
    assert open_source("~/images", IMAGENET).spec == "ImageFolder images"


def test_both_val_and_validation_are_ambiguous(tmp_path: Path) -> None:
    """Guessing which one is meant would be wrong half of the time."""
    write_files(tmp_path, [f"val/{TENCH}/a.JPEG", f"validation/{TENCH}/a.JPEG"])
    with pytest.raises(SourceError, match="both validation and val"):
        open_source(str(tmp_path), IMAGENET)


def test_a_split_that_is_not_there_is_missed(tmp_path: Path) -> None:
    """Training images are never taken from the validation folder."""
    write_files(tmp_path, [f"val/{TENCH}/a.JPEG"])
    with pytest.raises(SourceError, match="no folder train/"):
        open_source(str(tmp_path), IMAGENET, split="train")


def test_a_path_where_nothing_is_ends_in_one_line(tmp_path: Path) -> None:
    """The message gives the path as written, and the reason."""
    with pytest.raises(SourceError, match=r"nowhere: cannot be opened \(No such file"):
        open_source(str(tmp_path / "nowhere"), IMAGENET)
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    with pytest.raises(SourceError, match="cannot be opened"):
        open_source(str(tmp_path / "circle"), IMAGENET)


def test_a_folder_without_images_is_refused(tmp_path: Path) -> None:
    """An empty folder, and one of other files."""
    with pytest.raises(SourceError, match="no images"):
        open_source(str(tmp_path), IMAGENET)
    (tmp_path / "notes.txt").write_text("later")
    (tmp_path / ".DS_Store").write_bytes(b"x")
    with pytest.raises(SourceError, match="no images"):
        open_source(str(tmp_path), IMAGENET)


def test_a_file_of_another_kind_is_refused_with_the_forms_that_are_read(tmp_path: Path) -> None:
    """The message says what would do."""
    (tmp_path / "val.zip").write_bytes(b"PK")
    with pytest.raises(SourceError, match=r"none of the forms .*a tar archive"):
        open_source(str(tmp_path / "val.zip"), IMAGENET)


def test_a_folder_that_cannot_be_listed_is_named(tmp_path: Path) -> None:
    """A folder that vanished, or may not be read, ends in one line too."""
    with pytest.raises(SourceError, match=r"gone: the folder cannot be read \(No such file"):
        list_folder(tmp_path / "gone")


def test_a_folder_with_the_official_tar_means_the_tar(tmp_path: Path) -> None:
    """Where torchvision's users keep their archives, the archive is found."""
    write_tar(tmp_path / "ILSVRC2012_img_val.tar", {"a.JPEG": jpeg(1)})
    (tmp_path / "labels.txt").write_text(f"a.JPEG {TENCH}\n")
    source = open_source(str(tmp_path), IMAGENET)
    assert source.spec == "tar ILSVRC2012_img_val.tar"
    source.close()


OWN = """
from pwc_bench.core.dataset import Item
from pwc_bench.sources import Form
class One:
    spec = "one"
    items = (Item("a.JPEG", 0),)
    def read(self, index): return b"a"
    def close(self): pass
OWN = Form("own", "a folder of ours", lambda location: location.name == "ours", lambda location: One())
TWICE = Form("tar", "another tar", OWN.recognises, OWN.open)
def leave(location): raise SystemExit(0)
LEAVES = Form("own", "a folder of ours", leave, OWN.open)
CANNOT_OPEN = Form("own", "a folder of ours", OWN.recognises, leave)
WRONG = 7
"""


@pytest.mark.parametrize(
    ("attribute", "error"),
    [
        ("OWN", None),
        ("TWICE", "'tar' is taken"),
        ("WRONG", "offers 7"),
        ("LEAVES", "^own_form, of which the storage form own is, is not asked: it tried to end the program"),
    ],
)
def test_another_package_can_offer_a_storage_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, attribute: str, error: str | None
) -> None:
    """An installed package's form is asked before ours; one that fails, or of a key that is taken, is left out."""
    _install(attribute, tmp_path, monkeypatch)
    try:
        if error is None:
            assert open_source(str(tmp_path / "ours"), IMAGENET).spec == "one"
        else:
            with pytest.warns(PluginWarning, match=error):
                assert len(open_source(str(tmp_path / "ours"), IMAGENET).items) == 1
    finally:
        sys.modules.pop("own_form", None)


def test_a_form_of_another_package_that_cannot_open_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It said that the images are in its form: nobody else is asked, and the program goes on."""
    _install("CANNOT_OPEN", tmp_path, monkeypatch)
    try:
        with pytest.raises(SourceError, match=r"^ours: own_form, of which the storage form own is, cannot open it"):
            open_source(str(tmp_path / "ours"), IMAGENET)
    finally:
        sys.modules.pop("own_form", None)


def _install(attribute: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own_form.py").write_text(OWN)
    metadata = tmp_path / "own_form-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: own-form\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[pwc_bench.sources]\nown = own_form:{attribute}\n")
    monkeypatch.syspath_prepend(tmp_path)
    write_files(tmp_path / "ours", [f"{TENCH}/a.JPEG"])
