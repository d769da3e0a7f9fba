"""One side of a check: records, and the per-image results that could be loaded for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pwc_bench.core.measurement import PredictionBatch
from pwc_bench.core.record import Record


@dataclass(frozen=True, eq=False, slots=True)
class Side:
    """A baseline or a candidate. Pure values: whoever composes it has read the files."""

    name: str
    """What people call it: "results/2026-11-22-cpu-2-cores.jsonl", "campaign 2026-11-22-1 in results/pwc-bench.db"."""
    records: tuple[Record, ...]
    predictions: Mapping[str, PredictionBatch] = field(default_factory=dict)
    """All images of a record, by the record's id, in the manifest's order."""
    absent_predictions: Mapping[str, str] = field(default_factory=dict)
    """Why the predictions that a record names could not be loaded, one sentence, by the record's id."""
    reruns: tuple[Record, ...] = ()
    """Further runs of the same code, made to confirm a suspected loss: they speak for the metrics that they hold."""
