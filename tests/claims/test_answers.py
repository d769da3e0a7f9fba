"""Which record answers a claim, and why none does."""

from dataclasses import replace
from typing import Any

import pytest

from pwc_bench.claims.answers import Answers, ratio_text
from pwc_bench.claims.reproduction import Agreement
from pwc_bench.core.archive import MemoryArchive
from pwc_bench.core.claim import Claim
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.record import Record, Status, WeightsStatus
from tests.example_archive import example_catalogue
from tests.factories import make_claim, make_record

TOP1 = make_claim(metric="top1", value="81.3", unit="%")
FLOPS = make_claim(value="5.757")
GP100 = {
    model: replace(make_claim(model, "throughput", value, "images/s"), conditions="Quadro GP100, batch 128")
    for model, value in {"DeiT-S": "600", "ConViT-S": "305"}.items()
}


def answers(*records: Record, claims: tuple[Claim, ...] = ()) -> Answers:
    """Answers over the example's catalogue and these records."""
    return Answers(MemoryArchive(example_catalogue(), records, all_claims=claims))


def timed(
    variant: str,
    *rounds: float,
    started: str = "2026-01-01",
    **environment: Any,  # noqa: ANN401 - an environment's own fields
) -> Record:
    """A record of one speed on an H200."""
    found = Measurement(sorted(rounds)[len(rounds) // 2], "images/s", samples=rounds)
    record = make_record(variant, None, measurements={"throughput": found}, started=started)
    return replace(record, environment=replace(record.environment, **environment))


@pytest.mark.parametrize(
    ("conditions", "device"),
    [
        ("Quadro GP100, batch 64", "Quadro GP100"),
        ("A100, batch 64", "NVIDIA H200"),
        ("one GPU", "NVIDIA H200"),
        ("Xeon, batch 1", "AMD EPYC"),
        ("Radeon", "AMD EPYC"),
        (None, "AMD EPYC"),
    ],
)
def test_a_speed_is_set_against_the_machine_that_it_names(conditions: str | None, device: str) -> None:
    """The device itself, else one of its kind, else the usual one, on which most models were timed."""
    kinds = {"NVIDIA H200": "cuda", "Quadro GP100": "cuda", "AMD EPYC": "cpu"}
    records = [timed("convit-s", 3.0, 3.0, 3.0, device=name, device_type=kind) for name, kind in kinds.items()]
    usual = [timed(key, 2.0, 2.0, 2.0, device="AMD EPYC", device_type="cpu") for key in ("deit-s", "deit-b")]
    usual += [timed("deit-s", 2.0, 2.0, 2.0, device="NVIDIA H200", device_type="cuda")]
    claim = replace(GP100["ConViT-S"], conditions=conditions)
    found = answers(*records, *usual, claims=(claim,)).record(claim)
    assert found is not None
    assert found.environment.device == device


def test_a_claim_is_answered_by_its_own_variant_on_its_own_data_set() -> None:
    """Not by another model, nor by the demo that is newer; each variant's records are read once."""
    own, cost = make_record(), make_record(dataset=None)
    demo = make_record(dataset="demo", started="2026-09-01", weights=WeightsStatus.PROBE)
    found = answers(own, cost, demo, make_record("convit-b", started="2026-09-01"))
    assert found.record(TOP1) is own
    assert found.record(FLOPS) is cost
    assert found.record(replace(TOP1, dataset="demo")) is demo
    assert found.record(replace(TOP1, variant=None)) is None
    assert found.record(replace(TOP1, metric="fps")) is None
    assert (found.reproduction(TOP1).claim, found.reproduction(FLOPS).claim) == (TOP1, FLOPS)
    assert (found.reproduction(TOP1).agreement, found.reproduction(TOP1).record) == (Agreement.REPRODUCED, own)
    assert found.current("convit-s", "imagenet-1k").variants == ("convit-s",)
    assert found.current("convit-s", "imagenet-1k") is found.current("convit-s", "imagenet-1k")


def test_a_probes_accuracy_answers_for_the_demo_alone() -> None:
    """A random backbone with a fitted head says nothing of ImageNet."""
    probe = make_record(weights=WeightsStatus.PROBE)
    assert answers(probe).record(TOP1) is None
    assert answers(probe).reproduction(TOP1).agreement is Agreement.NOT_MEASURED


def test_of_several_speeds_the_one_in_the_setting_of_most_models_answers() -> None:
    """All others were timed at batch 8, so the newer speed at batch 64 is not what a table compares."""
    usual = timed("convit-s", 20.0, 20.1, batch_size=8)
    other = timed("convit-s", 30.0, 30.1, batch_size=64, started="2026-05-01")
    rest = [timed(variant, 10.0, 10.1, batch_size=8) for variant in ("deit-s", "deit-b")]
    claim = GP100["ConViT-S"]
    assert answers(usual, other, *rest).record(claim) is usual
    assert answers(usual, other).record(claim) is other
    assert answers(other, *rest).record(claim) is other


@pytest.mark.parametrize(
    ("claim", "records", "reason"),
    [
        (replace(TOP1, metric="fps"), [make_record()], "a metric that pwc-bench does not measure"),
        (replace(TOP1, metric="fps", variant=None), [make_record()], "a metric that pwc-bench does not measure"),
        (
            replace(TOP1, dataset="places365"),
            [make_record()],
            "not measured: pwc-bench cannot evaluate this data set yet",
        ),
        (replace(FLOPS, dataset="places365"), [], "not measured yet"),
        (TOP1, [], "not measured yet"),
        (
            replace(TOP1, model="ConViT-S+", variant="convit-s-plus"),
            [],
            "Nobody published PyTorch weights of this variant.",
        ),
        (replace(FLOPS, model="ConViT-S+", variant="convit-s-plus"), [], "not measured yet"),
        (replace(TOP1, variant="resnet-50"), [], "not measured"),
        (
            replace(TOP1, variant=None),
            [make_record()],
            "not measured: the claim speaks of a model that no family declares",
        ),
        (
            replace(TOP1, variant=None, conditions="384 px"),
            [make_record()],
            "not measured: the claim speaks of a model that no family declares (384 px)",
        ),
        (
            TOP1,
            [make_record(status=Status.FAILED, reason="no file", measurements={})],
            "not measured: the attempt failed: no file",
        ),
        (TOP1, [make_record(status=Status.FAILED, measurements={})], "not measured: the attempt failed"),
        (FLOPS, [make_record(status=Status.FAILED, reason="no file", measurements={})], "not measured yet"),
        (TOP1, [make_record("deit-s", status=Status.FAILED, reason="no", measurements={})], "not measured yet"),
    ],
)
def test_what_was_not_measured_says_why(claim: Claim, records: list[Record], reason: str) -> None:
    """The metric, the data set, the weights, the model, or a failed attempt: the nearest reason that is known."""
    found = answers(*records).reproduction(claim)
    assert (found.agreement, found.reason) == (Agreement.NOT_MEASURED, reason)
    assert (found.claim, found.record, found.difference, found.rule, found.convention) == (
        claim,
        None,
        None,
        None,
        None,
    )


def test_a_count_answers_whatever_the_claims_data_set() -> None:
    """Multiply-adds are those of the architecture, also where a paper prints them beside a data set of its own."""
    found = answers(make_record(dataset=None)).reproduction(replace(FLOPS, dataset="places365"))
    assert found.agreement is Agreement.REPRODUCED


def test_a_speed_on_another_gpu_is_judged_as_a_ratio() -> None:
    """305 of 600 images/s on a GP100, 50.8 of 100 on an H200: the number compared is the ratio."""
    records = timed("deit-s", 100.0, 100.0), timed("convit-s", 50.8, 50.8)
    found = answers(*records, claims=tuple(GP100.values())).reproduction(GP100["ConViT-S"])
    assert (found.agreement, found.rule, str(found.compared)) == (Agreement.REPRODUCED, "ratio", "0.508")
    assert (found.claim, found.record, found.difference) == (GP100["ConViT-S"], records[1], None)
    assert found.reason == (
        "reproduced as a ratio to DeiT-S: claimed 0.508, measured 0.508 (0.508\N{EN DASH}0.508); "
        "claimed on Quadro GP100, batch 128, measured on NVIDIA H200, fp32, batch 64"
    )
    assert found.ratio is not None
    assert (found.ratio.reference_variant, found.ratio.device_type) == ("deit-s", "cuda")
    assert ratio_text(found.ratio).endswith("measured 0.508 (0.508\N{EN DASH}0.508)")
    first = answers(*records, claims=tuple(GP100.values())).reproduction(GP100["DeiT-S"])
    assert (first.agreement, first.claim, first.record, first.compared, first.rule) == (
        Agreement.NOT_COMPARABLE, GP100["DeiT-S"], records[0], None, None,
    )  # fmt: skip
    assert first.reason == (
        "not comparable: claimed on Quadro GP100, batch 128, measured on NVIDIA H200; "
        "the other speeds of Table 1 are set as ratios to this one"
    )


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ("2 x Xeon", "claimed on 2 x Xeon, measured on NVIDIA H200, fp32, batch 64, a device of another kind; as a"),
        (
            None,
            (
                "claimed on unnamed hardware, measured on NVIDIA H200, fp32, batch 64, "
                "and devices of unknown kinds are not compared; as a"
            ),
        ),
        (
            "batch 128",
            (
                "claimed on batch 128, measured on NVIDIA H200, fp32, batch 64, "
                "and devices of unknown kinds are not compared; as a"
            ),
        ),
    ],
)
def test_a_ratio_between_kinds_of_device_is_no_verdict(conditions: str | None, words: str) -> None:
    """A processor, or nobody knows what: the ratio is shown and judges nothing."""
    claims = tuple(replace(claim, conditions=conditions) for claim in GP100.values())
    records = timed("deit-s", 100.0, 100.0), timed("convit-s", 51.0, 51.0)
    found = answers(*records, claims=claims).reproduction(claims[1])
    assert found.reason.startswith(f"not comparable: {words} ratio to DeiT-S: claimed 0.508")
    assert (found.agreement, found.claim, found.record) == (Agreement.NOT_COMPARABLE, claims[1], records[1])
    assert (found.rule, found.compared) == (None, None)
