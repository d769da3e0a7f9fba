"""The climb: which sizes are timed, on which models, and why it ends. The seconds are handed in."""

from collections.abc import Callable

import pytest
import torch

from pwc_bench.evaluation.batch_size.climbing import (
    CPU_LADDER,
    END,
    FAILS,
    GAIN,
    MEMORY,
    TIME,
    BatchTable,
    Ladder,
    Timed,
    climb,
)


class Model:
    """Takes the seconds that a function says, and counts its forwards."""

    def __init__(self, key: str, seconds: Callable[[int], float]) -> None:
        self.sizes: list[int] = []
        self._seconds = seconds
        self.timed = Timed(key, self._run)

    def _run(self, size: int) -> float:
        self.sizes.append(size)
        return self._seconds(size)


def climbed(*models: Model, ladder: Ladder = CPU_LADDER, usual: int = 8) -> BatchTable:
    """Climb where something can be timed."""
    table = climb([model.timed for model in models], ladder, usual)
    assert table is not None
    return table


def test_the_climb_ends_where_a_step_gains_little() -> None:
    """Up to the usual size all are timed; above it the first step that gains less than 2 % is the last."""
    model = Model("a", lambda size: 0.001 * max(size, 16))
    table = climbed(model)
    assert (list(table.images_per_second), table.stopped) == ([1, 2, 4, 8, 16, 32], GAIN)
    assert table.choose(8) == 16
    flat = climbed(Model("b", lambda size: 0.001 * size))
    assert (list(flat.images_per_second), flat.choose(8)) == ([1, 2, 4, 8, 16], 8)


def test_the_ladder_has_an_end() -> None:
    """A model that gains at every step is taken to the largest size."""
    table = climbed(Model("a", lambda _: 0.01))
    assert (table.choose(8), table.stopped) == (64, END)


@pytest.mark.parametrize(
    ("error", "stopped"),
    [
        (torch.OutOfMemoryError("CUDA out of memory."), MEMORY),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), MEMORY),
        (MemoryError(), MEMORY),
        (ValueError("a batch of at most two, please"), FAILS),
    ],
)
def test_a_size_that_fails_ends_the_climb(error: Exception, stopped: str) -> None:
    """It is no error, and the size is not among those to choose from, for no model."""

    def seconds(size: int) -> float:
        if size > 2:
            raise error
        return 0.01

    table = climbed(Model("a", lambda _: 0.01), Model("b", seconds))
    assert (list(table.images_per_second), table.stopped, table.choose(8)) == ([1, 2], stopped, 2)


def test_room_must_be_left() -> None:
    """A size after which too little memory is free is not used."""
    model = Model("a", lambda _: 0.01)
    table = climb([model.timed], CPU_LADDER, 8, lambda: max(model.sizes) < 16)
    assert table is not None
    assert (max(table.images_per_second), table.stopped) == (8, MEMORY)


def test_a_model_that_does_not_run_is_left_out() -> None:
    """The others are timed; with none there is nothing to choose from."""

    def broken(_: int) -> float:
        raise RuntimeError("no")

    assert climbed(Model("a", broken), Model("b", lambda _: 0.01)).timed == ("b",)
    assert climb([Model("a", broken).timed], CPU_LADDER, 8) is None
    assert climb([], CPU_LADDER, 8) is None


def test_heavy_models_are_timed_once_where_the_budget_is_small() -> None:
    """The lightest climb; the heaviest of them speaks for those that are heavier still, with their weight."""
    light, heavy = Model("light", lambda size: 0.01 * size), Model("heavy", lambda size: 1.0 * size)
    table = climbed(heavy, light, ladder=Ladder((1, 2, 4, 8, 16), budget_seconds=4.0))
    assert (table.timed, table.scaled) == (("light",), ("heavy",))
    assert set(heavy.sizes) == {1}
    assert table.images_per_second[1] == pytest.approx(1 / 1.01)


@pytest.mark.parametrize("seconds", [0.0001, 0.02, 0.05, 0.2, 1.0, 5.0])
def test_the_budget_is_kept(seconds: float) -> None:
    """Whatever a forward takes: at most twice the budget, unless a single image takes longer."""
    models = [Model(f"m{n}", lambda size, n=n: seconds * (n + 1) * size) for n in range(6)]  # type: ignore[misc]
    table = climbed(*models)
    spent = sum(seconds * (n + 1) * size for n, model in enumerate(models) for size in model.sizes)
    assert spent <= max(2 * CPU_LADDER.budget_seconds, CPU_LADDER.budget_seconds / 2 + 2 * 6 * seconds)
    assert table.choose(8) == 8
    assert (table.stopped == TIME) == (max(table.images_per_second) < 16)


def test_a_busy_moment_does_not_decide() -> None:
    """Sizes near the best are timed again in turn, and the fastest forward of each counts."""
    slow = iter([True, True])
    model = Model("a", lambda size: 0.001 * max(size, 8) * (1.08 if size == 8 and next(slow, False) else 1.0))
    table = climbed(model)
    assert model.sizes.count(8) == 4
    assert table.images_per_second[8] == pytest.approx(1000.0)
