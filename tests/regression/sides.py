"""Records with the predictions that bear them out, for tests that compare."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pwc_bench.core.measurement import Measurement, PredictionBatch
from pwc_bench.core.record import PredictionsFile, Record
from pwc_bench.core.verdict import Policy, Verdict
from pwc_bench.metrics import load_metrics
from pwc_bench.regression import Side, compare
from tests.factories import make_record

__all__ = [
    "IMAGES",
    "METRICS",
    "POLICY",
    "Evaluated",
    "accuracy",
    "cost",
    "on_day",
    "predictions",
    "rounds",
    "side",
    "verdict_on",
]

IMAGES = 2_000
"""In every data set of these tests, unless a test says otherwise."""

METRICS = load_metrics()
POLICY = Policy()


@dataclass(frozen=True)
class Evaluated:
    """A record, and the predictions that were kept for it."""

    record: Record
    predictions: PredictionBatch | None = None

    def but(
        self,
        *,
        environment: Mapping[str, Any] | None = None,
        provenance: Mapping[str, Any] | None = None,
        **changes: Any,  # noqa: ANN401 - a record's own fields
    ) -> "Evaluated":
        """Return the same with other fields of the record, of its environment and of its provenance."""
        record = replace(
            self.record,
            environment=replace(self.record.environment, **(environment or {})),
            provenance=replace(self.record.provenance, **(provenance or {})),
            **changes,
        )
        return replace(self, record=record)

    def without_predictions(self) -> "Evaluated":
        """Return the same as if its predictions file had not been kept."""
        return replace(self, predictions=None)

    def without(self, *metrics: str) -> "Evaluated":
        """Return the same as if `metrics` had not been measured."""
        kept = {key: found for key, found in self.record.measurements.items() if key not in metrics}
        return self.but(measurements=kept)


def side(name: str, *found: Evaluated) -> Side:
    """Put records and their predictions together."""
    kept = {each.record.id: each.predictions for each in found if each.predictions is not None}
    return Side(name, tuple(each.record for each in found), kept)


def predictions(
    right: int, *, images: int = IMAGES, lost: int = 0, gained: int = 0, shifted: int = 0, nll: float = 0.0
) -> PredictionBatch:
    """Results of which the first `right` are right, but `lost` of these are wrong, and `gained` of the others right.

    `shifted` of the wrong ones are wrong in another way; every likelihood is worse by about `nll` nats.
    """
    labels = np.arange(images) % 100
    hit = np.arange(images) < right
    hit[:lost] = False
    hit[right : right + gained] = True
    first = np.where(hit, labels, labels + 100)
    wrong = np.flatnonzero(~hit)[-shifted:] if shifted else np.empty(0, dtype=np.int64)
    first[wrong] += 100
    second = np.where(hit, labels + 1, labels)
    top5 = np.stack([first, second, labels + 300, labels + 400, labels + 500], axis=1)
    noise = np.random.default_rng(images).normal(0.0, 0.01, images)
    own = np.where(hit, 0.2, 2.0) + nll + (noise if nll else 0.0)
    scores = np.tile(np.array([0.8, 0.1, 0.05, 0.03, 0.02], dtype=np.float32), (images, 1))
    names = [f"image-{number:05d}" for number in range(images)]
    return PredictionBatch(names, labels.astype(np.int64), top5.astype(np.int64), scores, own.astype(np.float32))


def accuracy(
    variant: str = "convit-s",
    found: PredictionBatch | None = None,
    **options: Any,  # noqa: ANN401 - as `make_record` takes them
) -> Evaluated:
    """A record of a pass with the accuracy, the likelihood and the hash that its predictions have."""
    found = predictions(1_500) if found is None else found
    images = len(found.labels)
    hits = np.asarray(found.top5) == np.asarray(found.labels)[:, None]
    measurements = {}
    if images:
        measurements = {
            "top1": Measurement(100.0 * int(hits[:, 0].sum()) / images, "%"),
            "top5": Measurement(100.0 * int(hits.any(axis=1).sum()) / images, "%"),
        }
        if np.isfinite(found.nll).all():
            measurements["nll"] = Measurement(float(found.nll.astype(np.float64).mean()), "nats")
    sha256 = hashlib.sha256(found.top5.tobytes() + found.nll.tobytes()).hexdigest()
    record = make_record(variant, "imagenet-1k", measurements=measurements, **options)
    made = Evaluated(record, found)
    return made.but(
        provenance={
            "images_expected": images,
            "images_seen": images,
            "predictions": PredictionsFile(f"predictions/{sha256}.parquet", sha256),
        }
    )


def rounds(median: float, *, count: int = 20, spread: float = 0.02, seed: int = 0) -> tuple[float, ...]:
    """Rounds of a speed about `median`."""
    noise = np.random.default_rng(seed).normal(0.0, spread, count)
    return tuple(float(value) for value in median * (1.0 + noise - np.median(noise)))


def cost(
    variant: str = "convit-s",
    *,
    throughput: tuple[float, ...] | None = None,
    **options: Any,  # noqa: ANN401 - as `make_record` takes them
) -> Evaluated:
    """A record of the architecture: its size, its arithmetic and its speed."""
    samples = rounds(3_000.0) if throughput is None else throughput
    measurements = {
        "gflops": Measurement(5.757, "GFLOPs", details={"skipped": {"add": 25, "gelu": 12}}),
        "parameters": Measurement(27_777_322, "count"),
        "throughput": Measurement(float(np.median(samples)), "images/s", samples=samples, details={"batch_size": 64}),
    }
    return Evaluated(make_record(variant, None, measurements=measurements, **options))


def verdict_on(
    metric: str,
    old: Sequence[Evaluated],
    new: Sequence[Evaluated],
    policy: Policy = POLICY,
    equivalent: float | None = None,
) -> Verdict:
    """The one verdict of a check of one metric."""
    found = compare(
        side("old", *old), side("new", *new), metrics=METRICS, policy=policy, only=(metric,), equivalent=equivalent
    )
    (verdict,) = found
    return verdict


def on_day(found: Evaluated, day: int, **environment: Any) -> Evaluated:  # noqa: ANN401 - an environment's own fields
    """Return the same, measured on that day of a month, with other fields of its environment."""
    return found.but(started=f"2026-02-{day:02}T12:00:00Z", environment=environment)
