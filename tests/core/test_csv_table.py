"""What stands in every CSV: texts that no spreadsheet runs, numbers that stay numbers."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwc_bench.core.text_forms import disarmed, write_csv_table

KEPT = ["", "-0.5", "+1", "-1e-5", "-.5", "+2.", "81.3", "a=b", "\N{MINUS SIGN}0.5", "1-2", "'=1", "x\n=1", "\u00e9"]
"""Fields that stay as they are: numbers, and what begins no formula."""
RUN = [
    "=1+1",
    "+x",
    "-1-1",
    "-",
    "@SUM(1)",
    " =1",
    "\t1",
    "\nx",
    "\t=1",
    "\xa0=1",
    "\ufeff=1",
    "\u200b@x",
    "\u3000-x",
    "\x00=1",
]
RUN += [
    "\x85=1",
    "\uff1d1",
    "\uff0bx",
    "\uff0dx",
    "\uff20x",
    "-inf",
    "+nan",
    "-1_0",
    "-1,5",
    "-0x1",
    "-1 ",
    " -1",
    "-1\n",
    "+\u0661",
]
"""Fields that a spreadsheet may run, or that only look like a number."""
SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"


@pytest.mark.parametrize("text", KEPT)
def test_numbers_and_words_stay(text: str) -> None:
    """Nothing stands before them."""
    assert disarmed(text) == text


@pytest.mark.parametrize("text", RUN)
def test_formulas_become_texts(text: str) -> None:
    """Also behind what a spreadsheet trims, and in full width."""
    assert disarmed(text) == f"'{text}"


@given(st.text(alphabet=st.one_of(st.sampled_from(SIGNS + " \t\r\n\xa0\ufeff,\"'0."), st.characters(codec="utf-8"))))
def test_any_text_survives_and_none_begins_a_formula(text: str) -> None:
    """A reader finds the text again, behind an apostrophe or as it was; a lone carriage return is an end of a line."""
    stream = io.StringIO(newline="")
    write_csv_table(stream, ["column", "next"], [[text, -0.5], [None, True]])
    head, first, second = csv.reader(io.StringIO(stream.getvalue(), newline=""))
    assert (head, first[1], second) == (["column", "next"], "-0.5", ["", "true"])
    assert first[0].removeprefix("'") == text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("'")
    try:
        float(first[0])
    except ValueError:
        assert not first[0].lstrip().startswith(tuple(SIGNS))
