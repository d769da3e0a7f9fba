"""When a measurement reproduces a claim."""

import pytest

from pwc_bench.core.measurement import Measurement
from pwc_bench.core.reproduction import Agreement, judge, readings
from tests.example_archive import METRICS
from tests.factories import make_claim, make_measurement


@pytest.mark.parametrize(
    ("printed", "value", "agreement"),
    [
        ("5.8", 5.757, Agreement.REPRODUCED),
        ("5.4", 5.757, Agreement.ABOVE),
        ("6.1", 5.757, Agreement.BELOW),
        ("2", 2.5, Agreement.ABOVE),
        ("3", 2.5, Agreement.REPRODUCED),
    ],
)
def test_a_claim_is_met_when_the_measurement_rounds_to_its_digits(
    printed: str, value: float, agreement: Agreement
) -> None:
    """Halves round up, as people print them; no other convention is known here."""
    found = judge(make_claim(value=printed), METRICS["gflops"], Measurement(value, "GFLOPs"))
    assert found.agreement is agreement
    assert found.convention is None


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
    assert (near.agreement, inside.agreement) == (Agreement.REPRODUCED, Agreement.REPRODUCED)
    assert outside.agreement is Agreement.BELOW


def test_another_convention_is_named_with_its_value() -> None:
    """The paper's 5.4 GFLOPs leave out the attention products."""
    measurement = Measurement(5.757, "GFLOPs", details={"operators": {"linear": 5.283, "matmul": 0.399}})
    found = judge(make_claim(value="5.4"), METRICS["gflops"], measurement)
    assert found.agreement is Agreement.REPRODUCED
    assert found.convention == "without the attention products"
    assert found.convention_value == pytest.approx(5.358)


def test_fused_attention_is_attention_too() -> None:
    """DeiT-B multiplies queries, keys and values in one operator: without it 17.58 GFLOPs are the paper's 17."""
    operators = {"linear": 16.733, "conv": 0.116, "scaled_dot_product_attention": 0.715, "layer_norm": 0.019}
    measurement = Measurement(17.583, "GFLOPs", details={"operators": operators})
    found = judge(make_claim("DeiT-B", value="17"), METRICS["gflops"], measurement)
    assert (found.agreement, found.convention) == (Agreement.REPRODUCED, "without the attention products")


def test_parameters_are_read_without_the_head_too() -> None:
    """27.78 M prints as 28; the paper's 27 leaves out the classifier."""
    measurement = Measurement(27_777_000, "", details={"without_head": 27_344_000})
    claim = make_claim(metric="parameters", value="27", unit="M")
    assert judge(claim, METRICS["parameters"], measurement).convention == "without the classifier head"


def test_details_of_another_form_give_no_reading() -> None:
    """Nothing is made up from details that are not numbers."""
    assert readings(Measurement(1.0, "", details={"without_head": "many", "operators": [1, 2]})) == {}
    assert readings(Measurement(1.0, "", details={"operators": {"matmul": 0.0}})) == {}
