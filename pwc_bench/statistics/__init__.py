"""Intervals and tests on scipy and statsmodels: how far a number can be trusted, and whether two differ."""

from pwc_bench.statistics.between_runs import LEAST_RUNS, Shift, shift_between_runs
from pwc_bench.statistics.differences import (
    holm,
    mann_whitney,
    mcnemar_exact,
    mean_beyond,
    paired_bootstrap,
    paired_t,
    share_lost_beyond,
)
from pwc_bench.statistics.intervals import (
    Interval,
    bootstrap_mean,
    bootstrap_median,
    bootstrap_statistic,
    independent_values,
    least_for_quantile,
    quantile_interval,
    wilson,
)
from pwc_bench.statistics.reliability import Bin, Reliability, reliability

__all__ = [
    "LEAST_RUNS",
    "Bin",
    "Interval",
    "Reliability",
    "Shift",
    "bootstrap_mean",
    "bootstrap_median",
    "bootstrap_statistic",
    "holm",
    "independent_values",
    "least_for_quantile",
    "mann_whitney",
    "mcnemar_exact",
    "mean_beyond",
    "paired_bootstrap",
    "paired_t",
    "quantile_interval",
    "reliability",
    "share_lost_beyond",
    "shift_between_runs",
    "wilson",
]
