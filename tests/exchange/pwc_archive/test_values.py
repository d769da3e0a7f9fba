"""The archive's values: read without a guess, or refused with the reason."""

import pytest

from pwc_bench.exchange.pwc_archive.reading import PrintedNumber
from pwc_bench.exchange.pwc_archive.values import PrintedValue, Refusal, read_value


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("82.20", PrintedValue("82.20", "")),
        (PrintedNumber("17.30"), PrintedValue("17.30", "")),
        ("82%", PrintedValue("82", "%")),
        (" 82.1 % ", PrintedValue("82.1", "%")),
        ("0,626", PrintedValue("0.626", "")),
        ("12,5", PrintedValue("12.5", "")),
        ("-0,626", PrintedValue("-0.626", "")),
        ("1,234,567", PrintedValue("1,234,567", "")),
        ("1,234.5", PrintedValue("1,234.5", "")),
        ("9.9 ± 0.1", PrintedValue("9.9", "", "± 0.1")),
        ("0.25±0.005", PrintedValue("0.25", "", "± 0.005")),
        ("9.9 +/- 0.1", PrintedValue("9.9", "", "± 0.1")),
        ("9.9 ± 0.1%", PrintedValue("9.9", "%", "± 0.1")),
        ("9.9% ± 0.1%", PrintedValue("9.9", "%", "± 0.1")),
        ("1.2M", PrintedValue("1.2", "M")),
        ("86 M", PrintedValue("86", "M")),
        ("5.4 ms", PrintedValue("5.4", "ms")),
        ("\N{MINUS SIGN}5.2", PrintedValue("-5.2", "")),
        ("1e-5", PrintedValue("1e-5", "")),
        (None, Refusal.EMPTY),
        ("", Refusal.EMPTY),
        ("  ", Refusal.EMPTY),
        ("-", Refusal.EMPTY),
        ("\N{EM DASH}", Refusal.EMPTY),
        ("9,900", Refusal.AMBIGUOUS),
        ("12,345", Refusal.AMBIGUOUS),
        ("Please tell us", Refusal.NO_NUMBER),
        ("(32.76 32.07 26.26)", Refusal.NO_NUMBER),
        ("82.1/95.2", Refusal.NO_NUMBER),
        ("1.2.3", Refusal.NO_NUMBER),
        ("5.4 bananas", Refusal.NO_NUMBER),
        ("9.9 M ± 0.1%", Refusal.NO_NUMBER),
        ("NaN", Refusal.NO_NUMBER),
        ("1" * 50, Refusal.NO_NUMBER),
        ("1e400", Refusal.NO_NUMBER),
        (True, Refusal.NO_NUMBER),
        (["82"], Refusal.NO_NUMBER),
    ],
)
def test_each_form_is_read_or_refused(raw: object, found: PrintedValue | Refusal) -> None:
    """Digits are kept, a unit counts only where it is printed, and a comma that may mean two things means none."""
    assert read_value(raw) == found
