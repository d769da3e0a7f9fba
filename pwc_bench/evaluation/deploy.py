"""Readying a model for a device and a precision."""

from functools import partial

import torch
from torch import nn

from pwc_bench.core.errors import EvaluationError
from pwc_bench.core.instruments import Settings
from pwc_bench.evaluation.graphs import captured
from pwc_bench.evaluation.memory import ModelDoesNotFitError, is_out_of_memory
from pwc_bench.evaluation.shapes import FixedSizes, Forward

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


def deploy(model: nn.Module, settings: Settings, classes: int) -> Forward:
    """Move `model` to the device, precision and memory format of `settings`; compile or capture it where asked for.

    Returns a function from a batch on that device, float32 of shape (n, 3, side, side), to logits, float32 of shape
    (n, classes), which raises EvaluationError for outputs of another kind. Raises ModelDoesNotFitError where the model
    does not fit into the device's memory.
    """
    model = placed(model, settings)
    dtype, layout = DTYPES[settings.precision], _layout(settings)
    forward: Forward = torch.compile(model, dynamic=False) if settings.compile else model

    def logits(batch: torch.Tensor) -> torch.Tensor:
        return _logits(forward(batch.to(dtype=dtype, memory_format=layout)), len(batch), classes)

    if settings.cuda_graphs:
        return FixedSizes(partial(captured, logits))
    return FixedSizes(lambda _: logits) if settings.compile else logits


def _logits(outputs: object, images: int, classes: int) -> torch.Tensor:
    """Return a model's outputs as float32 logits, (images, classes). Costs no synchronisation."""
    if not isinstance(outputs, torch.Tensor):
        raise EvaluationError(f"the model returned {type(outputs).__name__}: a tensor of logits is needed")
    kind = str(outputs.dtype).removeprefix("torch.")
    if not outputs.is_floating_point() or outputs.layout != torch.strided:
        raise EvaluationError(
            f"the model's outputs are {kind} ({outputs.layout}): logits are real floating-point numbers"
        )
    if tuple(outputs.shape) != (images, classes):
        shape = " x ".join(map(str, outputs.shape)) or "a scalar"
        raise EvaluationError(
            f"the model's outputs are {shape}: {images} images of {classes} classes need {images} x {classes}"
        )
    return outputs.float()


def placed(model: nn.Module, settings: Settings) -> nn.Module:
    """Return `model` itself, in eval mode, moved to the device, precision and memory format of `settings`.

    Raises ModelDoesNotFitError where it does not fit into the device's memory.
    """
    dtype = DTYPES[settings.precision]
    try:
        return model.eval().to(device=settings.device, dtype=dtype).to(memory_format=_layout(settings))
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        raise ModelDoesNotFitError(f"the model does not fit into the memory of {settings.device}") from None


def _layout(settings: Settings) -> torch.memory_format:
    return torch.channels_last if settings.channels_last else torch.contiguous_format


def choose_device(settings: Settings) -> None:
    """Make the device of `settings` the process's current one: kernels of Triton's, events and graphs go there."""
    if torch.device(settings.device).index is not None and settings.device_type == "cuda":
        torch.cuda.set_device(settings.device)


def set_matmul_precision(settings: Settings) -> None:
    """Choose for the whole process whether fp32 products on CUDA may use TF32: a setting of torch's own."""
    torch.backends.cuda.matmul.allow_tf32 = settings.tf32
    torch.backends.cudnn.allow_tf32 = settings.tf32
