"""A model that a checkpoint fills is the model that it would have been, built without random weights."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from pwc_bench.evaluation.weights import build_unfilled
from pwc_bench.families import resolve

IMAGE = torch.randn(1, 3, 224, 224, generator=torch.Generator().manual_seed(5))


@pytest.mark.parametrize("key", ["convit-ti", "deit-ti"])
def test_a_filled_skeleton_is_the_model(key: str) -> None:
    """Parameters are zeros at first; with the same weights it has the same logits, buffers included."""
    (variant,) = resolve(key)
    model, skeleton = variant.build(10), build_unfilled(lambda: variant.build(10))
    assert all(not parameter.any() for parameter in skeleton.parameters())
    assert {tensor.device.type for tensor in (*skeleton.parameters(), *skeleton.buffers())} == {"cpu"}
    assert [name for name, _ in skeleton.named_parameters()] == [name for name, _ in model.named_parameters()]
    assert not skeleton.training
    skeleton.load_state_dict(model.state_dict())
    with torch.inference_mode():
        assert torch.equal(skeleton(IMAGE), model(IMAGE))


def test_what_is_computed_from_numbers_is_there() -> None:
    """Buffers and plain tensors keep their values."""

    class Placed(nn.Module):
        """Holds a grid, a list of tensors and a normalisation."""

        def __init__(self) -> None:
            super().__init__()
            self.grid: torch.Tensor
            self.register_buffer("grid", torch.arange(4.0), persistent=False)
            self.scales = [torch.tensor(3.0)]
            self.norm = nn.BatchNorm2d(3)

    skeleton = build_unfilled(Placed)
    assert skeleton.grid.tolist() == [0.0, 1.0, 2.0, 3.0]
    assert skeleton.scales[0].item() == 3.0
    assert skeleton.norm.running_var is not None
    assert skeleton.norm.running_var.tolist() == [1.0, 1.0, 1.0]
    assert skeleton.norm.weight.tolist() == [0.0, 0.0, 0.0]


def test_shared_parameters_stay_shared() -> None:
    """As where a head is tied to an embedding; what needs no gradient still needs none."""

    class Tied(nn.Module):
        """Two layers, one weight."""

        def __init__(self) -> None:
            super().__init__()
            self.one, self.two = nn.Linear(3, 3), nn.Linear(3, 3)
            self.two.weight = self.one.weight
            self.still = nn.Parameter(torch.ones(2), requires_grad=False)

    skeleton = build_unfilled(Tied)
    assert skeleton.one.weight is skeleton.two.weight
    assert not skeleton.still.requires_grad
    assert skeleton.one.bias is not skeleton.two.bias


class _Derived(nn.Module):
    """Keeps something that follows from its weights."""

    def __init__(self, keep: Callable[[nn.Module, torch.Tensor], None]) -> None:
        super().__init__()
        self.layer = nn.Linear(3, 3)
        keep(self, self.layer.weight.detach())


@pytest.mark.parametrize(
    "keep",
    [
        lambda model, weight: model.register_buffer("norm", weight.norm(dim=1)),
        lambda model, weight: setattr(model, "norms", {"of": [weight.norm(dim=1)]}),
        lambda model, weight: setattr(model, "norm", float(weight.norm())),
    ],
)
def test_a_model_that_looks_at_its_weights_is_built_as_ever(keep: Callable[[nn.Module, torch.Tensor], None]) -> None:
    """It draws its weights, and torch is as it was before."""
    before = nn.Module.register_parameter
    model = build_unfilled(lambda: _Derived(keep))
    assert model.layer.weight.any()
    assert nn.Module.register_parameter is before


def test_an_error_of_the_builder_is_its_own() -> None:
    """Whatever it raises comes through, and torch is as it was before."""
    before = nn.Module.register_parameter

    def build() -> nn.Module:
        raise ValueError("no such model")

    with pytest.raises(ValueError, match="no such model"):
        build_unfilled(build)
    assert nn.Module.register_parameter is before
