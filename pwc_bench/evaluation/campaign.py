"""The use case: variants, a data set and metrics in, records out."""

from collections.abc import Iterator
from dataclasses import replace

from pwc_bench.core.dataset import ImageSource, manifest_sha256
from pwc_bench.core.observer import Observer, SilentObserver
from pwc_bench.core.record import Record
from pwc_bench.evaluation.batch_size import settle_batch_size
from pwc_bench.evaluation.concluding import absent_result, result_of
from pwc_bench.evaluation.cost import model_records, settle_all_kernels
from pwc_bench.evaluation.deploy import choose_device, set_matmul_precision
from pwc_bench.evaluation.environment import describe_environment, git_state
from pwc_bench.evaluation.loading import DeviceResize, choose_resize
from pwc_bench.evaluation.processes import Crew, Seat, Single, follow_seat, lead_seat
from pwc_bench.evaluation.recording import Recorder
from pwc_bench.evaluation.request import Request
from pwc_bench.evaluation.rounds import run_rounds
from pwc_bench.evaluation.workspace import Workspace, open_workspace, timestamp
from pwc_bench.sources import spread


def evaluate(request: Request, observer: Observer | None = None, crew: Crew | None = None) -> Iterator[Record]:
    """Measure what `request` asks for, and yield each record as soon as it is finished.

    For each variant one record of cost and speed comes first (dataset None), then one for the data set. What fails for
    one variant is in its record, with status "failed"; the others go on. An interrupted campaign is continued by the
    same request: finished records are yielded again, and the pass goes on behind its last shard.

    In a job of several processes the first one calls this, with its `crew`, and the others call `assist`.
    """
    observer, crew = observer or SilentObserver(), crew or Single()
    choose_device(request.settings)
    set_matmul_precision(request.settings)
    source = _chosen_images(request)
    commit, dirty = git_state()
    with open_workspace(request) as workspace:
        if workspace.notice is not None:
            observer.warning(workspace.notice)
        if request.is_timed or request.looks_at_images:
            request = settle_batch_size(request, workspace.choices, crew.place, observer)
        recorder = Recorder(
            request=request,
            campaign=workspace.campaign,
            started=timestamp(),
            environment=describe_environment(request.settings),
            manifest_sha256=manifest_sha256(source.items),
            git_commit=commit,
            git_dirty=dirty,
            processes=None if crew.place.is_alone else crew.place.world_size,
            batch_size=workspace.choices.batch_size,
        )
        if any(instrument.gauge for instrument in request.instruments):
            yield from model_records(request, workspace, recorder, observer)
        if request.looks_at_images:
            if not crew.place.is_alone:
                settle_all_kernels(request, workspace.choices, observer)
            seat = lead_seat(crew, workspace, request)
            yield from _pass_records(request, source, seat, workspace, recorder, observer)
        workspace.remove()


def assist(request: Request, observer: Observer, crew: Crew) -> None:
    """Take this process's share of the images, in a job whose first process runs `evaluate` on the same request."""
    if not request.looks_at_images:
        return
    choose_device(request.settings)
    set_matmul_precision(request.settings)
    source = _chosen_images(request)
    with follow_seat(crew, request) as seat:
        if seat.choices.batch_size is not None:
            request = request.with_batch_size(seat.choices.batch_size.size)
        for _ in run_rounds(request, source, seat, _resize(request, observer), observer):
            pass  # the first process merges and writes the records


def _chosen_images(request: Request) -> ImageSource:
    return request.source if request.limit is None else spread(request.source, request.limit)


def _resize(request: Request, observer: Observer) -> DeviceResize:
    return choose_resize([variant.recipe for variant in request.variants], request.settings, observer)


def _pass_records(
    request: Request, source: ImageSource, seat: Seat, workspace: Workspace, recorder: Recorder, observer: Observer
) -> Iterator[Record]:
    kept = {record.variant: record for record in workspace.records() if record.dataset is not None}
    resize = _resize(request, observer)
    recorder = replace(recorder, environment=replace(recorder.environment, resize=resize.description))
    for done in run_rounds(request, source, seat, resize, observer):
        for absent in done.absent:
            yield recorder.of_pass(absent.variant, absent_result(absent))
        if done.outcome is not None:
            for candidate in done.candidates:
                result = result_of(candidate, request, source, seat, done.outcome)
                record = kept.get(candidate.variant.key)
                if record is None:
                    record = recorder.of_pass(candidate.variant, result, candidate.ran)
                    is_whole = result.images_seen + len(result.images_failed) == len(source.items)
                    if is_whole and result.failure is None:
                        workspace.keep(record)
                yield record
