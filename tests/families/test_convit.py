"""The six ConViTs: their sizes, their equality with timm's own, and their names in timm."""

import json
import subprocess
import sys
import warnings

import pytest
import timm
import torch

from pwc_bench.core.variant import Variant
from pwc_bench.families.convit import VARIANTS
from pwc_bench.families.convit.register import build_convit, register_with_timm

MEASURED_PARAMETERS_M = {
    "convit-ti": "5.711",
    "convit-ti-plus": "9.973",
    "convit-s": "27.777",
    "convit-s-plus": "48.980",
    "convit-b": "86.540",
    "convit-b-plus": "153.135",
}
"""Parameters in millions with the head, as printed by the measurement that the project checks itself against."""

WITHOUT_HEAD_M = {
    "convit-ti": "5.52",
    "convit-ti-plus": "9.72",
    "convit-s": "27.34",
    "convit-s-plus": "48.40",
    "convit-b": "85.77",
    "convit-b-plus": "152.11",
}
"""Parameters in millions without the classifier: the convention of the paper's Table 1."""


def _parameters(module: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.key)
def test_parameters_equal_the_measured_ones_to_the_printed_digit(variant: Variant) -> None:
    """Each size has the parameter count that others measured, with and without the classifier."""
    with torch.device("meta"):
        model = variant.build(1000)
    total = _parameters(model)
    assert f"{total / 1e6:.3f}" == MEASURED_PARAMETERS_M[variant.key]
    assert f"{(total - _parameters(model.head)) / 1e6:.2f}" == WITHOUT_HEAD_M[variant.key]


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.key)
def test_architecture_is_that_of_the_paper(variant: Variant) -> None:
    """Ten gated positional blocks, then two plain ones; the declared facts are those of the built module."""
    with torch.device("meta"):
        model = variant.build(8)
    assert [block.use_gpsa for block in model.blocks] == [True] * 10 + [False] * 2
    assert model.embed_dim == variant.architecture["embed_dim"]
    assert {block.attn.num_heads for block in model.blocks} == {variant.architecture["heads"]}
    assert {module.eps for module in model.modules() if isinstance(module, torch.nn.LayerNorm)} == {1e-6}
    assert model.head.out_features == 8
    assert not model.training


def test_only_three_have_public_weights_and_the_others_say_why() -> None:
    """A variant either names its checkpoints or says in one sentence that there are none."""
    published = [variant.key for variant in VARIANTS if variant.checkpoints]
    assert published == ["convit-ti", "convit-s", "convit-b"]
    for variant in VARIANTS:
        assert (variant.weights_note is None) == bool(variant.checkpoints)
    assert VARIANTS[1].weights_note == "Nobody has published PyTorch weights of ConViT-Ti+."


def test_the_recipe_resizes_to_256_and_crops_224() -> None:
    """ConViT is evaluated on the 224 px centre of a shorter side of 256 px."""
    assert {(variant.recipe.resize_px, variant.recipe.crop_px) for variant in VARIANTS} == {(256, 224)}


def test_a_built_model_computes_what_timms_own_computes() -> None:
    """The same weights in timm's convit_tiny and in ours give the same logits, bit for bit."""
    ours = build_convit(heads=4, embed_dim_per_head=48, num_classes=10)
    theirs = timm.create_model("convit_tiny", num_classes=10).eval()
    theirs.load_state_dict(ours.state_dict())
    images = torch.rand(1, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        assert torch.equal(ours(images), theirs(images))


def test_registration_makes_the_missing_sizes_known_to_timm() -> None:
    """In a fresh process, importing the module is enough; registering again neither warns nor changes anything."""
    program = """
import json, warnings, torch
warnings.simplefilter("error")
import pwc_bench.families.convit.register as register, timm
first = timm.models.model_entrypoint("convit_small_plus")
register.register_with_timm()
assert timm.models.model_entrypoint("convit_small_plus") is first
names = ("convit_tiny_plus", "convit_small_plus", "convit_base_plus")
with torch.device("meta"):
    models = [timm.create_model(name) for name in names]
print(json.dumps([[sum(p.numel() for p in m.parameters()), m.default_cfg["crop_pct"]] for m in models]))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert [[f"{count / 1e6:.3f}", crop] for count, crop in json.loads(done.stdout)] == [
        ["9.973", 0.875],
        ["48.980", 0.875],
        ["153.135", 0.875],
    ]


def test_registered_names_make_the_same_modules_as_the_variants() -> None:
    """Timm's factory and the variant's builder agree on every tensor's name and shape."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        register_with_timm()
    by_key = {variant.key: variant for variant in VARIANTS}
    with torch.device("meta"):
        for name, key in (("tiny", "ti"), ("small", "s"), ("base", "b")):
            theirs = timm.create_model(f"convit_{name}_plus", num_classes=7).state_dict()
            ours = by_key[f"convit-{key}-plus"].build(7).state_dict()
            assert {k: v.shape for k, v in theirs.items()} == {k: v.shape for k, v in ours.items()}


def test_asking_timm_for_weights_that_do_not_exist_fails() -> None:
    """No weights of the registered sizes are public, and timm says so rather than giving random ones."""
    register_with_timm()
    with torch.device("meta"), pytest.raises(RuntimeError):
        timm.create_model("convit_tiny_plus", pretrained=True)
