"""Numbers as text."""

import pytest

from pwc_bench.claims.numbers import (
    Number,
    aligned,
    interval_text,
    measured_number,
    printed_number,
    signed_text,
)
from tests.example_archive import METRICS
from tests.factories import make_claim


def test_a_measured_number_is_shown_as_its_metric_wants_it() -> None:
    """Scaled to the display unit, and sorted by the same number."""
    assert measured_number(METRICS["parameters"], 27_777_000) == Number("27.78", "27.777")


def test_a_claim_keeps_its_digits() -> None:
    """The claim "30" does not become "30.0", and what is no number sorts as a missing one."""
    assert printed_number(make_claim(value="30")) == Number("30", "30")
    assert printed_number(make_claim(value="about 5")) == Number("about 5", "")


def test_an_interval_is_written_in_the_display_unit() -> None:
    """With an en dash; none stays none."""
    assert interval_text(METRICS["top1"], (80.9, 81.6)) == "80.90\N{EN DASH}81.60"
    assert interval_text(METRICS["top1"], None) is None


@pytest.mark.parametrize(
    ("value", "text"), [(0.357, "+0.36"), (-1.0, "\N{MINUS SIGN}1.00"), (0.001, "±0.00"), (-0.001, "±0.00")]
)
def test_a_difference_has_its_sign(value: float, text: str) -> None:
    """Nothing is neither plus nor minus."""
    assert signed_text(value, 2) == text


def test_decimal_points_stand_below_each_other() -> None:
    """Shorter numbers are followed by the invisible rest of the longest."""
    numbers = [Number("5.4", "5.4"), Number("30", "30"), None, Number("1.25", "1.25")]
    assert [number and number.ghost for number in aligned(numbers)] == ["0", ".00", None, ""]
