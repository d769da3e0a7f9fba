"""Intervals on scipy: how far a measured number can be trusted."""

from pwc_bench.statistics.intervals import Interval, bootstrap_mean, bootstrap_median, bootstrap_statistic, wilson
from pwc_bench.statistics.reliability import Bin, Reliability, reliability

__all__ = [
    "Bin",
    "Interval",
    "Reliability",
    "bootstrap_mean",
    "bootstrap_median",
    "bootstrap_statistic",
    "reliability",
    "wilson",
]
