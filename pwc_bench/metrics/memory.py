"""Peak memory: how much one forward needs, weights included."""

import gc
import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import NamedTuple

from pwc_bench.core.instruments import Examination, Instrument, Subject
from pwc_bench.core.measurement import Json, Measurement
from pwc_bench.core.metric import Better, Display, Kind, Metric, Scope
from pwc_bench.metrics._apparatus.clock import forward_once

PEAK_MEMORY = Metric(
    key="peak_memory",
    title="Peak memory",
    unit="MiB",
    better=Better.LOWER,
    kind=Kind.DESCRIPTIVE,
    scope=Scope.MODEL,
    version=1,
    tolerance=0.5,
    display=Display("MiB", decimals=0),
    definition=(
        "The most memory that torch holds at one time during one forward: weights, buffers, the input batch "
        "and everything between. It grows with the batch size, which stands in the details, and leaves out "
        "what libraries take behind torch's back. On CUDA it is the allocator's own peak, on the CPU the sum "
        "of the profiler's allocation events."
    ),
    bounds=(0.0, None),
)

_MIB = 1024.0 * 1024.0
_FORWARD = "pwc_bench.forward"


class _Footprint(NamedTuple):
    """Bytes at rest (weights, buffers, input) and at the peak of a forward."""

    at_rest: int
    peak: int


def measure_memory(subject: Subject) -> Examination:
    """Measure one forward at the settings' batch size, on the settings' device."""
    yield "measuring memory"
    on_cuda = subject.settings.device_type == "cuda"
    gc.collect()  # what earlier gauges left behind must not be freed, and counted, meanwhile
    found = _on_cuda(subject) if on_cuda else _on_cpu(subject)
    method = "torch.cuda.max_memory_allocated" if on_cuda else "sum of torch.profiler's allocation events"
    details: dict[str, Json] = {
        "batch_size": subject.settings.batch_size,
        "at_rest_mib": found.at_rest / _MIB,
        "forward_mib": (found.peak - found.at_rest) / _MIB,
        "method": method,
    }
    return {PEAK_MEMORY.key: Measurement(value=found.peak / _MIB, unit=PEAK_MEMORY.unit, details=details)}


def _on_cuda(subject: Subject) -> _Footprint:
    """Take the second forward: the first one also holds what choosing kernels needs for a moment."""
    import torch

    device = torch.device(subject.settings.device)
    before = torch.cuda.memory_allocated(device)
    forward = forward_once(subject, subject.settings.batch_size)
    at_rest = torch.cuda.memory_allocated(device)
    forward()
    torch.cuda.synchronize(device)
    torch.cuda.reset_peak_memory_stats(device)
    forward()
    torch.cuda.synchronize(device)
    return _Footprint(at_rest - before, torch.cuda.max_memory_allocated(device) - before)


def _on_cpu(subject: Subject) -> _Footprint:
    """Profile the making of the model and one forward, and add up what is allocated and freed."""
    from torch.profiler import ProfilerActivity, profile, record_function

    with _quiet_profiler(), profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
        forward = forward_once(subject, subject.settings.batch_size)
        if subject.settings.compile:
            forward()  # compiles, which takes memory that no later forward needs
        with record_function(_FORWARD):
            forward()
        # Freed within the profile, else its table of sizes would keep the addresses and mistake their next owners.
        del forward
        gc.collect()
    found = profiler.profiler.kineto_results.events()
    span = next(event for event in found if event.name() == _FORWARD)
    changes = [(event.start_ns(), event.nbytes()) for event in found if event.name() == "[memory]"]
    return _footprint(changes, span.start_ns(), span.start_ns() + span.duration_ns())


def _footprint(changes: Iterable[tuple[int, int]], begin_ns: int, end_ns: int) -> _Footprint:
    """Add up (nanosecond, bytes) changes: what is held when the forward begins, and the most until it ends."""
    at_rest = held = peak = 0
    for moment_ns, size in sorted(changes, key=lambda change: change[0]):
        held += size
        if moment_ns < begin_ns:
            at_rest = peak = held
        elif moment_ns <= end_ns:
            peak = max(peak, held)
    return _Footprint(at_rest, peak)


@contextmanager
def _quiet_profiler() -> Generator[None]:
    """Keep the profiler's library from writing to standard error, which it does on every machine without a GPU."""
    name = "KINETO_LOG_LEVEL"
    before = os.environ.get(name)
    os.environ[name] = before or "99"
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]


INSTRUMENT = Instrument(metrics=(PEAK_MEMORY,), gauge=measure_memory)
