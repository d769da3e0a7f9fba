"""Intervals on scipy: how far a measured number can be trusted."""

from pwc_bench.statistics.intervals import Interval, bootstrap_mean, bootstrap_median, bootstrap_statistic, wilson

__all__ = ["Interval", "bootstrap_mean", "bootstrap_median", "bootstrap_statistic", "wilson"]
