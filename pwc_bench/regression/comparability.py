"""Whether two records may be compared, and by which metrics: what stands in the way is told in words."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

from pwc_bench.core.acceptance import WEIGHTS
from pwc_bench.core.metric import Metric, Scope
from pwc_bench.core.record import Record, Status
from pwc_bench.core.setting import Setting, depends_on_machine
from pwc_bench.core.verdict import Outcome
from pwc_bench.regression.pair import Hurdle

_NONE = "unknown"


def differences(metric: Metric, baseline: Record, candidate: Record) -> tuple[str, ...]:
    """Return in words what differs although it must not: "batch size 8 against 16"; empty where they are comparable.

    The words for the baseline come first. Both records hold `metric`.
    """
    return tuple(_differences(metric, baseline, candidate))


def image_differences(metric: Metric, baseline: Record, candidate: Record) -> tuple[str, ...]:
    """Return the same of a metric that is compared image by image, whatever precision and code it comes from."""
    versions = [record.measurements[metric.key].version for record in (baseline, candidate)]
    old, new = Setting.of(baseline, metric), Setting.of(candidate, metric)
    return (
        *_unlike("version of the metric's definition", *versions),
        *_images(baseline, candidate),
        *old.differences(replace(new, precision=old.precision)),
    )


def _differences(metric: Metric, baseline: Record, candidate: Record) -> Iterator[str]:
    if metric.key == WEIGHTS.key:
        return
    versions = [record.measurements[metric.key].version for record in (baseline, candidate)]
    yield from _unlike("version of the metric's definition", *versions)
    if metric.scope is Scope.MODEL:
        yield from _input(baseline.input_px, candidate.input_px)
    if metric.scope is Scope.DATASET:
        yield from _images(baseline, candidate)
    yield from Setting.of(baseline, metric).differences(Setting.of(candidate, metric))
    if depends_on_machine(metric):
        yield from _method(metric, baseline, candidate)


def _input(old: int | None, new: int | None) -> Iterator[str]:
    """Name the sizes of the input if both records keep it."""
    if old is not None and new is not None:
        yield from _unlike("side of the input in px", old, new)


def _images(baseline: Record, candidate: Record) -> Iterator[str]:
    old, new = baseline.provenance, candidate.provenance
    if old.manifest_sha256 != new.manifest_sha256:
        seen = [f"{_NONE if p.images_seen is None else f'{p.images_seen:,}'}" for p in (old, new)]
        yield (
            f"images and labels: manifest {_short(old.manifest_sha256)} ({seen[0]} images) against "
            f"{_short(new.manifest_sha256)} ({seen[1]} images)"
        )
    elif old.manifest_sha256 is None:
        yield "images and labels: no manifest hash on either side"
    elif (old.images_seen, old.images_failed) != (new.images_seen, new.images_failed):
        yield f"images that could be evaluated: {old.images_seen} against {new.images_seen}"


def _method(metric: Metric, baseline: Record, candidate: Record) -> Iterator[str]:
    """Name what the measurements say about themselves: the variants that shared a pass, the forwards of a round."""
    old, new = (record.measurements[metric.key].details for record in (baseline, candidate))
    if isinstance(old.get("variants"), list | tuple) and isinstance(new.get("variants"), list | tuple):
        yield from _unlike("variants in the pass", _listed(old["variants"]), _listed(new["variants"]))
    if metric.key.startswith("latency"):  # a percentile of 5 forwards is another thing than one of 10
        yield from _unlike("forwards in a round", old.get("forwards_per_round"), new.get("forwards_per_round"))


def _unlike(name: str, old: object, new: object) -> Iterator[str]:
    if old != new:
        yield f"{name} {_NONE if old is None else old} against {_NONE if new is None else new}"


def _listed(names: object) -> str:
    return ", ".join(str(name) for name in names) if isinstance(names, list | tuple) else str(names)


def _short(sha256: str | None) -> str:
    return _NONE if sha256 is None else sha256[:8]


Differ: TypeAlias = Callable[[Metric, Record, Record], tuple[str, ...]]
"""Says in words what differs although it must not."""


def find_hurdle(metric: Metric, baseline: Record, candidate: Record, differ: Differ = differences) -> Hurdle | None:
    """Return what stands in the way, None where both may be compared. Neither record failed, both hold `metric`."""
    if metric.key == WEIGHTS.key:
        return None
    if not all(_is_finite(record, metric) for record in (baseline, candidate)):
        whose = "candidate" if not _is_finite(candidate, metric) else "baseline"
        return Hurdle(Outcome.INCONCLUSIVE, f"the {whose}'s value or one of its rounds is no finite number")
    if metric.scope is Scope.DATASET and candidate.status is Status.PARTIAL and baseline.status is Status.COMPLETE:
        return Hurdle(Outcome.MISSING, f"the candidate's evaluation is incomplete: {_why(candidate)}")
    found = differ(metric, baseline, candidate)
    if metric.scope is Scope.DATASET and baseline.status is Status.PARTIAL and candidate.status is Status.COMPLETE:
        found = (*found, f"the baseline is incomplete ({_why(baseline)})")
    return Hurdle(Outcome.INCOMPARABLE, "different " + "; ".join(found)) if found else None


def _is_finite(record: Record, metric: Metric) -> bool:
    measurement = record.measurements[metric.key]
    return all(math.isfinite(number) for number in (measurement.value, *(measurement.samples or ())))


def _why(record: Record) -> str:
    return record.status_reason or "no reason is recorded"
