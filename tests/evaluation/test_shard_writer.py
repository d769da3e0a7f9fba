"""Shards are written while the next one is made: in order, whole, and never silently not."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from pwc_bench.evaluation import evaluate
from pwc_bench.evaluation.candidate import OutcomeBuffer
from pwc_bench.evaluation.shards import ShardFolder, ShardResult, ShardWriter
from tests.evaluation.tiny import tiny_request, tiny_variant, write_images


@dataclass(frozen=True, slots=True)
class Slow(ShardFolder):
    """Does something before it writes."""

    before: Callable[[], object] = lambda: None

    def write(self, shard: int, variant: str, result: ShardResult) -> None:
        """Write, afterwards."""
        self.before()
        ShardFolder.write(self, shard, variant, result)


def outcomes(value: float = 1.0) -> OutcomeBuffer:
    """Of two images."""
    buffer = OutcomeBuffer()
    buffer.add(torch.full((2, 8), value) * torch.arange(8), torch.tensor([1, 2]))
    return buffer


def test_a_tie_between_a_guess_and_what_is_left_out_is_kept() -> None:
    """It takes all scores to see it: of the right class only, and of none that is clearly in, out or no number."""
    logits = torch.tensor([[9.0, 5.0, 4.0, 3.0, 2.0, 2.0, 1.0]]).repeat(5, 1)
    logits[4] = float("nan")
    buffer = OutcomeBuffer()
    buffer.add(logits, torch.tensor([4, 5, 3, 6, 5]))
    few = OutcomeBuffer()
    few.add(torch.zeros(1, 3), torch.tensor([1]))
    assert [one.take()[3].tolist() for one in (buffer, few)] == [[True, True, False, False, False], [False]]


def test_the_next_shard_is_made_meanwhile(tmp_path: Path) -> None:
    """`write` comes back before the disk has done its work; the end of the context waits for it."""
    disk = threading.Event()
    shards = Slow(tmp_path, lambda: disk.wait(30))
    with ShardWriter(shards, {}) as writer:
        writer.write(0, [0, 1], {"a": outcomes()}, [(7, "broken")])
        assert not shards.has(0, "a")
        disk.set()
        writer.write(1, [2, 3], {"a": outcomes(), "b": outcomes()}, [])
        assert shards.has(0, "a")
    assert [shards.has(1, key) for key in ("a", "b")] == [True, True]
    assert shards.failures() == {7: "broken"}
    held = shards.read(1, "a")
    assert held is not None
    assert held.indices.tolist() == [2, 3]


def test_what_is_no_number_is_not_written(tmp_path: Path) -> None:
    """The variant is broken from then on; the other is not, and a shard without an image is one."""
    broken: dict[str, str] = {}
    shards = ShardFolder(tmp_path)
    with ShardWriter(shards, broken) as writer:
        writer.write(0, [0, 1], {"a": outcomes(float("nan")), "b": outcomes()}, [])
        writer.wait()
        writer.write(1, [], {"a": OutcomeBuffer(), "b": OutcomeBuffer()}, [])
    assert "not finite" in broken["a"]
    assert [shards.has(number, key) for number in (0, 1) for key in ("a", "b")] == [False, True, False, True]


def test_an_error_of_the_disk_is_raised(tmp_path: Path) -> None:
    """By the next call or at the end; where another error is under way, that one stays."""

    def full() -> None:
        raise OSError(28, "No space left on device")

    writer = ShardWriter(Slow(tmp_path, full), {})
    with pytest.raises(OSError, match="No space"), writer:
        writer.write(0, [0, 1], {"a": outcomes()}, [])
    writer = ShardWriter(Slow(tmp_path, full), {})
    with pytest.raises(KeyboardInterrupt):
        _write_and_press_ctrl_c(writer)


def _write_and_press_ctrl_c(writer: ShardWriter) -> None:
    with writer:
        writer.write(0, [0, 1], {"a": outcomes()}, [])
        raise KeyboardInterrupt


def test_a_full_disk_ends_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is recorded that was not kept."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ShardFolder, "write", full)
    with pytest.raises(OSError, match="No space"):
        list(evaluate(tiny_request(tmp_path, write_images(tmp_path / "images", 12), tiny_variant())))
