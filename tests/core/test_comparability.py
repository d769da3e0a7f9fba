"""What keeps a claim and a measurement apart."""

from dataclasses import replace

import pytest

from pwc_bench.claims.comparability import checkpoint_allowance, find_obstacle, is_possible
from pwc_bench.core.claim import Claim
from pwc_bench.core.metric import Display
from pwc_bench.core.record import Record, Status, WeightsStatus
from tests.example_archive import METRICS
from tests.factories import make_claim, make_record

TOP1 = make_claim(metric="top1", value="81.3", unit="%")
SPEED = replace(make_claim(metric="throughput", value="305", unit="images/s"), conditions="Quadro GP100, batch 128")


@pytest.mark.parametrize(
    ("claim", "record", "reason"),
    [
        (TOP1, make_record(), None),
        (TOP1, make_record(weights=WeightsStatus.LOCAL), None),
        (replace(TOP1, value="many"), make_record(), "the claim is no number"),
        (replace(TOP1, unit="points"), make_record(), "printed in points"),
        (replace(TOP1, unit=""), make_record(), "printed without a unit"),
        (make_claim(metric="parameters", value="6000000", unit=""), make_record(dataset=None), None),
        (make_claim(value="1300000000", unit="FLOPs"), make_record(dataset=None), None),
        (make_claim(metric="parameters", value="6", unit=""), make_record(dataset=None), "printed without a unit"),
        (TOP1, make_record(dataset="demo"), "measured on demo, claimed on imagenet-1k"),
        (
            TOP1,
            make_record(weights=WeightsStatus.PROBE),
            "a demo of the pipeline: a random backbone with a fitted head",
        ),
        (TOP1, make_record(weights=WeightsStatus.NONE), "measured with random weights"),
        (TOP1, make_record(status=Status.PARTIAL, reason="200 of 50,000 images"), "200 of 50,000 images"),
        (TOP1, make_record(status=Status.PARTIAL), "the record is partial"),
        (SPEED, make_record(dataset=None), "claimed on Quadro GP100, batch 128, measured on NVIDIA H200"),
        (
            SPEED,
            make_record(dataset=None, device="Quadro GP100"),
            "claimed on Quadro GP100, batch 128, measured on Quadro GP100 with batch 64",
        ),
        (replace(SPEED, conditions="GP100, batch size 64"), make_record(dataset=None, device="Quadro GP100"), None),
        (
            replace(SPEED, conditions=None),
            make_record(dataset=None),
            "claimed on unnamed hardware, measured on NVIDIA H200",
        ),
    ],
)
def test_each_obstacle_is_named(claim: Claim, record: Record, reason: str | None) -> None:
    """Only a speed's machine is an obstacle that ratios between variants can pass."""
    found = find_obstacle(METRICS[claim.metric], claim, record)
    assert (found and found.reason) == reason
    assert found is None or found.is_hardware is ("claimed on" in found.reason and claim.metric == "throughput")


def test_a_speed_over_a_data_set_needs_the_same_machine_too() -> None:
    """The whole pass is as much a matter of hardware as the model alone."""
    metric = replace(METRICS["throughput"], key="pass", scope=METRICS["top1"].scope)
    found = find_obstacle(metric, replace(SPEED, metric="pass"), make_record())
    assert found is not None
    assert found.is_hardware


@pytest.mark.parametrize(
    ("named", "device", "is_same"),
    [
        ("A100", "NVIDIA A100-SXM4-80GB", True),
        ("NVIDIA A100 80GB", "NVIDIA A100-SXM4-80GB", True),
        ("A100 GPU, fp32", "NVIDIA A100-SXM4-80GB", True),
        ("A10", "NVIDIA A100-SXM4-80GB", False),
        ("A100 40GB", "NVIDIA A100-SXM4-80GB", False),
        ("A100-PCIe", "NVIDIA A100-SXM4-80GB", False),
        ("8x A100", "NVIDIA A100-SXM4-80GB", False),
        ("L40", "NVIDIA L40S", False),
        ("RTX 3090", "NVIDIA GeForce RTX 3090 Ti", False),
        ("RTX 3090 Ti", "NVIDIA GeForce RTX 3090 Ti", True),
        ("NVIDIA GPU", "NVIDIA H200", False),
        ("80GB", "NVIDIA A100-SXM4-80GB", False),
        ("Xeon Gold 6230", "Intel(R) Xeon(R) Gold 6230 CPU @ 2.10GHz", True),
        ("Xeon Gold 6230R", "Intel(R) Xeon(R) Gold 6230 CPU @ 2.10GHz", False),
        ("A100, bf16", "NVIDIA A100-SXM4-80GB", False),
        ("1x A100", "NVIDIA A100-SXM4-80GB", True),
        ("a single A100", "NVIDIA A100-SXM4-80GB", True),
        ("on one A100 GPU", "NVIDIA A100-SXM4-80GB", True),
        ("on an A100 graphics processor", "NVIDIA A100-SXM4-80GB", True),
        ("A100 PCIe 40GB", "NVIDIA A100-PCIE-40GB", True),
        ("A100 PCI", "NVIDIA A100-PCIE-40GB", False),
        ("H100", "NVIDIA H100 NVL", True),
        ("H100", "NVIDIA H100 80GB HBM3", True),
        ("A100", "NVIDIA A100 80GB HBM2e", True),
        ("GeForce RTX 3090", "NVIDIA RTX 3090", True),
        ("GP100", "Quadro GP100", True),
        ("V100", "Tesla V100-PCIE-32GB", True),
        ("Ryzen 9 5950X", "AMD Ryzen 9 5950X Processor", True),
        ("i7-6700", "Intel(R) Core(TM) i7-6700 CPU @ 3.40GHz", True),
        ("M1", "Apple M1", True),
    ],
)
def test_a_device_is_known_by_its_whole_name(named: str, device: str, *, is_same: bool) -> None:
    """Makers, sockets and memory may be left out, but not contradicted; a named precision counts too."""
    record = make_record(dataset=None, device=device)
    record = replace(record, environment=replace(record.environment, precision="fp32"))
    found = find_obstacle(METRICS["throughput"], replace(SPEED, conditions=named), record)
    assert (found is None) is is_same


def test_a_published_checkpoint_is_no_other_sample() -> None:
    """A dozen of 50,000 images for a share, the metric's tolerance for a likelihood; another training has none."""
    assert checkpoint_allowance(METRICS["top1"], make_record()) == 0.024
    assert checkpoint_allowance(METRICS["top1"], make_record(weights=WeightsStatus.LOCAL)) is None
    assert checkpoint_allowance(METRICS["gflops"], make_record()) is None
    assert checkpoint_allowance(replace(METRICS["nll"], tolerance=0.001), make_record()) == 0.001


@pytest.mark.parametrize(
    ("printed", "possible"), [("0", True), ("80", True), ("100", True), ("100.1", False), ("-1", False)]
)
def test_a_claim_is_possible_within_the_metrics_bounds(printed: str, possible: bool) -> None:
    """The bounds are those of stored values: a share from 0 to 1 that is printed in percent."""
    metric = replace(METRICS["top1"], unit="", bounds=(0.0, 1.0), display=Display("%", scale=100.0))
    claim = replace(TOP1, value=printed)
    assert is_possible(metric, claim) is possible
    found = find_obstacle(metric, claim, make_record())
    assert (found and found.reason) == (None if possible else "the claim is no value that the metric can have")


@pytest.mark.parametrize("printed", ["many", "0,626"])
def test_what_is_no_number_is_not_called_impossible(printed: str) -> None:
    """It is refused as no number."""
    assert is_possible(METRICS["top1"], replace(TOP1, value=printed))


@pytest.mark.parametrize(
    ("conditions", "obstacle"),
    [
        ("H200, batch 64", None),
        ("H200, batch=64", None),
        ("H200, batch-size: 64", None),
        ("H200, batch 64 and batch 128", "measured on NVIDIA H200 with batch 64"),
        ("H200, fp32", None),
        ("H200, TF32", None),
        ("H200, fp16", "measured on NVIDIA H200 in fp32"),
        ("H200, int8", "measured on NVIDIA H200 in fp32"),
    ],
)
def test_a_named_batch_and_precision_must_be_the_measured_ones(conditions: str, obstacle: str | None) -> None:
    """What is not named may be anything."""
    found = find_obstacle(METRICS["throughput"], replace(SPEED, conditions=conditions), make_record(dataset=None))
    assert (found and found.reason) == (obstacle and f"claimed on {conditions}, {obstacle}")


@pytest.mark.parametrize(
    ("named", "fits"),
    [
        ("fp32", {"fp32"}),
        ("float32", {"fp32"}),
        ("TF32", {"fp32"}),
        ("fp16", {"fp16"}),
        ("float16", {"fp16"}),
        ("half precision", {"fp16"}),
        ("bf16", {"bf16"}),
        ("bfloat16", {"bf16"}),
        ("AMP", {"fp16", "bf16"}),
        ("mixed precision", {"fp16", "bf16"}),
        ("AMP, bf16", {"bf16"}),
        ("int8", {"int8"}),
        ("fp8", set[str]()),
        ("int4", set[str]()),
        ("batch 64", {"fp32", "fp16", "bf16", "int8"}),
    ],
)
def test_precisions_go_by_several_names(named: str, fits: set[str]) -> None:
    """Mixed precision may be of either half, unless it says which; what is not measured here fits nothing."""
    claim = replace(SPEED, conditions=f"H200, {named}")
    record = make_record(dataset=None)
    for precision in ("fp32", "fp16", "bf16", "int8"):
        made = replace(record, environment=replace(record.environment, precision=precision))
        found = find_obstacle(METRICS["throughput"], claim, made)
        assert (found is None) is (precision in fits), precision
