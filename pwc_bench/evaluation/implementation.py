"""Which implementation of a variant runs: the fused one where there is one and it holds, else the reference."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from torch import Tensor, nn

from pwc_bench.core.errors import EvaluationError
from pwc_bench.core.instruments import Settings
from pwc_bench.core.measurement import Json
from pwc_bench.core.observer import Observer
from pwc_bench.core.variant import Variant
from pwc_bench.evaluation.choices import Choices
from pwc_bench.evaluation.deploy import placed
from pwc_bench.evaluation.guard import Agreement, compare
from pwc_bench.evaluation.memory import ModelDoesNotFitError, is_out_of_memory
from pwc_bench.evaluation.ran import FUSED, REFERENCE
from pwc_bench.isolation import contained


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
