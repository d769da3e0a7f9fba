"""GFLOPs are fvcore's multiply-adds, attention included, with what was left out named."""

import logging

import pytest
import timm
import torch
from timm.models.convit import ConVit
from torch import nn

from pwc_bench.core.errors import EvaluationError
from pwc_bench.core.measurement import Measurement
from pwc_bench.metrics.gflops import count_gflops
from tests.metrics.subjects import Attention, Convolutional, TorchAttention, make_subject, run

TOKENS = 16 * 16

# fvcore 0.1.5, timm 1.0.31: GMACs in all, of which linear, conv, matmul (attention), layer_norm.
PUBLISHED = {
    "ti": ((4, 48), (1.257, 1.046, 0.029, 0.177, 0.005)),
    "ti-plus": ((4, 64), (2.137, 1.856, 0.039, 0.236, 0.006)),
    "s": ((9, 48), (5.757, 5.283, 0.065, 0.399, 0.011)),
    "s-plus": ((9, 64), (10.016, 9.383, 0.087, 0.532, 0.014)),
    "b": ((16, 48), (17.524, 16.681, 0.116, 0.709, 0.019)),
    "b-plus": ((16, 64), (30.765, 29.640, 0.154, 0.946, 0.025)),
}


def _gflops(model: nn.Module, side_px: int = 16) -> Measurement:
    _, measured = run(count_gflops(make_subject(lambda: model, side_px=side_px)))
    return measured["gflops"]


def _operators(measurement: Measurement) -> dict[str, float]:
    operators = measurement.details["operators"]
    assert isinstance(operators, dict)
    return operators


@pytest.mark.parametrize(
    "key", [pytest.param(key, marks=() if key.startswith("ti") else pytest.mark.slow) for key in PUBLISHED]
)
def test_convit_has_the_published_figures(key: str) -> None:
    """To the printed digit, in all and by operator."""
    (heads, embedding), figures = PUBLISHED[key]
    model = ConVit(num_heads=heads, embed_dim=embedding, local_up_to_layer=10, locality_strength=1.0)
    found = _gflops(model.eval(), side_px=224)
    operators = _operators(found)
    printed = (found.value, *(operators[name] for name in ("linear", "conv", "matmul", "layer_norm")))
    assert [f"{value:.3f}" for value in printed] == [f"{value:.3f}" for value in figures]
    assert {"softmax", "gelu", "sigmoid", "mul", "add", "rsub", "sum"} <= set(dict(found.details)["skipped"])  # type: ignore[arg-type]
    assert any("softmax (22)" in caveat for caveat in found.caveats)
    assert not any("undercounted" in caveat or "Never called" in caveat for caveat in found.caveats)


def test_a_convolution_and_a_head_by_hand() -> None:
    """8 x 8 places x 8 x 12 weights, and 8 x 10 for the head."""
    found = _gflops(Convolutional())
    assert found.details["total_macs"] == 64 * 96 + 80
    assert found.value == found.details["total_macs"] / 1e9
    assert _operators(found) == {"conv": 64 * 96 / 1e9, "linear": 80 / 1e9}
    assert found.details["convention"] == "multiply-adds (as fvcore counts)"
    assert found.details["two_per_multiply_add"] == pytest.approx(2 * found.value)
    assert found.details["skipped"] == {"mean": 1}
    assert found.unit == "GFLOPs"


def test_fused_attention_counts_as_much_as_its_two_products() -> None:
    """4 heads x 256 x 256 tokens x (3 + 3) channels, however it is written."""
    products = 4 * TOKENS * TOKENS * 6 / 1e9
    fused, plain = _gflops(Attention(fused=True)), _gflops(Attention(fused=False))
    assert _operators(fused)["scaled_dot_product_attention"] == pytest.approx(products)
    assert _operators(plain)["matmul"] == pytest.approx(products)
    assert fused.value == pytest.approx(plain.value)
    assert fused.details["without_attention_products"] == plain.details["without_attention_products"]


def test_a_deit_with_fused_attention_counts_like_the_same_one_without() -> None:
    """Fused attention in timm is neither missing nor counted twice."""

    def deit(*, fused: bool) -> Measurement:
        model = timm.create_model("deit_tiny_patch16_224", depth=2).eval()
        for block in model.blocks:
            block.attn.fused_attn = fused
        return _gflops(model, side_px=224)

    fused, plain = deit(fused=True), deit(fused=False)
    assert _operators(fused)["scaled_dot_product_attention"] == _operators(plain)["matmul"]
    assert "matmul" not in _operators(fused)
    assert fused.details["total_macs"] == plain.details["total_macs"]
    assert not any("undercounted" in caveat for caveat in fused.caveats)


def test_torchs_own_attention_layer_does_not_hide_its_products() -> None:
    """Its fast path is one opaque operator: it is off while counting, and on again afterwards."""
    assert torch.backends.mha.get_fastpath_enabled()
    found = _gflops(TorchAttention().eval())
    assert torch.backends.mha.get_fastpath_enabled()
    assert not any("undercounted" in caveat for caveat in found.caveats)
    assert found.details["total_macs"] == TOKENS * 8 * 24 + TOKENS * 8 * 8 + 2 * TOKENS * TOKENS * 4 * 2


class Baddbmm(nn.Module):
    """A batched product with an addition, then a fast Fourier transform."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return (3, 16, 16) complex numbers."""
        planes = images[0]
        waves: torch.Tensor = torch.fft.fft2(torch.baddbmm(planes, planes, planes))
        return waves


def test_an_operator_of_unknown_cost_is_named() -> None:
    """What no rule counts and is not element-wise makes the figure a lower bound."""
    found = _gflops(Baddbmm())
    assert _operators(found) == {"baddbmm": 3 * 16 * 16 * 16 / 1e9}
    assert found.caveats == ("May be undercounted: no rule counts fft_fft2 (1).",)


class Idle(Convolutional):
    """Owns a layer that it never calls."""

    def __init__(self) -> None:
        super().__init__()
        self.spare = nn.Linear(2, 2)
        self.nothing = nn.Identity()


def test_a_layer_that_never_runs_is_named() -> None:
    """Layers without parameters are of no interest."""
    caveats = _gflops(Idle()).caveats
    assert any(caveat.endswith("the module that holds them: spare.") for caveat in caveats)


class VectorProduct(nn.Module):
    """A matrix times a vector, a form of matmul that fvcore's rule does not expect."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return (n, 3, 16)."""
        out: torch.Tensor = images @ torch.ones(16)
        return out


def test_a_model_that_cannot_be_counted_is_an_error_in_one_line() -> None:
    """And the layers' fast path is on again."""
    with pytest.raises(EvaluationError, match=r"fvcore cannot count the operators of this model: [^\n]+$"):
        _gflops(VectorProduct())
    assert torch.backends.mha.get_fastpath_enabled()


def test_counting_is_quiet_and_leaves_the_loggers_alone(caplog: pytest.LogCaptureFixture) -> None:
    """Skipped operators are data; nothing is logged, and fvcore's logger keeps its level."""
    before = logging.getLogger("fvcore.nn.jit_analysis").level
    with caplog.at_level(logging.DEBUG):
        _gflops(Idle())
    assert not [record for record in caplog.records if record.name.startswith("fvcore")]
    assert logging.getLogger("fvcore.nn.jit_analysis").level == before
