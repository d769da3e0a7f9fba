"""What was checked, in words."""

from dataclasses import replace

import pytest

from pwc_bench.core.measurement import Json
from pwc_bench.core.record import Record
from pwc_bench.views.checks import check_sentences, precision_flips
from tests.factories import make_record

FUSED: dict[str, Json] = {
    "passed": True,
    "input": "the first images of the data",
    "images": 16,
    "largest_difference": 1.23e-6,
    "tolerance": 1e-5,
    "top5_equal": True,
}
PRECISION: dict[str, Json] = {
    "precision": "bf16",
    "images": 256,
    "flips": 3,
    "no_longer_right": 2,
    "newly_right": 0,
    "input": "images spread evenly over the data",
}


def _record(**checks: Json) -> Record:
    return replace(make_record(), extra={"checks": checks})


def test_a_passed_check_says_what_was_compared() -> None:
    """Images, difference and limit."""
    (sentence,) = check_sentences(_record(fused=FUSED))
    assert sentence == (
        "The fused implementation ran: on 16 images (the first images of the data) its fp32 logits had the reference's "
        "top-5, and differed by at most 1.2e-06 of the largest logit (allowed: 1e-05)."
    )


def test_a_check_that_did_not_hold_says_that_the_reference_ran() -> None:
    """With the difference, or the error that fusing raised."""
    (sentence,) = check_sentences(_record(fused=FUSED | {"passed": False, "largest_difference": 0.25}))
    assert sentence.endswith("(largest difference 0.25 of the largest logit): the reference ran.")
    broken: dict[str, Json] = {"passed": False, "input": "random input", "error": "no such layer"}
    (sentence,) = check_sentences(_record(fused=broken))
    assert "(no such layer)" in sentence


def test_flips_are_told_with_what_they_did() -> None:
    """Of how many, and how many right answers came and went."""
    record = _record(precision=PRECISION)
    assert precision_flips(record) == ("bf16", 256, 3)
    (sentence,) = check_sentences(record)
    assert "In bf16 the top-1 of 3 of 256 images differed" in sentence
    assert "(2 no longer right, 0 newly right)" in sentence


@pytest.mark.parametrize("extra", [{}, {"checks": 5}, {"checks": {"fused": "x", "precision": [1]}}])
def test_other_facts_are_left_alone(extra: dict[str, Json]) -> None:
    """Somebody else's extra is no check of ours."""
    record = replace(make_record(), extra=extra)
    assert list(check_sentences(record)) == []
    assert precision_flips(record) is None
