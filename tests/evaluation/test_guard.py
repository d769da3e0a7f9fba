"""The guard: what it lets through, what it refuses, and what a record says of it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from pwc_bench.core.instruments import Settings
from pwc_bench.core.observer import SilentObserver
from pwc_bench.core.record import Record, Status
from pwc_bench.core.selection import current_record
from pwc_bench.core.variant import Variant
from pwc_bench.evaluation import evaluate
from pwc_bench.evaluation.implementation import compare
from pwc_bench.evaluation.sample import CropSample
from tests.evaluation.tiny import (
    RECIPE,
    CountingSource,
    FolderSource,
    metrics_named,
    tiny_request,
    tiny_variant,
    write_images,
)


class _Fixed(nn.Module):
    """Gives the same logits whatever it sees."""

    def __init__(self, *rows: list[float]) -> None:
        super().__init__()
        self.logits = torch.tensor(rows)

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        """Return the logits."""
        return self.logits


class _Shifted(nn.Module):
    """Another model's logits, times a factor for the first class."""

    def __init__(self, model: nn.Module, factor: float) -> None:
        super().__init__()
        self.model, self.factor = model, factor

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        """Return logits of shape (n, classes)."""
        logits: torch.Tensor = self.model(batch)
        return logits * torch.tensor([self.factor] + [1.0] * (logits.shape[1] - 1))


class _Hearing(SilentObserver):
    """Keeps the warnings."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warning(self, text: str) -> None:
        """Keep it."""
        self.warnings.append(text)


BATCH = torch.zeros(1, 3, 8, 8)
RANKED = [9.0, 8.0, 7.0, 6.0, 5.0, 4.0]


def test_the_same_logits_hold() -> None:
    """No difference at all."""
    agreement = compare(_Fixed(RANKED), _Fixed(RANKED), BATCH)
    assert agreement.holds
    assert agreement.difference == 0.0


def test_rounding_holds_and_more_does_not() -> None:
    """1e-5 of the largest logit is the limit."""
    assert compare(_Fixed(RANKED), _Fixed([9.00005, *RANKED[1:]]), BATCH).holds
    assert not compare(_Fixed(RANKED), _Fixed([9.0002, *RANKED[1:]]), BATCH).holds


def test_ties_may_change_places() -> None:
    """Two classes that the reference scores alike within the tolerance may stand in either order."""
    tied = [9.0, 8.0, 7.00001, 7.0, 5.0, 4.0]
    swapped = [9.0, 8.0, 7.0, 7.00001, 5.0, 4.0]
    assert compare(_Fixed(tied), _Fixed(swapped), BATCH).top5_equal
    assert not compare(_Fixed(RANKED), _Fixed([8.0, 9.0, *RANKED[2:]]), BATCH).top5_equal


def test_nothing_to_compare_and_no_number_never_hold() -> None:
    """NaN, another shape and an empty batch are refused, and the facts can be written as JSON."""
    assert not compare(_Fixed(RANKED), _Fixed(RANKED), BATCH[:0]).holds
    assert not compare(_Fixed(RANKED), _Fixed(RANKED[:3]), BATCH).holds
    broken = compare(_Fixed(RANKED), _Fixed([float("nan"), *RANKED[1:]]), BATCH)
    assert not broken.holds
    assert broken.facts("a test")["largest_difference"] == "not finite"


def test_a_sample_leaves_out_what_cannot_be_decoded(tmp_path: Path) -> None:
    """Few images of a small data set, at most sixteen and 256 of a large one."""
    source = write_images(tmp_path, 30)
    (tmp_path / source.items[1].name).write_bytes(b"not an image")
    sample = CropSample(source, workers=2)
    assert sample.first(RECIPE).shape == (3, 32, 32, 3)
    crops, labels = sample.spread(RECIPE)
    assert crops.shape == (29, 32, 32, 3)
    assert labels.tolist() == [item.label for index, item in enumerate(source.items) if index != 1]
    many = FolderSource(tmp_path, source.items * 40)
    assert len(CropSample(many, workers=2).first(RECIPE)) == 15
    assert len(CropSample(many, workers=2).spread(RECIPE)[0]) in range(240, 257)


def test_a_sample_whose_first_images_are_damaged_takes_the_next_ones(tmp_path: Path) -> None:
    """A few damaged files do not cost the fused implementation."""
    source = write_images(tmp_path, 12)
    for item in source.items[:4]:
        (tmp_path / item.name).write_bytes(b"not an image")
    wanted, _ = CropSample(FolderSource(tmp_path, source.items[4:]), workers=2).whole(RECIPE)
    found = CropSample(source, workers=2).first(RECIPE)
    assert torch.equal(found, wanted[: len(found)])
    assert len(found) == 4


def test_no_image_to_compare_on_is_said_as_such(tmp_path: Path) -> None:
    """Rather than as a difference."""
    source = write_images(tmp_path / "images", 3)
    for item in source.items:
        (source.folder / item.name).write_bytes(b"not an image")
    hearing = _Hearing()
    variant = _fusible(lambda model: _Shifted(model, 1.0))
    (record,) = evaluate(tiny_request(tmp_path, source, variant, settings=FUSED), hearing)
    assert record.status is Status.FAILED
    assert hearing.warnings[0].endswith("none can be decoded, so the reference is used")


def test_a_sample_is_decoded_once(tmp_path: Path) -> None:
    """However many variants look at it."""
    written = write_images(tmp_path, 6)
    source = CountingSource(written.folder, written.items)
    sample = CropSample(source, workers=2)
    first, (spread, _) = sample.first(RECIPE), sample.spread(RECIPE)
    assert torch.equal(sample.first(RECIPE), first)
    assert torch.equal(spread[: len(first)], first)
    assert sorted(source.read_indices) == list(range(6))


FUSED = Settings(batch_size=4, workers=2, implementation="fused")


def _fusible(fuse: Callable[[nn.Module], nn.Module]) -> Variant:
    return replace(tiny_variant(), fuse=fuse)


def _run(root: Path, variant: Variant, hearing: _Hearing, *metrics: str) -> list[Record]:
    source = write_images(root / "images", 12)
    instruments = metrics_named(*(metrics or ("top1",)))
    return list(evaluate(tiny_request(root, source, variant, settings=FUSED, instruments=instruments), hearing))


def test_a_fused_model_that_holds_is_used_and_the_record_says_so(tmp_path: Path) -> None:
    """The record names the implementation and what was compared."""
    hearing = _Hearing()
    (record,) = _run(tmp_path, _fusible(lambda model: _Shifted(model, 1.0)), hearing)
    assert record.environment.implementation == "fused"
    check = record.extra["checks"]
    assert isinstance(check, dict)
    assert check["fused"]["passed"] is True
    assert check["fused"]["images"] == 4
    assert hearing.warnings == []


def test_a_fused_model_that_differs_is_not_used(tmp_path: Path) -> None:
    """A warning names it, the reference runs, and the record says what was found."""
    hearing = _Hearing()
    (record,) = _run(tmp_path, _fusible(lambda model: _Shifted(model, 1.1)), hearing)
    assert record.status is Status.COMPLETE
    assert record.environment.implementation == "reference"
    assert "so the reference is used" in hearing.warnings[0]
    plain = next(iter(evaluate(tiny_request(tmp_path / "plain", write_images(tmp_path / "i", 12), tiny_variant()))))
    assert record.measurements["top1"].value == plain.measurements["top1"].value


def _refuse(_: nn.Module) -> nn.Module:
    raise AttributeError("'Block' object has no attribute 'attn'")


def test_a_model_that_cannot_be_fused_runs_as_it_is(tmp_path: Path) -> None:
    """Another version of timm may hold its layers otherwise."""
    hearing = _Hearing()
    (record,) = _run(tmp_path, _fusible(_refuse), hearing)
    assert record.environment.implementation == "reference"
    assert "has no attribute" in hearing.warnings[0]


@pytest.mark.parametrize(("factor", "implementation"), [(1.0, "fused"), (1.1, "reference")])
def test_speed_is_measured_on_what_holds_on_random_input(tmp_path: Path, factor: float, implementation: str) -> None:
    """Cost is counted on the reference, time is taken of the fused model, and the record of speed says which."""
    fuse = _fusible(lambda model: _Shifted(model, factor))
    (record,) = _run(tmp_path, fuse, _Hearing(), "parameters", "throughput")
    assert record.environment.implementation == implementation
    assert record.measurements["parameters"].value == 48 * 1000 + 1000
    check = record.extra["checks"]
    assert isinstance(check, dict)
    assert check["fused"]["input"] == "random input, with random weights"


def test_both_implementations_can_be_measured_side_by_side(tmp_path: Path) -> None:
    """The reference has a record of its own, of its speed alone, and the fused one speaks where one is shown."""
    fusible, plain = _fusible(lambda model: _Shifted(model, 1.0)), tiny_variant("plain")
    source = write_images(tmp_path / "images", 4)
    instruments = metrics_named("parameters", "throughput", "mfu")
    request = tiny_request(
        tmp_path,
        source,
        fusible,
        plain,
        settings=FUSED,
        instruments=instruments,
        compare_implementations=True,
    )
    fused, reference, other = evaluate(request)
    assert [r.environment.implementation for r in (fused, reference, other)] == ["fused", "reference", "reference"]
    assert [r.variant for r in (fused, reference, other)] == ["tiny-a", "tiny-a", "plain"]
    assert set(fused.measurements) == {"parameters", "throughput", "mfu"}
    assert set(reference.measurements) == {"throughput", "mfu"}
    # What the fused implementation leaves out is counted all the same: its MFU says so, that of timm's code need not.
    told = [
        any("reference implementation" in c for c in r.measurements["mfu"].caveats) for r in (fused, reference, other)
    ]
    assert told == [True, False, False]
    assert current_record([reference, fused], "throughput") == reference
    assert current_record([fused, reference], "throughput") == reference


def test_a_variant_without_a_fused_implementation_runs_the_reference(tmp_path: Path) -> None:
    """Whatever was asked for: no check, no word of it."""
    (record,) = _run(tmp_path, tiny_variant(), _Hearing())
    assert record.environment.implementation == "reference"
    assert record.extra == {}
