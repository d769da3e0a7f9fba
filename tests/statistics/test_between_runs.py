"""Runs against runs: Student's test on the logarithms of their levels, and what loss it could see."""

import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from pwc_bench.statistics import shift_between_runs

LEVELS = st.lists(st.floats(1.0, 1_000.0), min_size=3, max_size=10)


@given(LEVELS, st.lists(st.floats(1.0, 1_000.0), min_size=1, max_size=5))
def test_from_three_runs_on_it_is_students_test(first: list[float], second: list[float]) -> None:
    """With the drift pooled over both sides, as scipy's test on the logarithms has it."""
    found = shift_between_runs(first, second, 0.1)
    assert found.ratio == pytest.approx(math.exp(np.log(second).mean() - np.log(first).mean()))
    assert found.degrees == len(first) + len(second) - 2
    if len(set(first)) > 1 and found.drift > 1e-6:
        # scipy pools a side of one run as it should: it has no spread of its own.
        expected = scipy.stats.ttest_ind_from_stats(
            np.log(second).mean(), np.std(np.log(second), ddof=1) if len(second) > 1 else 0.0, len(second),
            np.log(first).mean(), np.std(np.log(first), ddof=1), len(first),
        )  # fmt: skip
        assert found.p_value == pytest.approx(float(expected.pvalue), abs=1e-9)


def test_with_fewer_runs_the_stated_drift_holds() -> None:
    """One run against one at 10 % of drift: a tenth slower is half a standard deviation, a half is five."""
    tenth, half = (shift_between_runs([100.0], [level], 0.1) for level in (90.0, 50.0))
    assert tenth.degrees is None
    assert tenth.p_value == pytest.approx(2 * scipy.stats.norm.sf(math.log(100 / 90) / (0.1 * math.sqrt(2))))
    assert half.p_value < 1e-5


def test_a_candidate_that_drifts_more_than_is_stated_is_believed() -> None:
    """Its own runs lie 30 % apart, so that 1 % is not what the machine does."""
    assert shift_between_runs([100.0], [70.0, 100.0], 0.01).drift == pytest.approx(np.std(np.log([70, 100]), ddof=1))


def test_runs_that_are_equal_to_the_last_digit_tell_any_change() -> None:
    """No drift at all, or none that is stated."""
    assert shift_between_runs([5.0] * 3, [5.0], 0.1).p_value == 1.0
    assert shift_between_runs([5.0] * 3, [5.1], 0.1).p_value == 0.0
    assert shift_between_runs([5.0], [5.1], 0.0).p_value == 0.0


def test_the_visible_loss_is_found_nearly_always() -> None:
    """At a loss of that size 95 of 100 simulated checks are significant, and at half of it far fewer."""
    generator = np.random.default_rng(3)

    def found(loss: float) -> float:
        old, new = generator.normal(0.0, 0.01, (4_000, 5)), generator.normal(math.log(1.0 - loss), 0.01, (4_000, 3))
        return float(np.mean(scipy.stats.ttest_ind(old, new, axis=1).pvalue < 0.01))

    quiet = np.exp(np.random.default_rng(4).normal(0.0, 0.01, 400))
    drift = shift_between_runs(quiet, quiet, 0.1).drift
    levels = np.exp(drift * np.array([-1.0, 0.0, 1.0, 0.0, 0.0]) * math.sqrt(3.0))
    shift = shift_between_runs(levels, [1.0, 1.0, 1.0], 0.1)
    assert shift.drift == pytest.approx(0.01, rel=0.1)
    loss = shift.visible_loss(0.01)
    assert 0.93 < found(loss) < 0.99
    assert found(loss / 2.0) < 0.7


@pytest.mark.parametrize(("first", "second"), [([], [1.0]), ([1.0], []), ([0.0], [1.0]), ([1.0], [float("nan")])])
def test_what_is_no_level_is_refused(first: list[float], second: list[float]) -> None:
    """There is nothing to compare."""
    with pytest.raises(ValueError, match="positive levels"):
        shift_between_runs(first, second, 0.1)


@pytest.mark.parametrize("significance", [0.01, 0.2])
def test_the_visible_loss_follows_from_both_quantiles(significance: float) -> None:
    """(z of the significance + z of 95 %) standard deviations on the scale of logarithms; Student's t if estimated."""
    assumed = shift_between_runs([100.0], [100.0], 0.1)
    z = scipy.stats.norm.isf(significance / 2) + scipy.stats.norm.ppf(0.95)
    assert assumed.spread == pytest.approx(0.1 * math.sqrt(2))
    assert assumed.visible_loss(significance) == pytest.approx(1.0 - math.exp(-z * 0.1 * math.sqrt(2)))
    levels = [100.0, 102.0, 98.0, 101.0]
    found = shift_between_runs(levels, [99.0, 100.0], 0.1)
    deviations = [np.log(side) - np.log(side).mean() for side in (levels, [99.0, 100.0])]
    drift = math.sqrt(sum(float((each**2).sum()) for each in deviations) / 4)
    assert found.degrees == 4
    assert found.drift == pytest.approx(drift)
    assert found.spread == pytest.approx(drift * math.sqrt(1 / 4 + 1 / 2))
    t = scipy.stats.t.isf(significance / 2, 4) + scipy.stats.t.ppf(0.95, 4)
    assert found.visible_loss(significance) == pytest.approx(1.0 - math.exp(-t * found.spread))


def test_three_runs_speak_for_themselves_and_two_do_not() -> None:
    """Two runs that agree are no proof that the machine does not drift."""
    assert shift_between_runs([100.0, 100.1], [100.0], 0.1).degrees is None
    assert shift_between_runs([100.0, 100.1], [100.0], 0.1).drift == 0.1
    assert shift_between_runs([100.0, 100.1, 100.2], [100.0], 0.1).degrees == 2
    assert shift_between_runs([0.01, 0.011, 0.012], [0.01], 0.1).ratio < 1.0  # half a millisecond is a level too


def test_levels_in_the_same_place_cannot_be_told_apart() -> None:
    """The p-value of no shift is 1, whichever test it is."""
    assert shift_between_runs([100.0], [100.0], 0.1).p_value == 1.0
    assert shift_between_runs([99.0, 100.0, 101.0], [99.0, 100.0, 101.0], 0.1).p_value == pytest.approx(1.0)


@pytest.mark.parametrize("level", [-1.0, math.inf])
def test_a_level_is_positive_and_finite_on_either_side(level: float) -> None:
    """Also where the other runs are sound."""
    for first, second in (([1.0, level], [1.0]), ([1.0], [1.0, level])):
        with pytest.raises(ValueError, match="a shift needs positive levels, at least one a side"):
            shift_between_runs(first, second, 0.1)
