"""Speeds on other hardware, compared as ratios between the variants of one table."""

from dataclasses import replace

import pytest

from pwc_bench.claims.answers import reproduce
from pwc_bench.claims.comparability import device_type_of
from pwc_bench.claims.ratios import SpeedRatio, SpeedRatios, _agreement
from pwc_bench.claims.reproduction import Agreement
from pwc_bench.core.archive import MemoryArchive
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.record import Record, Status
from pwc_bench.site.parts.comparison import compare_claim
from tests.example_archive import METRICS, example_catalogue
from tests.factories import make_claim, make_record

SPEEDS = {"DeiT-Ti": "1442", "ConViT-Ti": "734", "ConViT-S": "305"}
CLAIMS = {
    model: replace(make_claim(model, "throughput", value, "images/s"), conditions="Quadro GP100, batch 128")
    for model, value in SPEEDS.items()
}
METRIC = METRICS["throughput"]


def timed(variant: str, *rounds: float, device: str = "NVIDIA H200", implementation: str = "reference") -> Record:
    """A record of one variant's speed."""
    samples = rounds if len(rounds) > 1 else rounds * 2
    measurement = Measurement(sorted(rounds)[len(rounds) // 2], "images/s", samples=samples)
    record = make_record(variant, None, device=device, measurements={"throughput": measurement})
    return replace(record, environment=replace(record.environment, implementation=implementation))


def ratios_of(*records: Record) -> SpeedRatios:
    """Ratios over the three claims and these records."""
    return SpeedRatios(MemoryArchive(example_catalogue(), records, all_claims=tuple(CLAIMS.values())))


def ratio_of(model: str, *records: Record) -> SpeedRatio | None:
    """The ratio of the newest speed of one model: the first of its records."""
    own = next(record for record in records if record.variant == model.lower())
    return ratios_of(*records).of(CLAIMS[model], METRIC, own)


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
    assert found.setting == "NVIDIA H200, fp32, batch 64"


def test_only_speeds_of_one_setting_are_divided() -> None:
    """Another machine, another implementation: no ratio, but with what was measured in the same way."""
    apart = (timed("deit-ti", 100.0, device="GPU"), timed("convit-ti", 50.0))
    assert ratio_of("ConViT-Ti", *apart) is None
    fused = timed("convit-ti", 80.0, implementation="fused")
    assert ratio_of("ConViT-Ti", timed("deit-ti", 100.0), fused) is None
    records = (timed("deit-ti", 100.0), fused, timed("convit-ti", 50.0))
    ratios = ratios_of(*records)
    assert ratios.of(CLAIMS["ConViT-Ti"], METRIC, fused) is None
    both = ratios.of(CLAIMS["ConViT-Ti"], METRIC, records[2])
    assert both is not None
    assert (both.measured, both.record, both.reference_record) == (0.5, records[2].id, records[0].id)
    among_fused = ratio_of("ConViT-S", timed("convit-s", 40.0, implementation="fused"), fused)
    assert among_fused is not None
    assert (among_fused.reference, among_fused.measured) == ("ConViT-Ti", 0.5)


def test_the_reference_is_the_tables_first_and_has_no_ratio() -> None:
    """It says that the others are compared with it; a speed alone says nothing."""
    ratios = ratios_of(timed("deit-ti", 100.0), timed("convit-s", 20.0))
    record = timed("deit-ti", 100.0)
    assert ratios.of(CLAIMS["DeiT-Ti"], METRIC, record) is None
    reason = reproduce(METRIC, CLAIMS["DeiT-Ti"], record, ratios=ratios).reason
    assert reason.endswith("the other speeds of Table 1 are set as ratios to this one")
    assert ratio_of("DeiT-Ti", record) is None
    alone = reproduce(METRIC, CLAIMS["DeiT-Ti"], record, ratios=ratios_of(record))
    assert (alone.agreement, alone.reason) == (
        Agreement.NOT_COMPARABLE,
        "not comparable: claimed on Quadro GP100, batch 128, measured on NVIDIA H200",
    )
    assert not ratios.is_reference(CLAIMS["ConViT-S"], METRIC, timed("convit-s", 20.0))
    assert not ratios.is_reference(CLAIMS["DeiT-Ti"], METRICS["top1"], record)


def test_failed_records_and_values_without_two_rounds_do_not_count() -> None:
    """Nor does a claim that is no number; other metrics have no ratios."""
    failed = replace(timed("deit-ti", 100.0), status=Status.FAILED)
    bare = make_record("deit-ti", None, device="NVIDIA H200")
    once = timed("deit-ti", 100.0)
    single = replace(once, measurements={"throughput": Measurement(100.0, "images/s", samples=(100.0,))})
    own = timed("convit-ti", 50.0, 51.0)
    assert [ratio_of("ConViT-Ti", other, own) for other in (failed, bare, single)] == [None] * 3
    archive = MemoryArchive(
        example_catalogue(),
        (timed("deit-ti", 100.0), timed("convit-ti", 50.0)),
        all_claims=(replace(CLAIMS["DeiT-Ti"], value="fast"), CLAIMS["ConViT-Ti"]),
    )
    own = archive.all_records[1]
    assert SpeedRatios(archive).of(CLAIMS["ConViT-Ti"], METRIC, own) is None
    assert SpeedRatios(archive).of(make_claim(), METRICS["gflops"], own) is None


def test_a_verdict_by_ratio_says_so_with_both_places() -> None:
    """The text names the reference, both ratios, the interval and both machines."""
    own = timed("convit-s", 20.0, 20.2, 20.4)
    found = reproduce(METRIC, CLAIMS["ConViT-S"], own, ratios=ratios_of(timed("deit-ti", 100.0, 101.0), own))
    assert (found.agreement, found.difference) == (Agreement.BELOW, None)
    assert found.reason.startswith("below as a ratio to DeiT-Ti: claimed 0.212, measured 0.201 (")
    assert found.reason.endswith("claimed on Quadro GP100, batch 128, measured on NVIDIA H200, fp32, batch 64")


def test_a_ratio_on_another_kind_of_device_is_context() -> None:
    """Two CPU cores do not refute a GPU: no verdict, but the ratio and both records."""
    own, reference = timed("convit-s", 20.0, 20.2, 20.4, device="CPU"), timed("deit-ti", 100.0, 101.0, device="CPU")
    found = reproduce(METRIC, CLAIMS["ConViT-S"], own, ratios=ratios_of(reference, own))
    assert (found.agreement, found.difference, found.record) == (Agreement.NOT_COMPARABLE, None, own)
    assert found.reason.startswith(
        "not comparable: claimed on Quadro GP100, batch 128, measured on CPU, fp32, batch 64"
    )
    assert "a device of another kind; as a ratio to DeiT-Ti: claimed 0.212, measured 0.201 (" in found.reason
    assert found.ratio is not None
    assert (found.ratio.record, found.ratio.reference_record) == (own.id, reference.id)


def test_the_shown_record_is_the_one_that_is_judged() -> None:
    """Whichever of two a page shows, its own rounds are divided, and the page links the other side too."""
    older, newer = timed("convit-s", 20.0, 20.2, 20.4), timed("convit-s", 30.0, 30.2, 30.4)
    ratios = ratios_of(newer, older, timed("deit-ti", 100.0))
    for record, measured in ((older, 0.202), (newer, 0.302)):
        cell = compare_claim(METRIC, (CLAIMS["ConViT-S"],), record, path="index.html", ratios=ratios)
        assert cell.measured is not None
        assert cell.verdict is not None
        assert cell.verdict.other is not None
        assert cell.measured.record_id == record.id
        assert f"measured {measured}" in cell.verdict.text
        assert cell.verdict.other.text == "record of DeiT-Ti"


@pytest.mark.parametrize(
    ("conditions", "kind"),
    [
        ("Quadro GP100, batch 128", "cuda"),
        ("single V100", "cuda"),
        ("8x A100-80GB, fp16", "cuda"),
        ("one T4", "cuda"),
        ("GPU", "cuda"),
        ("Intel Xeon Gold 6226R, 1 thread", "cpu"),
        ("CPU, ONNX Runtime", "cpu"),
        ("TPUv3 core", None),
        ("Apple M1 GPU", None),
        ("AMD MI250X GPU", None),
        ("CPU and GPU", None),
        ("ViT-B16, batch 128", None),
        ("T5-small, V3", None),
        ("batch 8", None),
        (None, None),
    ],
)
def test_conditions_tell_the_kind_of_device(conditions: str | None, kind: str | None) -> None:
    """By words that name it whole; what names none, or several, tells nothing."""
    assert device_type_of(conditions) == kind


@pytest.mark.parametrize(
    ("interval", "agreement"),
    [
        ((0.50, 0.52), Agreement.REPRODUCED),
        ((0.40, 0.60), Agreement.REPRODUCED),
        ((0.52, 0.53), Agreement.REPRODUCED),
        ((0.521, 0.53), Agreement.ABOVE),
        ((0.49, 0.50), Agreement.REPRODUCED),
        ((0.48, 0.499), Agreement.BELOW),
        ((0.48, 0.51), Agreement.REPRODUCED),
        ((0.51, 0.53), Agreement.REPRODUCED),
    ],
)
def test_a_ratio_holds_where_both_ranges_meet(interval: tuple[float, float], agreement: Agreement) -> None:
    """What the printed digits leave open here is 0.50 to 0.52; touching ends meet."""
    assert _agreement(interval, (0.50, 0.52)) is agreement


def test_a_reference_stands_in_the_very_table_of_the_claim() -> None:
    """Of the same paper, metric and data set, although tables of other papers have the same name."""
    first, own = timed("deit-s", 100.0), timed("convit-ti", 50.0)
    foreign = replace(CLAIMS["DeiT-Ti"], model="DeiT-S", variant="deit-s")
    for other in (
        replace(foreign, paper="deit"),
        replace(foreign, metric="top1"),
        replace(foreign, dataset="places365"),
        replace(foreign, source="Table 2"),
        replace(foreign, conditions="V100"),
    ):
        records, claims = (first, own, timed("deit-ti", 200.0)), (other, *CLAIMS.values())
        ratios = SpeedRatios(MemoryArchive(example_catalogue(), records, all_claims=claims))
        found = ratios.of(CLAIMS["ConViT-Ti"], METRIC, own)
        assert found is not None, other
        assert (found.reference, found.reference_variant, found.measured) == ("DeiT-Ti", "deit-ti", 0.25), other


def test_only_the_variants_of_a_table_have_speeds_in_it() -> None:
    """A model that the table does not name, and one of the archive's passes, are nobody's reference."""
    own, foreign = timed("convit-ti", 50.0), timed("deit-b", 300.0)
    seen = replace(timed("deit-ti", 100.0), dataset="imagenet-1k")
    assert ratio_of("ConViT-Ti", own, foreign, seen) is None
    assert not ratios_of(timed("deit-ti", 100.0), foreign).is_reference(
        CLAIMS["DeiT-Ti"], METRIC, timed("deit-ti", 100.0)
    )


@pytest.mark.parametrize("changed", [{"torch": "2.11.0"}, {"driver": "580.1"}])
def test_speeds_of_other_software_are_not_divided(changed: dict[str, str]) -> None:
    """Another torch or another driver is another speed."""
    reference = timed("deit-ti", 100.0)
    other = replace(reference, environment=replace(reference.environment, **changed))  # type: ignore[arg-type]
    assert ratio_of("ConViT-Ti", reference, timed("convit-ti", 50.0)) is not None
    assert ratio_of("ConViT-Ti", other, timed("convit-ti", 50.0)) is None


def test_slow_speeds_are_speeds_and_nothing_is_none() -> None:
    """Half an image a second can be divided, and claimed; 0 can be neither."""
    slow = ratio_of("ConViT-Ti", timed("deit-ti", 1.0), timed("convit-ti", 0.5))
    assert slow is not None
    assert slow.measured == 0.5
    assert ratio_of("ConViT-Ti", timed("deit-ti", 1.0), timed("convit-ti", 0.0, 0.5)) is None
    records = timed("deit-ti", 1.0), timed("convit-ti", 0.5)
    for printed, is_one in (("0.5", True), ("0", False), ("0.4", True)):
        claims = replace(CLAIMS["DeiT-Ti"], value=printed), CLAIMS["ConViT-Ti"]
        archive = MemoryArchive(example_catalogue(), records, all_claims=claims)
        assert (SpeedRatios(archive).of(claims[1], METRIC, records[1]) is not None) is is_one, printed


def test_what_is_no_speed_of_a_known_model_has_no_ratio() -> None:
    """A claim of a model that nobody declares, a speed of a whole pass, a count: none is divided."""
    records = timed("deit-ti", 100.0), timed("convit-ti", 50.0)
    ratios = ratios_of(*records)
    assert ratios.of(replace(CLAIMS["ConViT-Ti"], variant=None), METRIC, records[1]) is None
    whole_pass = replace(METRIC, scope=METRICS["top1"].scope)
    assert ratios.of(CLAIMS["ConViT-Ti"], whole_pass, records[1]) is None
    stranger = timed("convit-ti", 50.0, device="NVIDIA A100")
    assert ratios.of(CLAIMS["ConViT-Ti"], METRIC, stranger) is None
    assert not ratios.is_reference(CLAIMS["DeiT-Ti"], METRIC, timed("deit-ti", 9.0, device="NVIDIA A100"))
    counted = replace(METRIC, kind=METRICS["gflops"].kind)
    assert ratios.of(CLAIMS["ConViT-Ti"], counted, records[1]) is None


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (
            "cuda",
            (
                "NVIDIA, CUDA, Quadro, Tesla, GeForce, Titan Xp, RTX 3090, GTX 1080, H100, V100, P100, B200, GB200, "
                "GH200, A100, A4000, A10, A30, A40, K20, K40, K80, L4, T4, P4, L40, L40S, M40, P40, 2 GPUs"
            ),
        ),
        (
            "cpu",
            "CPUs, Xeon, EPYC 7742, Ryzen, Core i7, Threadripper, Opteron, Graviton2",
        ),
        (
            None,
            (
                "TPU, TPUv4 GPU, Radeon GPU, MI50 GPU, MI300X GPU, IPU GPU, MPS GPU, Apple M2 GPU, phone GPU, iPhone "
                "CPU, Pixel CPU, Raspberry CPU, Jetson GPU"
            ),
        ),
    ],
)
def test_devices_are_known_by_many_names(kind: str | None, names: str) -> None:
    """Makers, series and models; nothing is measured here on the last ones, whatever else they say."""
    known = names.split(", ")
    assert {name: device_type_of(name) for name in known} == dict.fromkeys(known, kind)
