"""Resizing on the device: whether it may, and a batch's crops there, whoever made them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from PIL import __version__

from pwc_bench.core.instruments import Settings
from pwc_bench.core.observer import Observer
from pwc_bench.core.variant import Recipe
from pwc_bench.evaluation.loader import CropBatch
from pwc_bench.imaging.exact_resize import PassOrder, exact_crops, self_test


@dataclass(frozen=True, slots=True)
class DeviceResize:
    """What the self-test found."""

    orders: Mapping[str, PassOrder]
    """For each recipe's hash how the installed Pillow orders its passes; empty where the CPU has to resize."""
    description: str | None
    """Where images are resized, for the environment; None where nothing but the CPU was asked for."""


def choose_resize(recipes: Sequence[Recipe], settings: Settings, observer: Observer) -> DeviceResize:
    """Decide where images are resized: on the device where that is asked for and gives Pillow's pixels, else by Pillow.

    The self-test is run for each recipe; where one fails, a warning says why.
    """
    if not settings.device_resize:
        return DeviceResize({}, None)
    if settings.device_type == "cpu":
        observer.warning("resizing on the device is meant for a GPU: on the CPU it makes Pillow's pixels more slowly")
    observer.stage(f"comparing the resize on {settings.device} with that of Pillow {__version__}")
    orders = {}
    for recipe in {recipe.sha256: recipe for recipe in recipes}.values():
        found = self_test(recipe, settings.device)
        if found.order is None:
            observer.warning(f"images are resized by Pillow on the CPU, not on the device: {found.failure}")
            return DeviceResize({}, f"Pillow on the CPU, since the self-test failed: {found.failure}")
        orders[recipe.sha256] = found.order
    return DeviceResize(orders, f"on the device ({settings.device_type}), equal to Pillow {__version__} in a self-test")


def crops_on_device(
    batch: CropBatch, recipes: Mapping[str, Recipe], device: str, resize: DeviceResize
) -> dict[str, torch.Tensor]:
    """Return for each recipe's hash the batch's crops on `device`, uint8 of shape (n, crop, crop, 3).

    Nothing waits for the device. Images that found no room in the batch's buffer come as crops, made by the CPU.
    """
    whole = batch.whole_images
    if whole is None or not whole.rows:
        return {key: torch.from_numpy(batch.crops[key]).to(device, non_blocking=True) for key in recipes}
    pixels = torch.from_numpy(whole.pixels).to(device, non_blocking=True)
    rows = torch.tensor(whole.rows).to(device, non_blocking=True)
    is_complete = len(whole.rows) == len(batch.indices)
    found = {}
    for key, recipe in recipes.items():
        crops = torch.from_numpy(batch.crops[key])
        target = (
            torch.empty_like(crops, device=device) if is_complete else crops.to(device, non_blocking=True, copy=True)
        )
        found[key] = target.index_copy_(0, rows, exact_crops(pixels, whole.sizes_px, recipe, resize.orders[key]))
    return found
