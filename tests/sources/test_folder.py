"""ImageFolder: labels follow the class that a folder is named by, never the folder's place among those present."""

from pathlib import Path

import pytest

from pwc_bench.core.errors import ImageError, SourceError
from pwc_bench.sources import open_source
from tests.sources.storage import GOLDFISH, IMAGENET, SHARK, TENCH, TOILET_PAPER, jpeg, labels_by_name, write_files


def test_labels_are_imagenet_indices_though_most_classes_are_absent(tmp_path: Path) -> None:
    """Three folders of a thousand: their labels are 0, 2 and 999, not 0, 1 and 2."""
    names = [f"{TOILET_PAPER}/c.JPEG", f"{TENCH}/b.JPEG", f"{TENCH}/a.JPEG", f"{SHARK}/d.JPEG"]
    written = write_files(tmp_path, names)
    source = open_source(str(tmp_path), IMAGENET)
    assert list(labels_by_name(source).items()) == [
        (f"{TENCH}/a.JPEG", 0),
        (f"{TENCH}/b.JPEG", 0),
        (f"{SHARK}/d.JPEG", 2),
        (f"{TOILET_PAPER}/c.JPEG", 999),
    ]
    assert [source.read(index) for index in range(4)] == [written[item.name] for item in source.items]
    source.close()


def test_images_are_known_by_their_suffix_in_any_case(tmp_path: Path) -> None:
    """Other files, and those of file managers, are no images."""
    images = ["a.JPEG", "b.jpg", "c.PNG", "d.webp", "e.bmp", "f.GIF", "g.tif", "h.Tiff"]
    write_files(tmp_path, [f"{TENCH}/{name}" for name in [*images, "notes.txt", ".DS_Store", "._a.JPEG", "Thumbs.db"]])
    (tmp_path / ".ipynb_checkpoints").mkdir()
    assert [item.name for item in open_source(str(tmp_path), IMAGENET).items] == [f"{TENCH}/{n}" for n in images]


def test_links_are_followed(tmp_path: Path) -> None:
    """A folder of links to folders and files elsewhere is a data set like any other."""
    write_files(tmp_path / "elsewhere", ["a.JPEG", "b.JPEG"])
    (tmp_path / "set" / GOLDFISH).mkdir(parents=True)
    (tmp_path / "set" / TENCH).symlink_to(tmp_path / "elsewhere")
    (tmp_path / "set" / GOLDFISH / "c.JPEG").symlink_to(tmp_path / "elsewhere" / "b.JPEG")
    source = open_source(str(tmp_path / "set"), IMAGENET)
    assert labels_by_name(source) == {f"{TENCH}/a.JPEG": 0, f"{TENCH}/b.JPEG": 0, f"{GOLDFISH}/c.JPEG": 1}
    assert source.read(2) == source.read(1)


def test_a_file_that_cannot_be_read_is_named_without_its_path(tmp_path: Path) -> None:
    """Reading fails for the one image, with its name within the data set."""
    (tmp_path / TENCH).mkdir()
    (tmp_path / TENCH / "gone.JPEG").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ImageError, match=rf"^{TENCH}/gone.JPEG: cannot be read: No such file"):
        open_source(str(tmp_path), IMAGENET).read(0)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([f"{TENCH}/a.JPEG", "tench/b.JPEG"], "the folder 'tench' is no class of imagenet-1k .*like n01440764"),
        ([f"{TENCH}/a.JPEG", "stray.JPEG"], "'stray.JPEG' lies beside the class folders and so is unlabelled"),
        (["stray.JPEG", "boxes/a.xml"], "holds images and the folder 'boxes', which is no class"),
        ([f"{TENCH}/more/a.JPEG"], f"the class folder {TENCH} holds a folder 'more'"),
        ([f"{TENCH}/a.JPEG", f"{GOLDFISH}/notes.txt"], f"the class folder {GOLDFISH} holds no images"),
        ([f"{TENCH}/a\nb.JPEG"], r"characters that cannot be kept"),
        ([f"{TENCH}/a\udcff.JPEG"], r"characters that cannot be kept"),
    ],
)
def test_what_is_no_image_folder_is_refused(tmp_path: Path, names: list[str], message: str) -> None:
    """Unknown classes, unlabelled images, nested and empty class folders and unwritable names each say so."""
    write_files(tmp_path, names)
    with pytest.raises(SourceError, match=message):
        open_source(str(tmp_path), IMAGENET)


def test_a_class_folder_that_is_a_file_does_not_hide_the_others(tmp_path: Path) -> None:
    """Files beside the class folders that are no images are left alone."""
    write_files(tmp_path, [f"{TENCH}/a.JPEG"])
    (tmp_path / GOLDFISH).write_bytes(jpeg(1))
    assert labels_by_name(open_source(str(tmp_path), IMAGENET)) == {f"{TENCH}/a.JPEG": 0}
