"""The six DeiTs of the ConViT paper's Table 1."""

import re

import pytest
import timm
import torch

from pwc_bench.core.variant import Variant
from pwc_bench.families.deit import VARIANTS

TABLE_1 = {
    "deit-ti": (3, 192, 6),
    "deit-ti-plus": (4, 256, 10),
    "deit-s": (6, 384, 22),
    "deit-s-plus": (9, 576, 48),
    "deit-b": (12, 768, 86),
    "deit-b-plus": (16, 1024, 152),
}
"""Heads, embedding dimension and parameters (millions, without the head, as the paper counts) as printed there."""


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.key)
def test_sizes_are_those_of_table_1(variant: Variant) -> None:
    """Heads, width and parameters match the printed row."""
    with torch.device("meta"):
        model = variant.build(1000)
    body = sum(p.numel() for name, p in model.named_parameters() if not name.startswith("head."))
    heads = model.blocks[0].attn.num_heads
    assert (heads, model.embed_dim, round(body / 1e6)) == TABLE_1[variant.key]
    assert (variant.architecture["heads"], variant.architecture["embed_dim"]) == TABLE_1[variant.key][:2]
    assert not model.training


@pytest.mark.parametrize("variant", [v for v in VARIANTS if v.timm_name], ids=lambda variant: variant.key)
def test_the_originals_are_timms_own(variant: Variant) -> None:
    """Names and shapes of all tensors, and the layers' settings, are those of timm's deit_*_patch16_224."""
    with torch.device("meta"):
        ours, theirs = variant.build(1000), timm.create_model(variant.timm_name)
    assert repr(ours) == repr(theirs.eval())
    assert {k: v.shape for k, v in ours.state_dict().items()} == {k: v.shape for k, v in theirs.state_dict().items()}


def test_the_recipe_crops_nine_tenths() -> None:
    """Timm evaluates DeiT on the 224 px centre of a shorter side of 248 px."""
    assert {(variant.recipe.resize_px, variant.recipe.crop_px) for variant in VARIANTS} == {(248, 224)}


def test_official_files_are_pinned_by_the_digits_in_their_names() -> None:
    """The name of an official file ends in the first eight digits of its SHA-256."""
    official = [place for variant in VARIANTS for place in variant.checkpoints if place.uri.startswith("https:")]
    assert len(official) == 3
    for place in official:
        digits = re.search(r"-([0-9a-f]{8})\.pth$", place.uri)
        assert digits is not None
        assert place.sha256 == digits[1]
