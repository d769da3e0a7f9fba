"""What was checked, in words."""

from dataclasses import replace

import pytest

from pwc_bench.claims.facts import check_sentences, precision_flips
from pwc_bench.core.measurement import Json
from pwc_bench.core.record import Record
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


def test_nothing_to_compare_on_is_said_as_such() -> None:
    """Rather than as a difference that is no number."""
    nothing: dict[str, Json] = {"passed": False, "images": 0, "largest_difference": "not finite"}
    (sentence,) = check_sentences(_record(fused=FUSED | nothing))
    assert sentence.startswith("No image could be decoded to compare")
    assert "difference" not in sentence


def test_measured_batch_sizes_are_listed_by_size() -> None:
    """JSON keeps them as texts, of which 16 comes before 8; a record without them has no such sentence."""
    found: dict[str, Json] = {
        "chosen": 8,
        "measured": "2026-01-02T03:04:05Z",
        "images_per_second": {"16": 57.59, "4": 52, "8": 91.849},
        "no_larger_because": "a larger one gained too little",
    }
    (sentence,) = check_sentences(replace(make_record(), extra={"batch_size": found}))
    assert "size of 8 was found by measuring" in sentence
    assert sentence.endswith(
        "4: 52.0, 8: 91.8, 16: 57.6. No larger one was tried because a larger one gained too little."
    )
    unmeasured: dict[str, Json] = {"chosen": 8, "reason": "no model could be timed"}
    assert list(check_sentences(replace(make_record(), extra={"batch_size": unmeasured}))) == []


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
