"""Examining models: cost one by one, speed in interleaved rounds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import torch

from pwc_bench.core.errors import PwcBenchError
from pwc_bench.core.instruments import Examination, Instrument, Subject
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.observer import Observer

__all__ = ["Findings", "examine_cost", "examine_speed"]


@dataclass(slots=True)
class Findings:
    """What the gauges found out about one variant."""

    measurements: dict[str, Measurement] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    """One sentence for each gauge that failed."""


def examine_cost(subject: Subject, instruments: Sequence[Instrument], observer: Observer) -> Findings:
    """Run every gauge that measures no time on one model."""
    findings = Findings()
    for instrument in instruments:
        if instrument.gauge is not None and not instrument.is_timed:
            for step in _steps(instrument.gauge(subject), instrument, findings):
                observer.stage(f"{subject.variant.title}: {step}")
    return findings


def examine_speed(subjects: Sequence[Subject], instruments: Sequence[Instrument], observer: Observer) -> list[Findings]:
    """Run every gauge that measures time, in rounds that go from subject to subject.

    So a machine that slows down slows all of them. Returns each subject's findings, in their order.
    """
    findings = [Findings() for _ in subjects]
    for instrument in instruments:
        if instrument.gauge is None or not instrument.is_timed:
            continue
        gauge = instrument.gauge
        running = [
            (subject.variant, _steps(gauge(subject), instrument, own))
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


def _steps(examination: Examination, instrument: Instrument, findings: Findings) -> Iterator[str]:
    """Yield what a gauge says it will do; keep what it returns, or why it failed."""
    try:
        findings.measurements |= yield from examination
    except (PwcBenchError, RuntimeError, ValueError, TypeError, NotImplementedError) as error:
        # A user's own model may raise anything of these; the other gauges and variants go on.
        names = ", ".join(metric.key for metric in instrument.metrics)
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        findings.failures.append(f"{names}: {reason}")
    finally:
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
