"""The use case: variants, a data set and metrics in, records out."""

import copy
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from pwc_bench.core.errors import EvaluationError
from pwc_bench.core.instruments import Subject
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.observer import Observer, SilentObserver
from pwc_bench.core.record import Record
from pwc_bench.core.source import ImageSource, manifest_sha256
from pwc_bench.core.variant import Variant
from pwc_bench.evaluation.candidate import Absent, Candidate
from pwc_bench.evaluation.deploy import deploy, set_matmul_precision
from pwc_bench.evaluation.device_resize import choose_resize
from pwc_bench.evaluation.environment import describe_environment, git_state
from pwc_bench.evaluation.gauging import Findings, examine_cost, examine_speed
from pwc_bench.evaluation.implementation import choose_implementation, is_fusible
from pwc_bench.evaluation.merge import merge
from pwc_bench.evaluation.onepass import PassOutcome, run_pass
from pwc_bench.evaluation.plan import PassPlan
from pwc_bench.evaluation.prepare import prepare
from pwc_bench.evaluation.ran import REFERENCE, Ran
from pwc_bench.evaluation.recording import PassResult, Recorder
from pwc_bench.evaluation.request import Request
from pwc_bench.evaluation.sample import random_batch
from pwc_bench.evaluation.workspace import Workspace, open_workspace, timestamp
from pwc_bench.sources import spread

__all__ = ["evaluate"]


def evaluate(request: Request, observer: Observer | None = None) -> Iterator[Record]:
    """Measure what `request` asks for, and yield each record as soon as it is finished.

    For each variant one record of cost and speed comes first (dataset None), then one for the data set. What fails for
    one variant is in its record, with status "failed"; the others go on. An interrupted campaign is continued by the
    same request: finished records are yielded again, and the pass goes on behind its last shard.
    """
    observer = observer or SilentObserver()
    set_matmul_precision(request.settings)
    source = request.source if request.limit is None else spread(request.source, request.limit)
    commit, dirty = git_state()
    with open_workspace(request) as workspace:
        if workspace.is_continued:
            observer.warning(f"continuing the interrupted campaign {workspace.campaign} (--fresh starts anew)")
        recorder = Recorder(
            request=request,
            campaign=workspace.campaign,
            started=timestamp(),
            environment=describe_environment(request.settings),
            manifest_sha256=manifest_sha256(source.items),
            git_commit=commit,
            git_dirty=dirty,
        )
        if any(instrument.gauge for instrument in request.instruments):
            yield from _model_records(request, workspace, recorder, observer)
        if any(instrument.meter for instrument in request.instruments):
            yield from _pass_records(request, source, workspace, recorder, observer)
        workspace.remove()


def _model_records(request: Request, workspace: Workspace, recorder: Recorder, observer: Observer) -> Iterator[Record]:
    finished = workspace.records()
    yield from finished.values()
    todo = [variant for variant in request.variants if variant.key not in finished]
    findings: dict[str, Findings] = {}
    seconds: dict[str, float] = {}
    ran: dict[str, Ran] = {}
    subjects = []
    interrupt: KeyboardInterrupt | None = None
    try:
        for variant in todo:
            began = time.perf_counter()
            subject = _subject(variant, request)
            findings[variant.key] = examine_cost(subject, request.instruments, observer)
            timed, ran[variant.key] = _timed_subject(subject, request, observer)
            subjects.append(timed)
            seconds[variant.key] = time.perf_counter() - began
        for key, speed in examine_speed(subjects, request.instruments, observer).items():
            findings[key].measurements |= speed.measurements
            findings[key].failures += speed.failures
    except KeyboardInterrupt as error:
        interrupt = error
    missing = None if interrupt is None else "interrupted before its speed was measured"
    for variant in todo:
        if variant.key in seconds:
            record = recorder.of_model(variant, findings[variant.key], seconds[variant.key], missing, ran[variant.key])
            if interrupt is None:
                workspace.keep(record)
            yield record
    if interrupt is not None:
        raise interrupt


def _subject(variant: Variant, request: Request) -> Subject:
    """Build the variant's 1,000-class model once; every gauge gets a fresh copy of it."""
    pristine = variant.build(1000)
    fresh = partial(copy.deepcopy, pristine)
    return Subject(variant, request.settings, fresh, lambda: deploy(fresh(), request.settings))


def _timed_subject(subject: Subject, request: Request, observer: Observer) -> tuple[Subject, Ran]:
    """Return what the timed gauges examine: the fused implementation where it is wanted and holds."""
    variant, settings = subject.variant, subject.settings
    is_timed = any(instrument.gauge and instrument.is_timed for instrument in request.instruments)
    if not is_timed or not is_fusible(variant, settings):
        return subject, Ran()
    looked_at = "random input, with random weights"
    chosen = choose_implementation(
        variant, subject.fresh(), settings, partial(random_batch, variant.recipe, settings.device), looked_at, observer
    )
    ran = Ran(chosen.name, {} if chosen.check is None else {"fused": chosen.check})
    fuse = variant.fuse
    if chosen.name == REFERENCE or fuse is None:
        return subject, ran
    return replace(subject, deploy=lambda: deploy(fuse(subject.fresh()), settings)), ran


def _pass_records(
    request: Request, source: ImageSource, workspace: Workspace, recorder: Recorder, observer: Observer
) -> Iterator[Record]:
    candidates = []
    for variant in request.variants:
        found = prepare(variant, request, observer)
        if isinstance(found, Candidate):
            candidates.append(found)
        else:
            yield recorder.of_pass(variant, _absence(found))
    if not candidates:
        return
    resize = choose_resize([candidate.variant.recipe for candidate in candidates], request.settings, observer)
    recorder = replace(recorder, environment=replace(recorder.environment, resize=resize.description))
    plan = PassPlan(len(source.items), request.settings.batch_size)
    titles = ", ".join(candidate.variant.title for candidate in candidates)
    observer.stage(f"evaluating {titles} on {len(source.items):,} images of {request.dataset.title}")
    outcome = run_pass(
        source,
        candidates,
        plan,
        workspace.shards,
        device=request.settings.device,
        workers=request.settings.workers,
        resize=resize,
        observer=observer,
    )
    for candidate in candidates:
        result = _result(candidate, request, source, plan, workspace, outcome)
        yield recorder.of_pass(candidate.variant, result, candidate.ran)


def _absence(absent: Absent) -> PassResult:
    return PassResult(
        measurements={},
        weights=absent.weights,
        images_seen=0,
        absence=None if absent.is_failure else absent.reason,
        failure=absent.reason if absent.is_failure else None,
    )


def _result(
    candidate: Candidate,
    request: Request,
    source: ImageSource,
    plan: PassPlan,
    workspace: Workspace,
    outcome: PassOutcome,
) -> PassResult:
    """Merge one candidate's shards and let the meters speak."""
    key = candidate.variant.key
    if key in outcome.broken:
        return PassResult({}, candidate.weights, 0, failure=outcome.broken[key])
    began = time.perf_counter()
    meters = [instrument.meter() for instrument in request.instruments if instrument.meter is not None]
    failed = _failed_images(source, plan, workspace)
    try:
        predictions, seen = merge(source, plan, workspace.shards, key, meters, request.folder)
    except EvaluationError as error:
        return PassResult({}, candidate.weights, 0, failure=str(error))
    if not seen:
        return PassResult({}, candidate.weights, 0, failed, failure="not one image could be decoded")
    measurements: dict[str, Measurement] = {}
    for meter in meters:
        measurements |= meter.measurements(outcome.summary)
    seconds = outcome.duration_seconds + time.perf_counter() - began
    return PassResult(measurements, candidate.weights, seen, failed, predictions, seconds)


def _failed_images(source: ImageSource, plan: PassPlan, workspace: Workspace) -> tuple[str, ...]:
    failures = (found for shard in plan.shards() for found in workspace.shards.read_failures(shard.number))
    return tuple(source.items[index].name for index, _ in failures)
