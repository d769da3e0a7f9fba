"""Which implementation of a variant runs: the fused one where there is one and it holds, else the reference."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from pwc_bench.core.errors import EvaluationError
from pwc_bench.core.instruments import Settings
from pwc_bench.core.measurement import Json
from pwc_bench.core.observer import Observer
from pwc_bench.core.variant import Variant
from pwc_bench.evaluation.candidate import FUSED, REFERENCE
from pwc_bench.evaluation.deploy import ModelDoesNotFitError, is_out_of_memory, placed
from pwc_bench.evaluation.request import Choices
from pwc_bench.isolation import contained

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


@dataclass(frozen=True, slots=True)
class Implementation:
    """The model that runs."""

    name: str
    """FUSED or REFERENCE: what really runs, whatever was asked for."""
    model: nn.Module
    check: Mapping[str, Json] | None
    """What the guard found, None where there was nothing to compare."""


def is_fusible(variant: Variant, settings: Settings) -> bool:
    """Tell whether a fused implementation was asked for and exists."""
    return settings.implementation == FUSED and variant.fuse is not None


def choose_implementation(
    variant: Variant,
    model: nn.Module,
    settings: Settings,
    batch: Callable[[], Tensor],
    looked_at: str,
    observer: Observer,
) -> Implementation:
    """Return the fused implementation of `model` where it is wanted and agrees with `model` on `batch()`.

    `model` is a reference in fp32; `batch` gives float32 input on the device of `settings`, and `looked_at` says what
    it is. Where the two disagree the observer is warned and `model` is returned. Raises ModelDoesNotFitError where the
    two do not fit into the device's memory.
    """
    if not is_fusible(variant, settings) or variant.fuse is None:
        return Implementation(REFERENCE, model, None)
    observer.stage(f"{variant.title}: comparing the fused implementation with the reference")
    fuse = variant.fuse

    def try_fused() -> tuple[nn.Module, Agreement]:
        reference = model.eval().to(settings.device)
        fused: nn.Module = fuse(reference)
        return fused, compare(reference, fused, batch())

    try:
        fused, agreement = contained(try_fused)
    except EvaluationError as error:
        if is_out_of_memory(error):
            raise ModelDoesNotFitError(
                f"the fused implementation and the reference do not fit into the memory of {settings.device} together: "
                "try --implementation reference"
            ) from None
        # Another version of timm may hold its layers otherwise; its own model still runs.
        why = str(error)
        observer.warning(f"{variant.title}: the fused implementation fails ({why}), so the reference is used")
        return Implementation(REFERENCE, model, {"passed": False, "input": looked_at, "error": why})
    if agreement.holds:
        return Implementation(FUSED, fused, agreement.facts(looked_at))
    observer.warning(f"{variant.title}: {_objection(agreement, looked_at)}, so the reference is used")
    return Implementation(REFERENCE, model, agreement.facts(looked_at))


def _objection(agreement: Agreement, looked_at: str) -> str:
    if not agreement.images:
        return f"the fused implementation cannot be compared with the reference on {looked_at}: none can be decoded"
    return (
        f"the fused implementation's logits are not the reference's on {looked_at} "
        f"(largest difference {agreement.difference:.1e} of the largest logit, top-5 "
        f"{'equal' if agreement.top5_equal else 'not equal'})"
    )


def settle_kernels(variant: Variant, model: nn.Module, settings: Settings, choices: Choices) -> Mapping[str, Json]:
    """Let a fused model choose its kernels on the device and in the precision of `settings`, before it is deployed.

    What was chosen for `variant` stands in `choices` and holds for the whole campaign: another kernel may round
    otherwise. Returns what a record says of it, nothing where there is no choice.
    """
    earlier = choices.kernels.get(variant.key)
    facts = try_kernels(model, settings, earlier)
    if facts and earlier is None:
        choices.keep_kernel(variant.key, facts)
    return facts


def try_kernels(model: nn.Module, settings: Settings, earlier: Mapping[str, Json] | None = None) -> Mapping[str, Json]:
    """Let a fused model choose its kernels, or take those of an `earlier` choice; nothing is written down.

    A model whose fused form has several kernels offers `settle`, which takes the batch size and the earlier choice.
    """
    settle: Callable[[int, Mapping[str, Json] | None], Mapping[str, Json]] | None
    settle = getattr(placed(model, settings), "settle", None)
    return {} if settle is None else settle(settings.batch_size, earlier)


_MOST_AT_ONCE = 32
"""Images of a reference forward: fp32 takes twice the memory of what the batch size was chosen for."""


def is_below_fp32(settings: Settings) -> bool:
    """Tell whether products are computed in less than fp32, TF32 included."""
    return settings.precision != "fp32" or settings.tf32


def reference_classes(model: nn.Module, batch: Tensor) -> Tensor:
    """Return the best class of each image, int64 of shape (n,) on the host, in fp32 proper.

    `model` is an fp32 reference on the device of `batch`, float32 of shape (n, 3, side, side).
    """
    with exact_products():
        return best_classes(model, batch, _MOST_AT_ONCE)


def best_classes(forward: Callable[[Tensor], Tensor], batch: Tensor, at_once: int) -> Tensor:
    """Return the best class of each image by `forward`, int64 of shape (n,) on the host."""
    with torch.inference_mode():
        # Copies: a model that writes into its input must not change what the next one is shown.
        parts = [forward(part.clone()).argmax(dim=1).cpu() for part in torch.split(batch, at_once)]
    return torch.cat(parts) if parts else torch.empty(0, dtype=torch.int64)


def flip_facts(settings: Settings, wanted: Tensor, found: Tensor, labels: Tensor) -> Mapping[str, Json]:
    """Return what a record says of the classes `found` beside the `wanted` ones of fp32; all of shape (n,)."""
    changed = wanted != found
    return {
        "precision": settings.precision + (" with TF32" if settings.tf32 else ""),
        "images": len(wanted),
        "flips": int(changed.sum()),
        "no_longer_right": int((changed & (wanted == labels)).sum()),
        "newly_right": int((changed & (found == labels)).sum()),
        "input": "images spread evenly over the data",
    }
