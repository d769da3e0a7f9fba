"""Bringing a variant and its weights together for a pass."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import torch
from torch import nn

from pwc_bench.core.errors import EvaluationError, WeightsError
from pwc_bench.core.measurement import Json
from pwc_bench.core.observer import Observer
from pwc_bench.core.record import Weights, WeightsStatus
from pwc_bench.core.settings import Settings
from pwc_bench.core.source import ImageSource
from pwc_bench.core.variant import Variant
from pwc_bench.evaluation.candidate import Absent, Candidate
from pwc_bench.evaluation.choices import Choices
from pwc_bench.evaluation.deploy import deploy
from pwc_bench.evaluation.implementation import choose_implementation, settle_kernels
from pwc_bench.evaluation.loader import load_batches
from pwc_bench.evaluation.memory import ModelDoesNotFitError
from pwc_bench.evaluation.outcome import normalise
from pwc_bench.evaluation.precision import best_classes, flip_facts, is_below_fp32, reference_classes
from pwc_bench.evaluation.probe import features_of, fit_head, head_sha256, seeded_backbone, set_head
from pwc_bench.evaluation.ran import FUSED, Ran
from pwc_bench.evaluation.request import Request
from pwc_bench.evaluation.sample import CropSample, normalised
from pwc_bench.evaluation.weights import build_unfilled, fit_weights, resolve_weights, state_sha256

__all__ = ["prepare"]

NO_WEIGHTS = Weights(WeightsStatus.NONE)
PROBE_BATCH = 8
"""Images a batch when the demo's heads are fitted: the same everywhere, so that the heads are the same."""


def prepare(
    variant: Variant, request: Request, sample: CropSample, choices: Choices, observer: Observer
) -> Candidate | Absent:
    """Return `variant` ready for the pass, or why it cannot take part; it is tried on `sample`, of the data's images.

    Raises ModelDoesNotFitError where the device has no room for it beside what is there already.
    """
    try:
        if request.train_source is not None:
            return _prepare_probe(variant, request, request.train_source, sample, choices, observer)
        return _prepare_checkpoint(variant, request, sample, choices, observer)
    except ModelDoesNotFitError:
        raise  # without the others it may fit
    except (WeightsError, EvaluationError) as error:
        return Absent(variant, NO_WEIGHTS, str(error), is_failure=True)


def _prepare_checkpoint(
    variant: Variant, request: Request, sample: CropSample, choices: Choices, observer: Observer
) -> Candidate | Absent:
    observer.stage(f"{variant.title}: loading weights")
    loaded = resolve_weights(
        variant,
        named=request.weights.get(variant.key),
        folder=request.weights_folder,
        cache=request.cache,
        observer=observer,
    )
    if loaded is None and not variant.brings_weights:
        reason = variant.weights_note or f"No weights of {variant.title} are known: name some with --weights."
        return Absent(variant, NO_WEIGHTS, reason, is_failure=False)
    build = partial(variant.build, len(request.dataset.classes))
    if loaded is None:
        model = build()
        own = Weights(WeightsStatus.LOCAL, uri=variant.key, sha256=state_sha256(model))
        return _ready(variant, model, own, request, sample, choices, observer)
    # A model that brings weights of its own may look at them while it is built.
    model = build() if variant.brings_weights else build_unfilled(build)
    fit_weights(model, loaded, classes=len(request.dataset.classes), dataset_title=request.dataset.title)
    return _ready(variant, model, loaded.weights, request, sample, choices, observer)


def _prepare_probe(
    variant: Variant,
    request: Request,
    train: ImageSource,
    sample: CropSample,
    choices: Choices,
    observer: Observer,
) -> Candidate:
    """Fit the demo's head: a seeded random backbone, and ridge regression on the train split's features."""
    observer.stage(f"{variant.title}: fitting the demo's head on {len(train.items)} images")
    classes = len(request.dataset.classes)
    model = seeded_backbone(variant, classes)
    mean, std = (torch.tensor(values).view(3, 1, 1) for values in (variant.recipe.mean, variant.recipe.std))
    size = PROBE_BATCH
    batches = [range(start, min(start + size, len(train.items))) for start in range(0, len(train.items), size)]
    features, labels = [], []
    for batch in load_batches(train, batches, [variant.recipe], request.settings.workers):
        if batch.failures:
            raise EvaluationError(f"the demo's training image {batch.failures[0][1]}: run `pwc-bench prune --cache`")
        pixels = torch.from_numpy(batch.crops[variant.recipe.sha256])
        features.append(features_of(model, normalise(pixels, mean, std)))
        labels += [train.items[index].label for index in batch.indices]
    weight, bias = fit_head(torch.cat(features), torch.tensor(labels), classes)
    set_head(model, weight, bias)
    weights = Weights(WeightsStatus.PROBE, uri="seeded random backbone, ridge head", sha256=head_sha256(weight, bias))
    return _ready(variant, model, weights, request, sample, choices, observer)


def _ready(
    variant: Variant,
    model: nn.Module,
    weights: Weights,
    request: Request,
    sample: CropSample,
    choices: Choices,
    observer: Observer,
) -> Candidate:
    """Choose the implementation by the data's own first images, deploy it, and see what a lower precision changes."""
    settings, recipe = request.settings, variant.recipe
    flips = _Flips.before(model, variant, sample, settings, observer) if is_below_fp32(settings) else None

    def first_images() -> torch.Tensor:
        return normalised(sample.first(recipe), recipe, settings.device)

    chosen = choose_implementation(variant, model, settings, first_images, "the first images of the data", observer)
    checks: dict[str, Json] = {} if chosen.check is None else {"fused": chosen.check}
    if chosen.name == FUSED and (kernels := settle_kernels(variant, chosen.model, settings, choices)):
        checks["kernel"] = kernels
    logits = deploy(chosen.model, settings)
    if flips is not None:
        checks["precision"] = flips.after(logits)
    elif is_below_fp32(settings):
        checks["precision"] = {"images": 0, "error": "the reference failed in fp32, so nothing was compared"}
    return Candidate(variant, weights, logits, Ran(chosen.name, checks))


@dataclass(frozen=True, slots=True)
class _Flips:
    """What fp32 says of a sample, kept until the deployed model has spoken of it too."""

    settings: Settings
    batch: torch.Tensor
    labels: torch.Tensor
    wanted: torch.Tensor

    @classmethod
    def before(
        cls, model: nn.Module, variant: Variant, sample: CropSample, settings: Settings, observer: Observer
    ) -> "_Flips | None":
        """Ask the reference; None where it fails, which the pass itself will meet and report."""
        observer.stage(f"{variant.title}: predicting a sample in fp32, to compare {settings.precision} with")
        crops, labels = sample.spread(variant.recipe)
        batch = normalised(crops, variant.recipe, settings.device)
        try:
            return cls(settings, batch, labels, reference_classes(model.eval().to(settings.device), batch))
        except (RuntimeError, ValueError, TypeError, IndexError):
            return None

    def after(self, logits: Callable[[torch.Tensor], torch.Tensor]) -> Mapping[str, Json]:
        """Ask the deployed model, and return what the record says."""
        try:
            found = best_classes(logits, self.batch, self.settings.batch_size)
        except (RuntimeError, ValueError, TypeError, IndexError) as error:
            why = (str(error).strip() or type(error).__name__).splitlines()[0]
            return {"images": 0, "error": why}
        return flip_facts(self.settings, self.wanted, found, self.labels)
