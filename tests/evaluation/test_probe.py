"""The linear probe: closed form, deterministic, and sensible as probabilities."""

import math

import pytest
import timm
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, one_hot

from pwc_bench.core.errors import EvaluationError
from pwc_bench.core.variant import Recipe, Variant
from pwc_bench.evaluation.prepare import features_of, fit_head, head_sha256, seed_of, seeded_backbone, set_head


def _convit(classes: int, *, pool: str = "token") -> nn.Module:
    model: nn.Module = timm.models.convit.ConVit(
        img_size=32, depth=2, num_heads=2, embed_dim=8, local_up_to_layer=1, num_classes=classes, global_pool=pool
    )
    return model.eval()


VARIANT = Variant(key="tiny", title="Tiny", family="tiny", build=_convit, recipe=Recipe(key="r"))


def _clusters(*, n: int, d: int, classes: int = 4, noise: float = 0.3) -> tuple[Tensor, Tensor]:
    """Features around one centre a class, far from zero and on very different scales."""
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(n) % classes
    centres = torch.randn(classes, d, generator=generator)
    features = centres[labels] + noise * torch.randn(n, d, generator=generator)
    return features * torch.logspace(-3, 2, d) + 5, labels


@pytest.mark.parametrize(("n", "d"), [(24, 60), (60, 12), (24, 24)], ids=["dual", "primal", "square"])
def test_the_closed_form_is_the_minimum(n: int, d: int) -> None:
    """The fitted head is the ridge solution on standardised features, up to the softmax scale, in both forms."""
    features, labels = _clusters(n=n, d=d)
    weight, bias = fit_head(features, labels, 4, ridge=0.05)
    x, y = features.double(), one_hot(labels, 4).double()
    z = (x - x.mean(0)) / x.std(0, correction=0)
    centre = y.mean(0)
    direct = torch.linalg.solve(z.T @ z + 0.05 * d * torch.eye(d, dtype=torch.float64), z.T @ (y - centre))
    expected = z @ direct + centre
    scores = x @ weight.double().T + bias.double()
    scale = float((scores * expected).sum() / (expected * expected).sum())
    assert math.log2(scale) == pytest.approx(round(math.log2(scale)), abs=1e-3)
    torch.testing.assert_close(scores / scale, expected, rtol=1e-3, atol=1e-3)


def test_the_scale_maximises_the_leave_one_out_likelihood() -> None:
    """Fitting n times without one image each gives the very scores from which the scale is chosen."""
    features, labels = _clusters(n=16, d=5, noise=1.0)
    weight, bias = fit_head(features, labels, 4, ridge=0.1)
    x, y = features.double(), one_hot(labels, 4).double()
    z = (x - x.mean(0)) / x.std(0, correction=0)
    left_out = []
    for i in range(16):
        rest = [j for j in range(16) if j != i]
        mean, centre = z[rest].mean(0), y[rest].mean(0)
        zc = z[rest] - mean
        solved = torch.linalg.solve(zc.T @ zc + 0.1 * 5 * torch.eye(5, dtype=torch.float64), zc.T @ (y[rest] - centre))
        left_out.append((z[i] - mean) @ solved + centre)
    scores = torch.stack(left_out)
    best = min(range(-4, 11), key=lambda power: float(cross_entropy(scores * 2.0**power, labels)))
    unit = torch.linalg.solve(z.T @ z + 0.5 * torch.eye(5, dtype=torch.float64), z.T @ (y - y.mean(0)))
    torch.testing.assert_close(weight.double(), (unit.T / x.std(0, correction=0)) * 2.0**best, rtol=1e-4, atol=1e-4)
    assert bias.dtype is torch.float32


def test_separable_classes_are_told_apart_with_confidence() -> None:
    """On features that tell the classes apart, new images are right, and the softmax is neither flat nor wild."""
    features, labels = _clusters(n=80, d=20)
    weight, bias = fit_head(features[:40], labels[:40], 4)
    logits = features[40:] @ weight.T + bias
    assert (logits.argmax(1) == labels[40:]).float().mean() > 0.95
    assert cross_entropy(logits, labels[40:]) < 0.3


def test_noise_gets_an_honest_softmax() -> None:
    """On features that say nothing, the likelihood is about that of a guess."""
    generator = torch.Generator().manual_seed(1)
    features, labels = torch.randn(64, 30, generator=generator), torch.arange(64) % 8
    weight, bias = fit_head(features, labels, 8)
    fresh = torch.randn(64, 30, generator=generator)
    assert cross_entropy(fresh @ weight.T + bias, labels) < math.log(8) * 1.3


def test_features_that_do_not_vary_get_no_weight() -> None:
    """A constant feature, and all of them constant, are no division by zero."""
    features, labels = _clusters(n=24, d=6)
    features[:, 2] = 7.0
    weight, bias = fit_head(features, labels, 4)
    assert torch.equal(weight[:, 2], torch.zeros(4))
    assert torch.isfinite(weight).all()
    flat, even = fit_head(torch.ones(8, 3), torch.arange(8) % 4, 4)
    assert torch.equal(flat, torch.zeros(4, 3))
    assert torch.equal(even, even[:1].expand(4))
    assert torch.isfinite(bias).all()


def test_fitting_twice_gives_the_same_bits() -> None:
    """The closed form has no randomness; the hash tells two heads apart."""
    features, labels = _clusters(n=24, d=60)
    one, two = fit_head(features, labels, 4), fit_head(features.clone(), labels, 4)
    other = fit_head(features, labels, 4, ridge=1.0)
    assert head_sha256(*one) == head_sha256(*two)
    assert head_sha256(*one) != head_sha256(*other)
    assert len(head_sha256(*one)) == 64


def test_the_backbone_depends_on_the_seed_only() -> None:
    """The same key gives the same weights whatever torch drew before, and torch's own generator is left alone."""
    torch.manual_seed(5)
    before = torch.get_rng_state()
    one = seeded_backbone(VARIANT, 4)
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(6)
    two, other = seeded_backbone(VARIANT, 4), seeded_backbone(VARIANT, 4, seed=1)
    assert all(torch.equal(value, two.state_dict()[key]) for key, value in one.state_dict().items())
    assert not torch.equal(one.state_dict()["pos_embed"], other.state_dict()["pos_embed"])
    assert seed_of("convit-ti") != seed_of("convit-s")


def test_the_features_are_those_that_the_head_sees() -> None:
    """A head on the features gives what the whole model gives once the head is set."""
    model = seeded_backbone(VARIANT, 4)
    images = torch.rand(8, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    features = features_of(model, images)
    assert features.shape == (8, 16)
    weight, bias = fit_head(features, torch.arange(8) % 4, 4)
    set_head(model, weight, bias)
    with torch.inference_mode():
        torch.testing.assert_close(model(images), features @ weight.T + bias)


def test_a_distilled_model_gets_the_head_twice() -> None:
    """It averages two heads, and its features are the average of two tokens."""
    model = timm.create_model(
        "deit_tiny_distilled_patch16_224", img_size=32, depth=1, embed_dim=12, num_classes=4
    ).eval()
    images = torch.rand(8, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    features = features_of(model, images)
    weight, bias = fit_head(features, torch.arange(8) % 4, 4)
    set_head(model, weight, bias)
    with torch.inference_mode():
        torch.testing.assert_close(model(images), features @ weight.T + bias)


def test_models_without_timms_methods_are_refused() -> None:
    """The message says what the demo needs."""
    with pytest.raises(EvaluationError, match="Linear has no forward_features and forward_head"):
        features_of(nn.Linear(2, 2), torch.zeros(1, 2))
    with pytest.raises(EvaluationError, match="Linear has no linear classifier with a bias"):
        set_head(nn.Linear(2, 2), torch.zeros(2, 2), torch.zeros(2))
    with pytest.raises(EvaluationError, match=r"a head of shape \(4, 3\) does not fit ConVit, which takes \(4, 16\)"):
        set_head(_convit(4), torch.zeros(4, 3), torch.zeros(4))
    with pytest.raises(EvaluationError, match="features of ConVit before its head are not one vector an image"):
        features_of(_convit(4, pool=""), torch.zeros(2, 3, 32, 32))


@pytest.mark.parametrize(
    ("features", "labels", "message"),
    [
        (torch.zeros(1, 3), torch.zeros(1, dtype=torch.int64), "at least two images and a label each, got 1 and 1"),
        (torch.zeros(3, 3), torch.zeros(2, dtype=torch.int64), "got 3 and 2"),
        (torch.zeros(2, 3), torch.tensor([0, 4]), "a label lies outside 0 … 3"),
        (torch.zeros(2, 3), torch.tensor([0, -1]), "a label lies outside 0 … 3"),
        (torch.full((2, 3), torch.nan), torch.tensor([0, 1]), "features are not finite"),
    ],
)
def test_what_cannot_be_fitted_is_refused(features: Tensor, labels: Tensor, message: str) -> None:
    """Too few images, labels out of range and broken features have clear errors."""
    with pytest.raises(EvaluationError, match=message):
        fit_head(features, labels, 4)
