"""Making records: findings on one side, environment and provenance on the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pwc_bench
from pwc_bench.core.measurement import Json, Measurement
from pwc_bench.core.record import (
    Environment,
    PredictionsFile,
    Provenance,
    Record,
    Status,
    Weights,
    WeightsStatus,
)
from pwc_bench.core.text_forms import writable
from pwc_bench.core.variant import Variant
from pwc_bench.evaluation.choices import BatchSize
from pwc_bench.evaluation.gauging import Findings
from pwc_bench.evaluation.ran import Ran
from pwc_bench.evaluation.request import Request


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
            harness_version=pwc_bench.__version__,
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
            harness_version=pwc_bench.__version__,
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
