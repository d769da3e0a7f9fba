"""`timm:NAME`: recipes, public weights and refusals."""

from dataclasses import replace
from typing import Any

import pytest
import timm
import torch

from pwc_bench.core.errors import EvaluationError, UsageError
from pwc_bench.families import resolve


def test_the_recipe_is_the_one_that_timm_states() -> None:
    """Crop fraction, filter, size, mean and deviation come from timm's configuration of the weights."""
    (variant,) = resolve("timm:vit_base_patch16_224.augreg_in21k_ft_in1k")
    recipe = variant.recipe
    assert (recipe.resize_px, recipe.crop_px, recipe.interpolation) == (248, 224, "bicubic")
    assert recipe.mean == recipe.std == (0.5, 0.5, 0.5)
    assert recipe.key == "exact-248-224-norm-0.5-0.5-0.5-0.5-0.5-0.5"
    (plain,) = resolve("timm:resnet18.tv_in1k")
    assert plain.recipe.key == "exact-256-224-bilinear"
    assert plain.recipe.interpolation == "bilinear"


def test_a_timm_variant_builds_for_any_number_of_classes() -> None:
    """The builder gives a module in eval mode with the asked number of outputs."""
    (variant,) = resolve("timm:resnet18")
    with torch.device("meta"):
        model = variant.build(8)
    assert variant.key == "timm:resnet18"
    assert not model.training
    assert model.get_classifier().out_features == 8


def test_public_weights_are_those_of_timms_configuration() -> None:
    """The hub comes first, the address after it."""
    (variant,) = resolve("timm:resnet18.a1_in1k")
    hub, address = variant.checkpoints
    assert hub.uri == "hub:timm/resnet18.a1_in1k"
    assert address.uri.startswith("https://")
    assert variant.weights_note is None


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("vit_base_patch16_224.augreg_in21k", "have a head for 21,843 classes"),
        ("test_vit4", "timm knows no public weights of test_vit4."),
    ],
)
def test_models_without_usable_weights_say_why(name: str, note: str) -> None:
    """A head for other classes, or no weights at all, leaves accuracy out with that reason."""
    (variant,) = resolve(f"timm:{name}")
    assert variant.checkpoints == ()
    assert variant.weights_note is not None
    assert note in variant.weights_note


def test_the_registered_sizes_are_known() -> None:
    """The sizes of ConViT that timm leaves out can be named like any other timm model."""
    (variant,) = resolve("timm:convit_small_plus")
    assert (variant.recipe.resize_px, variant.recipe.crop_px) == (256, 224)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("resnet19", r"timm knows no model 'resnet19'; did you mean resnet18"),
        ("hf-hub:some/model", "timm knows no model"),
        ("resnet18.nonsense", r"not its tag 'nonsense': known are resnet18\.a1_in1k"),
        ("convit_small_plus.x", "not its tag 'x': known are it has none"),
    ],
)
def test_unknown_names_and_tags_are_refused(name: str, message: str) -> None:
    """A name that timm does not know is answered with near ones, a tag with the known ones."""
    with pytest.raises(UsageError, match=message):
        resolve(f"timm:{name}")


@pytest.mark.parametrize(
    ("name", "configuration", "key"),
    [
        ("resnet50.tv2_in1k", "test", "exact-232-224-bilinear"),
        ("resnet50.tv2_in1k", "train", "exact-201-176-bilinear"),
        ("resnet50.a1_in1k", "test", "exact-288-288"),
        ("resnet50.a1_in1k", "train", "exact-235-224"),
        ("convit_tiny.fb_in1k", "test", "exact-256-224"),
        ("convit_tiny.fb_in1k", "train", "exact-256-224"),
        ("coat_lite_medium_384", "test", "exact-384-384-squash"),
    ],
)
def test_size_and_crop_are_those_of_validation_unless_the_training_ones_are_asked_for(
    name: str, configuration: str, key: str
) -> None:
    """Published accuracies are those at the test size and crop; the recipe says which configuration it is."""
    (variant,) = resolve(f"timm:{name}", configuration)
    assert (variant.recipe.key, variant.recipe.configuration) == (key, configuration)


def test_a_fixed_size_is_that_of_the_recipe(monkeypatch: pytest.MonkeyPatch) -> None:
    """A transformer whose weights were evaluated at another size than it is built for is built for the recipe's."""
    stated = replace(timm.get_pretrained_cfg("vit_tiny_patch16_224"), test_input_size=(3, 256, 256))
    monkeypatch.setattr(timm, "get_pretrained_cfg", lambda _name: stated)
    sides = {}
    for configuration in ("test", "train"):
        (variant,) = resolve("timm:vit_tiny_patch16_224", configuration)
        with torch.device("meta"):
            sides[configuration] = variant.build(8).patch_embed.img_size
    assert sides == {"test": (256, 256), "train": (224, 224)}


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"crop_mode": "border"}, r"timm:test_vit crops in mode 'border': offered are center, squash$"),
        ({"input_size": (3, 1024, 768)}, "takes inputs of 3 x 1024 x 768: only square RGB inputs are offered$"),
    ],
)
def test_a_recipe_that_is_not_offered_fails_its_variant_by_name(
    monkeypatch: pytest.MonkeyPatch, stated: dict[str, Any], message: str
) -> None:
    """Other pixels would give another accuracy, so that nothing of that variant is measured, and others go on."""
    other = replace(timm.get_pretrained_cfg("test_vit"), test_input_size=None, **stated)
    monkeypatch.setattr(timm, "get_pretrained_cfg", lambda _name: other)
    (variant,) = resolve("timm:test_vit")
    with pytest.raises(EvaluationError, match=message):
        variant.build(1000)


def test_a_model_that_timm_cannot_build_is_an_evaluation_error() -> None:
    """What timm itself complains of while building ends that variant, in one line."""
    (variant,) = resolve("timm:resnet18")
    with pytest.raises(EvaluationError, match="timm cannot build resnet18 with 1"):
        variant.build(10**20)
