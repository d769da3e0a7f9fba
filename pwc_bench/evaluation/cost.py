"""What depends on the architecture alone: cost counted, speed measured, a record for each variant."""

import copy
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

from torch import nn

from pwc_bench.core.errors import EvaluationError
from pwc_bench.core.instruments import Patience, Settings, Subject
from pwc_bench.core.measurement import Json
from pwc_bench.core.observer import Observer
from pwc_bench.core.record import Record
from pwc_bench.core.variant import Variant
from pwc_bench.evaluation.candidate import FUSED, REFERENCE, Ran
from pwc_bench.evaluation.deploy import Forward, deploy
from pwc_bench.evaluation.implementation import choose_implementation, is_fusible, settle_kernels
from pwc_bench.evaluation.recording import Findings, Recorder, examine_cost, examine_speed
from pwc_bench.evaluation.request import Choices, Request
from pwc_bench.evaluation.sample import random_batch
from pwc_bench.evaluation.workspace import Workspace
from pwc_bench.isolation import contained

_CLASSES = 1000
"""Cost and speed are those of the models for ImageNet, whatever the data."""


def model_records(request: Request, workspace: Workspace, recorder: Recorder, observer: Observer) -> Iterator[Record]:
    """Yield the records of cost and speed; those that an interrupted run had finished come first, as they were.

    Where implementations are to be compared, a variant whose fused implementation was timed has a second record, of
    the reference's speed alone; the rounds of both are interleaved.
    """
    finished = [record for record in workspace.records() if record.dataset is None]
    yield from finished
    kept = {record.variant for record in finished}
    examined: list[_Examined] = []
    interrupt: KeyboardInterrupt | None = None
    try:
        for variant in request.variants:
            if variant.key in kept:
                continue
            try:
                examined += _examine(variant, request, workspace.choices, observer)
            except EvaluationError as error:  # a model that cannot be built; the others go on
                yield recorder.of_model(variant, Findings(failures=[str(error)]), 0.0, None, Ran())
        patience = Patience(request.quiet_budget_seconds)
        subjects = [replace(each.subject, patience=patience) for each in examined]
        for each, speed in zip(
            examined, examine_speed(subjects, request.instruments, observer, request.model_seconds), strict=True
        ):
            each.findings.measurements |= speed.measurements
            each.findings.failures += speed.failures
    except KeyboardInterrupt as error:
        interrupt = error
    missing = None if interrupt is None else "interrupted before its speed was measured"
    for each in examined:
        if interrupt is not None and each.is_companion:
            continue  # it holds nothing but speed
        record = recorder.of_model(each.subject.variant, each.findings, each.seconds, missing, each.ran)
        if interrupt is None:
            workspace.keep(record)
        yield record
    if interrupt is not None:
        raise interrupt


@dataclass(slots=True)
class _Examined:
    """One model under examination."""

    subject: Subject
    ran: Ran
    findings: Findings = field(default_factory=Findings)
    seconds: float = 0.0
    is_companion: bool = False
    """Whether it is the reference beside a fused implementation, of which time alone is measured."""


def _examine(variant: Variant, request: Request, choices: Choices, observer: Observer) -> list[_Examined]:
    """Count a variant's cost, and settle which implementations will be timed."""
    began = time.perf_counter()
    subject = _subject(variant, request)
    findings = examine_cost(subject, request.instruments, observer, request.model_seconds)
    settle = partial(_timed_subject, subject, request, choices, observer)
    timed, ran = contained(settle, request.model_seconds)
    examined = [_Examined(timed, ran, findings, time.perf_counter() - began)]
    if request.compare_implementations and ran.implementation == FUSED:
        examined.append(_Examined(_as(REFERENCE, subject), Ran(REFERENCE), is_companion=True))
    return examined


def _subject(variant: Variant, request: Request) -> Subject:
    """Build the variant's 1,000-class model once; every gauge gets a fresh copy of it."""
    pristine = contained(partial(variant.build, _CLASSES), request.model_seconds)
    fresh = partial(copy.deepcopy, pristine)
    return Subject(variant, request.settings, fresh, lambda: deploy(fresh(), request.settings, _CLASSES))


def _timed_subject(subject: Subject, request: Request, choices: Choices, observer: Observer) -> tuple[Subject, Ran]:
    """Return what the timed gauges examine: the fused implementation where it is wanted and holds."""
    variant, settings = subject.variant, subject.settings
    if not request.is_timed or not is_fusible(variant, settings):
        return _as(REFERENCE, subject), Ran()
    looked_at = "random input, with random weights"
    chosen = choose_implementation(
        variant, subject.fresh(), settings, partial(random_batch, variant.recipe, settings.device), looked_at, observer
    )
    checks: dict[str, Json] = {} if chosen.check is None else {"fused": chosen.check}
    fuse = variant.fuse
    if chosen.name == REFERENCE or fuse is None:
        return _as(REFERENCE, subject), Ran(REFERENCE, checks)

    def deploy_fused() -> Forward:
        model = fuse(subject.fresh())
        if kernels := settle_kernels(variant, model, settings, choices):
            checks["kernel"] = kernels
        return deploy(model, settings, _CLASSES)

    return _as(FUSED, replace(subject, deploy=deploy_fused)), Ran(FUSED, checks)


def _as(implementation: str, subject: Subject) -> Subject:
    """Tell the gauges which implementation they time, rather than which one was asked for."""
    return replace(subject, settings=replace(subject.settings, implementation=implementation))


def settle_all_kernels(request: Request, choices: Choices, observer: Observer) -> None:
    """Settle what no gauge has settled yet, so that every process of a job can be told of it.

    A CPU has one way for each model. What cannot be built here fails in the pass too, which tells why.
    """
    settings = request.settings
    for variant in request.variants:
        fuse = variant.fuse
        if settings.device_type == "cpu" or fuse is None or not is_fusible(variant, settings):
            continue
        if variant.key not in choices.kernels:
            observer.stage(f"{variant.title}: choosing its kernels")
            with suppress(EvaluationError):
                contained(partial(_settle, variant, fuse, settings, choices), request.model_seconds)


def _settle(variant: Variant, fuse: Callable[[nn.Module], nn.Module], settings: Settings, choices: Choices) -> None:
    settle_kernels(variant, fuse(variant.build(1000).to(settings.device)), settings, choices)
