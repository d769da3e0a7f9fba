"""Counting multiply-adds with torch's own counter, which watches the operators as they run: nothing is traced."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pwc_bench.core.errors import EvaluationError
from pwc_bench.metrics._apparatus.counting_rules import RULES, Rule, common_name, is_free
from pwc_bench.metrics._apparatus.inputs import random_images
from pwc_bench.metrics._apparatus.tracing import OperatorCounts, unwrapped, visible_work

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
