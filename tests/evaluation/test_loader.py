"""Loading: every image once, in order, into reused buffers, with readers and decoders overlapping."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import torch

from pwc_bench.core.dataset import ImageSource, Item
from pwc_bench.evaluation.loading import BATCHES_AHEAD, CropBatch, load_batches
from pwc_bench.evaluation.ring import Ring, Slot
from pwc_bench.imaging import crops
from tests.evaluation.tiny import RECIPE, WIDE_RECIPE, FolderSource, write_images

RECIPES = (RECIPE, WIDE_RECIPE)


def batches_of(count: int, size: int) -> list[range]:
    """Consecutive batches."""
    return [range(start, min(start + size, count)) for start in range(0, count, size)]


def assert_right(batch: CropBatch, source: ImageSource) -> None:
    """Every crop of the batch is that of its image."""
    for recipe in RECIPES:
        assert len(batch.crops[recipe.sha256]) == len(batch.indices)
        for crop, index in zip(batch.crops[recipe.sha256], batch.indices, strict=True):
            np.testing.assert_array_equal(crop, crops(source.read(index), "x", [recipe])[0])


def loading_threads() -> list[str]:
    """The names of the loader's threads that are alive."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith(("read", "decode"))]


@pytest.mark.parametrize("size", [1, 4, 7, 100])
def test_batches_come_in_order_with_the_right_pixels(tmp_path: Path, size: int) -> None:
    """Whatever the batch size, and for every recipe."""
    source = write_images(tmp_path, 23)
    seen: list[int] = []
    for batch in load_batches(source, batches_of(23, size), RECIPES, 3):
        assert_right(batch, source)
        seen += batch.indices
    assert seen == list(range(23))
    assert not loading_threads()


def test_batches_may_differ_in_size(tmp_path: Path) -> None:
    """A continued pass has gaps, and small batches before large ones."""
    source = write_images(tmp_path, 30)
    plan: list[Sequence[int]] = [[0, 3], [], [4, 5, 6, 7, 8, 9], [11], range(12, 30)]
    found = []
    for batch in load_batches(source, plan, RECIPES, 2):
        assert_right(batch, source)
        found.append(batch.indices)
    assert found == [tuple(batch) for batch in plan]


def test_failed_images_are_named_and_the_others_close_ranks(tmp_path: Path) -> None:
    """Missing, empty and truncated files, at the front, in the middle and at the end of a batch."""
    source = write_images(tmp_path, 12)
    (tmp_path / "00000.jpg").unlink()
    (tmp_path / "00005.jpg").write_bytes(b"")
    (tmp_path / "00011.jpg").write_bytes((tmp_path / "00011.jpg").read_bytes()[:200])
    for number in (6, 7):
        (tmp_path / f"{number:05d}.jpg").write_bytes(b"nonsense")
    good: list[int] = []
    failed: dict[int, str] = {}
    for batch in load_batches(source, batches_of(12, 6), RECIPES, 2):
        assert_right(batch, source)
        good += batch.indices
        failed |= dict(batch.failures)
    assert good == [1, 2, 3, 4, 8, 9, 10]
    assert list(failed) == [0, 5, 6, 7, 11]
    assert all(reason.startswith(f"{index:05d}.jpg: ") for index, reason in failed.items())


def test_an_error_of_the_operating_system_is_the_images_own(tmp_path: Path) -> None:
    """A file that cannot be read is a failed image, not the end of the pass."""

    @dataclass(frozen=True)
    class Broken(FolderSource):
        def read(self, index: int) -> bytes:
            if index == 2:
                raise OSError(5, "Input/output error")
            return super().read(index)

    good = write_images(tmp_path, 4)
    (batch,) = load_batches(Broken(good.folder, good.items), [range(4)], RECIPES, 2)
    assert batch.failures == ((2, "00002.jpg: cannot be read: Input/output error"),)


def test_buffers_are_used_again(tmp_path: Path) -> None:
    """However many batches there are, only a few arrays exist."""
    source = write_images(tmp_path, 8)
    plan = [range(8)] * 40
    addresses = {batch.crops[RECIPE.sha256].ctypes.data for batch in load_batches(source, plan, [RECIPE], 2)}
    assert len(addresses) <= BATCHES_AHEAD + 2 + 64 // 8


@dataclass(frozen=True)
class Gathering(FolderSource):
    """Reads that end only when several of them have begun."""

    barrier: threading.Barrier = field(default_factory=lambda: threading.Barrier(8, timeout=60))

    def read(self, index: int) -> bytes:
        """Wait for seven others, then read."""
        self.barrier.wait()
        return super().read(index)


def test_slow_reads_overlap(tmp_path: Path) -> None:
    """One decoding thread has eight reads under way: were they in turn, the first would wait for ever."""
    good = write_images(tmp_path, 32)
    source = Gathering(good.folder, good.items)
    seen = [index for batch in load_batches(source, batches_of(32, 4), [RECIPE], 1) for index in batch.indices]
    assert seen == list(range(32))


def test_thousands_of_tiny_files(tmp_path: Path) -> None:
    """Nothing is lost or repeated, and reading does not run away from what is asked for."""

    @dataclass(frozen=True)
    class Repeated(FolderSource):
        begun: list[int] = field(default_factory=list)

        def read(self, index: int) -> bytes:
            self.begun.append(index)
            return (self.folder / "00000.jpg").read_bytes()

    good = write_images(tmp_path, 1)
    source = Repeated(good.folder, tuple(Item(f"{n}", 0) for n in range(3000)))
    done = 0
    for batch in load_batches(source, batches_of(3000, 16), [RECIPE], 2):
        assert batch.indices == tuple(range(done, done + len(batch.indices)))
        done += len(batch.indices)
        assert len(source.begun) <= done + 16 * (BATCHES_AHEAD + 2)
    assert done == len(set(source.begun)) == len(source.begun) == 3000


@pytest.mark.parametrize("taken", [0, 1, 3])
def test_closing_early_leaves_no_thread(tmp_path: Path, taken: int) -> None:
    """What was begun is dropped; the generator's end waits for its threads."""
    source = write_images(tmp_path, 40)
    batches = load_batches(source, batches_of(40, 4), RECIPES, 2)
    for _ in range(taken):
        next(batches)
    batches.close()
    assert not loading_threads()


def test_whatever_a_source_raises_is_told_of_that_image(tmp_path: Path) -> None:
    """Sources of other packages may raise anything: the image is named and counted, the others are read."""

    @dataclass(frozen=True)
    class Buggy(FolderSource):
        def read(self, index: int) -> bytes:
            if index == 5:
                raise ZeroDivisionError("no number")
            return super().read(index)

    good = write_images(tmp_path, 12)
    batches = load_batches(Buggy(good.folder, good.items), batches_of(12, 4), RECIPES, 2)
    failures = [failure for batch in batches for failure in batch.failures]
    assert failures == [(5, "00005.jpg: cannot be read: no number")]
    assert not loading_threads()


@dataclass
class FakeEvent:
    """Stands for what a GPU would say."""

    passed: bool = False
    waits: int = 0

    def query(self) -> bool:
        """Tell whether the device is done."""
        return self.passed

    def synchronize(self) -> None:
        """Wait for the device."""
        self.waits += 1
        self.passed = True


def spare(ring: Ring, *events: FakeEvent) -> list[Slot]:
    """Give the ring buffers that the device still reads from until the events pass."""
    slots = [ring.take(3) for _ in events]
    for slot, event in zip(slots, events, strict=True):
        ring.give_back(slot)
        slot.copied = event  # type: ignore[assignment]
    return slots


def test_a_buffer_that_the_device_still_reads_is_left_alone() -> None:
    """A new one is made instead, until too many wait; then the oldest is waited for."""
    ring = Ring([RECIPE], "cpu")
    first, second = FakeEvent(), FakeEvent()
    slots = spare(ring, first)
    assert ring.take(3) is not slots[0]
    slots += spare(ring, second)
    assert ring.take(3) is slots[0]
    assert (first.waits, second.waits) == (1, 0)
    second.passed = True
    assert ring.take(3) is slots[1]


@pytest.mark.gpu
def test_batches_lie_in_page_locked_memory(tmp_path: Path) -> None:
    """Copies do not wait, and what the device got is what was decoded, however often buffers are used again."""
    source = write_images(tmp_path, 64)
    plan = batches_of(64, 8) * 20
    on_device = []
    for batch in load_batches(source, plan, [RECIPE], 4, device="cuda"):
        tensor = torch.from_numpy(batch.crops[RECIPE.sha256])
        assert tensor.is_pinned()
        on_device.append(tensor.to("cuda", non_blocking=True))
    found = torch.cat(on_device).cpu().numpy()
    expected = [crops(source.read(index), "x", [RECIPE])[0] for index in range(64)]
    np.testing.assert_array_equal(found, np.stack(expected * 20))
