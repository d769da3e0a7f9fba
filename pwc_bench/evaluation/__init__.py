"""Use case 1: variants, a data set and metrics in, records out; one pass over the images, all meters watching."""

from pwc_bench.evaluation.campaign import assist, evaluate
from pwc_bench.evaluation.request import Request

__all__ = ["Request", "assist", "evaluate"]
