"""Tests of `pwc_bench.evaluation.batch_size`."""
