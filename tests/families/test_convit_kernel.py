"""The Triton kernel, run on the CPU by Triton's interpreter."""

import json
import os
import subprocess
import sys

PROGRAM = """
import json, torch
from pwc_bench.families.convit._fused.kernel import mixed_attention
found = []
for heads, head_dim, tokens, kind in [
    (2, 48, 20, torch.float32), (3, 64, 196, torch.float32), (1, 8, 5, torch.float32), (2, 48, 70, torch.float16)
]:
    random = torch.Generator().manual_seed(heads)
    qkv = torch.randn(2, tokens, 3, heads, head_dim, generator=random).to(kind)
    mixed = (torch.rand(heads, tokens, tokens, generator=random) / tokens).to(kind)
    own = torch.rand(heads, 1, 1, generator=random).to(kind)
    query, key, value = qkv.double().permute(2, 0, 3, 1, 4)
    attention = own.double() * (query @ key.transpose(-2, -1)).softmax(-1) + mixed.double()
    wanted = (attention @ value).transpose(1, 2)
    result = mixed_attention(qkv, mixed, own)
    found.append([float((result.double() - wanted).abs().max() / wanted.abs().max()), str(result.dtype)])
try:
    mixed_attention(torch.zeros(1, 257, 3, 1, 8), torch.zeros(1, 257, 257), torch.zeros(1, 1, 1))
except ValueError as error:
    found.append(str(error))
print(json.dumps(found))
"""


def test_the_kernel_computes_the_mixed_attention() -> None:
    """Head dimensions of 48 and 64, numbers of tokens that fill no tile, fp32 and fp16; too many tokens are refused.

    (The interpreter computes no products of bf16.)
    """
    environment = os.environ | {"TRITON_INTERPRET": "1", "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    *results, refusal = json.loads(done.stdout)
    for error, kind in results:
        assert error < (1e-5 if kind == "torch.float32" else 2e-3)
    assert "at most 256 tokens" in refusal
