"""Every interval that is shown holds the truth about as often as it says, by simulation with known truths."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from pwc_bench.statistics import (
    bootstrap_mean,
    bootstrap_median,
    bootstrap_statistic,
    least_for_quantile,
    paired_bootstrap,
    quantile_interval,
    reliability,
    wilson,
)
from pwc_bench.statistics.intervals import ratio_of_medians

Floats = npt.NDArray[np.float64]
Draw = Callable[[np.random.Generator, tuple[int, ...]], Floats]

TIMES = 200
LEAST = 180
"""95 % are 190, and chance moves that by 3.1 either way."""


def _normal(random: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    return random.normal(100.0, 3.0, shape)


def _skewed(random: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Rounds on a machine with neighbours: never faster than 97, sometimes much slower."""
    return 97.0 + random.exponential(3.0, shape)


NOISE = pytest.mark.parametrize("draw", [_normal, _skewed])


@pytest.mark.parametrize(("share", "images"), [(0.73, 50_000), (0.93, 1_000), (0.02, 200), (0.5, 20)])
def test_wilson_of_an_accuracy(share: float, images: int) -> None:
    """Top-1 and top-5, also of a few images and near the bounds."""
    hits = np.random.default_rng(1).binomial(images, share, TIMES)
    held = sum(low <= share <= high for low, high in (wilson(int(found), images) for found in hits))
    assert held >= LEAST


@pytest.mark.slow
@NOISE
@pytest.mark.parametrize("rounds", [10, 20])
def test_the_bootstrap_of_a_median_round(draw: Draw, rounds: int) -> None:
    """Throughput and MFU have 20 rounds, energy 10."""
    random = np.random.default_rng(2)
    truth = float(np.median(draw(random, (200_000,))))
    held = sum(low <= truth <= high for low, high in (bootstrap_median(draw(random, (rounds,))) for _ in range(TIMES)))
    assert held >= LEAST


@pytest.mark.slow
def test_the_bootstrap_of_a_mean_likelihood() -> None:
    """Of 500 images, most of which have next to none and a few very much."""
    random, truth = np.random.default_rng(3), float(np.exp(1.0))
    drawn = np.exp(random.normal(0.5, 1.0, (TIMES, 500)))
    held = sum(low <= truth <= high for low, high in map(bootstrap_mean, drawn))
    assert held >= LEAST


@pytest.mark.slow
def test_the_bootstrap_of_a_rate_over_a_pass() -> None:
    """End to end: the images of 50 spans over their seconds, drawn together; the last span is short."""
    random = np.random.default_rng(4)
    images = np.array([64.0] * 49 + [16.0])
    held = 0
    for _ in range(TIMES):
        seconds = images / 500.0 * random.lognormal(-0.02, 0.2, 50)
        low, high = bootstrap_statistic([images, seconds], lambda a, b: a.sum(axis=-1) / b.sum(axis=-1))
        held += low <= 500.0 <= high
    assert held >= LEAST


@pytest.mark.slow
@pytest.mark.parametrize(("images", "scale"), [(300, 0.1), (2_000, 0.02)])
def test_the_bootstrap_of_paired_differences(images: int, scale: float) -> None:
    """Two models' likelihoods of the same images, with long tails; the second row is drawn in groups."""
    drawn = 0.005 + scale * np.random.default_rng(5).standard_t(4, (TIMES, images))
    held = sum(low <= 0.005 <= high for low, high in map(paired_bootstrap, drawn))
    assert held >= LEAST


@NOISE
def test_the_bootstrap_of_a_ratio_of_speeds(draw: Draw) -> None:
    """20 rounds on each side."""
    random, held = np.random.default_rng(6), 0
    for _ in range(TIMES):
        low, high = ratio_of_medians(draw(random, (20,)), 2.0 * draw(random, (20,)))[1]
        held += low <= 0.5 <= high
    assert held >= LEAST


@NOISE
@pytest.mark.parametrize("resemblance", [0.0, 1.0, 3.0])
@pytest.mark.parametrize(("rounds", "forwards"), [(20, 5), (20, 10), (30, 20)])
@pytest.mark.parametrize("share", [0.5, 0.95, 0.99])
def test_order_statistics_of_a_latency(
    draw: Draw, resemblance: float, rounds: int, forwards: int, share: float
) -> None:
    """Every percentile that has an interval, also where the forwards of a round resemble each other."""
    random = np.random.default_rng(7)

    def all_forwards(rounds: int, forwards: int) -> Floats:
        return draw(random, (rounds, forwards)) + resemblance * random.normal(0.0, 1.0, (rounds, 1))

    truth = float(np.quantile(all_forwards(400_000, 1), share))
    found = [quantile_interval(all_forwards(rounds, forwards), share) for _ in range(TIMES)]
    there = [interval for interval in found if interval is not None]
    if rounds * forwards < least_for_quantile(share):
        assert there == []
        return
    assert resemblance > 0.0 or len(there) > 0.8 * TIMES
    assert sum(low <= truth <= high for low, high in there) >= LEAST / TIMES * len(there) - 2


@pytest.mark.parametrize("images", [20, 200, 2_000, 20_000])
@pytest.mark.parametrize(
    ("claimed", "true"),
    [
        (lambda u: u**0.25, lambda c: c),
        (lambda u: u, lambda c: c),
        (lambda u: 1.0 - 0.02 * u**3, lambda c: c),
        (lambda u: u**0.25, lambda c: c**1.15),
        (lambda u: u**0.25, lambda c: c**1.6),
        (lambda u: u, lambda c: np.clip(c + 0.05 * np.sin(12.0 * c), 0.0, 1.0)),
        (lambda u: 0.8 + 0.0 * u, lambda c: c - 0.2),
        (lambda u: 0.8 + 0.0 * u, lambda c: c - 0.01),
    ],
    ids=["calibrated", "calibrated-evenly", "calibrated-surely", "proud", "prouder", "wavy", "off", "hardly-off"],
)
def test_the_calibration_error(
    images: int, claimed: Callable[[Floats], Floats], true: Callable[[Floats], Floats]
) -> None:
    """`claimed` makes confidences of even numbers, `true` the accuracy at each: calibrated models and others."""
    random, times = np.random.default_rng(8), 100
    truth = _true_error(claimed((np.arange(1_000_000) + 0.5) / 1_000_000), true)
    held, errors, binned = 0, [], []
    for _ in range(times):
        confidence = claimed(random.random(images))
        found = reliability(confidence, random.random(images) < true(confidence), bins=15)
        low, high = found.interval
        assert low <= found.error <= high
        held += low <= truth + 1e-9 and truth - 1e-9 <= high
        errors.append(found.error)
        binned.append(found.binned)
    assert held >= 90
    assert abs(np.mean(errors) - truth) <= abs(np.mean(binned) - truth) + 0.01


def _true_error(confidence: Floats, true: Callable[[Floats], Floats]) -> float:
    place = np.clip(np.ceil(confidence * 15).astype(int) - 1, 0, 14)
    return float(np.abs(np.bincount(place, weights=true(confidence) - confidence)).sum() / confidence.size)
