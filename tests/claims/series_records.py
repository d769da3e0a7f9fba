"""Campaigns on two machines: a step, an outlier, a gap and a value that never changes."""

from dataclasses import replace

from pwc_bench.core.measurement import Measurement
from pwc_bench.core.record import Record
from tests.factories import make_measurement, make_record

__all__ = ["campaigns", "cost_record", "pass_record"]

_NOISE = (4, -7, 2, 9, -3, -6, 5, 1, -8, 3, 6, -2)


def cost_record(day: int, throughput: float, *, device: str = "NVIDIA H200", variant: str = "convit-s") -> Record:
    """Cost and speed on one day."""
    started = f"2026-{1 + day // 28:02}-{1 + day % 28:02}T12:00:00Z"
    measurements = {
        "gflops": Measurement(5.757, "GFLOPs"),
        "parameters": Measurement(27_777_000 if day < 9 else 27_777_001, ""),
        "throughput": make_measurement(throughput, "images/s", half_width=12.0),
    }
    campaign = f"{started[:10]}-{'cpu' if 'Xeon' in device else 'gpu'}"
    return make_record(variant, None, measurements=measurements, started=started, device=device, campaign=campaign)


def pass_record(day: int, top1: float, weights: str = "ab" * 32) -> Record:
    """Accuracy on one day."""
    started = f"2026-{1 + day // 28:02}-{1 + day % 28:02}T12:30:00Z"
    record = make_record(
        measurements={"top1": make_measurement(top1, "%", half_width=0.34)}, started=started, campaign=started[:10]
    )
    provenance = record.provenance
    return replace(record, provenance=replace(provenance, weights=replace(provenance.weights, sha256=weights)))


def campaigns(count: int = 12) -> tuple[Record, ...]:
    """`count` campaigns: the GPU is 10 % slower from the eighth on; an outlier in the third, a gap after the fifth."""
    records: list[Record] = []
    for number in range(count):
        day = number if number < 5 else number + 20
        noise = _NOISE[number % len(_NOISE)]
        level = 3000.0 if number < 7 else 2700.0
        records.append(cost_record(day, level + 2 * noise if number != 2 else 2000.0))
        records.append(cost_record(day, 40.0 + noise / 20, device="Intel(R) Xeon(R)"))
        records.append(pass_record(day, 81.36 if number < 9 else 80.9, "ab" * 32 if number < 9 else "cd" * 32))
    return tuple(records)
