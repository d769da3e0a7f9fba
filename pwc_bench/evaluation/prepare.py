"""Bringing a variant and its weights together for a pass."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Self

import torch
from torch import nn

from pwc_bench.core.errors import EvaluationError
from pwc_bench.core.instruments import Settings
from pwc_bench.core.measurement import Json
from pwc_bench.core.observer import Observer
from pwc_bench.core.record import Weights, WeightsStatus
from pwc_bench.core.variant import Variant
from pwc_bench.evaluation.candidate import Absent, Candidate
from pwc_bench.evaluation.choices import Choices
from pwc_bench.evaluation.deploy import deploy
from pwc_bench.evaluation.implementation import choose_implementation, settle_kernels
from pwc_bench.evaluation.memory import ModelDoesNotFitError
from pwc_bench.evaluation.precision import best_classes, flip_facts, is_below_fp32, reference_classes
from pwc_bench.evaluation.probe import features_of, fit_head, head_sha256, seeded_backbone, set_head
from pwc_bench.evaluation.ran import FUSED, Ran
from pwc_bench.evaluation.request import Request
from pwc_bench.evaluation.sample import CropSample, normalised
from pwc_bench.evaluation.weights import ResolvedWeights, build_unfilled, fit_weights, resolve_weights, state_sha256
from pwc_bench.isolation import contained

NO_WEIGHTS = Weights(WeightsStatus.NONE)
PROBE_BATCH = 8
"""Images a batch when the demo's heads are fitted: the same everywhere, so that the heads are the same."""


@dataclass(frozen=True, slots=True)
class Preparation:
    """What readies one variant after the other for a pass; what they share is made once."""

    request: Request
    sample: CropSample
    """Of the data's images: a variant is tried on it."""
    training: CropSample | None
    """The demo's training images; None where weights are loaded."""
    choices: Choices
    observer: Observer

    @classmethod
    def of(cls, request: Request, choices: Choices, observer: Observer) -> Self:
        """Make ready to prepare the variants of `request`."""
        train, workers = request.train_source, request.settings.workers
        training = None if train is None else CropSample(train, workers)
        return cls(request, CropSample(request.source, workers), training, choices, observer)

    def prepare(self, variant: Variant) -> Candidate | Absent:
        """Return `variant` ready for the pass, or why it cannot take part.

        Raises ModelDoesNotFitError where the device has no room for it beside what is there already.
        """
        try:
            return self._found(variant)
        except ModelDoesNotFitError:
            raise  # without the others it may fit
        except EvaluationError as error:
            return Absent(variant, NO_WEIGHTS, str(error), is_failure=True)

    def _found(self, variant: Variant) -> Candidate | Absent:
        if self.training is not None:
            return self._with_probe(variant, self.training)
        request = self.request
        self.observer.stage(f"{variant.title}: loading weights")
        loaded = resolve_weights(
            variant,
            named=request.weights.get(variant.key),
            folder=request.weights_folder,
            cache=request.cache,
            observer=self.observer,
        )
        if loaded is None and not variant.brings_weights:
            reason = variant.weights_note or f"No weights of {variant.title} are known: name some with --weights."
            return Absent(variant, NO_WEIGHTS, reason, is_failure=False)
        return contained(partial(self._filled, variant, loaded), request.model_seconds)

    def _filled(self, variant: Variant, loaded: ResolvedWeights | None) -> Candidate:
        """Build the model, and give it its weights."""
        request = self.request
        build = partial(variant.build, len(request.dataset.classes))
        if loaded is None:
            model = build()
            own = Weights(WeightsStatus.LOCAL, uri=variant.key, sha256=state_sha256(model))
            return self._ready(variant, model, own)
        # A model that brings weights of its own may look at them while it is built.
        model = build() if variant.brings_weights else build_unfilled(build)
        dataset = request.dataset
        weights = fit_weights(model, loaded, classes=len(dataset.classes), dataset_title=dataset.title)
        return self._ready(variant, model, weights)

    def _with_probe(self, variant: Variant, training: CropSample) -> Candidate:
        """Fit the demo's head: a seeded random backbone, and ridge regression on the train split's features."""
        images, labels = training.whole(variant.recipe)
        self.observer.stage(f"{variant.title}: fitting the demo's head on {len(images)} images")
        if len(images) < len(training.source.items):
            raise EvaluationError("some of the demo's training images are damaged: run `pwc-bench prune --cache`")
        return contained(partial(self._probed, variant, images, labels), self.request.model_seconds)

    def _probed(self, variant: Variant, images: torch.Tensor, labels: torch.Tensor) -> Candidate:
        classes = len(self.request.dataset.classes)
        model = seeded_backbone(variant, classes)
        parts = (normalised(part, variant.recipe, "cpu") for part in torch.split(images, PROBE_BATCH))
        weight, bias = fit_head(torch.cat([features_of(model, part) for part in parts]), labels, classes)
        set_head(model, weight, bias)
        sha256 = head_sha256(weight, bias)
        weights = Weights(WeightsStatus.PROBE, uri="seeded random backbone, ridge head", sha256=sha256)
        return self._ready(variant, model, weights)

    def _ready(self, variant: Variant, model: nn.Module, weights: Weights) -> Candidate:
        """Choose the implementation by the data's first images, deploy it, and see what a lower precision changes."""
        settings, recipe, sample, observer = self.request.settings, variant.recipe, self.sample, self.observer
        flips = _Flips.before(model, variant, sample, settings, observer) if is_below_fp32(settings) else None

        def first_images() -> torch.Tensor:
            return normalised(sample.first(recipe), recipe, settings.device)

        chosen = choose_implementation(variant, model, settings, first_images, "the first images of the data", observer)
        checks: dict[str, Json] = {} if chosen.check is None else {"fused": chosen.check}
        if chosen.name == FUSED and (kernels := settle_kernels(variant, chosen.model, settings, self.choices)):
            checks["kernel"] = kernels
        logits = deploy(chosen.model, settings, len(self.request.dataset.classes))
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
            wanted = contained(lambda: reference_classes(model.eval().to(settings.device), batch))
            return cls(settings, batch, labels, wanted)
        except EvaluationError:
            return None

    def after(self, logits: Callable[[torch.Tensor], torch.Tensor]) -> Mapping[str, Json]:
        """Ask the deployed model, and return what the record says."""
        try:
            found = contained(lambda: best_classes(logits, self.batch, self.settings.batch_size))
        except EvaluationError as error:
            return {"images": 0, "error": str(error)}
        return flip_facts(self.settings, self.wanted, found, self.labels)
