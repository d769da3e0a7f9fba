"""Bringing a variant and its weights together for a pass."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Self

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from pwc_bench.core.errors import EvaluationError
from pwc_bench.core.instruments import Settings
from pwc_bench.core.measurement import Json
from pwc_bench.core.observer import Observer
from pwc_bench.core.record import Weights, WeightsStatus
from pwc_bench.core.variant import Variant
from pwc_bench.evaluation.candidate import FUSED, Absent, Candidate, Ran
from pwc_bench.evaluation.deploy import ModelDoesNotFitError, deploy
from pwc_bench.evaluation.implementation import (
    best_classes,
    choose_implementation,
    flip_facts,
    is_below_fp32,
    reference_classes,
    settle_kernels,
)
from pwc_bench.evaluation.request import Choices, Request
from pwc_bench.evaluation.sample import CropSample, normalised
from pwc_bench.evaluation.weights import ResolvedWeights, build_unfilled, fit_weights, resolve_weights, state_sha256
from pwc_bench.isolation import contained

RIDGE = 0.01
"""The penalty on the head, as a fraction of the features' mean squared norm: the same for wide and narrow models."""

_LOG2_SCALES = range(-4, 11)
"""The scales of the logits among which the leave-one-out likelihood chooses, as powers of two."""


def seed_of(variant_key: str) -> int:
    """Return the seed of a variant's random backbone: it follows from the key alone."""
    return int.from_bytes(hashlib.sha256(variant_key.encode()).digest()[:4], "big")


def seeded_backbone(variant: Variant, classes: int, *, seed: int | None = None) -> nn.Module:
    """Return a new model of `variant` for `classes` classes whose random weights depend on the seed only.

    The seed is that of the variant's key unless one is given. torch's own generator is left as it was.
    """
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed_of(variant.key) if seed is None else seed)
        model: nn.Module = variant.build(classes)
    return model


def features_of(model: nn.Module, images: Tensor) -> Tensor:
    """Return the features before the classifier, of shape (n, d), for normalised images of shape (n, 3, side, side).

    Raises EvaluationError for a model without timm's `forward_features` and `forward_head`, or whose features before
    the head are not one vector an image.
    """
    forward_features, forward_head = (getattr(model, name, None) for name in ("forward_features", "forward_head"))
    if forward_features is None or forward_head is None:
        raise EvaluationError(
            f"{type(model).__name__} has no forward_features and forward_head, so the demo cannot fit a head to it: "
            "give it timm's two methods, or name real images with --data"
        )
    with torch.inference_mode():
        features = forward_head(forward_features(images), pre_logits=True)
    if not isinstance(features, Tensor) or features.dim() != 2 or len(features) != len(images):
        raise EvaluationError(f"the features of {type(model).__name__} before its head are not one vector an image")
    return features.clone()


def fit_head(features: Tensor, labels: Tensor, classes: int, ridge: float = RIDGE) -> tuple[Tensor, Tensor]:
    """Fit a linear classifier in closed form; return its weight (classes, d) and bias (classes,), float32 on the CPU.

    Ridge regression of the one-hot labels on the standardised features, with a free intercept, in float64; features
    that do not vary get weight 0. The standardisation is folded into weight and bias. Regression scores lie about 0
    and 1, far too close for a softmax, so weight and bias are multiplied by the power of two under which the train
    images' own leave-one-out scores (closed form too) have the highest likelihood; this changes no ranking.

    `features` has shape (n, d), `labels` shape (n,) with values in [0, classes). Raises EvaluationError for fewer than
    two images, for labels out of range and for features that are not finite.
    """
    x, y = _checked(features, labels, classes)
    n = len(x)
    mean, deviation = x.mean(dim=0), x.std(dim=0, correction=0)
    varies = deviation > 1e-9 * deviation.max().clamp_min(1e-300)
    inverse = torch.where(varies, 1 / torch.where(varies, deviation, 1.0), 0.0)
    z = (x - mean) * inverse
    centre = y.mean(dim=0)
    coefficients, leverage = _solve(z, y - centre, penalty=ridge * max(int(varies.sum()), 1))

    residuals = y - centre - z @ coefficients
    # Leaving image i out changes its residual by 1 / (1 - h_i); the intercept has leverage 1/n on every image.
    left_out = y - residuals / (1 - leverage - 1 / n).clamp_min(1e-6).unsqueeze(1)
    scale = _best_scale(left_out, labels.to("cpu", torch.int64))
    weight = (coefficients * inverse.unsqueeze(1)).T * scale
    bias = centre * scale - weight @ mean
    return weight.to(torch.float32).contiguous(), bias.to(torch.float32)


def set_head(model: nn.Module, weight: Tensor, bias: Tensor) -> None:
    """Copy a fitted head into the model's classifier (both of them where a distilled model averages two).

    Raises EvaluationError where the classifier is not a linear layer of that shape with a bias.
    """
    get_classifier = getattr(model, "get_classifier", None)
    found = None if get_classifier is None else get_classifier()
    heads = found if isinstance(found, tuple | list) and found else (found,)
    for head in heads:
        if not isinstance(head, nn.Linear) or head.bias is None:
            raise EvaluationError(
                f"{type(model).__name__} has no linear classifier with a bias, so the demo cannot fit a head to it"
            )
        if head.weight.shape != weight.shape or head.bias.shape != bias.shape:
            have, want = tuple(weight.shape), tuple(head.weight.shape)
            raise EvaluationError(f"a head of shape {have} does not fit {type(model).__name__}, which takes {want}")
        with torch.no_grad():
            head.weight.copy_(weight)
            head.bias.copy_(bias)


def head_sha256(weight: Tensor, bias: Tensor) -> str:
    """Return the SHA-256 of a head's values as little-endian float32, weight first, as 64 hexadecimal digits."""
    digest = hashlib.sha256()
    for tensor in (weight, bias):
        digest.update(tensor.detach().to("cpu", torch.float32).contiguous().numpy().astype("<f4").tobytes())
    return digest.hexdigest()


def _checked(features: Tensor, labels: Tensor, classes: int) -> tuple[Tensor, Tensor]:
    """Return the features in float64 and the labels one-hot in float64."""
    n = len(features)
    if n < 2 or labels.shape != (n,):
        raise EvaluationError(f"a head needs at least two images and a label each, got {n} and {labels.numel()}")
    if int(labels.min()) < 0 or int(labels.max()) >= classes:
        raise EvaluationError(f"a label lies outside 0 … {classes - 1}")
    x = features.detach().to("cpu", torch.float64)
    if not bool(torch.isfinite(x).all()):
        raise EvaluationError("the backbone's features are not finite, so no head can be fitted to them")
    return x, one_hot(labels.to("cpu", torch.int64), classes).to(torch.float64)


def _solve(z: Tensor, targets: Tensor, *, penalty: float) -> tuple[Tensor, Tensor]:
    """Solve the ridge regression in the smaller of its two forms; return coefficients (d, c) and leverages (n,)."""
    n, d = z.shape
    if n < d:
        kernel = z @ z.T
        dual = torch.linalg.solve(kernel + penalty * torch.eye(n, dtype=z.dtype), torch.cat((targets, kernel), dim=1))
        return z.T @ dual[:, :-n], dual[:, -n:].diagonal()
    spread = torch.linalg.solve(z.T @ z + penalty * torch.eye(d, dtype=z.dtype), z.T)
    return spread @ targets, (z * spread.T).sum(dim=1)


def _best_scale(scores: Tensor, labels: Tensor) -> float:
    """Return the power of two by which scores are multiplied for the highest likelihood of `labels`."""
    losses = [float(nn.functional.cross_entropy(scores * 2.0**power, labels)) for power in _LOG2_SCALES]
    return float(2.0 ** _LOG2_SCALES[min(range(len(losses)), key=losses.__getitem__)])


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
