"""Every recipe that timm states is honoured to the last pixel, or refused."""

import io

import numpy as np
import pytest
import timm
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from timm.data import create_transform, resolve_data_config
from timm.models import PretrainedCfg
from torchvision.transforms.functional import normalize

from pwc_bench.core.errors import EvaluationError
from pwc_bench.core.variant import CONFIGURATIONS, Recipe
from pwc_bench.evaluation.sample import normalised
from pwc_bench.families._selection.keys import stated_recipe
from pwc_bench.imaging import crops


def _all_stated() -> dict[str, PretrainedCfg]:
    names = [name for model in timm.list_models() for name in timm.models.get_arch_pretrained_cfgs(model)]
    return {name: stated for name in names if (stated := timm.get_pretrained_cfg(name)) is not None}


def _distinct_recipes() -> list[tuple[Recipe, PretrainedCfg]]:
    """Return each recipe of timm's once, with a configuration that states it."""
    found: dict[str, tuple[Recipe, PretrainedCfg]] = {}
    for name, stated in _all_stated().items():
        for configuration in CONFIGURATIONS:
            try:
                recipe = stated_recipe(name, stated, configuration)
            except EvaluationError:
                continue
            found.setdefault(recipe.sha256, (recipe, stated))
    return sorted(found.values(), key=lambda pair: pair[0].key)


def _timms_pixels(data: bytes, stated: PretrainedCfg, recipe: Recipe) -> NDArray[np.uint8]:
    """Return what timm's own transform for evaluation makes of a file, before it is normalised."""
    config = resolve_data_config(pretrained_cfg=stated.to_dict(), use_test_size=recipe.configuration == "test")
    with Image.open(io.BytesIO(data)) as image:
        pixels: torch.Tensor = create_transform(**config, normalize=False)(image.convert("RGB"))
    return pixels.permute(1, 2, 0).numpy()


def _file(width_px: int, height_px: int) -> bytes:
    noise = np.random.default_rng(width_px).integers(
        0, 256, (max(1, height_px // 3), max(1, width_px // 3), 3), np.uint8
    )
    buffer = io.BytesIO()
    Image.fromarray(noise).resize((width_px, height_px), Image.Resampling.BILINEAR).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture(scope="module")
def recipes() -> list[tuple[Recipe, PretrainedCfg]]:
    """Every distinct recipe of timm's."""
    return _distinct_recipes()


def test_only_recipes_that_need_borders_or_oblong_inputs_are_refused() -> None:
    """Not one of timm's ImageNet classifiers is among them."""
    refused = {}
    for name, stated in _all_stated().items():
        try:
            stated_recipe(name, stated, "test")
        except EvaluationError:
            refused[name] = (
                stated.crop_mode == "border" or stated.input_size[1] != stated.input_size[2],
                stated.num_classes,
            )
    assert set(refused.values()) <= {(True, 0)}  # older versions of timm have none of them


def test_crops_are_timms_for_every_recipe(recipes: list[tuple[Recipe, PretrainedCfg]]) -> None:
    """The same photographs, wide and tall, through each of timm's own evaluation transforms."""
    assert len(recipes) > 150
    assert {recipe.crop_mode for recipe, _ in recipes} == {"center", "squash"}
    wide, tall = _file(241, 160), _file(101, 150)
    one_each = {(r.resize_px, r.crop_px, r.interpolation, r.crop_mode): (r, stated) for r, stated in recipes}
    for recipe, stated in one_each.values():
        data = tall if recipe.crop_px > 288 else wide
        (crop,) = crops(data, "x", [recipe])
        np.testing.assert_array_equal(crop, _timms_pixels(data, stated, recipe), err_msg=recipe.key)


@settings(deadline=None, max_examples=60)
@given(data=st.data(), width_px=st.integers(1, 700), height_px=st.integers(1, 700))
def test_crops_are_timms_for_any_image(
    recipes: list[tuple[Recipe, PretrainedCfg]], data: st.DataObject, width_px: int, height_px: int
) -> None:
    """Any shape of image through any of the smaller recipes, reduced or enlarged."""
    recipe, stated = data.draw(st.sampled_from([pair for pair in recipes if pair[0].resize_px <= 260]))
    file = _file(width_px, height_px)
    (crop,) = crops(file, "x", [recipe])
    np.testing.assert_array_equal(crop, _timms_pixels(file, stated, recipe), err_msg=recipe.key)


def test_inputs_are_normalised_as_timm_does(recipes: list[tuple[Recipe, PretrainedCfg]]) -> None:
    """Each mean and deviation that timm states, on all values of a byte."""
    ramp = torch.arange(256, dtype=torch.uint8).view(1, 16, 16, 1).expand(1, 16, 16, 3).contiguous()
    by_norm = {(recipe.mean, recipe.std): recipe for recipe, _ in recipes}
    assert len(by_norm) >= 5
    for (mean, std), recipe in by_norm.items():
        wanted = normalize(ramp.permute(0, 3, 1, 2).float() / 255, list(mean), list(std))
        torch.testing.assert_close(normalised(ramp, recipe, "cpu"), wanted, rtol=0, atol=1e-6)
