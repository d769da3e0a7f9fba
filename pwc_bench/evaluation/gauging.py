"""Examining models: cost one by one, speed in interleaved rounds."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import torch

from pwc_bench.core.errors import EvaluationError, RecordFormatError
from pwc_bench.core.instruments import Examination, Instrument, Subject
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.observer import Observer
from pwc_bench.core.record_json import storable
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
