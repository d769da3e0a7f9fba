"""Resizing on the device: the same predictions to the byte, or a warning and the CPU."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from pwc_bench.core.dataset import Item
from pwc_bench.core.instruments import Settings
from pwc_bench.core.observer import SilentObserver
from pwc_bench.core.record import Record, Status
from pwc_bench.core.variant import Recipe, Variant
from pwc_bench.evaluation import evaluate
from pwc_bench.evaluation import ring as pictures
from pwc_bench.evaluation.loading import CropBatch, DeviceResize, choose_resize, crops_on_device, load_batches
from pwc_bench.imaging import crops
from tests.evaluation.tiny import (
    RECIPE,
    WIDE_RECIPE,
    FolderSource,
    save_weights,
    tiny_request,
    tiny_variant,
    write_images,
)

RECIPES = {recipe.sha256: recipe for recipe in (RECIPE, WIDE_RECIPE)}
NEAREST = Recipe(key="nearest-40-32", resize_px=40, crop_px=32, interpolation="nearest")
SETTINGS = Settings(batch_size=4, workers=3, device_resize=True)


class Listener(SilentObserver):
    """Keeps the warnings."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warning(self, text: str) -> None:
        """Keep it."""
        self.warnings.append(text)


@pytest.fixture
def source(tmp_path: Path) -> FolderSource:
    """Noisy JPEG files, among them a very tall and a very wide one, a tiny one, a grey one and two that are broken."""
    made = write_images(tmp_path / "images", 26)
    for number, size_px in ((3, (50, 210)), (4, (300, 41)), (9, (1, 3)), (10, (40, 40))):
        pixels = np.random.default_rng(number).integers(0, 256, (size_px[1], size_px[0], 3), dtype=np.uint8)
        Image.fromarray(pixels).save(made.folder / made.items[number].name, quality=95)
    Image.open(made.folder / made.items[12].name).convert("L").save(made.folder / made.items[12].name)
    (made.folder / made.items[5].name).write_bytes(b"nonsense")
    (made.folder / made.items[23].name).unlink()
    return made


def batches_of(count: int, size: int) -> list[range]:
    """Consecutive batches."""
    return [range(start, min(start + size, count)) for start in range(0, count, size)]


def loaded(source: FolderSource, size: int) -> list[dict[str, torch.Tensor]]:
    """The crops of each batch, made by the device (here the CPU) from whole images."""
    resize = choose_resize(list(RECIPES.values()), SETTINGS, SilentObserver())
    assert set(resize.orders) == set(RECIPES)
    found = []
    plan: Sequence[range] = batches_of(len(source.items), size)
    for batch in load_batches(source, plan, list(RECIPES.values()), 3, device="cpu", resizes=True):
        made = crops_on_device(batch, RECIPES, "cpu", resize)
        assert_right(batch, made, source)
        found.append(made)
    return found


def assert_right(batch: CropBatch, made: dict[str, torch.Tensor], source: FolderSource) -> None:
    """Each crop is the one that the CPU makes of that file."""
    for key, recipe in RECIPES.items():
        assert len(made[key]) == len(batch.indices)
        for crop, index in zip(made[key].numpy(), batch.indices, strict=True):
            np.testing.assert_array_equal(crop, crops(source.read(index), "x", [recipe])[0])


@pytest.mark.parametrize("size", [1, 4, 26])
def test_crops_of_whole_images_are_those_of_the_cpu(source: FolderSource, size: int) -> None:
    """Batch by batch, in order, with failed images left out: the buffers are used again and again."""
    assert len(loaded(source, size)) == -(-26 // size)


@pytest.mark.parametrize("room", [0, 2000, 6000])
def test_images_without_room_are_resized_by_the_cpu(
    source: FolderSource, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A buffer that holds none, one or a few images of a batch: the others take the old way, with the same pixels."""
    monkeypatch.setattr(pictures, "_MOST_PIXELS", room)
    loaded(source, 7)


def predictions(record: Record, folder: Path) -> bytes:
    """The bytes of a record's predictions."""
    assert record.provenance.predictions is not None
    return (folder / record.provenance.predictions.path).read_bytes()


def run(root: Path, source: FolderSource, settings: Settings, *variants: Variant) -> tuple[list[Record], Listener]:
    """One campaign, in a folder of its own."""
    listener = Listener()
    weights = save_weights(root / "weights", *variants)
    request = tiny_request(root, source, *variants, settings=settings, weights=weights, campaign="c")
    return list(evaluate(request, listener)), listener


def test_predictions_are_the_same_to_the_byte(tmp_path: Path, source: FolderSource) -> None:
    """Two recipes, with the option and without: the same bytes, recipes and counts; the environment tells which."""
    variants = (tiny_variant("a", 1), tiny_variant("b", 2, WIDE_RECIPE))
    here, there = tmp_path / "device", tmp_path / "cpu"
    on_device, listener = run(here, source, SETTINGS, *variants)
    on_cpu, _ = run(there, source, replace(SETTINGS, device_resize=False), *variants)
    for one, other in zip(on_device, on_cpu, strict=True):
        assert predictions(one, here / "results") == predictions(other, there / "results")
        assert one.provenance.recipe == other.provenance.recipe
        assert one.provenance.images_failed == other.provenance.images_failed
        assert one.measurements["top1"] == other.measurements["top1"]
        assert one.environment.resize is not None
        assert one.environment.resize.startswith("on the device (cpu), equal to Pillow ")
        assert other.environment.resize is None
    assert "meant for a GPU" in listener.warnings[0]
    assert not any("by Pillow on the CPU" in warning for warning in listener.warnings)


def test_a_failed_self_test_is_a_warning_and_the_cpu_resizes(tmp_path: Path) -> None:
    """A recipe whose filter has no integer form: the run ends well, and the record says who resized, and why."""
    source = write_images(tmp_path / "images", 8)
    (record,), listener = run(tmp_path, source, SETTINGS, tiny_variant("a", 1, NEAREST))
    assert record.status is Status.COMPLETE
    reason = "nearest is none of bilinear, bicubic, lanczos"
    assert listener.warnings[-1:] == [f"images are resized by Pillow on the CPU, not on the device: {reason}"]
    assert record.environment.resize == f"Pillow on the CPU, since the self-test failed: {reason}"


def test_one_recipe_that_fails_leaves_all_to_the_cpu() -> None:
    """A batch is decoded once for all recipes: it is whole images for all, or crops for all."""
    found = choose_resize([RECIPE, NEAREST], SETTINGS, SilentObserver())
    assert not found.orders


def test_nothing_is_tested_where_nothing_was_asked_for() -> None:
    """Without the option there is no self-test, and the environment is as it always was."""
    found = choose_resize([NEAREST], Settings(), Listener())
    assert found == DeviceResize({}, None)


@pytest.mark.gpu
def test_a_gpu_makes_the_crops_of_the_cpu(source: FolderSource) -> None:
    """The self-test passes on the GPU, and each crop from page-locked buffers is that of the CPU."""
    settings = replace(SETTINGS, device="cuda")
    resize = choose_resize(list(RECIPES.values()), settings, SilentObserver())
    assert set(resize.orders) == set(RECIPES)
    repeated = FolderSource(source.folder, tuple(Item(item.name, 0) for item in source.items * 5))
    for batch in load_batches(repeated, batches_of(130, 16), list(RECIPES.values()), 4, device="cuda", resizes=True):
        made = crops_on_device(batch, RECIPES, "cuda", resize)
        assert_right(batch, {key: value.cpu() for key, value in made.items()}, repeated)
