"""Weights: found, fetched, checked, read without running code, and fitted to their model."""

from pwc_bench.evaluation.weights.fit import build_unfilled, fit_weights
from pwc_bench.evaluation.weights.place import state_sha256
from pwc_bench.evaluation.weights.resolve import ResolvedWeights, resolve_weights

__all__ = ["ResolvedWeights", "build_unfilled", "fit_weights", "resolve_weights", "state_sha256"]
