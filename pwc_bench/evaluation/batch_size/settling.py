"""The batch size of a campaign: what its interrupted start took, else what this machine took, else what is measured."""

from collections.abc import Mapping
from importlib.metadata import version

import torch

from pwc_bench.core.instruments import Settings
from pwc_bench.core.measurement import Json
from pwc_bench.core.observer import Observer
from pwc_bench.core.place import Place
from pwc_bench.core.record import harness_version
from pwc_bench.evaluation.batch_size.climbing import CPU_LADDER, CUDA_LADDER, climb
from pwc_bench.evaluation.batch_size.models import has_room, timed_models
from pwc_bench.evaluation.environment import device_name
from pwc_bench.evaluation.request import BatchSize, Choices, Request
from pwc_bench.evaluation.workspace import timestamp
from pwc_bench.hardware.batch_sizes import Found, Load, recall, remember

_SEARCH = 1
"""The version of the search: what another one has found is measured again."""


def settle_batch_size(request: Request, choices: Choices, place: Place, observer: Observer) -> Request:
    """Return `request` with its batch size, which is found where it asks for that, and kept in `choices`.

    An interrupted campaign goes on with the size of its first start. Else it is the size that was found earlier for
    the same models, settings and versions on this machine, so that two runs can be compared; else it is measured.
    """
    if not request.finds_batch_size:
        return request
    settled = choices.batch_size
    if settled is None:
        known = _recalled(request, place)
        settled = _find(request, place, observer) if known is None else _as_choice(known)
        choices.keep_batch_size(settled)
    return request.with_batch_size(settled.size)


def remembered_size(request: Request, place: Place) -> int | None:
    """Return the size that a run of `request` would take over from an earlier one; None where it would measure."""
    known = _recalled(request, place)
    return None if known is None else known.size


def _recalled(request: Request, place: Place) -> Found | None:
    known = recall(request.cache, _load(request, place))
    return known if known is not None and known.versions == _versions(request.settings) else None


def _find(request: Request, place: Place, observer: Observer) -> BatchSize:
    """Measure, and remember what was found."""
    settings, load = request.settings, _load(request, place)
    earlier = recall(request.cache, load)  # found with other versions: kept unless another one is clearly faster
    usual = settings.batch_size if earlier is None else earlier.size
    with timed_models(request, observer) as models:
        observer.stage("finding the best batch size")
        ladder = CUDA_LADDER if settings.device_type == "cuda" else CPU_LADDER
        table = climb(models, ladder, usual, lambda: has_room(settings.device, place))
    if table is None:  # not one model runs, as the records will say
        return BatchSize(usual, {"chosen": usual, "reason": "no model could be timed"})
    found = Found(
        load=load,
        size=table.choose(usual),
        images_per_second=table.images_per_second,
        timed=tuple(table.timed),
        scaled=tuple(table.scaled),
        stopped_because=table.stopped,
        versions=_versions(settings),
        moment=timestamp(),
    )
    if table.tells(usual):
        try:
            remember(request.cache, found)
        except OSError as error:
            observer.warning(f"the best batch size, {found.size}, cannot be remembered: {error}")
    observer.stage(f"the best batch size is {found.size}")
    return _as_choice(found)


def _as_choice(found: Found) -> BatchSize:
    facts: Mapping[str, Json] = {
        "chosen": found.size,
        "measured": found.moment,
        "images_per_second": {str(size): round(rate, 3) for size, rate in found.images_per_second.items()},
        "timed": list(found.timed),
        "scaled": list(found.scaled),
        "no_larger_because": found.stopped_because,
    }
    return BatchSize(found.size, facts)


def _load(request: Request, place: Place) -> Load:
    settings = request.settings
    is_cpu = settings.device_type == "cpu"
    return Load(
        device=device_name(settings),
        threads=torch.get_num_threads() if is_cpu else None,
        processes=place.local_world_size if is_cpu else 1,
        models=tuple(sorted(variant.key for variant in request.variants)),
        implementation=settings.implementation,
        precision=settings.precision,
        tf32=settings.tf32,
        memory_format="channels_last" if settings.channels_last else "contiguous",
    )


def _versions(settings: Settings) -> tuple[str, ...]:
    cuda = (f"cuda {torch.version.cuda}",) if settings.device_type == "cuda" else ()
    own = f"pwc-bench {harness_version()} search {_SEARCH}"
    return (own, f"torch {torch.__version__}", f"timm {version('timm')}", *cuda)
