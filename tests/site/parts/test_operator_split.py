"""The split of a cost by operator."""

import pytest

from pwc_bench.core.measurement import Json, Measurement
from pwc_bench.site.parts.measurements import operator_split


def test_the_costliest_operator_comes_first_and_shares_add_up() -> None:
    """Amounts, shares and bar widths are text."""
    measurement = Measurement(
        10.0, "GFLOPs", details={"operators": {"conv": 0.0001, "linear": 8.0, "matmul": 2.0, "dot": 0.0}}
    )
    split = operator_split(measurement)
    assert split is not None
    assert split.heading == "GFLOPs"
    assert [(line.name, line.amount, line.share, line.bar_width) for line in split.lines] == [
        ("linear", "8", "80.0 %", "80.0"),
        ("matmul", "2", "20.0 %", "20.0"),
        ("conv", "0.0001", "< 0.1 %", "0.0"),
        ("dot", "0.000", "0.0 %", "0.0"),
    ]


def test_operators_that_were_skipped_are_named_with_their_number() -> None:
    """A mapping holds counts, a list only names."""
    operators = {"linear": 1.0}
    counted = operator_split(Measurement(1, "", details={"operators": operators, "skipped": {"softmax": 12, "sum": 1}}))
    named = operator_split(Measurement(1, "", details={"operators": operators, "skipped": ["gelu"]}))
    assert counted is not None
    assert named is not None
    assert counted.heading == "Count"
    assert counted.skipped == ("softmax (12 times)", "sum (once)")
    assert named.skipped == ("gelu",)


@pytest.mark.parametrize("operators", [None, {}, "linear", 3, {"linear": "much"}])
def test_details_of_another_form_hold_no_split(operators: Json) -> None:
    """A record of another tool does not break a page."""
    assert operator_split(Measurement(1, "", details={"operators": operators})) is None


def test_a_total_of_nothing_has_no_shares() -> None:
    """No division by zero."""
    split = operator_split(Measurement(0, "", details={"operators": {"a": 0}}))
    assert split is not None
    assert split.lines[0].share == "0.0 %"
