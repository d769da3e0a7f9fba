"""CUDA graphs: a forward recorded once and replayed, so that no kernel waits for the host to launch it."""

import torch
from torch import Tensor

from pwc_bench.evaluation.shapes import Forward

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
