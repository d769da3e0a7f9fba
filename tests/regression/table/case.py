"""One row of the table, executed on real records."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pwc_bench.core.acceptance import Acceptance, exact_value
from pwc_bench.core.verdict import Outcome, Policy, Verdict
from pwc_bench.regression import compare
from tests.regression.sides import METRICS, Evaluated, side

__all__ = ["Case", "Section", "accepted"]


@dataclass(frozen=True, kw_only=True)
class Case:
    """What the two sides have, in words and as records; what must come of it."""

    baseline: str
    """In a person's words."""
    candidate: str
    old: Sequence[Evaluated]
    new: Sequence[Evaluated]
    metric: str
    """The key of the metric that the row is about."""
    outcome: Outcome | None
    """None where there must be no verdict at all."""
    exit_code: int
    """Of the whole check."""
    variant: str = "convit-s"
    implementation: str | None = None
    is_gated: bool = True
    is_accepted: bool = False
    warns: bool = False
    accepted: Sequence[Acceptance] = ()
    only: Sequence[str] = ()
    equivalent: float | None = None

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What comes of comparing both sides with the default policy."""
        old, new = side("the baseline", *self.old), side("the candidate", *self.new)
        return compare(
            old,
            new,
            metrics=METRICS,
            policy=Policy(),
            accepted=self.accepted,
            only=self.only,
            equivalent=self.equivalent,
        )

    def verdict(self, verdicts: Sequence[Verdict]) -> Verdict | None:
        """Return the one that the row is about."""
        found = [
            verdict
            for verdict in verdicts
            if (verdict.metric.key, verdict.variant) == (self.metric, self.variant)
            and self.implementation in (None, verdict.implementation)
        ]
        if len(found) > 1:
            raise ValueError(f"{len(found)} verdicts on {self.metric} of {self.variant}: name the implementation")
        return found[0] if found else None


@dataclass(frozen=True)
class Section:
    """Rows under one heading."""

    title: str
    rule: str
    """The rule in words, as docs/verdicts.md prints it."""
    cases: Sequence[Case] = field(default_factory=tuple)


def accepted(found: Evaluated, metric: str) -> Acceptance:
    """Accept what a record holds of an exact metric."""
    value = exact_value(found.record, metric)
    assert value is not None
    return Acceptance(
        variant=found.record.variant,
        dataset=found.record.dataset,
        metric=metric,
        metric_version=value.version,
        value=value.value,
        text=value.text,
        reason="the new head is wanted",
        accepted_by="Ada Lovelace <ada@example.org>",
        accepted_at="2026-02-01T09:00:00Z",
        record=found.record.id,
    )
