"""What the processes of a job must agree on before a round: which variants take part, and with which weights."""

from collections.abc import Mapping, Sequence
from typing import Any

from pwc_bench.core.variant import Variant
from pwc_bench.evaluation.candidate import Absent, Candidate


def prepared_report(found: Sequence[Candidate | Absent], deferred: Sequence[Variant]) -> dict[str, Any]:
    """Return what one process tells the others of its preparation, as JSON."""
    return {
        "weights": {f.variant.key: [f.weights.sha256, f.ran.implementation] for f in found if isinstance(f, Candidate)},
        "absent": {f.variant.key: f.reason for f in found if isinstance(f, Absent)},
        "deferred": [variant.key for variant in deferred],
    }


def settle(
    found: Sequence[Candidate | Absent],
    taking: Sequence[Candidate],
    deferred: Sequence[Variant],
    reports: Sequence[Mapping[str, Any]],
) -> tuple[list[Absent], list[Candidate]]:
    """Leave out of the pass, in every process, what one of them could not load or has loaded from another file."""
    absent = [f for f in found if isinstance(f, Absent) and f.variant not in deferred]
    staying = []
    for candidate in taking:
        key = candidate.variant.key
        reason = _objection(key, reports)
        if reason is None:
            staying.append(candidate)
        else:
            absent.append(Absent(candidate.variant, candidate.weights, reason, is_failure=True))
    return absent, staying


def _objection(key: str, reports: Sequence[Mapping[str, Any]]) -> str | None:
    for rank, told in enumerate(reports):
        if key in told["absent"]:
            return f"rank {rank}: {told['absent'][key]}"
        if told["weights"].get(key) != reports[0]["weights"].get(key):
            return (
                f"rank {rank} has other weights, or runs another implementation, than rank 0: give all the same files"
            )
    return None
