"""A kernel is used where it is right and measured to win."""

from collections.abc import Callable, Iterator

import pytest
import torch
from timm.models.convit import GPSA
from torch import Tensor

from pwc_bench.core.errors import EvaluationError
from pwc_bench.core.measurement import Json
from pwc_bench.families.convit._fused.attention import GatedAttention, Stopwatch, choose_mixing, pin_mixing
from pwc_bench.families.convit.fused import fuse
from tests.families.convit_models import small_convit


def _layers() -> list[GatedAttention]:
    return [GatedAttention(GPSA(32, num_heads=4).eval(), 16) for _ in range(2)]


def _stopwatch(*milliseconds: float) -> Stopwatch:
    """Runs what it times, and tells these times in turn."""

    def told() -> Iterator[float]:
        while True:
            yield from milliseconds

    times = told()

    def stopwatch(run: Callable[[], object]) -> float:
        run()
        return next(times)

    return stopwatch


def _right(qkv: Tensor, mixed: Tensor, own: Tensor) -> Tensor:
    query, key, value = qkv.permute(2, 0, 3, 1, 4)
    attention = own * (query @ key.transpose(-2, -1)).softmax(-1) + mixed
    mixture: Tensor = attention @ value
    return mixture.transpose(1, 2)


def _wrong(qkv: Tensor, mixed: Tensor, own: Tensor) -> Tensor:
    return _right(qkv, mixed, own) * 1.01


def _broken(qkv: Tensor, mixed: Tensor, own: Tensor) -> Tensor:
    raise RuntimeError("PTX assembly aborted\nat line 3")


@pytest.mark.parametrize(("kernel_ms", "chosen"), [(0.5, "triton"), (0.99, "sdpa"), (2.0, "sdpa")])
def test_the_kernel_must_win_by_more_than_noise(kernel_ms: float, chosen: str) -> None:
    """All layers mix by it then, with the same result; else none does."""
    layers = _layers()
    x = torch.randn(2, 16, 32)
    with torch.inference_mode():
        before = layers[1](x)
        facts = choose_mixing(layers, _right, 3, _stopwatch(1.0, kernel_ms))
        assert torch.allclose(layers[1](x), before, atol=1e-6)
    assert (facts["chosen"], facts["sdpa_ms"], facts["triton_ms"]) == (chosen, 1.0, kernel_ms)
    assert [layer.kernel is not None for layer in layers] == [chosen == "triton"] * 2


@pytest.mark.parametrize(("kernel", "reason"), [(_wrong, "the kernel differs by"), (_broken, "PTX assembly aborted")])
def test_a_kernel_that_is_wrong_or_fails_is_not_used(kernel: Callable[..., Tensor], reason: str) -> None:
    """However fast it is; the reason is kept."""
    layers = _layers()
    facts = choose_mixing(layers, kernel, 3, _stopwatch(1.0, 0.1))
    assert facts["chosen"] == "sdpa"
    assert reason in str(facts["reason"])
    assert layers[0].kernel is None


@pytest.mark.parametrize("chosen", ["triton", "sdpa"])
def test_an_earlier_choice_is_taken_over_untimed(chosen: str) -> None:
    """A continued campaign mixes as it began, and its records say what was measured then."""
    layers = _layers()
    earlier: dict[str, Json] = {"chosen": chosen, "sdpa_ms": 1.0, "triton_ms": 0.5}
    assert pin_mixing(layers, _right, earlier) == earlier
    assert [layer.kernel is not None for layer in layers] == [chosen == "triton"] * 2


def test_a_kernel_that_is_gone_is_an_error() -> None:
    """Torch's own products would round otherwise; they are an earlier choice like another."""
    assert pin_mixing(_layers(), None, {"chosen": "sdpa"}) == {"chosen": "sdpa"}
    with pytest.raises(EvaluationError, match="--fresh"):
        pin_mixing(_layers(), None, {"chosen": "triton"})


def test_nothing_is_chosen_on_a_cpu() -> None:
    """There is one way there."""
    assert fuse(small_convit()).settle(4) == {}  # type: ignore[operator]


@pytest.mark.gpu
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_a_gpu_settles_on_one_of_the_two(dtype: torch.dtype) -> None:
    """Both were timed, and agreed."""
    model = fuse(small_convit(heads=4, head_dim=48)).to("cuda", dtype)
    facts = model.settle(64)  # type: ignore[operator]
    assert "reason" not in facts
    assert facts["chosen"] in {"sdpa", "triton"}
    again = fuse(small_convit(heads=4, head_dim=48)).to("cuda", dtype)
    assert again.settle(64, facts) == facts  # type: ignore[operator]
