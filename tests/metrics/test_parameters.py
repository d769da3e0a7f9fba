"""Parameters are counted once each, with and without the head."""

import timm
import torch
from torch import nn

from pwc_bench.metrics.parameters import count_parameters
from tests.metrics.subjects import Attention, Convolutional, make_subject, run


class TwoHeads(nn.Module):
    """A distilled model: two heads over one frozen body, and one weight in two places."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Linear(4, 4)
        self.again = nn.Linear(4, 4)
        self.again.weight = self.body.weight
        self.body.weight.requires_grad_(False)
        self.one, self.other = nn.Linear(4, 2), nn.Linear(4, 2)
        self.register_buffer("mask", torch.ones(7))

    def get_classifier(self) -> tuple[nn.Module, nn.Module]:
        """Return both heads, as timm's distilled models do."""
        return self.one, self.other


def test_a_convolution_and_a_head_by_hand() -> None:
    """8 x 3 x 2 x 2 weights, and a head of 8 x 10 + 10."""
    steps, measured = run(count_parameters(make_subject(Convolutional)))
    found = measured["parameters"]
    assert steps == ["counting parameters"]
    assert found.value == 96 + 90
    assert isinstance(found.value, int)
    assert found.details == {"trainable": 186, "buffers": 0, "head": 90, "without_head": 96}
    assert found.interval is None


def test_shared_weights_count_once_and_two_heads_are_one_classifier() -> None:
    """16 shared + 4 + 4 biases, two heads of 4 x 2 + 2; 16 frozen; 7 buffered."""
    _, measured = run(count_parameters(make_subject(TwoHeads)))
    assert measured["parameters"].value == 24 + 20
    assert measured["parameters"].details == {"trainable": 28, "buffers": 7, "head": 20, "without_head": 24}


def test_a_model_without_a_head_has_no_count_without_it() -> None:
    """The detail is absent, never equal to the total."""
    _, measured = run(count_parameters(make_subject(lambda: Attention(fused=True))))
    assert "without_head" not in measured["parameters"].details


def test_timms_convit_has_the_published_counts() -> None:
    """5.711 M, and 5.52 M without the head, which the paper prints as 6 M."""
    subject = make_subject(lambda: timm.create_model("convit_tiny"), side_px=224)
    _, measured = run(count_parameters(subject))
    without_head = measured["parameters"].details["without_head"]
    assert isinstance(without_head, int)
    assert f"{measured['parameters'].value / 1e6:.3f}" == "5.711"
    assert f"{without_head / 1e6:.2f}" == "5.52"
