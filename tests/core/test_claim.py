"""A claim keeps the digits it was printed with."""

import math
from dataclasses import replace
from decimal import Decimal

import pytest

from pwc_bench.core.errors import KnowledgeError
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
