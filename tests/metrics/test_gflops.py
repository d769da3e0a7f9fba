"""GFLOPs are fvcore's multiply-adds, checked by torch's own counter, with what was left out named."""

import logging
import sys
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import timm
import torch
from timm.models.convit import ConVit
from torch import nn

from pwc_bench.core.errors import EvaluationError
from pwc_bench.core.measurement import Measurement
from pwc_bench.families import load_variants
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

MULTIPLY_ADDS = {
    "convit-ti": 1_257_069_120,
    "convit-ti-plus": 2_137_370_752,
    "convit-s": 5_757_158_160,
    "convit-s-plus": 10_015_755_552,
    "convit-b": 17_524_287_744,
    "convit-b-plus": 30_764_614_144,
    "deit-ti": 1_258_411_200,
    "deit-ti-plus": 2_142_662_912,
    "deit-s": 4_608_338_304,
    "deit-s-plus": 10_049_781_312,
    "deit-b": 17_582_740_224,
    "deit-b-plus": 30_880_154_624,
}
"""As published, to the unit."""

CONVIT_SKIPPED = {
    "add": 45, "div_": 10, "gelu": 12, "mul": 32, "pow": 20, "repeat": 10, "repeat_interleave": 20, "rsub": 10,
    "sigmoid": 20, "softmax": 22, "sub": 10, "sum": 10,
}  # fmt: skip


def _gflops(model: nn.Module, side_px: int = 16) -> Measurement:
    _, measured = run(count_gflops(make_subject(lambda: model, side_px=side_px)))
    return measured["gflops"]


def _operators(measurement: Measurement) -> dict[str, float]:
    operators = measurement.details["operators"]
    assert isinstance(operators, dict)
    return operators


@pytest.mark.parametrize(
    "key", [pytest.param(key, marks=() if key == "deit-ti" else pytest.mark.slow) for key in MULTIPLY_ADDS]
)
def test_the_published_counts_stand_to_the_unit(key: str) -> None:
    """Both counters find the same products, and the operators left out are those of the published records."""
    variant = load_variants()[key]
    found = _gflops(variant.build(1000), side_px=variant.recipe.crop_px)
    per_element = round(1e9 * _operators(found)["layer_norm"])
    assert found.details["total_macs"] == MULTIPLY_ADDS[key]
    assert found.details["counters"] == {
        "counted_by": "fvcore",
        "products": dict.fromkeys(("fvcore", "torch"), MULTIPLY_ADDS[key] - per_element),
        "failed": {},
        "differences": {},
    }
    assert found.details["skipped"] == (CONVIT_SKIPPED if key.startswith("convit") else {"add": 25, "gelu": 12})
    assert found.caveats == ()


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
    assert found.caveats == ()


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


class Fourier(nn.Module):
    """A batched product with an addition, then a fast Fourier transform."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return (3, 16, 16) complex numbers."""
        planes = images[0]
        waves: torch.Tensor = torch.fft.fft2(torch.baddbmm(planes, planes, planes))
        return waves


def test_an_operator_of_unknown_cost_is_named() -> None:
    """What no rule counts and is not element-wise makes the figure a lower bound."""
    found = _gflops(Fourier())
    assert _operators(found) == {"baddbmm": 3 * 16 * 16 * 16 / 1e9}
    assert found.caveats == ("May be undercounted: no rule counts fft_fft2 (1).",)


class Idle(Convolutional):
    """Owns a layer that it never calls, and two operators that do no work."""

    def __init__(self) -> None:
        super().__init__()
        self.spare = nn.Linear(2, 2)
        self.nothing = nn.Identity()

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return logits of shape (n, 10)."""
        logits = super().forward(images)
        return logits.reshape_as(logits).clamp_min(0.0)


def test_what_does_no_work_is_no_caveat() -> None:
    """A layer that never runs is named in the details, if it has parameters."""
    found = _gflops(Idle())
    assert found.caveats == ()
    assert found.details["uncalled"] == ["spare"]


class Whimsical(nn.Module):
    """Cannot run at all."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Raise."""
        raise ValueError("no\nsuch thing")


def test_a_model_that_cannot_be_counted_is_an_error_in_one_line() -> None:
    """Both counters say why, and the layers' fast path is on again."""
    with pytest.raises(
        EvaluationError, match=r"^fvcore cannot count [^\n]*: no; torch's counter cannot run [^\n]*: no$"
    ):
        _gflops(Whimsical())
    assert torch.backends.mha.get_fastpath_enabled()


class Hidden(torch.autograd.Function):
    """A product that a trace shows as one call of Python."""

    @staticmethod
    def forward(ctx: Any, tokens: torch.Tensor) -> torch.Tensor:  # noqa: ANN401
        """Multiply with itself."""
        return tokens @ tokens


class Hiding(nn.Module):
    """Multiplies where fvcore does not look."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return (1, 3, 16, 16)."""
        out: torch.Tensor = Hidden.apply(images)
        return out


def test_counters_that_differ_are_named_by_operator() -> None:
    """The count is that of the one that saw every operator, and it is in doubt."""
    found = _gflops(Hiding())
    macs = 3 * 16**3
    assert found.details["total_macs"] == macs
    assert found.details["counters"] == {
        "counted_by": "torch",
        "products": {"fvcore": 0, "torch": macs},
        "failed": {},
        "differences": {"matmul": {"fvcore": 0, "torch": macs}},
    }
    assert found.caveats == (
        "In doubt: two counters differ in the multiply-adds of matmul (fvcore 0, torch 12,288); torch's are shown.",
    )


class Normalised(nn.Module):
    """Layers that only fvcore counts by itself, in a part that a trace may not be able to enter."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 4, 3, padding="same"), nn.BatchNorm2d(4), nn.GroupNorm(2, 4), nn.ReLU())
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 10), nn.LayerNorm(10))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return logits of shape (n, 10)."""
        logits: torch.Tensor = self.head(self.body(images))
        return logits


NORMALISED = 256 * 3 * 4 * 9 + 256 * 4 * (2 + 5) + 256 * 4 + 40 + 10 * 5


def _scripted(model: Any) -> Any:  # noqa: ANN401 - torch's wrappers are typed as they please
    model.body = torch.jit.script(model.body)
    return model


def _traced(model: Any) -> Any:  # noqa: ANN401
    trace: Any = torch.jit.trace
    with warnings.catch_warnings(action="ignore"):
        return trace(model, torch.ones(1, 3, 16, 16))


def _compiled(model: Any) -> Any:  # noqa: ANN401
    model.body = torch.compile(model.body)
    model.head.compile()
    return model


def _compiled_whole(model: Any) -> Any:  # noqa: ANN401
    return torch.compile(model)


@pytest.mark.parametrize(
    ("wrap", "counted_by"),
    [(_scripted, "torch"), (_traced, "torch"), (_compiled, "fvcore"), (_compiled_whole, "fvcore")],
)
def test_a_wrapped_model_counts_as_the_original(wrap: Callable[[Any], Any], counted_by: str) -> None:
    """A batch norm 2 an element, the others 5, by either counter; what is scripted, torch's counter counts alone."""
    found = _gflops(wrap(Normalised().eval()))
    assert found.details["total_macs"] == NORMALISED
    assert _operators(found)["batch_norm"] == 256 * 4 * 2 / 1e9
    counters = found.details["counters"]
    assert isinstance(counters, Mapping)
    assert counters["counted_by"] == counted_by
    assert [caveat.split(":")[0] for caveat in found.caveats] == ["Counted by torch alone"] * (counted_by == "torch")
    assert all("scripted" in caveat for caveat in found.caveats)


def test_torchs_counter_serves_where_fvcore_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the same number, and the reason."""
    monkeypatch.setitem(sys.modules, "fvcore.nn", None)
    found = _gflops(Normalised().eval())
    assert found.details["total_macs"] == NORMALISED
    (caveat,) = found.caveats
    assert caveat.startswith("Counted by torch alone: fvcore cannot be imported:")


class Stubborn(Normalised):
    """Does not run in inference mode, in which torch's counter watches."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return logits of shape (n, 10)."""
        if torch.is_inference_mode_enabled():
            raise RuntimeError("no inference")
        return super().forward(images)


def test_fvcore_serves_where_torchs_counter_cannot() -> None:
    """With the same number, and the reason."""
    found = _gflops(Stubborn().eval())
    assert found.details["total_macs"] == NORMALISED
    assert found.caveats == ("Counted by fvcore alone: torch's counter cannot run this model: no inference.",)


def test_counting_is_quiet_and_leaves_the_loggers_alone(caplog: pytest.LogCaptureFixture) -> None:
    """Skipped operators are data; nothing is logged, and fvcore's logger keeps its level."""
    before = logging.getLogger("fvcore.nn.jit_analysis").level
    with caplog.at_level(logging.DEBUG):
        _gflops(Idle())
    assert not [record for record in caplog.records if record.name.startswith("fvcore")]
    assert logging.getLogger("fvcore.nn.jit_analysis").level == before
