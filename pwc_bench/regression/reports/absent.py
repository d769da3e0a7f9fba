"""Variants that the baseline has and the candidate never measured: one line stands for all their metrics."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from pwc_bench.core.verdict import Verdict


def absent_variants(verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    """Return the variants of which the candidate has no record at all, in their order, from all verdicts of a check."""
    present = {verdict.variant for verdict in verdicts if verdict.candidate is not None or verdict.candidate_record}
    return tuple(dict.fromkeys(verdict.variant for verdict in verdicts if verdict.variant not in present))


def standing_for(verdicts: Sequence[Verdict], absent: Collection[str]) -> Iterator[tuple[Verdict, int]]:
    """Yield each verdict, and how many metrics it stands for.

    Of a variant in `absent`, the first gated verdict stands for all gated ones, and the first one that is only shown
    for all such.
    """
    counts = Counter((verdict.variant, verdict.is_gated) for verdict in verdicts)
    told = set()
    for verdict in verdicts:
        key = verdict.variant, verdict.is_gated
        if verdict.variant not in absent:
            yield verdict, 1
        elif key not in told:
            told.add(key)
            yield verdict, counts[key]
