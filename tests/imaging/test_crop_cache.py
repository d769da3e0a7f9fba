"""The crop cache gives back what was put in, or nothing: never other pixels."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pwc_bench.core.dataset import Item
from pwc_bench.core.errors import ImageError
from pwc_bench.core.variant import Recipe
from pwc_bench.imaging import CropCache, crops, list_cached_crops, open_crop_cache
from tests.imaging.test_crop import encode, noise

RECIPES = (Recipe(key="a", resize_px=20, crop_px=16), Recipe(key="b", resize_px=18, crop_px=16))
GIB = 2**30
COUNT = 12


@dataclass
class Images:
    """Encoded images in memory."""

    files: list[bytes]
    spec: str = "memory"

    @property
    def items(self) -> list[Item]:
        """Name them by their number."""
        return [Item(f"{number}.jpg", number) for number in range(len(self.files))]

    def read(self, index: int) -> bytes:
        """Return one."""
        if not self.files[index]:
            raise ImageError("gone")
        return self.files[index]

    def close(self) -> None:
        """Nothing is open."""


def images(first_seed: int = 0) -> Images:
    """A dozen of them."""
    return Images([encode(noise("RGB", 40, 30, first_seed + seed), "JPEG") for seed in range(COUNT)])


def slots() -> list[NDArray[np.uint8]]:
    """An array for each recipe."""
    return [np.zeros((recipe.crop_px, recipe.crop_px, 3), np.uint8) for recipe in RECIPES]


@contextmanager
def cache_of(folder: Path, source: Images, limit_bytes: int = GIB) -> Iterator[CropCache]:
    """The open cache."""
    said: list[str] = []
    with open_crop_cache(folder, source, RECIPES, limit_bytes, said.append) as cache:
        assert cache is not None, said
        yield cache


def fill(folder: Path, source: Images) -> None:
    """Keep all crops."""
    with cache_of(folder, source) as cache:
        for index, data in enumerate(source.files):
            cache.write(index, crops(data, "x", RECIPES))


def found_in(folder: Path, source: Images) -> list[int]:
    """Return which images are there; their pixels are right."""
    present = []
    with cache_of(folder, source) as cache:
        for index, data in enumerate(source.files):
            targets = slots()
            if cache.read(index, targets):
                present.append(index)
                for found, expected in zip(targets, crops(data, "x", RECIPES), strict=True):
                    np.testing.assert_array_equal(found, expected)
    return present


def test_crops_come_back(tmp_path: Path) -> None:
    """Nothing at first; then what was written, in a later opening too, and at the same time as it is written."""
    source = images()
    assert found_in(tmp_path, source) == []
    with cache_of(tmp_path, source) as writer, cache_of(tmp_path, source) as reader:
        writer.write(3, crops(source.files[3], "x", RECIPES))
        assert reader.read(3, slots())
        assert not reader.read(4, slots())
        reader.write(5, crops(source.files[5], "x", RECIPES))
    assert found_in(tmp_path, source) == [3, 5]


def test_one_recipe_without_its_crop_is_none(tmp_path: Path) -> None:
    """An image counts only where every recipe has it."""
    source = images()
    fill(tmp_path, source)
    with cache_of(tmp_path, source) as cache:
        (tmp_path / cache.files[1].identity.file_name).unlink()
    assert found_in(tmp_path, source) == []


def test_pixels_that_changed_are_not_believed(tmp_path: Path) -> None:
    """A flipped bit, or a page that never reached the disk, does not fit its mark."""
    source = images()
    fill(tmp_path, source)
    with cache_of(tmp_path, source) as cache:
        identity = cache.files[0].identity
    with (tmp_path / identity.file_name).open("r+b") as file:
        file.seek(identity.pixels_at + 4 * identity.crop_bytes + 17)
        file.write(b"\xaa\x55\xaa")
    assert found_in(tmp_path, source) == [number for number in range(COUNT) if number != 4]


@pytest.mark.parametrize("damage", ["cut", "foreign", "empty", "header", "long"])
def test_a_damaged_or_foreign_file_is_begun_anew(tmp_path: Path, damage: str) -> None:
    """Whatever lies in the file's place is thrown away."""
    source = images()
    fill(tmp_path, source)
    for path in tmp_path.glob("*.crops"):
        data = path.read_bytes()
        changed = {
            "cut": data[:-1],
            "foreign": b"somebody else's",
            "empty": b"",
            "header": data[:40] + b"?" + data[41:],
            "long": data + b"\0",
        }
        path.write_bytes(changed[damage])
    assert found_in(tmp_path, source) == []
    fill(tmp_path, source)
    assert found_in(tmp_path, source) == list(range(COUNT))


def test_other_images_under_the_same_names_are_noticed(tmp_path: Path) -> None:
    """Some crops are made anew and compared before the others are believed."""
    fill(tmp_path, images())
    assert found_in(tmp_path, images(first_seed=50)) == []
    fill(tmp_path, images())
    broken = images()
    broken.files[0] = b""
    with cache_of(tmp_path, broken) as cache:
        assert not cache.read(1, slots())


def test_other_names_decoders_and_recipes_have_files_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that decides the pixels is part of a file's name."""
    fill(tmp_path, images())
    fill(tmp_path, Images(images().files[:5]))
    monkeypatch.setattr("pwc_bench.imaging.crop_cache.decoder_name", lambda: "another")
    fill(tmp_path, images())
    monkeypatch.undo()
    found = list(list_cached_crops(tmp_path))
    assert len(found) == 6
    assert sorted((f.identity.recipe, f.identity.images, f.images) for f in found) == [
        *[("a", 5, 5), ("a", 12, 12), ("a", 12, 12)],
        *[("b", 5, 5), ("b", 12, 12), ("b", 12, 12)],
    ]
    assert {f.identity.decoder for f in found} > {"another"}
    assert all(f.size_bytes > 0 for f in found)


def test_the_limit_sends_off_the_longest_unused(tmp_path: Path) -> None:
    """Room is made for this run's crops; a run that cannot fit does without, and says so."""
    old, newer, now = (Images(images().files[:count]) for count in (3, 4, 5))
    sizes = []
    for age, source in ((200, old), (100, newer)):
        with cache_of(tmp_path, source) as cache:
            sizes.append(sum(file.identity.size_bytes for file in cache.files))
            for file in cache.files:
                path = tmp_path / file.identity.file_name
                os.utime(path, (path.stat().st_atime - age, path.stat().st_mtime - age))
    with cache_of(tmp_path, now, limit_bytes=2 * sizes[1] + 4096) as cache:
        assert len(cache.files) == 2
    assert {found.identity.images for found in list_cached_crops(tmp_path)} == {4, 5}
    said: list[str] = []
    with open_crop_cache(tmp_path, now, RECIPES, 100, said.append) as none:
        assert none is None
    assert "more than --crop-cache-limit" in said[0]


def test_a_folder_that_cannot_be_is_no_end(tmp_path: Path) -> None:
    """The run goes on without a cache and says why."""
    (tmp_path / "file").write_text("")
    said: list[str] = []
    with open_crop_cache(tmp_path / "file", images(), RECIPES, GIB, said.append) as none:
        assert none is None
    assert said[0].startswith("no crop cache: ")


def test_a_full_disk_stops_writing_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One warning, and reading goes on."""
    source = images()
    fill(tmp_path, source)
    said: list[str] = []

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with open_crop_cache(tmp_path, source, RECIPES, GIB, said.append) as cache:
        assert cache is not None
        monkeypatch.setattr(os, "pwrite", full)
        for index in (1, 2):
            cache.write(index, crops(source.files[index], "x", RECIPES))
        assert cache.read(1, slots())
    assert said == ["the crop cache takes no more: No space left on device"]


def test_no_room_on_the_disk_is_said_beforehand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Results need the disk too."""
    said: list[str] = []
    monkeypatch.setattr("pwc_bench.imaging.crop_cache._RESERVE_BYTES", 2**60)
    with open_crop_cache(tmp_path, images(), RECIPES, GIB, said.append) as none:
        assert none is None
    assert "has no room" in said[0]


def test_files_that_are_no_crops_are_not_listed(tmp_path: Path) -> None:
    """Of any content whatever."""
    for number, data in enumerate((b"", b"x", b"pwc-bench crops 1\n[]\n", b"pwc-bench crops 1\n{}\n", bytes(5000))):
        (tmp_path / f"{number}.crops").write_bytes(data)
    assert list(list_cached_crops(tmp_path)) == []


CHILD = """
import sys
from pathlib import Path
from pwc_bench.core.variant import Recipe
from pwc_bench.core.dataset import Item
from pwc_bench.imaging import crops, open_crop_cache

class Source:
    spec = "memory"
    files = [path.read_bytes() for path in sorted(Path(sys.argv[1], "images").iterdir())]
    items = [Item(f"{number}.jpg", number) for number in range(len(files))]

    def read(self, index):
        return self.files[index]

recipes = (Recipe(key="a", resize_px=20, crop_px=16), Recipe(key="b", resize_px=18, crop_px=16))
with open_crop_cache(Path(sys.argv[1], "crops"), Source(), recipes, 2**30, print) as cache:
    print("ready", flush=True)
    while True:
        for index, data in enumerate(Source.files):
            cache.write(index, crops(data, "x", recipes))
"""


def test_two_processes_fill_it_and_one_is_killed(tmp_path: Path) -> None:
    """While they write, every crop that is there is right; afterwards too."""
    command = [sys.executable, "-c", CHILD, str(tmp_path)]
    source, folder = images(), tmp_path / "crops"
    (tmp_path / "images").mkdir()
    for number, data in enumerate(source.files):
        (tmp_path / "images" / f"{number:02d}.jpg").write_bytes(data)
    children = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])]
    children += [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])]
    try:
        for child in children:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
        for _ in range(10):
            found_in(folder, source)
        os.kill(children[0].pid, signal.SIGKILL)
        deadline = time.monotonic() + 60
        while found_in(folder, source) != list(range(COUNT)) and time.monotonic() < deadline:
            pass  # the other one goes on
    finally:
        for child in children:
            child.kill()
            child.communicate()
    assert found_in(folder, source) == list(range(COUNT))
    assert len(list(list_cached_crops(folder))) == 2


def test_many_threads_share_it(tmp_path: Path) -> None:
    """Readers and writers need no order."""
    source = images()
    made = [crops(data, "x", RECIPES) for data in source.files]
    wrong: list[int] = []
    with cache_of(tmp_path, source) as cache:

        def work() -> None:
            for _ in range(20):
                for index in range(COUNT):
                    targets = slots()
                    if cache.read(index, targets):
                        same = zip(targets, made[index], strict=True)
                        wrong.extend(index for ours, theirs in same if not np.array_equal(ours, theirs))
                    cache.write(index, made[index])

        threads = [threading.Thread(target=work) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []
    assert found_in(tmp_path, source) == list(range(COUNT))
