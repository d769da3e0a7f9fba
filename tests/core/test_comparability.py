"""What keeps a claim and a measurement apart."""

from dataclasses import replace

import pytest

from pwc_bench.core.claim import Claim
from pwc_bench.core.comparability import checkpoint_allowance, find_obstacle
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
        (replace(TOP1, unit=""), make_record(), "printed in units"),
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
