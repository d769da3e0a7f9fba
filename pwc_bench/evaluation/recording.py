"""Making records: findings on one side, environment and provenance on the other."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import torch

from pwc_bench.core.errors import EvaluationError, RecordFormatError
from pwc_bench.core.instruments import Examination, Instrument, Subject
from pwc_bench.core.measurement import Json, Measurement
from pwc_bench.core.observer import Observer
from pwc_bench.core.record import (
    Environment,
    PredictionsFile,
    Provenance,
    Record,
    Status,
    Weights,
    WeightsStatus,
    harness_version,
)
from pwc_bench.core.record_json import storable
from pwc_bench.core.text_forms import writable
from pwc_bench.core.variant import Variant
from pwc_bench.evaluation.candidate import Ran
from pwc_bench.evaluation.request import BatchSize, Request
from pwc_bench.isolation import contained


@dataclass(slots=True)
class Findings:
    """What the gauges found out about one variant."""

    measurements: dict[str, Measurement] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    """One sentence for each gauge that failed."""


def examine_cost(
    subject: Subject, instruments: Sequence[Instrument], observer: Observer, seconds: float | None = None
) -> Findings:
    """Run every gauge that measures no time on one model; each of its steps may take `seconds`."""
    findings = Findings()
    for instrument in instruments:
        if instrument.gauge is not None and not instrument.is_timed:
            for step in _steps(subject, instrument, findings, seconds):
                observer.stage(f"{subject.variant.title}: {step}")
    return findings


def examine_speed(
    subjects: Sequence[Subject],
    instruments: Sequence[Instrument],
    observer: Observer,
    seconds: float | None = None,
) -> list[Findings]:
    """Run every gauge that measures time, in rounds that go from subject to subject.

    So a machine that slows down slows all of them. Each step may take `seconds`. Returns each subject's findings, in
    their order.
    """
    findings = [Findings() for _ in subjects]
    for instrument in instruments:
        if instrument.gauge is None or not instrument.is_timed:
            continue
        running = [
            (subject.variant, _steps(subject, instrument, own, seconds))
            for subject, own in zip(subjects, findings, strict=True)
        ]
        while running:
            still = []
            for variant, steps in running:
                step = next(steps, None)
                if step is not None:
                    observer.stage(f"{variant.title}: {step}")
                    still.append((variant, steps))
            running = still
    return findings


def _steps(subject: Subject, instrument: Instrument, findings: Findings, seconds: float | None) -> Iterator[str]:
    """Yield what a gauge says it will do; keep what it returns, or why it, or the model, failed."""
    examination: Examination | None = None

    def step() -> str | None:
        """Go on to the gauge's next step; None at its end, when its findings are kept."""
        nonlocal examination
        try:
            if examination is None:
                assert instrument.gauge is not None
                examination = instrument.gauge(subject)
            return str(next(examination))
        except StopIteration as end:
            findings.measurements |= checked_measurements(end.value, instrument)
            return None

    try:
        while (said := contained(step, seconds)) is not None:
            yield said
    except EvaluationError as error:
        names = ", ".join(metric.key for metric in instrument.metrics)
        findings.failures.append(f"{names}: {error}")
    finally:
        examination = None
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def checked_measurements(found: object, instrument: Instrument) -> Mapping[str, Measurement]:
    """Return what an instrument has measured.

    Raises EvaluationError for anything but finite values of its own metrics, in a form that a record can hold.
    """
    if not isinstance(found, Mapping):
        raise EvaluationError(f"it returned {type(found).__name__} in place of measurements by metric")
    known = {metric.key for metric in instrument.metrics}
    checked = {}
    for key, measurement in found.items():
        if key not in known:
            raise EvaluationError(f"it returned {key!r}, which it does not declare")
        value = measurement.value if isinstance(measurement, Measurement) else measurement
        if not isinstance(measurement, Measurement) or isinstance(value, bool) or not isinstance(value, int | float):
            raise EvaluationError(f"its {key} is {type(value).__name__}, which is no measured number")
        if not math.isfinite(value):
            raise EvaluationError(f"its {key} is {value}, which is no measured number")
        try:
            checked[key] = storable(key, measurement)
        except RecordFormatError as error:
            raise EvaluationError(f"its {key} cannot be stored: {error}") from None
    return checked


@dataclass(frozen=True, slots=True)
class PassResult:
    """What a pass found out about one variant."""

    measurements: Mapping[str, Measurement]
    weights: Weights
    images_seen: int
    images_failed: tuple[str, ...] = ()
    predictions: PredictionsFile | None = None
    duration_seconds: float = 0.0
    images_at_once: int | None = None
    """The images that the model took at once, where memory was too small for a whole batch."""
    absence: str | None = None
    """Why nothing was measured."""
    failure: str | None = None
    """What was asked for and failed."""


@dataclass(frozen=True, slots=True)
class Recorder:
    """Makes a campaign's records."""

    request: Request
    campaign: str
    started: str
    environment: Environment
    manifest_sha256: str
    git_commit: str | None
    git_dirty: bool | None
    processes: int | None = None
    """The processes that share the images; None for one."""
    batch_size: BatchSize | None = None
    """How the batch size was found; None where a person has chosen it."""

    def of_model(
        self, variant: Variant, findings: Findings, duration_seconds: float, missing: str | None, ran: Ran | None = None
    ) -> Record:
        """Make the record of cost and speed; `missing` says what an interrupt left out, `ran` what was timed."""
        ran = ran or Ran()
        reason = "; ".join(findings.failures) or missing
        status = Status.FAILED if findings.failures else Status.PARTIAL if missing else Status.COMPLETE
        provenance = Provenance(
            weights=Weights(WeightsStatus.NONE),
            harness_version=harness_version(),
            git_commit=self.git_commit,
            git_dirty=self.git_dirty,
            command=self.request.command and writable(self.request.command),
            note=self.request.note and writable(self.request.note),
        )
        return Record(
            campaign=self.campaign,
            status=status,
            status_reason=reason and writable(reason),
            variant=variant.key,
            dataset=None,
            started=self.started,
            duration_seconds=round(duration_seconds, 3),
            measurements=dict(findings.measurements),
            environment=replace(self.environment, implementation=ran.implementation, input_px=_input_px(variant)),
            provenance=provenance,
            title=variant.title,
            extra=self._extra(ran),
        )

    def of_pass(self, variant: Variant, result: PassResult, ran: Ran | None = None) -> Record:
        """Make the record of a pass over the data set by the implementation `ran`."""
        ran = ran or Ran()
        pieces = {} if result.images_at_once is None else {"images_at_once": result.images_at_once}
        expected = self.request.dataset.expected_images
        status, reason = _judge(result, expected)
        provenance = Provenance(
            weights=result.weights,
            harness_version=harness_version(),
            recipe=None if variant.refusal is not None else variant.recipe,
            images_expected=expected,
            images_seen=result.images_seen,
            images_failed=tuple(map(writable, result.images_failed)),
            manifest_sha256=self.manifest_sha256,
            source=writable(self.request.source.spec),
            predictions=result.predictions,
            git_commit=self.git_commit,
            git_dirty=self.git_dirty,
            command=self.request.command and writable(self.request.command),
            note=self.request.note and writable(self.request.note),
        )
        return Record(
            campaign=self.campaign,
            status=status,
            status_reason=reason and writable(reason),
            variant=variant.key,
            dataset=self.request.dataset.key,
            started=self.started,
            duration_seconds=round(result.duration_seconds, 3),
            measurements=dict(result.measurements),
            environment=replace(
                self.environment,
                implementation=ran.implementation,
                input_px=_input_px(variant),
                processes=self.processes,
            ),
            provenance=provenance,
            title=variant.title,
            extra=self._extra(ran) | pieces,
        )

    def _extra(self, ran: Ran) -> dict[str, Json]:
        checks: dict[str, Json] = {"checks": dict(ran.checks)} if ran.checks else {}
        found: dict[str, Json] = {} if self.batch_size is None else {"batch_size": dict(self.batch_size.facts)}
        return checks | found


def _input_px(variant: Variant) -> int | None:
    return None if variant.refusal is not None else variant.recipe.crop_px


def _judge(result: PassResult, expected: int) -> tuple[Status, str | None]:
    """Say how far the result can be relied on, and why."""
    if result.failure is not None:
        return Status.FAILED, result.failure
    if result.absence is not None:
        return Status.PARTIAL, result.absence
    reasons = []
    if result.images_seen != expected:
        reasons.append(f"{result.images_seen:,} of {expected:,} images")
    if result.images_failed:
        reasons.append(f"{_count(result.images_failed)} could not be evaluated: {_names(result.images_failed)}")
    return (Status.PARTIAL, "; ".join(reasons)) if reasons else (Status.COMPLETE, None)


def _count(names: Sequence[str]) -> str:
    return "1 image" if len(names) == 1 else f"{len(names):,} images"


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3:,} more"
