"""Speeds on other hardware, compared as ratios between the variants of one table."""

from dataclasses import replace

import pytest

from pwc_bench.core.archive import MemoryArchive
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.record import Record, Status
from pwc_bench.core.reproduction import Agreement
from pwc_bench.views.reproduction import reproduce
from pwc_bench.views.speed_ratios import SpeedRatio, SpeedRatios
from tests.example_archive import METRICS, example_catalogue
from tests.factories import make_claim, make_record

SPEEDS = {"DeiT-Ti": "1442", "ConViT-Ti": "734", "ConViT-S": "305"}
CLAIMS = {
    model: replace(make_claim(model, "throughput", value, "images/s"), conditions="Quadro GP100, batch 128")
    for model, value in SPEEDS.items()
}
METRIC = METRICS["throughput"]


def timed(variant: str, *rounds: float, device: str = "CPU", implementation: str = "reference") -> Record:
    """A record of one variant's speed."""
    measurement = Measurement(sorted(rounds)[len(rounds) // 2], "images/s", samples=rounds)
    record = make_record(variant, None, device=device, measurements={"throughput": measurement})
    return replace(record, environment=replace(record.environment, implementation=implementation))


def ratios_of(*records: Record) -> SpeedRatios:
    """Ratios over the three claims and these records."""
    return SpeedRatios(MemoryArchive(example_catalogue(), records, all_claims=tuple(CLAIMS.values())))


def ratio_of(model: str, *records: Record) -> SpeedRatio | None:
    """The ratio of one model's speed."""
    return ratios_of(*records).of(CLAIMS[model], METRIC)


@pytest.mark.parametrize(
    ("rounds", "agreement"),
    [
        ((50.0, 51.0, 52.0), Agreement.REPRODUCED),
        ((60.0, 61.0, 62.0), Agreement.ABOVE),
        ((40.0, 41.0, 42.0), Agreement.BELOW),
    ],
)
def test_a_ratio_is_judged_by_its_interval(rounds: tuple[float, ...], agreement: Agreement) -> None:
    """ConViT-Ti is 0.509 times as fast as DeiT-Ti in the paper."""
    found = ratio_of("ConViT-Ti", timed("deit-ti", 99.0, 100.0, 101.0), timed("convit-ti", *rounds))
    assert found is not None
    assert (found.reference, found.agreement) == ("DeiT-Ti", agreement)
    assert found.claimed == pytest.approx(734 / 1442)
    assert found.claimed_range == pytest.approx((733.5 / 1442.5, 734.5 / 1441.5))
    assert found.interval[0] <= found.measured <= found.interval[1]
    assert found.setting == "CPU, fp32, batch 64"


def test_only_speeds_of_one_setting_are_divided() -> None:
    """Another machine, another implementation: no ratio, but with what was measured in the same way."""
    apart = (timed("deit-ti", 100.0, device="GPU"), timed("convit-ti", 50.0))
    assert ratio_of("ConViT-Ti", *apart) is None
    fused = timed("convit-ti", 80.0, implementation="fused")
    assert ratio_of("ConViT-Ti", timed("deit-ti", 100.0), fused) is None
    both = ratio_of("ConViT-Ti", timed("deit-ti", 100.0), fused, timed("convit-ti", 50.0))
    assert both is not None
    assert both.measured == 0.5
    among_fused = ratio_of("ConViT-S", fused, timed("convit-s", 40.0, implementation="fused"))
    assert among_fused is not None
    assert (among_fused.reference, among_fused.measured) == ("ConViT-Ti", 0.5)


def test_the_reference_is_the_tables_first_and_has_no_ratio() -> None:
    """It says that the others are compared with it; a speed alone says nothing."""
    ratios = ratios_of(timed("deit-ti", 100.0), timed("convit-s", 20.0))
    record = timed("deit-ti", 100.0)
    assert ratios.of(CLAIMS["DeiT-Ti"], METRIC) is None
    reason = reproduce(METRIC, CLAIMS["DeiT-Ti"], record, ratios=ratios).reason
    assert reason.endswith("the other speeds of Table 1 are compared as ratios to this one")
    assert ratio_of("DeiT-Ti", record) is None
    alone = reproduce(METRIC, CLAIMS["DeiT-Ti"], record, ratios=ratios_of(record))
    assert (alone.agreement, alone.reason) == (
        Agreement.NOT_COMPARABLE,
        "not comparable: claimed on Quadro GP100, batch 128, measured on CPU",
    )
    assert not ratios.is_reference(CLAIMS["ConViT-Ti"], METRIC)
    assert not ratios.is_reference(CLAIMS["DeiT-Ti"], METRICS["top1"])


def test_failed_records_and_values_without_rounds_do_not_count() -> None:
    """Nor does a claim that is no number; other metrics have no ratios."""
    failed = replace(timed("deit-ti", 100.0), status=Status.FAILED)
    bare = make_record("deit-ti", None, device="CPU")
    assert ratio_of("ConViT-Ti", failed, bare, timed("convit-ti", 50.0)) is None
    archive = MemoryArchive(
        example_catalogue(),
        (timed("deit-ti", 100.0), timed("convit-ti", 50.0)),
        all_claims=(replace(CLAIMS["DeiT-Ti"], value="fast"), CLAIMS["ConViT-Ti"]),
    )
    assert SpeedRatios(archive).of(CLAIMS["ConViT-Ti"], METRIC) is None
    assert SpeedRatios(archive).of(make_claim(), METRICS["gflops"]) is None


def test_a_verdict_by_ratio_says_so_with_both_places() -> None:
    """The text names the reference, both ratios, the interval and both machines."""
    own = timed("convit-s", 20.0, 20.2, 20.4)
    found = reproduce(METRIC, CLAIMS["ConViT-S"], own, ratios=ratios_of(timed("deit-ti", 100.0, 101.0), own))
    assert (found.agreement, found.difference) == (Agreement.BELOW, None)
    assert found.reason.startswith("below as a ratio to DeiT-Ti: claimed 0.212, measured 0.201 (")
    assert found.reason.endswith("claimed on Quadro GP100, batch 128, measured on CPU, fp32, batch 64")
