"""Counting multiply-adds with torch's own counter, which watches the operators as they run: nothing is traced."""

import sys
import warnings
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from pwc_bench.core.errors import EvaluationError
from pwc_bench.metrics._apparatus.clock import random_images
from pwc_bench.metrics._apparatus.counting_rules import RULES, Rule, common_name, is_free


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


_LEAVES = (
    "mv",
    "addmv",
    "dot",
    "vdot",
    "mkldnn_rnn_layer",
    "mkldnn_convolution",
    "_scaled_dot_product_flash_attention_for_cpu",
)
"""Products that torch's counter meets when it takes other operators apart, and has no formula for."""


def count_dispatched(model: Any, side_px: int) -> OperatorCounts:  # noqa: ANN401 - a torch module
    """Run `model` on one random image under torch's FlopCounterMode, of whose two operations a product one is kept.

    It takes operators apart (a convolution with padding "same", attention, a recurrent layer) down to plain products,
    so it is no second opinion of the same rules; those of `counting_rules` count only what it leaves at 0. `model` is a
    fresh torch module in eval mode, fp32, on the CPU. Raises EvaluationError for a model that does not run so.
    """
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.utils.flop_counter import FlopCounterMode

    formulas = {
        getattr(torch.ops.aten, name): _formula(RULES[name]) for name in _LEAVES if hasattr(torch.ops.aten, name)
    }
    flops = FlopCounterMode(display=False, custom_mapping=formulas)
    watch = _watch(flops)
    # In inference mode operators arrive whole, by the names under which a trace holds them.
    with visible_work(), torch.inference_mode(), sdpa_kernel(SDPBackend.MATH), flops, watch:
        try:
            # The counter hooks into the gradients of whatever wants some, and there are none in inference mode.
            unwrapped(model).requires_grad_(requires_grad=False)(random_images(1, side_px))
        except Exception as error:
            why = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise EvaluationError(f"torch's counter cannot run this model: {why}") from error
    counted: Mapping[str, int] = watch.counted
    return OperatorCounts(
        by_operator=dict(sorted(counted.items(), key=lambda item: (-item[1], item[0]))),
        skipped=dict(sorted(watch.skipped.items())),
    )


def _formula(rule: Rule) -> Callable[..., int]:
    """Return a rule in the form of torch's counter, which counts two operations a multiply-add."""

    def formula(*shapes: Any, out_shape: Any, **_: Any) -> int:  # noqa: ANN401 - shapes and constants
        outputs = (
            [out_shape] if isinstance(out_shape, tuple) and all(isinstance(n, int) for n in out_shape) else out_shape
        )
        return 2 * rule(shapes, outputs)

    return formula


def _watch(flops: Any) -> Any:  # noqa: ANN401 - torch's modes, whose class exists only once torch is imported
    """Return a mode that sees each operator before `flops` takes it apart, and keeps what that adds to its total."""
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode

    class Watch(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch leaves its own untyped
        supports_higher_order_operators = True

        def __init__(self) -> None:
            super().__init__()  # type: ignore[no-untyped-call]
            self.counted: Counter[str] = Counter()
            self.skipped: Counter[str] = Counter()

        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:  # noqa: ANN401
            before = flops.get_total_flops()
            out = func(*args, **(kwargs or {}))
            macs = (flops.get_total_flops() - before) // 2
            name = _name(func)
            rule = RULES.get(name)
            if macs == 0 and rule is not None:
                macs = rule(
                    _positional(func, args, kwargs or {}), _shapes(out if isinstance(out, tuple | list) else [out])
                )
            if macs:
                self.counted[common_name(name)] += macs
            elif rule is None and not is_free(name):
                self.skipped[name] += 1
            return out

    def _positional(func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> list[Any]:  # noqa: ANN401
        declared = func._schema.arguments[len(args) :]  # noqa: SLF001 - the order of the arguments is told nowhere else
        return _shapes([*args, *(kwargs.get(argument.name, argument.default_value) for argument in declared)])

    def _shapes(given: Sequence[Any]) -> list[Any]:
        return [_shape(value) for value in given]

    def _shape(value: Any) -> Any:  # noqa: ANN401
        if isinstance(value, torch.Tensor):
            return tuple(value.shape)
        return _shapes(value) if isinstance(value, tuple | list) else value

    return Watch()


def _name(func: Any) -> str:  # noqa: ANN401 - an operator of torch
    """Return "linear" for aten's operators, "torchvision::deform_conv2d" for another namespace's."""
    schema = getattr(func, "_schema", None)
    return str(func if schema is None else schema.name).removeprefix("aten::")
