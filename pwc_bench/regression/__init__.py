"""The use case: a baseline's and a candidate's records in, verdicts out. Pure: it reads and writes nothing."""

from pwc_bench.regression.compare import compare, predictions_needed
from pwc_bench.regression.pair import Side

__all__ = ["Side", "compare", "predictions_needed"]
