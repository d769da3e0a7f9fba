"""`module:factory`: models of one's own."""

import sys
from pathlib import Path

import pytest
import torch

from pwc_bench.core.errors import EvaluationError, UsageError
from pwc_bench.families import resolve

SOURCE = """
from torch import nn
from pwc_bench.core.variant import Recipe
from pwc_bench.core.variant import Variant


class Net(nn.Module):
    def __init__(self, num_classes=1000):
        super().__init__()
        self.head = nn.Linear(3, num_classes)

    def reset_classifier(self, num_classes):
        self.head = nn.Linear(3, num_classes)


def by_name(num_classes): return Net(num_classes)
def by_position(n): return Net(n)
def by_anything(**settings): return Net(**settings)
def without(): return Net()
def fixed(): return nn.Linear(3, 1000)
def late():
    import own_helper
    return own_helper.make()
def broken(num_classes): raise ValueError("two\\nlines")
def not_a_model(num_classes): return 3
def no_model_at_all(): return "x"
def variant(): return VARIANT
def thief(): return Variant(key="convit-s", title="x", family="x", build=by_name, recipe=Recipe(key="r"))

VARIANT = Variant(key="mine", title="Mine", family="own", build=by_name, recipe=Recipe(key="r", resize_px=300))
OTHER = Variant(key="other", title="Other", family="own", build=by_name, recipe=Recipe(key="r"))
VARIANTS = (VARIANT, OTHER)
MIXED = [VARIANT, 3]
NUMBER = 3


def stating(stated, attribute="pretrained_cfg"):
    model = Net()
    setattr(model, attribute, stated)
    return model

OWN = {"input_size": (3, 96, 96), "test_input_size": (3, 128, 128), "crop_pct": 0.8, "test_crop_pct": 1.0,
       "interpolation": "bilinear", "crop_mode": "squash", "mean": [0.5] * 3, "std": (0.25, 0.5, 1)}
def as_mapping(num_classes=1000): return stating(OWN)
def as_older_name(): return stating(OWN, "default_cfg")
def as_timms(num_classes=1000):
    from timm.models import PretrainedCfg
    return stating(PretrainedCfg(**OWN))
def bordered(num_classes=1000): return stating({"crop_mode": "border"})
def inward(): return stating({"crop_mode": "inward"})
def random_filter(): return stating({"interpolation": "random"})
def wide(): return stating({"input_size": (3, 96, 128)})
def grey(): return stating({"input_size": (1, 96, 96), "mean": (0.5,), "std": (0.5,)})
def one_mean(): return stating({"mean": (0.5,)})
def zero_std(): return stating({"std": (0.2, 0.0, 0.2)})
def no_side(): return stating({"input_size": 96})
def percent(): return stating({"crop_pct": "87.5 %"})
def negative(): return stating({"crop_pct": -0.9})
def words(): return stating("the usual")

class space:
    nested = staticmethod(by_name)
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a module of one's own in it."""
    (tmp_path / "own_models.py").write_text(SOURCE)
    (tmp_path / "own_helper.py").write_text("from torch import nn\ndef make(): return nn.Linear(3, 1000)\n")
    (tmp_path / "own_needy.py").write_text("import a_module_that_nobody_has\n")
    (tmp_path / "own_leaver.py").write_text("raise SystemExit(3)\n")
    (tmp_path / "own_broken.py").write_text("raise RuntimeError('at import')\n")
    monkeypatch.chdir(tmp_path)
    for name in ("own_models", "own_helper", "own_needy", "own_broken", "own_leaver"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return tmp_path


@pytest.mark.parametrize("factory", ["by_name", "by_position", "by_anything", "without", "Net", "space.nested"])
def test_a_factory_builds_for_any_number_of_classes(factory: str) -> None:
    """Functions, classes and attributes of attributes work, however they take the number of classes."""
    (variant,) = resolve(f"own_models:{factory}")
    assert variant.key == variant.title == f"own_models:{factory}"
    for classes in (1000, 8):
        model = variant.build(classes)
        assert model.head.out_features == classes
        assert not model.training
    assert (variant.recipe.resize_px, variant.recipe.crop_px) == (256, 224)
    assert variant.checkpoints == ()


@pytest.mark.parametrize("name", ["variant", "VARIANT"])
def test_a_variant_or_its_factory_may_state_everything(name: str) -> None:
    """A Variant keeps its own key and recipe."""
    (variant,) = resolve(f"own_models:{name}")
    assert (variant.key, variant.recipe.resize_px) == ("mine", 300)


def test_a_module_may_declare_several_variants() -> None:
    """As our own families do: what the README shows works without being installed."""
    found = resolve("own_models:VARIANTS,own_models:OTHER,convit-s")
    assert [variant.key for variant in found] == ["mine", "other", "convit-s"]


@pytest.mark.parametrize("factory", ["as_mapping", "as_older_name", "as_timms"])
def test_a_model_states_its_recipe_as_timms_do(factory: str) -> None:
    """What a model's `pretrained_cfg` says decides the pixels: the test's by default, the training's if asked."""
    recipes = {name: resolve(f"own_models:{factory}", name)[0].recipe for name in ("test", "train")}
    stated = ("bilinear", "squash", (0.5, 0.5, 0.5), (0.25, 0.5, 1.0))
    for name, sides_px in (("test", (128, 128)), ("train", (120, 96))):
        recipe = recipes[name]
        assert (recipe.resize_px, recipe.crop_px, recipe.configuration) == (*sides_px, name)
        assert (recipe.interpolation, recipe.crop_mode, recipe.mean, recipe.std) == stated


@pytest.mark.parametrize(
    ("factory", "message"),
    [
        ("bordered", r"own_models:bordered crops in mode 'border': offered are center, squash"),
        ("inward", r"own_models:inward crops in mode 'inward': offered are center, squash"),
        ("random_filter", r"resizes by 'random': offered are bicubic, bilinear, lanczos"),
        ("wide", r"takes inputs of 3 x 96 x 128: only square RGB inputs are offered"),
        ("grey", r"takes inputs of 1 x 96 x 96: only square RGB inputs are offered"),
        ("one_mean", r"states a mean of \(0\.5,\): it must be three numbers"),
        ("zero_std", r"states a std of \(0\.2, 0\.0, 0\.2\): each must be above 0"),
        ("no_side", r"states an input size of 96: it must be \(3, side, side\)"),
        ("percent", r"states a crop_pct of '87\.5 %': it must be a number above 0"),
        ("negative", r"states a crop_pct of -0\.9: it must be a number above 0"),
        ("words", r"has a pretrained_cfg of the type str: a mapping is needed"),
    ],
)
def test_a_stated_recipe_that_is_not_offered_fails_its_variant_by_name(factory: str, message: str) -> None:
    """No statement is replaced by the usual one: the variant fails, and others go on."""
    (variant,) = resolve(f"own_models:{factory}")
    with pytest.raises(EvaluationError, match=message):
        variant.build(1000)
    assert variant.refusal is not None
    assert "\n" not in variant.refusal


def test_imports_at_building_time_find_the_working_directory() -> None:
    """A factory may import its neighbours late; afterwards the import path is as it was."""
    before = list(sys.path)
    (variant,) = resolve("own_models:late")
    assert isinstance(variant.build(1000), torch.nn.Linear)
    assert sys.path == before


def test_a_model_with_a_fixed_head_is_not_built_for_other_classes() -> None:
    """A factory that takes no number of classes serves ImageNet only."""
    (variant,) = resolve("own_models:fixed")
    with pytest.raises(EvaluationError, match="takes no num_classes, so it cannot be built for 8 classes"):
        variant.build(8)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("own_models:broken", r"own_models:broken failed: ValueError: two$"),
        ("own_models:not_a_model", r"returned a int: it must return a torch\.nn\.Module"),
        ("own_needy:x", r"own_needy cannot be imported: it needs the module 'a_module_that_nobody_has'"),
        ("own_broken:x", r"own_broken cannot be imported: RuntimeError: at import"),
        ("own_leaver:x", r"own_leaver cannot be imported: it tried to end the program: sys\.exit\(3\)"),
    ],
)
def test_a_factory_that_fails_ends_its_variant_only(name: str, message: str) -> None:
    """Building is part of the evaluation, so a failure there is an evaluation error of one line."""
    (variant,) = resolve(name)
    with pytest.raises(EvaluationError, match=message):
        variant.build(1000)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("own_models:by_nane", r"own_models has no 'by_nane'; did you mean by_name"),
        ("own_models:NUMBER", r"own_models:NUMBER is a int: it must be a Variant, several, or a function"),
        ("own_models:MIXED", r"own_models:MIXED is a list: it must be a Variant, several, or a function"),
        ("own_models:no_model_at_all", r"returned a str: it must return a torch\.nn\.Module or a Variant"),
        ("own_models:thief", r"declared key 'convit-s': give it a key of its own"),
        ("nobody_has_this:x", r"no module is called 'nobody_has_this'"),
        ("own_models:", r"not of the form module:factory"),
        (":x", r"not of the form module:factory"),
        ("./own_models.py:x", r"not of the form module:factory"),
    ],
)
def test_a_name_that_cannot_be_used_is_refused_in_one_line(name: str, message: str) -> None:
    """Every mistake in the name is told apart."""
    with pytest.raises(UsageError, match=message) as caught:
        resolve(name)
    assert "\n" not in str(caught.value)


def test_two_variants_with_one_key_are_refused() -> None:
    """Records are filed by key, so that two different models cannot share one in a run."""
    Path("own_twin.py").write_text(SOURCE.replace("resize_px=300", "resize_px=400"))
    with pytest.raises(UsageError, match="have the key 'mine'"):
        resolve("own_models:VARIANT,own_twin:VARIANT")
