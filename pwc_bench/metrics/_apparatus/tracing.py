"""Counting what a model does by tracing it once with fvcore."""

import warnings
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from pwc_bench.core.errors import EvaluationError
from pwc_bench.metrics._apparatus.inputs import random_images

__all__ = ["OperatorCounts", "Rule", "count_operators", "shape_of"]

Rule: TypeAlias = Callable[[list[Any], list[Any]], int]
"""Counts one operator: takes its inputs and outputs as torch's trace values."""


@dataclass(frozen=True, slots=True)
class OperatorCounts:
    """What a trace of one image counted."""

    by_operator: Mapping[str, int]
    """The count of each kind of operator, the greatest first."""
    skipped: Mapping[str, int]
    """How often each operator occurred that no rule counts, by its name without "aten::"."""
    uncalled: tuple[str, ...]
    """Modules with parameters of their own that the trace never entered."""

    @property
    def total(self) -> int:
        """Return the count of all operators."""
        return sum(self.by_operator.values())


def count_operators(
    analysis: Literal["FlopCountAnalysis", "ActivationCountAnalysis"],
    model: Any,  # noqa: ANN401 - a torch module
    side_px: int,
    rules: Mapping[str, Rule],
) -> OperatorCounts:
    """Trace `model` on one random image and count with fvcore's class `analysis`, `rules` added to its own.

    `model` is a fresh torch module in eval mode, fp32, on the CPU. Raises EvaluationError for a model that torch cannot
    trace, or that holds an operator in a form that fvcore's rules do not expect.
    """
    import torch

    counter = getattr(_fvcore(), analysis)(model, (random_images(1, side_px),)).set_op_handle(**rules)
    # These switches belong to this one counter; the loggers and warning filters of the process stay as they are.
    counter.unsupported_ops_warnings(enabled=False).uncalled_modules_warnings(enabled=False).tracer_warnings("none")
    try:
        with _visible_attention(), torch.no_grad():
            counted = {name: round(count) for name, count in counter.by_operator().items()}
    except (ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError) as error:
        why = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise EvaluationError(f"fvcore cannot count the operators of this model: {why}") from error
    skipped = {name.removeprefix("aten::"): int(times) for name, times in counter.unsupported_ops().items()}
    weighted = {name for name, module in model.named_modules() if list(module.parameters(recurse=False))}
    return OperatorCounts(
        by_operator=dict(sorted(counted.items(), key=lambda item: (-item[1], item[0]))),
        skipped=dict(sorted(skipped.items())),
        uncalled=tuple(sorted(weighted & counter.uncalled_modules())),
    )


def shape_of(value: Any) -> list[int]:  # noqa: ANN401 - a torch trace value
    """Return the shape of a tensor in a trace. Raises ValueError where it is not known."""
    if not value.isCompleteTensor():
        raise ValueError(f"the trace holds no shape for {value.debugName()}")
    return list(value.type().sizes())


def _fvcore() -> Any:  # noqa: ANN401 - the module fvcore.nn
    """Import fvcore, which scripts a loss function at import and so draws a warning that concerns nobody here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        import fvcore.nn
    return fvcore.nn


@contextmanager
def _visible_attention() -> Generator[None]:
    """Keep torch's own attention layers from fusing into one operator that hides their matrix products."""
    import torch

    fused = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fused)
