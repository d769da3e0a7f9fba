"""The fused ConViT: timm's logits, by another way."""

import copy

import pytest
import torch
from timm.models.convit import GPSA

from pwc_bench.evaluation.implementation import TOLERANCE
from pwc_bench.families import load_variants
from pwc_bench.families.convit import VARIANTS
from pwc_bench.families.convit._fused.attention import GatedAttention, positional_attention
from pwc_bench.families.convit.fused import fuse
from tests.families.convit_models import small_convit


def _images(count: int, side_px: int = 64) -> torch.Tensor:
    return torch.randn(count, 3, side_px, side_px, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize(("heads", "head_dim", "local", "depth"), [(4, 8, 2, 4), (9, 8, 1, 2), (4, 16, 0, 1)])
def test_the_logits_are_timms(heads: int, head_dim: int, local: int, depth: int, bias: bool) -> None:
    """Equal to the rounding of fp32, with and without biases, however many blocks are gated."""
    model = small_convit(heads=heads, head_dim=head_dim, local=local, depth=depth, bias=bias)
    images = _images(3)
    with torch.inference_mode():
        wanted = model(images)
        found = fuse(model)(images)
    assert (wanted - found).abs().max() <= TOLERANCE * wanted.abs().max()


def test_a_real_size_has_timms_logits() -> None:
    """ConViT-Ti as it is built: 196 tokens, ten gated blocks."""
    variant = VARIANTS[0]
    assert variant.fuse is not None
    model = variant.build(10)
    with torch.no_grad():
        for block in model.blocks[:10]:
            block.attn.gating_param.copy_(torch.linspace(-6, 6, 4))
    images = _images(1, 224)
    with torch.inference_mode():
        wanted, found = model(images), variant.fuse(model)(images)
    assert (wanted - found).abs().max() <= TOLERANCE * wanted.abs().max()


@pytest.mark.parametrize("gate", [-200.0, 0.0, 200.0])
def test_a_gate_may_be_shut_or_wide_open(gate: float) -> None:
    """Where the sigmoid is exactly 0 or 1, one of the two attentions is alone; nothing is divided by it."""
    layer = GPSA(32, num_heads=4).eval()
    with torch.no_grad():
        layer.gating_param.fill_(gate)
    x = torch.randn(2, 16, 32, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        wanted, found = layer(x), GatedAttention(layer, 16)(x)
    assert torch.allclose(wanted, found, atol=1e-6)


def test_both_ways_of_mixing_agree() -> None:
    """What runs on a CPU and what runs on a GPU compute the same attention."""
    layer = GPSA(32, num_heads=4).eval()
    gated = GatedAttention(layer, 16)
    qkv = torch.randn(2, 16, 3, 4, 8, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        assert torch.allclose(gated.by_products(qkv), gated.by_sdpa(qkv), atol=1e-6)


def test_the_positional_attention_is_that_of_timm() -> None:
    """Rows sum to 1, and an open gate makes them timm's whole attention."""
    layer = GPSA(32, num_heads=4).eval()
    with torch.no_grad():
        layer.gating_param.fill_(200.0)
        layer.rel_indices = layer.get_rel_indices(16)
        found = positional_attention(layer, 16)
        wanted = layer.get_attention(torch.zeros(1, 16, 32))[0]
    assert torch.allclose(found, wanted, atol=1e-6)
    assert torch.allclose(found.sum(-1), torch.ones(4, 16))


def test_the_precomputed_part_follows_the_module_to_another_precision() -> None:
    """bf16 logits come from bf16 buffers, and stay near those of fp32."""
    model = small_convit()
    images = _images(2)
    with torch.inference_mode():
        wanted = model(images)
        fused = fuse(copy.deepcopy(model)).to(torch.bfloat16)
        found = fused(images.bfloat16())
    assert found.dtype is torch.bfloat16
    assert {buffer.dtype for buffer in fused.buffers()} == {torch.bfloat16}
    assert (wanted - found.float()).abs().max() <= 0.1 * wanted.abs().max()


def test_fusing_leaves_the_reference_as_it_was() -> None:
    """The model that was fused still gives its own logits, bit for bit."""
    model = small_convit()
    images = _images(2)
    with torch.inference_mode():
        before = model(images)
        fuse(model)(images)
        assert torch.equal(model(images), before)


def test_only_the_convits_have_a_fused_implementation() -> None:
    """A DeiT runs the reference."""
    with_one = {variant.family for variant in load_variants().values() if variant.fuse is not None}
    assert with_one == {"convit"}
