"""Every spelling of a product counts the same multiply-adds, by fvcore's trace and by torch's own counter."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

from pwc_bench.metrics._apparatus.counting_rules import is_elementwise, is_free
from pwc_bench.metrics._apparatus.macs import count_macs
from tests.metrics.subjects import make_subject

W = torch.ones(64, 64)
V = torch.ones(64)
HEADS = torch.ones(1, 4, 10, 16)


class Net(nn.Module):
    """Gives `call` ten tokens of 64 channels, (1, 10, 64), and a layer if it has one."""

    def __init__(self, call: Callable[..., Tensor], layer: nn.Module | None = None) -> None:
        super().__init__()
        self.call = call
        self.layer = layer

    def forward(self, images: Tensor) -> Tensor:
        """Return whatever the call returns."""
        tokens = images.flatten(1)[:, :640].reshape(1, 10, 64)
        return self.call(tokens) if self.layer is None else self.call(tokens, self.layer)


def _count(call: Callable[..., Tensor], layer: nn.Module | None = None) -> int:
    found = count_macs(make_subject(lambda: Net(call, layer).eval()))
    assert (found.counted_by, found.failures, found.differences, found.uncounted) == ("fvcore", {}, {}, {})
    assert len(found.totals) == 2
    return found.counts.total


FUNCTIONS: dict[str, tuple[Callable[[Tensor], Tensor], int]] = {
    # products of matrices, broadcast from either side
    "left broadcast": (lambda x: x @ torch.ones(4, 1, 64, 64), 4 * 10 * 64 * 64),
    "both broadcast": (
        lambda x: torch.ones(3, 1, 32, 10) @ x.view(1, 1, 10, 64).expand(1, 2, 10, 64),
        6 * 32 * 10 * 64,
    ),
    "mm": (lambda x: torch.mm(x[0], W), 10 * 64 * 64),
    "addmm": (lambda x: torch.addmm(V, x[0], W), 10 * 64 * 64),
    "bmm": (lambda x: torch.bmm(x, W[None]), 10 * 64 * 64),
    "baddbmm": (lambda x: torch.baddbmm(V, x, W[None]), 10 * 64 * 64),
    "baddbmm in place": (lambda x: x.clone().baddbmm_(x, W[None]), 10 * 64 * 64),
    "addbmm": (lambda x: torch.addbmm(V, x.expand(3, 10, 64), W[None].expand(3, 64, 64)), 3 * 10 * 64 * 64),
    "linear": (lambda x: F.linear(x, W, V), 10 * 64 * 64),
    "linear of a vector": (lambda x: F.linear(x[0, 0], W, V), 64 * 64),
    "linear by a vector": (lambda x: F.linear(x, V), 10 * 64),
    # vectors
    "matrix @ vector": (lambda x: x[0] @ V, 10 * 64),
    "matrices @ vector": (lambda x: x @ V, 10 * 64),
    "vector @ matrix": (lambda x: V @ x[0].T, 10 * 64),
    "vector @ vector": (lambda x: x[0, 0] @ V, 64),
    "mv": (lambda x: torch.mv(W, x[0, 0]), 64 * 64),
    "addmv": (lambda x: torch.addmv(V, W, x[0, 0]), 64 * 64),
    "dot": (lambda x: torch.dot(x[0, 0], V), 64),
    "vdot": (lambda x: torch.vdot(x[0, 0], V), 64),
    "vecdot": (lambda x: torch.linalg.vecdot(x, V), 10 * 64),
    "inner": (lambda x: torch.inner(x, W), 10 * 64 * 64),
    "outer": (lambda x: torch.outer(x[0, 0], V), 64 * 64),
    "ger": (lambda x: torch.ger(x[0, 0], V), 64 * 64),
    "addr": (lambda x: torch.addr(W, x[0, 0], V), 64 * 64),
    "kron": (lambda x: torch.kron(x[0], V), 640 * 64),
    # sums over named dimensions
    "tensordot": (lambda x: torch.tensordot(x, W, 1), 10 * 64 * 64),
    "tensordot of dimensions": (lambda x: torch.tensordot(x, W, dims=([2], [1])), 10 * 64 * 64),
    "tensordot of all": (lambda x: torch.tensordot(x, x, 3), 640),
    "einsum": (lambda x: torch.einsum("bij,jk->bik", x, W), 10 * 64 * 64),
    "einsum of three": (lambda x: torch.einsum("bij,jk,kl->bil", x, W, W), 2 * 10 * 64 * 64),
    "einsum of four": (lambda x: torch.einsum("bij,jk,kl,lm->bim", x, W, W, W), 3 * 10 * 64 * 64),
    "einsum with an ellipsis": (lambda x: torch.einsum("...j,kj", x, W), 10 * 64 * 64),
    "einsum of lists": (lambda x: torch.einsum(x, [0, 1, 2], W, [2, 3], [0, 1, 3]), 10 * 64 * 64),
    "einsum that broadcasts": (lambda x: torch.einsum("bij,bjk->bik", x.expand(3, 10, 64), W[None]), 3 * 10 * 64 * 64),
    "einsum that sums first": (lambda x: torch.einsum("bij,jk->bi", x, W), 10 * 64),
    "einsum of a vector": (lambda x: torch.einsum("bij,j->bi", x, V), 10 * 64),
    "einsum of all": (lambda x: torch.einsum("bij,bij->", x, x), 640),
    "einsum as outer": (lambda x: torch.einsum("i,j->ij", x[0, 0], V), 64 * 64),
    "einsum as transpose": (lambda x: torch.einsum("bij->bji", x), 0),
    # chains
    "multi_dot": (lambda x: torch.linalg.multi_dot([x[0], W, W]), 2 * 10 * 64 * 64),
    "multi_dot from the right": (lambda x: torch.linalg.multi_dot([x[0], W, V]), 64 * 64 + 640),
    "multi_dot of vectors": (lambda x: torch.linalg.multi_dot([x[0, 0], W, W, V]), 2 * 64 * 64 + 64),
    "matrix_power": (lambda x: torch.linalg.matrix_power(W * x[0, 0], 5), 3 * 64**3),
    "bilinear": (lambda x: F.bilinear(x, x, torch.ones(5, 64, 64)), 10 * 5 * (64 * 64 + 64)),
    "cdist": (lambda x: torch.cdist(x, W[None]), 10 * 64 * 64),
    "cov": (lambda x: torch.cov(x[0]), 10 * 10 * 64),
    # attention
    "attention": (lambda x: F.scaled_dot_product_attention(x, x, x), 2 * 10 * 10 * 64),
    "causal attention": (
        lambda x: F.scaled_dot_product_attention(HEADS * x[0, 0, 0], HEADS, HEADS, is_causal=True),
        2 * 4 * 10 * 10 * 16,
    ),
    "attention of grouped queries": (
        lambda x: F.scaled_dot_product_attention(torch.ones(1, 8, 10, 16) * x[0, 0, 0], HEADS, HEADS, enable_gqa=True),
        2 * 8 * 10 * 10 * 16,
    ),
    "attention across, masked": (
        lambda x: F.scaled_dot_product_attention(
            HEADS[:, :, :5] * x[0, 0, 0], HEADS, torch.ones(1, 4, 10, 24), attn_mask=torch.ones(5, 10)
        ),
        4 * 5 * 10 * (16 + 24),
    ),
    # convolutions
    "same": (lambda x: F.conv2d(x[None], torch.ones(8, 1, 3, 3), padding="same"), 640 * 9 * 8),
    "same, even": (lambda x: F.conv2d(x[None], torch.ones(8, 1, 4, 4), padding="same"), 640 * 16 * 8),
    "valid": (lambda x: F.conv2d(x[None], torch.ones(8, 1, 3, 3), padding="valid"), 8 * 62 * 9 * 8),
    "without a batch": (lambda x: F.conv2d(x, torch.ones(8, 1, 3, 3), padding="same"), 640 * 9 * 8),
    "1-d, grouped": (lambda x: F.conv1d(x, torch.ones(20, 2, 3), padding="same", groups=5), 64 * 20 * 2 * 3),
    "3-d": (lambda x: F.conv3d(x.view(1, 1, 10, 8, 8), torch.ones(2, 1, 3, 3, 3), padding="same"), 640 * 27 * 2),
    "transposed": (lambda x: F.conv_transpose2d(x[None], torch.ones(1, 8, 3, 3), stride=2), 640 * 9 * 8),
    "transposed, grouped": (lambda x: F.conv_transpose1d(x, torch.ones(10, 4, 3), groups=2), 64 * 10 * 4 * 3),
    "time first": (lambda x: torch.conv_tbc(x, torch.ones(3, 64, 8), torch.ones(8), 1), 10 * 3 * 64 * 8),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_counts_each_multiply_add_once(name: str) -> None:
    """By hand, and by two counters that look at different operators."""
    call, macs = FUNCTIONS[name]
    assert _count(call) == macs


def _first(tokens: Tensor, layer: Any) -> Tensor:  # noqa: ANN401 - layers that return several things
    out: Tensor = layer(tokens)[0]
    return out


def _packed(tokens: Tensor, layer: Any) -> Tensor:  # noqa: ANN401
    pair = torch.cat((tokens, tokens))
    packed = nn.utils.rnn.pack_padded_sequence(pair, torch.tensor([10, 5]), batch_first=True)
    out: Tensor = layer(packed)[0].data
    return out


LAYERS: dict[str, tuple[Callable[[Tensor, Any], Tensor], nn.Module, int]] = {
    "LSTM": (_first, nn.LSTM(64, 32, batch_first=True), 10 * 4 * (64 + 32) * 32),
    "LSTM, two layers both ways": (
        _first, nn.LSTM(64, 32, num_layers=2, bidirectional=True), 10 * 4 * 2 * 2 * (64 + 32) * 32,
    ),
    "LSTM with a projection": (_first, nn.LSTM(64, 32, proj_size=16), 10 * (4 * 32 * (64 + 16) + 32 * 16)),
    "LSTM of packed sequences": (_packed, nn.LSTM(64, 32, batch_first=True), 15 * 4 * (64 + 32) * 32),
    "GRU": (_first, nn.GRU(64, 32, batch_first=True), 10 * 3 * (64 + 32) * 32),
    "GRU without bias": (_first, nn.GRU(64, 32, num_layers=2, bias=False), 10 * 3 * 32 * (96 + 64)),
    "RNN": (_first, nn.RNN(64, 32), 10 * (64 + 32) * 32),
    "RNN with relu": (_first, nn.RNN(64, 32, nonlinearity="relu"), 10 * (64 + 32) * 32),
    "LSTMCell": (lambda x, cell: _first(x[0], cell), nn.LSTMCell(64, 32), 10 * 4 * (64 + 32) * 32),
    "GRUCell": (lambda x, cell: cell(x[0]), nn.GRUCell(64, 32), 10 * 3 * (64 + 32) * 32),
    "RNNCell": (lambda x, cell: cell(x[0]), nn.RNNCell(64, 32), 10 * (64 + 32) * 32),
    "Bilinear": (lambda x, layer: layer(x, x), nn.Bilinear(64, 64, 5), 10 * 5 * (64 * 64 + 64)),
    "MultiheadAttention": (
        lambda x, layer: layer(x, x, x)[0], nn.MultiheadAttention(64, 4, batch_first=True), 10 * 64 * 64 * 4 + 12_800,
    ),
    "TransformerEncoderLayer": (
        lambda x, layer: layer(x),
        nn.TransformerEncoderLayer(64, 4, 128, batch_first=True),
        10 * 64 * 64 * 4 + 12_800 + 2 * 10 * 64 * 128 + 2 * 640 * 5,
    ),
    "a normalised weight": (
        lambda x, layer: layer(x), nn.utils.parametrizations.weight_norm(nn.Linear(64, 5)), 10 * 64 * 5,
    ),
    "norms": (
        lambda x, layer: layer(x),
        nn.Sequential(
            nn.LayerNorm(64),
            nn.BatchNorm1d(10),
            nn.GroupNorm(2, 10),
            nn.InstanceNorm1d(10), nn.LayerNorm(64, 1e-6, False),
        ),
        640 * (5 + 2 + 5 + 4 + 4),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_counts_its_weights_at_each_step(name: str) -> None:
    """A recurrent layer each gate of each step, layer and direction; fused layers what they are made of."""
    call, layer, macs = LAYERS[name]
    assert _count(call, layer) == macs


@pytest.mark.parametrize(
    "operator", ["reshape_as", "clamp_min", "clamp_min_", "aten::repeat", "zeros", "detach_", "size", "equal"]
)
def test_an_operator_that_only_moves_is_free(operator: str) -> None:
    """No caveat speaks of it."""
    assert is_free(operator)


@pytest.mark.parametrize("operator", ["add", "div_", "gelu", "softmax", "sum", "var_mean", "max_pool2d", "pow"])
def test_work_that_grows_with_the_elements_is_known(operator: str) -> None:
    """It is left out by definition, not for want of a rule."""
    assert is_elementwise(operator)
    assert not is_free(operator)


@pytest.mark.parametrize("operator", ["fft_fft2", "linalg_solve", "_sparse_mm", "prim::PythonOp.Own", "own::op"])
def test_any_other_operator_may_multiply(operator: str) -> None:
    """Nobody knows, so a caveat names it."""
    assert not is_free(operator)
    assert not is_elementwise(operator)
