"""Steps in a series: found where they are, and seldom where there are none."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
import scipy.stats

from pwc_bench.statistics.steps import (
    LEAST_POINTS,
    Step,
    _memory,
    _noise,
    _p_of_drift,
    _p_of_level,
    _p_of_memory,
    _scores,
    _stands_out,
    _tamed,
    _wandering_noise,
    exact_steps,
    noisy_steps,
)

Noise = Callable[[int, np.random.Generator], npt.NDArray[np.float64]]
_CV = 0.02


def _plain(count: int, random: np.random.Generator) -> npt.NDArray[np.float64]:
    return random.normal(0, _CV, count)


def _heavy(count: int, random: np.random.Generator) -> npt.NDArray[np.float64]:
    return np.asarray(random.standard_t(3, count) * _CV)


def _outliers(count: int, random: np.random.Generator) -> npt.NDArray[np.float64]:
    """One campaign in twenty is 10 to 40 % off."""
    is_out = random.random(count) < 0.05
    far = random.choice([-1, 1], count) * random.uniform(0.1, 0.4, count)
    return np.asarray(_plain(count, random) + is_out * far)


def _drift(count: int, random: np.random.Generator) -> npt.NDArray[np.float64]:
    """The level moves by twice the noise from the first campaign to the last."""
    return np.asarray(_plain(count, random) + np.linspace(0, 2 * _CV, count) * random.choice([-1, 1]))


@pytest.mark.parametrize("noise", [_plain, _heavy, _outliers, _drift])
@pytest.mark.parametrize("count", [12, 30])
def test_noise_is_seldom_marked(noise: Noise, count: int) -> None:
    """Of 400 series without a step fewer than 2 in 100 get a mark: plain, heavy-tailed, with outliers, drifting."""
    random = np.random.default_rng(20)
    marked = sum(bool(noisy_steps(1000 * (1 + noise(count, random)))) for _ in range(400))
    assert marked < 8


def _wandering(memory: float) -> Noise:
    """Noise whose neighbours correlate by `memory` (first-order autoregression)."""

    def draw(count: int, random: np.random.Generator) -> npt.NDArray[np.float64]:
        noise = random.normal(0, _CV, count)
        for place in range(1, count):
            noise[place] = memory * noise[place - 1] + np.sqrt(1 - memory**2) * noise[place]
        return noise

    return draw


@pytest.mark.parametrize("memory", [0.3, 0.6])
@pytest.mark.parametrize("count", [20, 40, 80])
def test_noise_that_wanders_is_seldom_marked(memory: float, count: int) -> None:
    """Fewer than 3 in 100 series get a mark (200 series; 10 is what 3 % exceeds once in thirty times)."""
    random = np.random.default_rng(27)
    marked = sum(bool(noisy_steps(1000 * (1 + _wandering(memory)(count, random)))) for _ in range(200))
    assert marked <= 10


@pytest.mark.parametrize(("memory", "effect", "least"), [(0.0, 0.05, 60), (0.6, 0.1, 70)])
def test_a_step_is_found_in_noise(memory: float, effect: float, least: int) -> None:
    """Of 40 points: 5 % in 2 % of noise in 60 of 100 series; noise that wanders by 0.6 takes a greater step."""
    random, found = np.random.default_rng(28), 0
    for _ in range(100):
        series = 1000 * (1 + _wandering(memory)(40, random))
        series[20:] *= 1 - effect
        found += any(abs(step.index - 20) <= 3 for step in noisy_steps(series))
    assert found >= least


@pytest.mark.parametrize(("count", "place"), [(20, 10), (20, 16), (40, 36)])
def test_a_clear_step_is_found_within_one_campaign(count: int, place: int) -> None:
    """10 % at 2 % noise, also four campaigns before the end: in at least 90 of 100 series."""
    random = np.random.default_rng(21)
    found = 0
    for _ in range(100):
        series = 1000 * (1 + _plain(count, random))
        series[place:] *= 0.9
        found += any(abs(step.index - place) <= 1 for step in noisy_steps(series))
    assert found >= 90


def test_a_step_tells_both_levels() -> None:
    """The medians of what is before and after, up to the next step; outliers do not move them."""
    random = np.random.default_rng(22)
    series = np.concatenate([random.normal(level, 5, 15) for level in (1000, 900, 1100)])
    series[4], series[20] = 400, 2000
    first, second = noisy_steps(series)
    assert (first.index, second.index) == (15, 30)
    assert first.before == pytest.approx(1000, rel=0.01)
    assert first.after == second.before == pytest.approx(900, rel=0.01)
    assert second.after == pytest.approx(1100, rel=0.01)
    assert first.p_value is not None
    assert 0 < first.p_value < 0.01


def test_the_clearest_split_agrees_with_scipy() -> None:
    """The statistic of each split is the two-sample t of scipy."""
    series = 1000 * (1 + _plain(20, np.random.default_rng(23)))
    expected = [abs(scipy.stats.ttest_ind(series[:place], series[place:]).statistic) for place in range(3, 18)]
    assert _scores(series) == pytest.approx(expected, rel=1e-9)


def test_the_p_value_agrees_with_a_plain_loop() -> None:
    """Shuffle, take the largest t of all splits, count: without scipy's permutations, and with other random numbers."""
    random = np.random.default_rng(23)
    series = 1000 * (1 + _plain(10, random))
    series[5:] *= 0.95
    clearest, times = _largest_t(series), 1_000
    as_clear = sum(_largest_t(random.permutation(series)) >= clearest for _ in range(times))
    assert _p_of_level(series) == pytest.approx(as_clear / times, abs=0.015)
    assert 0.002 < as_clear / times < 0.5


def _largest_t(series: npt.NDArray[np.float64]) -> float:
    """Student's t of the clearest split, by its definition."""
    found = []
    for place in range(3, len(series) - 2):
        one, two = series[:place], series[place:]
        pooled = ((one - one.mean()) ** 2).sum() + ((two - two.mean()) ** 2).sum()
        error = np.sqrt(pooled / (len(series) - 2) * (1 / len(one) + 1 / len(two)))
        found.append(abs(one.mean() - two.mean()) / error)
    return float(max(found))


def test_a_steady_drift_is_no_step() -> None:
    """A machine that warms up over weeks did not break on one day."""
    random = np.random.default_rng(24)
    assert noisy_steps(1000 * (1 + _plain(30, random) / 4 + np.linspace(0, 0.2, 30))) == ()


def test_one_outlier_is_no_step_wherever_it_stands() -> None:
    """A level needs three campaigns."""
    for place in range(14):
        series = 1000 * (1 + _plain(14, np.random.default_rng(25)) / 10)
        series[place] = 500
        assert noisy_steps(series) == ()


def test_an_effect_below_the_least_one_is_not_marked() -> None:
    """A significant change of half a percent is of no interest, unless somebody asks for it."""
    series = np.concatenate([np.full(12, 1000.0), np.full(12, 995.0)]) + np.tile([0.1, -0.1, 0.2], 8)
    assert noisy_steps(series) == ()
    assert [step.index for step in noisy_steps(series, least_effect=0.001)] == [12]


@pytest.mark.parametrize("series", [[], [1.0], [5.0] * 40, [1.0] * (LEAST_POINTS - 4) + [2.0, 2.0, 2.0]])
def test_short_and_constant_series_have_no_step(series: list[float]) -> None:
    """With so little, or nothing, to see, nothing is marked."""
    assert noisy_steps(series) == ()


def test_a_step_without_any_noise_is_found() -> None:
    """A series of two constant levels has a step, and nothing is divided by the noise that it lacks."""
    (step,) = noisy_steps([3.0] * 8 + [2.0] * 8)
    assert (step.index, step.before, step.after) == (8, 3.0, 2.0)


def test_the_same_series_has_the_same_marks() -> None:
    """Permutations are drawn from a fixed seed: a site is built twice with the same bytes."""
    series = 1000 * (1 + _plain(20, np.random.default_rng(26)))
    series[9:] *= 1.1
    assert noisy_steps(series) == noisy_steps(series.tolist())


def test_any_change_of_an_exact_value_is_a_step() -> None:
    """Also one campaign that came back, and a change by the last bit."""
    assert exact_steps([5.0, 5.0, 6.0, 5.0]) == (Step(2, 5.0, 6.0, None), Step(3, 6.0, 5.0, None))
    assert exact_steps([1.0, 1.0000000000000002]) == (Step(1, 1.0, 1.0000000000000002, None),)
    assert exact_steps([]) == exact_steps([4.0]) == ()


def test_small_changes_of_an_exact_value_may_be_let_pass() -> None:
    """Within the tolerance of the present level; a slow slide is marked when it leaves it."""
    assert exact_steps([80.0, 80.04, 79.97], tolerance=0.05) == ()
    assert [step.index for step in exact_steps([80.0, 80.04, 80.08, 80.12], tolerance=0.05)] == [2]


@pytest.mark.parametrize("find", [noisy_steps, exact_steps])
def test_what_is_no_number_is_refused(find: Callable[[list[float]], tuple[Step, ...]]) -> None:
    """A gap is left out by the caller, and never a NaN."""
    with pytest.raises(ValueError, match=r"^a series of measurements holds finite numbers; gaps are left out$"):
        find([1.0, float("nan")])


def test_noise_is_told_from_neighbours() -> None:
    """Neighbours that lie 2 apart have a noise of 1.4826 x 2 / sqrt(2); of a normal series it is the deviation."""
    assert _noise(np.array([10.0, 12.0] * 6)) == pytest.approx(1.4826 * 2 / np.sqrt(2))
    plain = np.random.default_rng(31).normal(5.0, 0.3, 4_000)
    plain[2_000:] += 100.0
    assert _noise(plain) == pytest.approx(0.3, rel=0.05)


@pytest.mark.parametrize(("value", "tamed"), [(20.0, 20.0), (20.5, 12.0), (30.0, 12.0), (1.5, 10.0), (1.7, 1.7)])
def test_an_outlier_takes_the_median_of_its_neighbours(value: float, tamed: float) -> None:
    """Beyond 4 x 2.097 = 8.39 from the median of five; here 12 if it lies above its neighbours, 10 if below."""
    series = np.array([10.0, 12.0] * 8)
    series[6] = value
    if value < 10.0:
        series[5] = 10.0  # so that the five are 10, 10, it, 12, 10
    found = _tamed(series)
    assert found[6] == tamed
    assert np.array_equal(np.delete(found, 6), np.delete(series, 6))


def test_the_first_and_the_last_value_are_nobodys_outliers() -> None:
    """They have neighbours on one side only."""
    series = np.array([10.0, 12.0] * 8)
    series[[0, -1]] = (40.0, -40.0)
    assert np.array_equal(_tamed(series), series)


def test_a_jump_stands_out_of_the_noise_by_half_as_much_again() -> None:
    """Neighbours 2 apart make 1.5 x 2.097 = 3.14; only the five values on each side are looked at."""
    for jump, stands in ((3.0, False), (3.2, True), (-3.0, False), (-3.2, True)):
        series = np.array([10.0, 12.0] * 11)
        series[12:] += jump
        series[:7] = [500.0, 502.0, 500.0, 502.0, 500.0, 502.0, 500.0]
        series[17:] = [-700.0, -702.0, -700.0, -702.0, -700.0]
        series[11], series[12] = 12.0, 12.0 + jump
        series[7:12], series[12:17] = [12.0, 10.0, 12.0, 10.0, 12.0], np.array([12.0, 10.0, 12.0, 10.0, 12.0]) + jump
        assert _noise(series) == pytest.approx(1.4826 * 2 / np.sqrt(2))
        assert _stands_out(series, 12) is stands, jump


def _memory_by_hand(series: npt.NDArray[np.float64]) -> float:
    """The correlation of neighbours about both levels of the clearest split, in plain loops."""
    count = len(series)
    split = max(
        range(3, count - 2), key=lambda place: abs(scipy.stats.ttest_ind(series[:place], series[place:]).statistic)
    )
    left = [value - (series[:split] if place < split else series[split:]).mean() for place, value in enumerate(series)]
    products = sum(left[place] * left[place - 1] for place in range(1, count) if place != split)
    return float(products / sum(each**2 for each in left) * count / (count - 2))


@pytest.mark.parametrize("memory", [0.0, 0.5, 0.9])
def test_the_memory_of_a_series_is_that_about_its_levels(memory: float) -> None:
    """One pair of neighbours, across the step, does not count; the shape of many series at once is kept."""
    random = np.random.default_rng(32)
    several = np.stack([1000 * (1 + _wandering(memory)(24, random)) for _ in range(4)])
    several[:, 11:] += 80.0
    expected = [_memory_by_hand(series) for series in several]
    assert _memory(several) == pytest.approx(expected)
    assert float(_memory(several[0])) == pytest.approx(expected[0])
    assert float(_memory(np.array([1.0] * 5 + [2.0] * 5))) == 0.0


def test_simulated_noise_remembers_as_much_as_it_should() -> None:
    """Medians of both, as simulated by other means: the clearest split, and what a series shows of its memory."""
    known = _wandering_noise(20)
    assert known.clearest.shape == (10, 1_999)
    assert list(known.shown) == sorted(known.shown)
    random = np.random.default_rng(33)
    for row, memory in ((0, 0.0), (9, 0.9)):
        drawn = [_largest_t(_wandering(memory)(20, random)) for _ in range(100)]
        assert np.median(known.clearest[row]) == pytest.approx(np.median(drawn), rel=0.2), memory
        shown = [_memory_by_hand(_wandering(memory)(20, random)) for _ in range(40)]
        assert known.shown[row] == pytest.approx(np.median(shown), abs=0.15), memory


def test_a_clear_step_in_plain_noise_is_none_of_wandering() -> None:
    """No simulated series is as clear: 1 of 2,000; noise that wanders is explained, and so is none at all."""
    random = np.random.default_rng(34)
    series = 1000 * (1 + _plain(30, random))
    series[15:] *= 0.8
    assert _p_of_memory(series) == 1 / 2_000
    wandering = 1000 * (1 + _wandering(0.9)(30, random))
    assert _p_of_memory(wandering) > 0.05
    assert _p_of_memory(np.full(10, 5.0)) == 1.0


def _advantage(series: npt.NDArray[np.float64]) -> float:
    """How much better the best step fits than the best line: the ratio of what both leave over."""
    place = np.arange(len(series))
    line = np.polynomial.Polynomial.fit(place, series, 1)(place)
    by_step = min(
        ((series[:split] - series[:split].mean()) ** 2).sum() + ((series[split:] - series[split:].mean()) ** 2).sum()
        for split in range(3, len(series) - 2)
    )
    return float(((series - line) ** 2).sum() / by_step)


@pytest.mark.parametrize("seed", [35, 36, 37])
def test_the_p_value_of_a_drift_agrees_with_a_plain_loop(seed: int) -> None:
    """What a straight line leaves over is dealt out anew, and each time asked whether a step fits it so well."""
    random = np.random.default_rng(seed)
    series = 100.0 + random.normal(0.0, 1.0, 12) + np.linspace(0.0, 2.0, 12)
    series[6:] += 1.0
    place = np.arange(12)
    line = np.polynomial.Polynomial.fit(place, series, 1)(place)
    times, own = 600, _advantage(series)
    as_clear = sum(_advantage(line + random.permutation(series - line)) >= own - 1e-12 for _ in range(times))
    assert _p_of_drift(series) == pytest.approx(as_clear / times, abs=0.07)
    assert _p_of_drift(np.array([1.0] * 8 + [5.0] * 8) + random.normal(0.0, 0.1, 16)) < 0.005
    assert _p_of_drift(np.arange(16.0) / 4.0 + random.normal(0.0, 1.0, 16)) > 0.01


def test_a_level_holds_from_three_points_on() -> None:
    """At either end of a series: three campaigns are a level, two are outliers."""
    quiet = 1000 + np.tile([1.0, -1.0, 2.0, -2.0], 6)
    for held, found in ((3, True), (2, False)):
        late, early = quiet.copy(), quiet.copy()
        late[-held:] -= 200.0
        early[:held] -= 200.0
        assert [step.index for step in noisy_steps(late)] == ([24 - held] if found else [])
        assert [step.index for step in noisy_steps(early)] == ([held] if found else [])


def test_eight_points_may_tell_a_step_and_seven_may_not() -> None:
    """Whatever is asked for; at one in a hundred it takes more."""
    assert LEAST_POINTS == 8
    levels = [3.0] * 4 + [2.0] * 4
    assert [step.index for step in noisy_steps(levels, significance=0.2)] == [4]
    assert noisy_steps(levels) == noisy_steps(levels[1:], significance=1.0) == ()


def test_a_step_of_the_least_effect_counts() -> None:
    """A quarter down from 4 is 3, whether the level is above zero or below."""
    for sign in (1.0, -1.0):
        series = [sign * 4.0] * 8 + [sign * 3.0] * 8
        assert [step.index for step in noisy_steps(series, least_effect=0.25)] == [8]
        assert noisy_steps(series, least_effect=0.2501) == ()


def test_a_change_by_the_tolerance_itself_is_none() -> None:
    """Half is let pass, and no more, upwards and downwards."""
    assert exact_steps([1.0, 1.5, 0.5], tolerance=0.5) == ()
    assert exact_steps([1.0, 1.75], tolerance=0.5) == (Step(1, 1.0, 1.75, None),)
    assert exact_steps([1.0, 0.25, 0.25], tolerance=0.5) == (Step(1, 1.0, 0.25, None),)


def test_each_step_is_judged_between_its_neighbours() -> None:
    """Four levels have three steps, in order, each with its own p-value below what was asked."""
    random = np.random.default_rng(38)
    series = np.concatenate([random.normal(level, 4.0, 12) for level in (1000.0, 900.0, 1100.0, 1050.0)])
    steps = noisy_steps(series)
    assert [step.index for step in steps] == [12, 24, 36]
    assert [step.before for step in steps] == pytest.approx([1000.0, 900.0, 1100.0], rel=0.01)
    assert [step.after for step in steps] == pytest.approx([900.0, 1100.0, 1050.0], rel=0.01)
    assert all(step.p_value is not None and step.p_value < 0.01 for step in steps)
    assert [step.before for step in steps[1:]] == [step.after for step in steps[:-1]]
    assert noisy_steps(series, significance=0.0004) == ()


def test_a_shift_within_the_scatter_of_neighbours_is_no_step() -> None:
    """Neighbours 2 apart hide a jump of 1.5, however many points say that the level moved; not one of 6."""
    for jump, found in ((1.5, []), (6.0, [40])):
        series = 1_000.0 + np.array([0.0, 2.0] * 40)
        series[40:] += jump
        assert [step.index for step in noisy_steps(series, least_effect=0.0001)] == found
