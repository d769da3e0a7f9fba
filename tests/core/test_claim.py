"""A claim keeps the digits it was printed with."""

import math
from dataclasses import replace
from decimal import Decimal

import pytest

from pwc_bench.core.claim import in_shown_unit, is_printed_number, printed_complaint, printed_interval, unit_as_printed
from pwc_bench.core.errors import KnowledgeError
from pwc_bench.core.metric import Metric
from tests.example_archive import METRICS
from tests.factories import make_claim


@pytest.mark.parametrize(
    ("value", "number", "decimals"),
    [("5.4", "5.4", 1), ("30", "30", 0), ("82.20", "82.20", 2), ("1,442", "1442", 0), ("1e3", "1e3", 0)],
)
def test_printed_digits(value: str, number: str, decimals: int) -> None:
    """The text "82.20" has two digits although its value is 82.2."""
    claim = make_claim(value=value)
    assert claim.number == Decimal(number)
    assert claim.decimals == decimals


@pytest.mark.parametrize("value", ["", "82%", "a lot", "0,62", "0,626", "NaN", "inf"])
def test_what_is_no_number_is_refused(value: str) -> None:
    """The message names the claim and what to write."""
    with pytest.raises(KnowledgeError, match=r"ConViT-S gflops: .* is no number"):
        _ = make_claim(value=value).number


@pytest.mark.parametrize("value", ["1e400", "1e-100", "9" * 400])
def test_a_number_that_no_table_prints_is_refused(value: str) -> None:
    """What no chart could compute with, in a short line; the most that a claim may print is finite by far."""
    with pytest.raises(KnowledgeError, match=r"two digits at most|40 characters are the most") as caught:
        _ = make_claim(value=value).number
    assert len(str(caught.value)) < 150
    assert math.isfinite(float(make_claim(value="9" * 37 + "e99").number))


def test_identity_leaves_the_value_out() -> None:
    """A corrected value is the same claim; another source is another one."""
    claim = make_claim()
    assert replace(claim, value="5.5").identity == claim.identity
    assert replace(claim, source="Table 2").identity != claim.identity


@pytest.mark.parametrize(
    ("metric", "value", "unit", "shown", "beside"),
    [
        ("parameters", "27.8", "M", "27.8", ""),
        ("parameters", "27800000", "", "27.8", "a plain count"),
        ("parameters", "27,800,000", "", "27.8", "a plain count"),
        ("parameters", "1000", "", "0.001", "a plain count"),
        ("parameters", "999", "", None, "no unit stated"),
        ("parameters", "27", "", None, "no unit stated"),
        ("parameters", "1000.5", "", None, "no unit stated"),
        ("parameters", "many", "", None, "no unit stated"),
        ("parameters", "27800", "K", "27.8", "K"),
        ("parameters", "27800", "k", "27.8", "k"),
        ("parameters", "1.5", "B", "1500", "B"),
        ("parameters", "1.5", "G", "1500", "G"),
        ("parameters", "1.5", "T", "1500000", "T"),
        ("parameters", "27.8", "Mi", None, "Mi"),
        ("parameters", "many", "M", None, ""),
        ("gflops", "5.4", "GFLOPs", "5.4", ""),
        ("gflops", "5400", "MFLOPs", "5.4", "MFLOPs"),
        ("gflops", "1.5", "TFLOPs", "1500", "TFLOPs"),
        ("gflops", "5400", "", None, "no unit stated"),
        ("gflops", "1300000000", "", "1.3", "a plain count"),
        ("gflops", "1300000000", "FLOPs", "1.3", "FLOPs"),
        ("gflops", "1.3", "FLOPs", None, "FLOPs"),
        ("top1", "81.3", "%", "81.3", ""),
        ("top1", "8130", "", None, "no unit stated"),
        ("top1", "8130", "points", None, "points"),
    ],
)
def test_a_claim_in_the_unit_of_its_column(metric: str, value: str, unit: str, shown: str | None, beside: str) -> None:
    """Publications print 27, 27 M and 27000000; a whole number from 1,000 on is a count, and 27 may be anything."""
    claim, declared = make_claim(metric=metric, value=value, unit=unit), METRICS[metric]
    found = in_shown_unit(claim, declared)
    assert found == (None if shown is None else Decimal(shown))
    assert unit_as_printed(claim, declared) == beside


def test_without_a_unit_to_show_nothing_stands_beside_a_claim() -> None:
    """A metric that counts has none."""
    plain: Metric = replace(METRICS["top1"], display=replace(METRICS["top1"].display, unit=""))
    assert unit_as_printed(make_claim(metric="top1", value="5", unit=""), plain) == ""


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("5.4", None),
        ("+1,442.0", None),
        ("1e-5", None),
        ("9" * 40, None),
        ("9" * 41, f"'{'9' * 40}...' is too long for a number: 40 characters are the most"),
        ("1e400", "'1e400' is out of range: an exponent has two digits at most"),
        ("0,626", "'0,626' is no number: write it as printed, without its unit, like '5.4'"),
    ],
)
def test_a_complaint_says_what_to_write(text: str, complaint: str | None) -> None:
    """None where the text is a number as a claim may print it."""
    assert printed_complaint(text) == complaint
    assert is_printed_number(text) is (complaint is None)


def test_the_spread_of_runs_makes_no_other_model() -> None:
    """What was measured otherwise does, and so does what is said of additional data."""
    claim = make_claim()
    assert (claim.setting, replace(claim, conditions="± 0.2 %").setting) == ("", "")
    assert replace(claim, conditions="384 px").setting == "384 px"
    data = {replace(claim, uses_additional_data=stated).identity for stated in (None, True, False)}
    assert len(data) == 3


@pytest.mark.parametrize(
    ("value", "unit", "conditions", "low", "high"),
    [
        ("0.806", "", "± 0.001", "0.8045", "0.8075"),
        ("81.3", "%", "± 0.2", "81.05", "81.55"),
        ("81.3", "%", "±0.2 %", "81.05", "81.55"),  # points of a share, not a share of it
        ("-40", "dB", "± 5 %", "-42.5", "-37.5"),
        ("1,442", "images/s", "± 1,000", "441.5", "2442.5"),
        ("5.4", "", "Quadro GP100, batch 128", "5.35", "5.45"),
        ("5.4", "", None, "5.35", "5.45"),
    ],
)
def test_a_printed_spread_widens_what_digits_leave_open(
    value: str, unit: str, conditions: str | None, low: str, high: str
) -> None:
    """On top of the rounding; conditions that are no spread widen nothing."""
    claim = replace(make_claim(metric="score", value=value, unit=unit), conditions=conditions)
    metric = replace(METRICS["top1"], key="score")
    assert printed_interval(claim, metric) == (Decimal(low), Decimal(high))


def test_a_spread_is_turned_into_the_columns_unit_with_its_number() -> None:
    """2,000,000 ± 100,000 weights are 1.4 M to 2.6 M, as 2 M are 1.5 M to 2.5 M."""
    claim = replace(make_claim(metric="parameters", value="2000000", unit=""), conditions="± 100000")
    assert printed_interval(claim, METRICS["parameters"]) == (Decimal("1.4"), Decimal("2.6"))
