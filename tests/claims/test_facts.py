"""Facts, and values written for people."""

import pytest

from pwc_bench.claims.facts import Fact, duration_text, json_facts, moment_text, optional_fact
from pwc_bench.core.measurement import Json


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.04, "0.0 s"), (12.5, "12.5 s"), (200, "3 min 20 s"), (7500, "2 h 5 min"), (3_600_000, "1,000 h 0 min")],
)
def test_durations_keep_two_units(seconds: float, text: str) -> None:
    """The larger one decides."""
    assert duration_text(seconds) == text


def test_moments_name_their_zone_and_anything_else_is_left_alone() -> None:
    """Records hold UTC; what is no such moment is shown as it is."""
    assert moment_text("2026-01-31T12:00:00Z") == "2026-01-31 12:00:00 UTC"
    assert moment_text("yesterday") == "yesterday"
    assert moment_text("2026-01-31T12:00:00+02:00") == "2026-01-31T12:00:00+02:00"


def test_json_is_flattened_to_terms_and_texts() -> None:
    """Inner names are joined; lists of scalars stay on one line; lists of mappings are numbered."""
    values: dict[str, Json] = {
        "rounds": 20,
        "is_fused": True,
        "clocks": {"sm_mhz": 1980, "throttle": None},
        "quartiles": [2990.25, 0.5],
        "bins": [{"low": 0.1}, {"low": 0.2}],
        "shape": [[1, 3], [2, 4]],
        "nothing": [],
        "note": "as it is",
        "great": 12345678.9,
    }
    assert {fact.term: fact.text for fact in json_facts(values)} == {
        "rounds": "20",
        "is fused": "yes",
        "clocks / sm mhz": "1,980",
        "clocks / throttle": "unknown",
        "quartiles": "2,990.2; 0.5",
        "bins / 1 / low": "0.1",
        "bins / 2 / low": "0.2",
        "shape": "(1; 3); (2; 4)",
        "nothing": "none",
        "note": "as it is",
        "great": "12,345,678.9",
    }


def test_a_long_list_is_cut_and_counted() -> None:
    """Forty values, then how many more."""
    text = next(json_facts({"x": list(range(1045))})).text
    assert text.endswith("39; and 1,005 more")


def test_a_fact_without_a_text_is_no_fact() -> None:
    """An empty text is as good as none."""
    assert optional_fact("Licence", None) == ()
    assert optional_fact("Licence", "") == ()
    assert optional_fact("Licence", "MIT") == (Fact("Licence", "MIT"),)


def test_numbers_as_keys_come_in_their_order() -> None:
    """Batch sizes, for one: JSON sorts them as texts."""
    values: dict[str, Json] = {"by_size": {"1": 1.5, "16": 2.5, "2": 3.5}}
    assert [fact.term for fact in json_facts(values)] == ["by size / 1", "by size / 2", "by size / 16"]
