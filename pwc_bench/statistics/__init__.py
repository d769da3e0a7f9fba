"""Intervals and tests on scipy and statsmodels: how far a number can be trusted, and whether two differ."""

from pwc_bench.statistics.intervals import Interval, bootstrap_mean, bootstrap_median, bootstrap_statistic, wilson
from pwc_bench.statistics.paired import mcnemar_exact, paired_bootstrap, paired_t
from pwc_bench.statistics.reliability import Bin, Reliability, reliability
from pwc_bench.statistics.unpaired import holm, mann_whitney

__all__ = [
    "Bin",
    "Interval",
    "Reliability",
    "bootstrap_mean",
    "bootstrap_median",
    "bootstrap_statistic",
    "holm",
    "mann_whitney",
    "mcnemar_exact",
    "paired_bootstrap",
    "paired_t",
    "reliability",
    "wilson",
]
