"""The one failure after which the next place may be tried."""

from pwc_bench.core.errors import WeightsError


class UnavailableError(WeightsError):
    """A place that cannot be reached, or no longer holds the file. A wrong file is never this."""
