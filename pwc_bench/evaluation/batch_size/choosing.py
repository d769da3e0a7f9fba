"""Which of the measured batch sizes is taken: a rule that gives the same answer when it is measured again."""

from collections.abc import Mapping

MARGIN = 0.02
"""Of the sizes within this share of the fastest, the smallest is taken: it needs the least memory."""
HOLD = 0.05
"""The usual size stays within this share of the fastest. It is the tolerance of `throughput`: what `check` would not
call a change must not make two records incomparable."""


def best_size(images_per_second: Mapping[int, float], usual: int | None = None) -> int:
    """Return the batch size to use, of those measured (size -> images/s; at least one).

    It is `usual` where that is within HOLD of the fastest, else the smallest within MARGIN of the fastest. Speeds are
    compared between equal batch sizes only, so a size is given up for a clear gain and not for the noise of a day.
    """
    fastest = max(images_per_second.values())
    if usual is not None and images_per_second.get(usual, 0.0) >= (1.0 - HOLD) * fastest:
        return usual
    return min(size for size, rate in images_per_second.items() if rate >= (1.0 - MARGIN) * fastest)
