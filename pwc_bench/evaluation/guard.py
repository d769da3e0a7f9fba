"""The guard: a fused model is used only where its logits are the reference's."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from pwc_bench.core.measurement import Json

TOLERANCE = 1e-5
"""The largest difference of two logits, as a fraction of the largest: what orders of summation make in fp32."""

_TOP = 5


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two implementations agree on a batch."""

    images: int
    difference: float
    """The largest difference of two logits, as a fraction of the largest logit."""
    top5_equal: bool
    """Whether the five best classes are the same in the same order, ties within TOLERANCE aside."""

    @property
    def holds(self) -> bool:
        """Tell whether the one may stand for the other; never where there was nothing to compare."""
        return self.images > 0 and self.top5_equal and self.difference <= TOLERANCE

    def facts(self, looked_at: str) -> Mapping[str, Json]:
        """Return what a record says of it; `looked_at` names the input ("the data's first images")."""
        return {
            "passed": self.holds,
            "input": looked_at,
            "images": self.images,
            # A text where it is no number: a record's JSON holds no NaN.
            "largest_difference": self.difference if self.difference < float("inf") else "not finite",
            "tolerance": TOLERANCE,
            "top5_equal": self.top5_equal,
        }


def compare(reference: nn.Module, fused: nn.Module, batch: Tensor) -> Agreement:
    """Compare the fp32 logits of two models, both on the device of `batch` (float32, shape (n, 3, side, side))."""
    if not len(batch):
        return Agreement(0, float("inf"), top5_equal=False)
    with exact_products(), torch.inference_mode():
        wanted, found = reference(batch.clone()).double().cpu(), fused(batch.clone()).double().cpu()
    if wanted.shape != found.shape or not bool(torch.isfinite(wanted).all() and torch.isfinite(found).all()):
        return Agreement(len(batch), float("inf"), top5_equal=False)
    largest = float(wanted.abs().max())
    difference = float((wanted - found).abs().max())
    relative = difference / largest if largest > 0 else (0.0 if difference == 0 else float("inf"))
    return Agreement(len(batch), relative, _same_top5(wanted, found, TOLERANCE * largest))


@contextmanager
def exact_products() -> Iterator[None]:
    """Compute fp32 products in fp32 while this lasts, whatever TF32 is allowed otherwise."""
    matmul, cudnn = torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    try:
        yield
    finally:
        torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32 = matmul, cudnn


def _same_top5(wanted: Tensor, found: Tensor, tie: float) -> bool:
    """Tell whether each rank's class is the same, or one that the reference scores the same within `tie`."""
    count = min(_TOP, wanted.shape[1])
    best, places = wanted.topk(count, dim=1)[0], found.topk(count, dim=1).indices
    return bool(((best - wanted.gather(1, places)).abs() <= tie).all())
