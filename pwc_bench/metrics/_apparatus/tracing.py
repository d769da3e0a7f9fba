"""Counting what a model does by tracing it once with fvcore."""

import sys
import warnings
from collections import Counter
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from pwc_bench.core.errors import EvaluationError
from pwc_bench.metrics._apparatus.counting_rules import Rule, common_name
from pwc_bench.metrics._apparatus.inputs import random_images


@dataclass(frozen=True, slots=True)
class OperatorCounts:
    """What one look at one image counted."""

    by_operator: Mapping[str, int]
    """The count of each kind of operator, the greatest first."""
    skipped: Mapping[str, int]
    """How often each operator occurred that no rule counts, by its name without "aten::"."""
    uncalled: tuple[str, ...] = ()
    """Modules with parameters of their own that were never entered."""

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
    """Trace `model` on one random image and count with fvcore's class `analysis`, `rules` in place of its own.

    `model` is a fresh torch module in eval mode, fp32, on the CPU; parts that torch.compile wraps are unwrapped in it.
    Raises EvaluationError without fvcore, for a model that torch cannot trace (a scripted part is one), and for an
    operator in a form that the rules do not expect.
    """
    import torch

    analyse = getattr(_fvcore(), analysis)
    _refuse_scripted(model)
    with visible_work():
        model = unwrapped(model)
        handles = {_kind(name): partial(_counted, name, rule) for name, rule in rules.items()}
        counter = analyse(model, (random_images(1, side_px),)).set_op_handle(**handles)
        # These switches belong to this one counter; the loggers and warning filters of the process stay as they are.
        counter.unsupported_ops_warnings(enabled=False).uncalled_modules_warnings(enabled=False).tracer_warnings("none")
        try:
            with torch.no_grad():
                counted = {name: round(count) for name, count in counter.by_operator().items()}
        except (ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError) as e:
            raise EvaluationError(f"fvcore cannot count the operators of this model: {_reason(e)}") from e
    skipped = {name.removeprefix("aten::"): int(times) for name, times in counter.unsupported_ops().items()}
    weighted = {name for name, module in model.named_modules() if list(module.parameters(recurse=False))}
    return OperatorCounts(
        by_operator=dict(sorted(counted.items(), key=lambda item: (-item[1], item[0]))),
        skipped=dict(sorted(skipped.items())),
        uncalled=tuple(sorted(weighted & counter.uncalled_modules())),
    )


@contextmanager
def visible_work() -> Generator[None]:
    """Keep torch's own layers from fusing into one operator that hides their products, and nothing compiled.

    What was on before is on again afterwards.
    """
    import torch

    fused = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        # Nothing is compiled where nobody has loaded the compiler, which takes a second to load.
        with torch.compiler.set_stance("force_eager") if "torch._dynamo" in sys.modules else nullcontext():
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fused)


def _reason(error: Exception) -> str:
    why = (str(error).strip() or type(error).__name__).splitlines()[0]
    return "it calls a function that torch.compile wraps" if "dynamo" in why else why


def unwrapped(model: Any) -> Any:  # noqa: ANN401 - a torch module
    """Take torch.compile's wrappers off a model's modules, in place, and return the model itself."""
    model = getattr(model, "_orig_mod", model)
    for module in list(model.modules()):
        module._compiled_call_impl = None  # noqa: SLF001 - where Module.compile() puts it
        original = getattr(module.__dict__.get("forward"), "_torchdynamo_orig_callable", None)
        if original is not None:
            module.forward = original
        for name, child in list(module.named_children()):
            if hasattr(child, "_orig_mod"):
                setattr(module, name, child._orig_mod)  # noqa: SLF001 - the compiled module's own name for it
    return model


def _kind(name: str) -> str:
    return name if "::" in name else f"aten::{name}"


def _counted(name: str, rule: Rule, inputs: Iterable[Any], outputs: Iterable[Any]) -> Counter[str]:
    """Apply a rule to a node of the trace."""
    return Counter({common_name(name): rule([_plain(value) for value in inputs], [_plain(value) for value in outputs])})


def _plain(value: Any) -> Any:  # noqa: ANN401 - a value of torch's trace, and what it stands for
    """Return a tensor's shape, a list of such, or a constant. Raises ValueError for a shape that is not known."""
    if value.isCompleteTensor():
        return tuple(value.type().sizes())
    if value.node().kind() in {"prim::ListConstruct", "prim::TupleConstruct"}:
        return [_plain(element) for element in value.node().inputs()]
    if value.type().kind() == "TensorType":
        raise ValueError(f"the trace holds no shape for {value.debugName()}")
    return value.toIValue()


def _refuse_scripted(model: Any) -> None:  # noqa: ANN401 - a torch module
    """Raise EvaluationError for a module that TorchScript has compiled: a trace cannot enter it."""
    import torch

    scripted = [name or "the model" for name, part in model.named_modules() if isinstance(part, torch.jit.ScriptModule)]
    outermost = [name for name in scripted if not any(name.startswith(f"{other}.") for other in scripted)]
    if outermost:
        first = "the model" if "the model" in outermost else ", ".join(outermost[:3])
        raise EvaluationError(f"fvcore cannot trace what TorchScript has compiled ({first}: scripted)")


def _fvcore() -> Any:  # noqa: ANN401 - the module fvcore.nn
    """Import fvcore, which scripts a loss function at import and so draws a warning that concerns nobody here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            import fvcore.nn
        except ImportError as error:
            raise EvaluationError(f"fvcore cannot be imported: {error}") from error
    return fvcore.nn
