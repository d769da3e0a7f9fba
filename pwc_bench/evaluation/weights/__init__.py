"""Weights: found, fetched, checked, read without running code, and fitted to their model."""

from pwc_bench.evaluation.weights.digest import state_sha256
from pwc_bench.evaluation.weights.fit import fit_weights
from pwc_bench.evaluation.weights.resolve import ResolvedWeights, resolve_weights
from pwc_bench.evaluation.weights.skeleton import build_unfilled

__all__ = ["ResolvedWeights", "build_unfilled", "fit_weights", "resolve_weights", "state_sha256"]
