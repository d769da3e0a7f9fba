"""Fitting: a checkpoint that is the model's own fits, and every other one is told why not."""

import os
from pathlib import Path

import pytest
import timm
import torch
from safetensors.torch import save_file
from timm.models.convit import ConVit
from torch import Tensor, nn

from pwc_bench.core.errors import WeightsError
from pwc_bench.core.observer import SilentObserver
from pwc_bench.evaluation.weights import ResolvedWeights, fit_weights, resolve_weights
from tests.evaluation.weights.tiny import Tiny, tiny_state, tiny_variant


def _resolved(folder: Path, state: dict[str, Tensor]) -> ResolvedWeights:
    save_file({key: tensor.contiguous() for key, tensor in state.items()}, folder / "tiny.safetensors")
    named = str(folder / "tiny.safetensors")
    found = resolve_weights(tiny_variant(), named=named, folder=None, cache=folder, observer=SilentObserver())
    assert found is not None
    return found


def _fit(folder: Path, state: dict[str, Tensor], model: nn.Module) -> None:
    fit_weights(model, _resolved(folder, state), classes=10, dataset_title="ImageNet-1k")


def test_a_fitting_checkpoint_is_copied_whole(tmp_path: Path) -> None:
    """Afterwards the model computes what the saved one computed."""
    state, model = tiny_state(), Tiny().eval()
    _fit(tmp_path, state, model)
    assert all(torch.equal(value, state[key]) for key, value in model.state_dict().items())


def test_half_precision_is_read_as_single(tmp_path: Path) -> None:
    """The model stays in its own precision whatever the file's is."""
    state = {
        key: value.to(torch.bfloat16) if value.is_floating_point() else value for key, value in tiny_state().items()
    }
    model = Tiny().eval()
    _fit(tmp_path, state, model)
    assert model.head.weight.dtype is torch.float32
    assert torch.equal(model.head.weight, state["head.weight"].float())


def test_a_convit_fits_with_and_without_its_position_indices(tmp_path: Path) -> None:
    """The indices follow from the architecture: some versions of the model save them, others do not."""

    def build(classes: int) -> ConVit:
        model: ConVit = ConVit(
            img_size=32, depth=2, num_heads=2, embed_dim=8, local_up_to_layer=1, num_classes=classes
        ).eval()
        return model

    saved, images = build(10), torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        expected = saved(images)
    state = dict(saved.state_dict())
    for more in ({}, {"blocks.0.attn.rel_indices": torch.zeros(1, 4, 4, 3)}):
        model = build(10)
        _fit(tmp_path, state | more, model)
        with torch.inference_mode():
            assert torch.equal(model(images), expected)


def test_the_counter_that_only_training_reads_may_be_missing(tmp_path: Path) -> None:
    """Checkpoints from before PyTorch 0.4.1 have no num_batches_tracked."""
    state = {key: value for key, value in tiny_state().items() if not key.endswith("num_batches_tracked")}
    _fit(tmp_path, state, Tiny().eval())


def _without(*keys: str) -> dict[str, Tensor]:
    return {key: value for key, value in tiny_state().items() if key not in keys}


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (_without("head.bias"), r"lacks 1 tensor \(head\.bias\) of the model's 9 tensors"),
        (
            _without("head.bias", "head.weight", "stem.bias", "stem.weight"),
            r"lacks 4 tensors \(stem\.weight, stem\.bias, head\.weight, …\) of",
        ),
        (tiny_state() | {"dist_token": torch.zeros(1)}, r"has 1 tensor \(dist_token\) that the model does not have"),
        (
            {"fc.weight": torch.zeros(1)},
            r"a checkpoint of another model: it lacks 8 tensors \(.*, …\) and has 1 tensor \(fc\.weight\) too many",
        ),
        (tiny_state(classes=21841), r"the head is for 21,841 classes, ImageNet-1k has 10$"),
        (tiny_state(width=5), r"another size of the model: stem\.weight is 5 x 3, the model has 4 x 3 \(and 6 more\)"),
        (tiny_state() | {"stem.bias": torch.zeros(5)}, r"stem\.bias is 5, the model has 4$"),
        (tiny_state() | {"stem.bias": torch.full((4,), torch.nan)}, r"holds NaN in stem\.bias"),
        (tiny_state() | {"stem.bias": torch.full((4,), torch.inf)}, r"holds infinite values in stem\.bias"),
    ],
    ids=["missing", "several", "surplus", "other", "classes", "size", "shape", "nan", "inf"],
)
def test_a_checkpoint_that_does_not_fit_says_why(tmp_path: Path, state: dict[str, Tensor], message: str) -> None:
    """Missing and surplus tensors, another head, other shapes and broken values each have a message of their own."""
    model = Tiny().eval()
    before = {key: value.clone() for key, value in model.state_dict().items()}
    with pytest.raises(WeightsError, match=message) as caught:
        _fit(tmp_path, state, model)
    assert str(caught.value).startswith("tiny.safetensors")
    assert "\n" not in str(caught.value)
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())


def test_the_head_is_found_in_models_that_do_not_name_it(tmp_path: Path) -> None:
    """Without timm's get_classifier the last linear layer is the head."""
    state = {
        "0.weight": torch.zeros(4, 3),
        "0.bias": torch.zeros(4),
        "1.weight": torch.zeros(7, 4),
        "1.bias": torch.zeros(7),
    }
    with pytest.raises(WeightsError, match="the head is for 7 classes, ImageNet-1k has 10"):
        _fit(tmp_path, state, nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 10)))


def test_a_distilled_model_has_two_heads(tmp_path: Path) -> None:
    """Timm returns a tuple of heads for distilled models; either may be for other classes."""
    build = {"img_size": 32, "depth": 1, "embed_dim": 12}
    model = timm.create_model("deit_tiny_distilled_patch16_224", num_classes=10, **build)
    other = timm.create_model("deit_tiny_distilled_patch16_224", num_classes=7, **build)
    with pytest.raises(WeightsError, match="the head is for 7 classes"):
        _fit(tmp_path, dict(other.state_dict()), model)


def test_infinity_is_allowed_where_the_model_itself_has_it(tmp_path: Path) -> None:
    """A mask of minus infinity is part of some architectures."""

    class Masked(Tiny):
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("mask", torch.full((2,), -torch.inf))

    _fit(tmp_path, tiny_state() | {"mask": torch.full((2,), -torch.inf)}, Masked())


def test_a_file_that_changes_after_it_was_hashed_is_not_used(tmp_path: Path) -> None:
    """A training that goes on may overwrite its checkpoint: the record's hash would then be a lie."""
    resolved = _resolved(tmp_path, tiny_state())
    os.utime(resolved.path, ns=(1, 1))
    with pytest.raises(WeightsError, match=r"tiny\.safetensors was changed while it was read: copy it first"):
        fit_weights(Tiny(), resolved, classes=10, dataset_title="ImageNet-1k")
    resolved.path.unlink()
    with pytest.raises(WeightsError, match="cannot be read"):
        resolved.check_unchanged()
