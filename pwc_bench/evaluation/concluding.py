"""From shards to what a record says: the merge, and the meters' word."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pwc_bench.core.dataset import ImageSource
from pwc_bench.core.errors import EvaluationError
from pwc_bench.core.instruments import Instrument, Meter
from pwc_bench.core.measurement import Measurement, PassSummary, PredictionBatch
from pwc_bench.evaluation.candidate import Absent, Candidate
from pwc_bench.evaluation.merge import merge
from pwc_bench.evaluation.onepass import PassOutcome
from pwc_bench.evaluation.processes import Seat
from pwc_bench.evaluation.recording import PassResult, checked_measurements
from pwc_bench.evaluation.request import Request
from pwc_bench.isolation import contained


def absent_result(absent: Absent) -> PassResult:
    """Return the result of a variant that took no part."""
    return PassResult(
        measurements={},
        weights=absent.weights,
        images_seen=0,
        absence=None if absent.is_failure else absent.reason,
        failure=absent.reason if absent.is_failure else None,
    )


def result_of(
    candidate: Candidate, request: Request, source: ImageSource, seat: Seat, outcome: PassOutcome
) -> PassResult:
    """Merge one candidate's shards and let the meters speak."""
    key = candidate.variant.key
    if key in outcome.broken:
        return PassResult({}, candidate.weights, 0, failure=outcome.broken[key])
    began = time.perf_counter()
    meters = [_ContainedMeter(each) for each in request.instruments if each.meter is not None]
    try:
        merged = merge(source, seat.lanes, seat.crew.place.world_size, key, meters, request.folder)
    except EvaluationError as error:
        return PassResult({}, candidate.weights, 0, failure=str(error))
    failed = tuple(source.items[index].name for index in merged.failed)
    if not merged.images:
        return PassResult({}, candidate.weights, 0, failed, failure="not one image could be decoded")
    measurements: dict[str, Measurement] = {}
    for meter in meters:
        measurements |= meter.measurements(outcome.summary)
    failures = "; ".join(meter.failure for meter in meters if meter.failure is not None)
    return PassResult(
        measurements=measurements,
        weights=candidate.weights,
        images_seen=merged.images,
        images_failed=failed,
        predictions=merged.predictions,
        duration_seconds=outcome.duration_seconds + time.perf_counter() - began,
        images_at_once=outcome.pieces.get(key),
        failure=failures or None,
    )


@dataclass(slots=True)
class _ContainedMeter:
    """An instrument's meter; one that fails is asked nothing more, and the others go on."""

    instrument: Instrument
    failure: str | None = None
    """The metrics, and why they could not be measured."""
    _meter: Meter | None = field(default=None, init=False)

    def update(self, batch: PredictionBatch) -> None:
        """Pass the batch on."""
        self._try(lambda: self._made().update(batch))

    def measurements(self, summary: PassSummary) -> Mapping[str, Measurement]:
        """Return what was measured; nothing after a failure."""
        found: dict[str, Measurement] = {}
        self._try(lambda: found.update(checked_measurements(self._made().measurements(summary), self.instrument)))
        return found

    def _made(self) -> Meter:
        if self._meter is None:
            assert self.instrument.meter is not None
            self._meter = self.instrument.meter()
        return self._meter

    def _try(self, step: Callable[[], None]) -> None:
        if self.failure is not None:
            return
        try:
            contained(step)
        except EvaluationError as error:
            names = ", ".join(metric.key for metric in self.instrument.metrics)
            self.failure = f"{names}: {error}"
