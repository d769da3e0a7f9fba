"""When a measurement reproduces a claim."""

import pytest

from pwc_bench.claims.reproduction import Agreement, Basis, claimed_range, judge, prints, readings
from pwc_bench.core.measurement import Measurement
from tests.example_archive import METRICS
from tests.factories import make_claim, make_measurement


def split(total: float, attention: float, operator: str = "matmul") -> Measurement:
    """GFLOPs with the split that fvcore gives."""
    return Measurement(total, "GFLOPs", details={"operators": {"linear": total - attention, operator: attention}})


@pytest.mark.parametrize(
    ("printed", "value", "agreement"),
    [
        ("5.8", 5.757, Agreement.REPRODUCED),
        ("5.4", 5.757, Agreement.ABOVE),
        ("6.1", 5.757, Agreement.BELOW),
        ("2", 2.5, Agreement.ABOVE),
        ("3", 2.5, Agreement.REPRODUCED),
        ("-3", -2.5, Agreement.REPRODUCED),
        ("-2", -2.5, Agreement.BELOW),
        ("1e2", 99.6, Agreement.REPRODUCED),
        ("5.7570000000000000000000000000000000001", 5.757, Agreement.BELOW),
    ],
)
def test_a_claim_is_met_when_the_measurement_rounds_to_its_digits(
    printed: str, value: float, agreement: Agreement
) -> None:
    """Halves round away from zero, as people print them; no other convention is known here."""
    found = judge(make_claim(value=printed), METRICS["gflops"], Measurement(value, "GFLOPs"))
    assert found.agreement is agreement
    assert found.reading is None
    assert (found.basis is Basis.DIGITS) is (agreement is Agreement.REPRODUCED)


@pytest.mark.parametrize(
    ("metric", "printed", "unit", "value", "agreement"),
    [
        ("parameters", "6000000", "", 5_717_416, Agreement.REPRODUCED),
        ("parameters", "6,000,000", "", 5_499_999, Agreement.BELOW),
        ("parameters", "5717416", "", 5_717_416, Agreement.REPRODUCED),
        ("parameters", "5717416", "", 5_717_417, Agreement.ABOVE),
        ("parameters", "5717400", "", 5_717_416, Agreement.ABOVE),
        ("parameters", "5717000", "", 5_717_416, Agreement.REPRODUCED),
        ("parameters", "5717", "K", 5_717_416, Agreement.REPRODUCED),
        ("gflops", "1300000000", "", 1.258, Agreement.REPRODUCED),
        ("gflops", "1300000000", "FLOPs", 1.35, Agreement.ABOVE),
        ("gflops", "1258", "MFLOPs", 1.2584, Agreement.REPRODUCED),
    ],
)
def test_a_count_is_judged_as_what_it_is(
    metric: str, printed: str, unit: str, value: float, agreement: Agreement
) -> None:
    """Zeros at the end of a plain count hold places, from three on; every other digit is one that was printed."""
    claim = make_claim(metric=metric, value=printed, unit=unit)
    assert judge(claim, METRICS[metric], Measurement(value, METRICS[metric].unit)).agreement is agreement


def test_a_claim_is_met_within_the_tolerance_and_within_the_interval() -> None:
    """73.116 against 73.15 lies within 0.05 points, 73.4 within the interval, 74 in neither."""
    metric = METRICS["top1"]
    near = judge(make_claim(metric="top1", value="73.150", unit="%"), metric, Measurement(73.116, "%"))
    inside = judge(
        make_claim(metric="top1", value="73.400", unit="%"), metric, make_measurement(73.1, "%", half_width=0.4)
    )
    outside = judge(
        make_claim(metric="top1", value="74.000", unit="%"), metric, make_measurement(73.1, "%", half_width=0.4)
    )
    assert (near.agreement, near.basis) == (Agreement.REPRODUCED, Basis.TOLERANCE)
    assert (inside.agreement, inside.basis) == (Agreement.REPRODUCED, Basis.INTERVAL)
    assert (outside.agreement, outside.basis) == (Agreement.BELOW, None)


@pytest.mark.parametrize(
    ("printed", "value", "basis"),
    [
        ("73.140", 73.116, Basis.IMAGES),
        ("73.140", 73.114, None),
        ("73.1", 73.04, Basis.IMAGES),
        ("73.1", 73.116, Basis.DIGITS),
        ("73.476", 73.116, None),
        ("73.140", 73.1155, Basis.IMAGES),
        ("73.140", 73.1154, None),
        ("73.140", 73.1645, Basis.IMAGES),
        ("73.140", 73.1646, None),
    ],
)
def test_the_claims_own_checkpoint_must_agree_to_a_dozen_images(
    printed: str, value: float, basis: Basis | None
) -> None:
    """73.116 against 73.140 is 12 of 50,000 images; 180 fewer are no reproduction, however wide the interval."""
    claim, measured = make_claim(metric="top1", value=printed, unit="%"), make_measurement(value, "%", half_width=0.4)
    assert judge(claim, METRICS["top1"], measured, 0.024).basis is basis
    assert judge(claim, METRICS["top1"], measured).agreement is Agreement.REPRODUCED


@pytest.mark.parametrize(
    ("printed", "total", "attention", "operator", "key"),
    [
        ("5.4", 5.757, 0.399, "matmul", "without-attention-products"),
        ("17", 17.583, 0.715, "scaled_dot_product_attention", "without-attention-products"),
        ("11.5", 5.757, 0.399, "matmul", "doubled"),
        ("35", 17.524, 0.709, "matmul", "doubled"),
    ],
)
def test_another_convention_is_named_with_its_value(
    printed: str, total: float, attention: float, operator: str, key: str
) -> None:
    """The paper's 5.4 GFLOPs leave out the attention products, fused or not; others count two for a multiply-add."""
    found = judge(make_claim(value=printed), METRICS["gflops"], split(total, attention, operator))
    assert found.agreement is Agreement.REPRODUCED
    assert found.reading is not None
    expected = total - attention if key == "without-attention-products" else 2 * total
    assert found.reading.key == key
    assert found.reading.value == pytest.approx(expected)


def test_the_metrics_own_convention_goes_first() -> None:
    """10 for S+ is the total, although nothing else would print it; it is named by no phrase."""
    found = judge(make_claim("ConViT-S+", value="10"), METRICS["gflops"], split(10.016, 0.532))
    assert (found.agreement, found.reading) == (Agreement.REPRODUCED, None)


def test_parameters_are_read_without_the_head_too() -> None:
    """27.78 M prints as 28; the paper's 27 leaves out the classifier."""
    measurement = Measurement(27_777_000, "", details={"without_head": 27_344_000})
    claim = make_claim(metric="parameters", value="27", unit="M")
    reading = judge(claim, METRICS["parameters"], measurement).reading
    assert reading is not None
    assert (reading.key, reading.phrase) == ("without-head", "without the classifier head")


def test_every_reading_is_listed_its_own_first() -> None:
    """Total, without the attention products, doubled; a model without such products lacks the second."""
    assert [reading.key for reading in readings(split(5.757, 0.399))] == [
        "total",
        "without-attention-products",
        "doubled",
    ]
    assert [reading.key for reading in readings(split(4.1, 0.0))] == ["total", "doubled"]


def test_details_of_another_form_give_no_reading() -> None:
    """Nothing is made up from details that are not numbers, nor from another count by operator."""
    assert readings(Measurement(1.0, "", details={"without_head": "many", "operators": [1, 2]})) == ()
    assert readings(Measurement(1.0, "count", details={"operators": {"matmul": 0.5}})) == ()


def test_printed_digits_leave_half_a_unit_open() -> None:
    """5.4 is what rounds to it: from 5.35, below 5.45."""
    claim = make_claim(value="5.4")
    assert [str(end) for end in claimed_range(claim)] == ["5.35", "5.45"]
    assert [prints(claim, METRICS["gflops"], value) for value in (5.3499, 5.35, 5.4499, 5.45)] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("printed", "interval", "basis"),
    [
        ("73.150", None, Basis.TOLERANCE),
        ("73.151", None, None),
        ("73.049", None, None),
        ("73.050", None, Basis.TOLERANCE),
        ("73.500", (72.9, 73.5), Basis.INTERVAL),
        ("72.900", (72.9, 73.5), Basis.INTERVAL),
        ("73.501", (72.9, 73.5), None),
        ("72.899", (72.9, 73.5), None),
    ],
)
def test_the_ends_of_the_tolerance_and_of_the_interval_count(
    printed: str, interval: tuple[float, float] | None, basis: Basis | None
) -> None:
    """73.1 measured: 0.05 points away is within 0.05, and an interval holds both its ends."""
    found = judge(
        make_claim(metric="top1", value=printed, unit="%"), METRICS["top1"], Measurement(73.1, "%", interval=interval)
    )
    assert found.basis is basis


def test_what_equals_the_claim_in_no_convention_is_below() -> None:
    """Only the greater number is above: 5.45 measured is what prints as 5.5."""
    above, below = (
        judge(make_claim(value=printed), METRICS["gflops"], Measurement(5.45, "GFLOPs")) for printed in ("5.4", "5.5")
    )
    assert (above.agreement, below.basis) == (Agreement.ABOVE, Basis.DIGITS)


@pytest.mark.parametrize("operator", ["matmul", "mm", "bmm", "baddbmm", "einsum", "scaled_dot_product_attention"])
def test_attention_may_be_counted_under_any_of_its_operators(operator: str) -> None:
    """Two products, taken apart or fused, are left out together."""
    without = readings(split(5.757, 0.399, operator))[1]
    assert (without.key, without.title) == ("without-attention-products", "Without the attention products")
    assert without.value == pytest.approx(5.358)
    both = Measurement(5.757, "GFLOPs", details={"operators": {"matmul": 0.3, operator: 0.099, "linear": 5.0}})
    assert readings(both)[1].value == pytest.approx(5.757 - (0.099 if operator == "matmul" else 0.399))


def test_a_column_of_each_convention_has_a_title() -> None:
    """As the table of conventions is headed; the metric's own has no phrase."""
    found = readings(Measurement(27_777_000, "", details={"without_head": 27_344_000}))
    assert [(each.key, each.title, each.phrase, each.value) for each in found] == [
        ("with-head", "With the classifier head", "", 27_777_000),
        ("without-head", "Without the classifier head", "without the classifier head", 27_344_000.0),
    ]
    total, _, doubled = readings(split(5.757, 0.399))
    assert (total.title, total.phrase, total.value) == ("Total", "", 5.757)
    assert (doubled.title, doubled.phrase, doubled.value) == (
        "Doubled (two for each multiply-add)", "with two operations for each multiply-add", 11.514,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("printed", "value", "is_printed"),
    [
        ("0.5", 0.45, True),
        ("0.5", 0.55, False),
        ("0", 0.5, False),
        ("0", 0.4, True),
        ("-0.5", -0.45, True),
        ("-0.5", -0.55, False),
    ],
)
def test_halves_go_away_from_zero_for_small_numbers_too(printed: str, value: float, is_printed: bool) -> None:
    """0.45 prints as 0.5, and 0.55 as 0.6; half of one is not nothing."""
    assert prints(make_claim(value=printed), METRICS["gflops"], value) is is_printed
