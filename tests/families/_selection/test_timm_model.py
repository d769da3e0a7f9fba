"""`timm:NAME`: recipes, public weights and refusals."""

import pytest
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


def test_a_recipe_without_a_centre_crop_is_refused() -> None:
    """Some models squash the whole image; the exact recipe cannot, so their accuracy would be wrong."""
    with pytest.raises(UsageError, match="mode 'squash': only the centre crop"):
        resolve("timm:coat_lite_medium_384")


def test_a_model_that_timm_cannot_build_is_an_evaluation_error() -> None:
    """What timm itself complains of while building ends that variant, in one line."""
    (variant,) = resolve("timm:resnet18")
    with pytest.raises(EvaluationError, match="timm cannot build resnet18 with 1"):
        variant.build(10**20)
