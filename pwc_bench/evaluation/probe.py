"""The demo's linear probe: a seeded random backbone, and a head fitted in closed form on its features."""

import hashlib

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from pwc_bench.core.errors import EvaluationError
from pwc_bench.core.variant import Variant

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
