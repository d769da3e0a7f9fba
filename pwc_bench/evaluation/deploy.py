"""Readying a model for a device and a precision."""

import gc
from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import torch
from torch import Tensor, nn

from pwc_bench.core.errors import EvaluationError
from pwc_bench.core.instruments import Settings
from pwc_bench.isolation import ContainedError


class ModelDoesNotFitError(EvaluationError):
    """A model that finds no room on the device beside those that are there already."""


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether an error says that memory ran out, on a GPU or on the host, or was met while that was handled."""
    if isinstance(error, ContainedError):
        return error.__cause__ is not None and is_out_of_memory(error.__cause__)
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    # A capture that is given up for want of memory says only that it was given up.
    if isinstance(error, RuntimeError) and error.__context__ is not None and is_out_of_memory(error.__context__):
        return True
    # The host's allocator has no exception of its own: "DefaultCPUAllocator: can't allocate memory".
    text = str(error)
    return isinstance(error, RuntimeError) and ("can't allocate memory" in text or "not enough memory" in text)


def free_memory() -> None:
    """Give back what nobody refers to any more: models that are done with, and the allocator's reserve."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


Forward: TypeAlias = Callable[[Tensor], Tensor]
"""From a batch (n, 3, side, side) to logits (n, classes)."""


class FixedSizes:
    """A forward that was readied for one batch size, and takes smaller batches without being readied again.

    A smaller batch (the last one of a pass) is filled up with copies of its last image, and their results are cut off.
    A larger one is readied once more. A size for which memory ran out is forgotten, so that a smaller batch is not
    filled up to it again.
    """

    def __init__(self, ready: Callable[[Tensor], Forward]) -> None:
        """Take what readies a forward for batches like the one it is given."""
        self._ready = ready
        self._by_size: dict[int, Forward] = {}

    def __call__(self, batch: Tensor) -> Tensor:
        """Return the logits of `batch`."""
        size = min((known for known in self._by_size if known >= len(batch)), default=len(batch))
        try:
            if size not in self._by_size:
                self._by_size[size] = self._ready(batch)
            return self._by_size[size](_filled(batch, size))[: len(batch)]
        except (RuntimeError, MemoryError) as error:
            if is_out_of_memory(error):
                self._by_size.pop(size, None)
            raise


def _filled(batch: Tensor, size: int) -> Tensor:
    missing = size - len(batch)
    if not missing:
        return batch
    # A tensor made in inference mode is another kind to torch.compile, which would compile once more for it.
    with torch.inference_mode(mode=batch.is_inference()):
        return torch.cat((batch, batch[-1:].expand(missing, *batch.shape[1:])))


_WARM_UPS = 3
"""Forwards before the capture: libraries choose kernels and take their memory in them."""


def captured(forward: Forward, example: Tensor) -> Forward:
    """Record `forward` on a batch like `example`, and return its replay for batches of exactly that shape.

    The replay writes into memory of its own: it copies its input there, and its result from there.
    """
    device = example.device
    still = example.clone()
    with torch.cuda.device(device), torch.inference_mode():
        aside = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
        aside.wait_stream(torch.cuda.current_stream(device))
        with torch.cuda.stream(aside):
            for _ in range(_WARM_UPS):
                forward(still)
        torch.cuda.current_stream(device).wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        # What other threads do with CUDA meanwhile, as waiting for results, is none of the capture's business.
        with torch.cuda.graph(graph, capture_error_mode="thread_local"):
            result = forward(still)

    def replay(batch: Tensor) -> Tensor:
        still.copy_(batch)
        graph.replay()
        return result.clone()

    return replay


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
