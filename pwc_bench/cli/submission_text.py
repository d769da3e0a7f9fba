"""What a submission would bring, for people."""

from collections.abc import Iterator, Sequence

from pwc_bench.api.importing import Submitted
from pwc_bench.cli.text import plural
from pwc_bench.core.claim import Claim
from pwc_bench.core.text_forms import one_line
from pwc_bench.exchange.submission import Review

_MOST = 10
"""So many claims of a kind are named; the others are counted."""


REFUSED = (
    "none of the claims is taken, for others say them already and keep what they say: "
    "a claim of your own names your own source"
)
"""Why nothing came of a submission."""


def kept_line(done: Submitted) -> str:
    """Say under which name a submission is kept, and what it does not hold (any more)."""
    removed = f"; {done.claims.removed:,} that it said before and no more: removed" if done.claims.removed else ""
    left = f", without the {plural(len(done.review.kept), 'claim')} not taken" if done.review.kept else ""
    return f"Kept as {done.origin!r}{left}{removed}. `pwc-bench build` renders the site."


def review_lines(review: Review) -> Iterator[str]:
    """Yield the tally, then what a person should look at: changes, contradictions, notes."""
    counts = {"new": review.new, "changed": review.changed, "unchanged": review.same, "not taken": review.kept}
    parts = [f"{len(claims):,} {kind}" for kind, claims in counts.items() if claims]
    total = sum(len(claims) for claims in counts.values())
    yield f"{plural(total, 'claim')}: {', '.join(parts)}." if parts else "The file holds no claims."
    described = [plural(count, what) for what, count in review.described.items() if count]
    if described:
        yield f"The file describes {', '.join(described)}."
    yield from _listed("new", [_claim_text(claim) for claim in review.new])
    yield from _listed("changed", [f"{_claim_text(now)}, before {before.value}" for now, before in review.changed])
    yield from _listed(
        "not taken",
        [f"{_claim_text(claim)}: {by} says {known.value}, and keeps it" for claim, known, by in review.kept],
    )
    yield from _listed(
        "contradicts",
        [
            f"{_claim_text(claim)}: {other.paper}, {other.source} prints {other.value} {other.unit}".rstrip()
            for claim, other in review.contradictions
        ],
    )
    yield from _listed("note", review.notes)


def _listed(kind: str, lines: Sequence[str]) -> Iterator[str]:
    for line in lines[:_MOST]:
        yield f"  {kind}: {one_line(line)}"
    if len(lines) > _MOST:
        yield f"  {kind}: and {len(lines) - _MOST:,} more"


def _claim_text(claim: Claim) -> str:
    value = f"{claim.value} {claim.unit}".strip()
    conditions = f" ({claim.conditions})" if claim.conditions else ""
    return f"{claim.model}, {claim.metric} on {claim.dataset}: {value}{conditions}, {claim.source}"
