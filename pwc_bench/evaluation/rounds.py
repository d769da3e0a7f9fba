"""The rounds of a campaign: one for all variants, and further ones for those that found no room beside the others.

Every process of a job goes through the same rounds: what decides them is shared before it is acted on.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from pwc_bench.core.dataset import ImageSource
from pwc_bench.core.measurement import PassSummary
from pwc_bench.core.observer import Observer
from pwc_bench.core.variant import Variant
from pwc_bench.evaluation.caching import round_crops
from pwc_bench.evaluation.candidate import Absent, Candidate, PassPlan
from pwc_bench.evaluation.deploy import ModelDoesNotFitError, free_memory
from pwc_bench.evaluation.loading import DeviceResize
from pwc_bench.evaluation.onepass import PassOutcome, run_pass
from pwc_bench.evaluation.prepare import NO_WEIGHTS, Preparation
from pwc_bench.evaluation.processes import Seat
from pwc_bench.evaluation.request import Request


def prepared_report(found: Sequence[Candidate | Absent], deferred: Sequence[Variant]) -> dict[str, Any]:
    """Return what one process tells the others of its preparation, as JSON."""
    return {
        "weights": {f.variant.key: [f.weights.sha256, f.ran.implementation] for f in found if isinstance(f, Candidate)},
        "absent": {f.variant.key: f.reason for f in found if isinstance(f, Absent)},
        "deferred": [variant.key for variant in deferred],
    }


def settle(
    found: Sequence[Candidate | Absent],
    taking: Sequence[Candidate],
    deferred: Sequence[Variant],
    reports: Sequence[Mapping[str, Any]],
) -> tuple[list[Absent], list[Candidate]]:
    """Leave out of the pass, in every process, what one of them could not load or has loaded from another file."""
    absent = [f for f in found if isinstance(f, Absent) and f.variant not in deferred]
    staying = []
    for candidate in taking:
        key = candidate.variant.key
        reason = _objection(key, reports)
        if reason is None:
            staying.append(candidate)
        else:
            absent.append(Absent(candidate.variant, candidate.weights, reason, is_failure=True))
    return absent, staying


def _objection(key: str, reports: Sequence[Mapping[str, Any]]) -> str | None:
    for rank, told in enumerate(reports):
        if key in told["absent"]:
            return f"rank {rank}: {told['absent'][key]}"
        if told["weights"].get(key) != reports[0]["weights"].get(key):
            return (
                f"rank {rank} has other weights, or runs another implementation, than rank 0: give all the same files"
            )
    return None


@dataclass(frozen=True, slots=True)
class Round:
    """What one pass over the images has brought, in this process's eyes; the first process has all shards."""

    candidates: Sequence[Candidate]
    """The variants that are done with, for better or worse; their models are gone, to make room for the next round."""
    absent: Sequence[Absent]
    outcome: PassOutcome | None
    """How the pass went in all processes together; None where no variant took part."""


def run_rounds(
    request: Request, source: ImageSource, seat: Seat, resize: DeviceResize, observer: Observer
) -> Iterator[Round]:
    """Evaluate all variants of `request`, in as few passes over `source` as the memory allows."""
    waiting: list[tuple[Variant, ...]] = [request.variants]
    preparation = Preparation.of(request, seat.choices, observer)
    number = 0
    while waiting:
        variants = waiting.pop(0)
        found, deferred = _prepare(variants, preparation)
        reports = seat.crew.share(f"prepared-{number}", prepared_report(found, deferred))
        deferred = [variant for variant in variants if any(variant.key in told["deferred"] for told in reports)]
        taking = [c for c in found if isinstance(c, Candidate) and c.variant not in deferred]
        absent, taking = settle(found, taking, deferred, reports)
        outcome = None
        if deferred:
            waiting.append(tuple(deferred))
            observer.warning(f"{_titles(deferred)}: no room beside the others; evaluated after them")
        if taking:
            _announce(request, source, seat, taking, observer)
            later = [variant for variants in waiting for variant in variants]
            outcome = _pass(request, source, seat, taking, later, resize, observer, number)
            if len(taking) > 1 and outcome.too_large:  # alone they may find room
                crowded = [c.variant for c in taking if c.variant.key in outcome.too_large]
                waiting += [(variant,) for variant in crowded]
                observer.warning(f"{_titles(crowded)}: no room beside the others; evaluated one by one after them")
                taking = [c for c in taking if c.variant not in crowded]
        finished = Round([replace(candidate, logits=_released) for candidate in taking], absent, outcome)
        del found, taking
        free_memory()
        yield finished
        number += 1


def _titles(variants: Sequence[Variant]) -> str:
    return ", ".join(variant.title for variant in variants)


def _released(_: torch.Tensor) -> torch.Tensor:
    raise RuntimeError("this model was given back after its round")


def _prepare(variants: Sequence[Variant], preparation: Preparation) -> tuple[list[Candidate | Absent], list[Variant]]:
    """Load one variant after the other; those that find no room beside the loaded ones are deferred."""
    found: list[Candidate | Absent] = []
    deferred = []
    for variant in variants:
        misfit = None
        try:
            found.append(preparation.prepare(variant))
        except ModelDoesNotFitError as error:
            misfit = str(error)
        if misfit is None:
            continue
        free_memory()  # only now: while the error was handled, its traceback held the model
        if any(isinstance(other, Candidate) for other in found):
            deferred.append(variant)
        else:
            found.append(Absent(variant, NO_WEIGHTS, misfit, is_failure=True))
    return found, deferred


def _announce(
    request: Request, source: ImageSource, seat: Seat, taking: Sequence[Candidate], observer: Observer
) -> None:
    titles = _titles([candidate.variant for candidate in taking])
    images, place = len(source.items), seat.crew.place
    share = "" if place.is_alone else f", each process a {place.world_size}th of them"
    observer.stage(f"evaluating {titles} on {images:,} images of {request.dataset.title}{share}")


def _pass(
    request: Request,
    source: ImageSource,
    seat: Seat,
    taking: Sequence[Candidate],
    later: Sequence[Variant],
    resize: DeviceResize,
    observer: Observer,
    number: int,
) -> PassOutcome:
    """Run this process's share from a common start, and return how it went for all.

    The variants that come `later` will find the crops of this round on disk, where there is room.
    """
    crew, settings = seat.crew, request.settings
    recipes = {variant.recipe.sha256: variant.recipe for variant in (*(c.variant for c in taking), *later)}
    with round_crops(request, source, seat, tuple(recipes.values()), observer) as crops:
        if later and not crops.keep():
            observer.warning("so the images are decoded once more in each further round")
        crew.share(f"start-{number}", None)
        began = time.perf_counter()
        plan = PassPlan(len(source.items), settings.batch_size, crew.place)
        outcome = run_pass(
            source,
            taking,
            plan,
            seat.lanes,
            device=settings.device,
            workers=settings.workers,
            resize=resize,
            observer=observer,
            crops=crops,
            model_seconds=request.model_seconds,
        )
    reports = crew.share(
        f"passed-{number}",
        {
            "images": outcome.summary.images,
            "cached": outcome.summary.cached,
            "resumed": outcome.summary.resumed,
            "broken": dict(outcome.broken),
            "too_large": sorted(outcome.too_large),
            "pieces": dict(outcome.pieces),
        },
    )
    seconds = time.perf_counter() - began
    seat.deliver(f"delivered-{number}")
    return outcome if crew.place.is_alone else _together(outcome, reports, seconds)


def _together(own: PassOutcome, reports: Sequence[Mapping[str, Any]], seconds: float) -> PassOutcome:
    images = sum(report["images"] for report in reports)
    broken: dict[str, str] = {}
    pieces: dict[str, int] = {}
    for rank, report in enumerate(reports):
        for key, reason in report["broken"].items():
            broken.setdefault(key, f"rank {rank}: {reason}")
        for key, size in report["pieces"].items():
            pieces[key] = min(size, pieces.get(key, size))
    summary = PassSummary(
        images=images,
        batch_images=(images,) if images else (),
        batch_seconds=(seconds,) if images else (),
        variants=own.summary.variants,
        resumed=any(report["resumed"] for report in reports),
        processes=len(reports),
        cached=sum(report["cached"] for report in reports),
    )
    too_large = frozenset(key for report in reports for key in report["too_large"])
    return PassOutcome(summary, broken, too_large, pieces, seconds)
