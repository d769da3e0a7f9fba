"""The demo's images: real JPEG files, the same on every run, whole or not there at all."""

import hashlib
import io
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pwc_bench.core.errors import SourceError
from pwc_bench.datasets.demo import DATASET, generate
from pwc_bench.datasets.demo.generation import FOLDER_NAME
from pwc_bench.datasets.demo.layout import IMAGES_PER_CLASS, SPLITS


@pytest.fixture(scope="module")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, generated once for this file; tests leave it whole."""
    return generate(tmp_path_factory.mktemp("demo"))


def hashes(root: Path) -> dict[str, str]:
    """The hash of every file below a folder, by relative path."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_there_are_eight_images_of_eight_classes_in_two_splits(demo_folder: Path) -> None:
    """The layout is ImageFolder's, with the folders named by the classes."""
    assert len(DATASET.classes) == 8
    assert DATASET.expected_images == 64
    assert DATASET.is_demo
    assert DATASET.generate is generate
    for split in SPLITS:
        assert sorted(path.name for path in (demo_folder / split).iterdir()) == list(DATASET.classes)
        for class_id in DATASET.classes:
            assert len(list((demo_folder / split / class_id).glob("*.jpg"))) == IMAGES_PER_CLASS


def test_the_files_are_real_jpegs_of_many_sizes(demo_folder: Path) -> None:
    """They exercise resizing and cropping: upright and lying, no two sizes need be alike."""
    sizes = []
    for path in demo_folder.rglob("*.jpg"):
        with Image.open(path) as image:
            assert image.format == "JPEG"
            assert image.mode == "RGB"
            sizes.append(image.size)
    assert all(240 <= side <= 420 for size in sizes for side in size)
    assert any(width > height for width, height in sizes)
    assert any(width < height for width, height in sizes)
    assert len(set(sizes)) > 64


def test_no_two_images_are_alike(demo_folder: Path) -> None:
    """No validation image is a training image, so the probe cannot have seen it."""
    files = hashes(demo_folder)
    assert len(files) == len(set(files.values())) == 2 * 64 + 1


def test_neither_the_mean_colour_nor_brightness_gives_the_class_away(demo_folder: Path) -> None:
    """The nearest class by mean colour finds the hue but not the texture: accuracy stays below two thirds."""
    means: dict[str, dict[str, list[np.ndarray]]] = {split: {c: [] for c in DATASET.classes} for split in SPLITS}
    for path in demo_folder.rglob("*.jpg"):
        pixels = np.asarray(Image.open(io.BytesIO(path.read_bytes())), dtype=np.float64)
        means[path.parent.parent.name][path.parent.name].append(pixels.mean(axis=(0, 1)))
    centres = np.array([np.mean(means["train"][class_id], axis=0) for class_id in DATASET.classes])
    nearest = [
        (label, int(np.argmin(((centres - colour) ** 2).sum(axis=1))))
        for label, class_id in enumerate(DATASET.classes)
        for colour in means["val"][class_id]
    ]
    accuracy = np.mean([label == guess for label, guess in nearest])
    hue_accuracy = np.mean([label // 2 == guess // 2 for label, guess in nearest])
    assert accuracy < 2 / 3
    assert hue_accuracy > 0.8


def test_the_bytes_are_the_same_on_every_run(demo_folder: Path, tmp_path: Path) -> None:
    """Two runs, and a third that finds the images there, give the same bytes."""
    again = generate(tmp_path)
    assert hashes(again) == hashes(demo_folder)
    modified = {path: path.stat().st_mtime_ns for path in again.rglob("*")}
    assert generate(tmp_path) == again
    assert {path: path.stat().st_mtime_ns for path in again.rglob("*")} == modified


@pytest.mark.parametrize("damage", ["changed", "missing", "surplus", "no manifest", "binary manifest", "a file"])
def test_a_damaged_folder_is_made_anew(demo_folder: Path, tmp_path: Path, damage: str) -> None:
    """Whatever happened to the files, the next run has the right ones, and nothing else beside them."""
    root = tmp_path / FOLDER_NAME
    if damage == "a file":
        root.write_text("in the way")
    else:
        shutil.copytree(demo_folder, root)
        victim = next(iter(sorted((root / "val").rglob("*.jpg"))))
        if damage == "changed":
            victim.write_bytes(victim.read_bytes()[:-1])
        elif damage == "missing":
            victim.unlink()
        elif damage == "surplus":
            (victim.parent / "more.jpg").write_bytes(victim.read_bytes())
        elif damage == "no manifest":
            (root / "manifest.sha256").unlink()
        else:
            (root / "manifest.sha256").write_bytes(b"\xff\xfe")
    (tmp_path / f".{FOLDER_NAME}-killed").mkdir()
    assert hashes(generate(tmp_path)) == hashes(demo_folder)
    assert {path.name for path in tmp_path.iterdir()} <= {FOLDER_NAME, f".{FOLDER_NAME}.lock"}


def test_two_processes_at_once_both_get_whole_folders(demo_folder: Path, tmp_path: Path) -> None:
    """Neither sees a half-written folder, and neither fails."""
    code = "import sys, pathlib; from pwc_bench.datasets.demo import generate; generate(pathlib.Path(sys.argv[1]))"
    running = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) for _ in range(2)]
    assert [process.wait(60) for process in running] == [0, 0]
    assert hashes(tmp_path / FOLDER_NAME) == hashes(demo_folder)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A file where the folder should be ends in one clear line."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SourceError, match=r"images in .*file: .*name another cache with PWC_BENCH_CACHE"):
        generate(tmp_path / "file")
