"""What to do next, and which records are absent."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from pwc_bench.core.metric import Kind
from pwc_bench.core.verdict import Outcome, Verdict


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


_PUBLISH = "pwc-bench export --format jsonl --campaign NAME --output results/NAME.jsonl"


def advice(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Yield sentences: which option narrows the check to what both sides hold, or how to get a baseline that fits."""
    yield from _about_variants(verdicts)
    yield from _about_speed(verdicts)


def _about_variants(verdicts: Sequence[Verdict]) -> Iterator[str]:
    absent = absent_variants(verdicts)
    held = dict.fromkeys(verdict.variant for verdict in verdicts if verdict.baseline is not None)
    both = [variant for variant in held if variant not in absent]
    if not absent:
        return
    if both:
        yield (
            f"the candidate measured {len(both):,} of the baseline's {len(held):,} variants: run the others too, or "
            f"compare only what it has with --models {','.join(both)}"
        )
    elif any(verdict.candidate is not None for verdict in verdicts):
        yield (
            "the baseline holds other variants than the candidate: name another one with --baseline, or publish this "
            f"run as one with {_PUBLISH}"
        )


def _about_speed(verdicts: Sequence[Verdict]) -> Iterator[str]:
    gated = [verdict for verdict in verdicts if verdict.is_gated]
    stopped = {verdict.metric.key for verdict in gated if verdict.outcome is Outcome.INCOMPARABLE}
    if not any(verdict.metric.kind is Kind.SAMPLED and _is_elsewhere(verdict) for verdict in gated):
        return
    kinds = (Kind.EXACT, Kind.PAIRED)
    others = dict.fromkeys(v.metric.key for v in gated if v.metric.kind in kinds and v.metric.key not in stopped)
    narrowed = f"leave it out with --metrics {','.join(others)}, or " if others else ""
    yield (
        "speed is compared between equal hardware and settings only: "
        f"{narrowed}publish a baseline from here with {_PUBLISH}"
    )


def _is_elsewhere(verdict: Verdict) -> bool:
    """Tell whether both sides were timed by one definition, so that a machine or a setting keeps them apart."""
    if verdict.outcome is not Outcome.INCOMPARABLE or verdict.baseline is None or verdict.candidate is None:
        return False
    return verdict.baseline.version == verdict.candidate.version
