"""Activations are the outputs of convolutions and matrix products."""

import pytest

from pwc_bench.metrics.activations import count_activations
from tests.metrics.subjects import Attention, Convolutional, make_subject, run

TOKENS = 16 * 16


def test_a_convolution_and_a_head_by_hand() -> None:
    """8 x 8 x 8 elements, and 10 logits."""
    steps, measured = run(count_activations(make_subject(Convolutional)))
    assert len(steps) == 1
    assert measured["activations"].value == 512 + 10
    assert measured["activations"].details["operators"] == {"conv": 512, "linear": 10}
    assert measured["activations"].details["input"] == [1, 3, 16, 16]


@pytest.mark.parametrize("fused", [True, False])
def test_attention_counts_its_weights_and_its_output(fused: bool) -> None:
    """4 heads x 256 tokens x (256 weights + 3 channels), fused or spelled out."""
    _, measured = run(count_activations(make_subject(lambda: Attention(fused=fused))))
    assert measured["activations"].value == 36 * TOKENS + 4 * TOKENS * (TOKENS + 3)
