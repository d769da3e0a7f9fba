"""Which record answers a claim, what came of it, and in which words."""

from dataclasses import replace
from typing import Any

import pytest

from pwc_bench.core.archive import MemoryArchive
from pwc_bench.core.claim import Claim
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.metric import Display
from pwc_bench.core.record import Record, Status, WeightsStatus
from pwc_bench.core.reproduction import Agreement, Basis
from pwc_bench.core.setting import Machine
from pwc_bench.views.answers import Answers
from pwc_bench.views.current import Current, current_records
from pwc_bench.views.likeness import in_turn, likeness, obstacle, usual_obstacle
from pwc_bench.views.reproduction import Reproduction, Tally, ratio_text, reproduce
from tests.example_archive import METRICS, example_catalogue
from tests.factories import make_claim, make_measurement, make_record

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


def judged(metric: str, value: str, record: Record) -> Reproduction:
    """A claim of ConViT-S against what a record holds."""
    unit = METRICS[metric].display.unit
    return reproduce(METRICS[metric], make_claim(metric=metric, value=value, unit=unit), record)


OWN = make_record(weights=WeightsStatus.LOCAL)
EXACT = make_record(weights=WeightsStatus.LOCAL, measurements={"top1": Measurement(81.3, "%")})
COST = make_record(dataset=None)


@pytest.mark.parametrize(
    ("metric", "value", "record", "reason"),
    [
        ("top1", "81.3", make_record(), "reproduced"),
        ("top1", "81.32", make_record(), "reproduced within a dozen of 50,000 images"),
        (
            "top1",
            "81.5",
            make_record(),
            (
                "below the claim: the published checkpoint should agree to 0.024 % on the same images, "
                "whatever the 95 % interval"
            ),
        ),
        ("top1", "81.3", OWN, "reproduced, with own weights"),
        ("top1", "81.35", OWN, "reproduced within the tolerance, with own weights"),
        ("top1", "81.6", OWN, "reproduced within the 95 % interval, with own weights"),
        (
            "top1",
            "82.0",
            OWN,
            "below the claim, with own weights: it lies outside the 95 % interval 80.96\N{EN DASH}81.64",
        ),
        ("top1", "80.0", EXACT, "above the claim, with own weights"),
        ("gflops", "5.4", COST, "reproduced without the attention products: 5.36\N{NO-BREAK SPACE}GFLOPs"),
        (
            "gflops",
            "4.2",
            COST,
            (
                "above the claim; no other convention prints it (5.36 without the attention products, "
                "11.51 with two operations for each multiply-add)"
            ),
        ),
        ("parameters", "27.3", COST, "reproduced without the classifier head: 27.34\N{NO-BREAK SPACE}M"),
        (
            "parameters",
            "30",
            COST,
            "below the claim; no other convention prints it (27.34 without the classifier head)",
        ),
    ],
)
def test_a_verdict_says_by_what_it_holds_or_what_it_would_have_taken(
    metric: str, value: str, record: Record, reason: str
) -> None:
    """The digits, a dozen images, the tolerance, the interval, a convention; else the nearest miss."""
    assert judged(metric, value, record).reason == reason


def test_a_likelihood_of_the_checkpoint_itself_is_judged_by_the_tolerance() -> None:
    """There is no dozen of images in a mean."""
    record = make_record(measurements={"nll": Measurement(0.9004, "nats")})
    metric = replace(METRICS["nll"], tolerance=0.0005)
    claim = make_claim(metric="nll", value="0.9001", unit="nats")
    assert reproduce(metric, claim, record).reason == "reproduced within the tolerance"
    far = reproduce(metric, replace(claim, value="0.8"), record)
    assert far.reason == (
        "above the claim: the published checkpoint should agree to 0.0005 nats on the same images, "
        "whatever the 95 % interval"
    )
    bare = reproduce(replace(metric, display=Display("", decimals=3)), replace(claim, value="0.8", unit=""), record)
    assert "should agree to 0.0005 on the same images" in bare.reason


def test_a_judged_claim_carries_its_numbers() -> None:
    """Difference and share of the claim, in the display unit; the rule, the convention and what was compared."""
    found = judged("gflops", "5.4", COST)
    assert (str(found.difference), round(float(found.difference_percent or 0), 2)) == ("0.357", 6.61)
    assert (found.rule, found.convention, round(float(found.compared or 0), 3)) == (
        "digits", "without-attention-products", 5.358,
    )  # fmt: skip
    assert [reading.key for reading in found.readings] == ["total", "without-attention-products", "doubled"]
    assert (found.record, found.basis, found.by_own_weights) == (COST, Basis.DIGITS, False)
    total = judged("gflops", "5.757", COST)
    assert (total.convention, float(total.compared or 0), total.reading) == ("total", 5.757, None)
    assert (judged("top1", "81.3", OWN).by_own_weights, judged("top1", "81.3", OWN).convention) == (True, None)
    assert (judged("top1", "0", EXACT).difference_percent, judged("top1", "0.00", EXACT).rule) == (None, None)
    assert judged("parameters", "30", COST).difference == judged("parameters", "0", COST).difference - 30  # type: ignore[operator]


def test_a_tally_leaves_nothing_out() -> None:
    """What was not measured or cannot be compared stands beside what was reproduced, with at most four names."""
    reproduced, missing, apart = Agreement.REPRODUCED, Agreement.NOT_MEASURED, Agreement.NOT_COMPARABLE
    assert Tally.of([(reproduced, "Top-1"), (Agreement.ABOVE, "Top-1")]).whole_text == "1 of 2 claims reproduced"
    assert Tally.of([(missing, "Top-1")]).text == "1 claim, none measured"
    assert Tally.of([(missing, "Top-1")] * 2).whole_text == "2 claims, none measured (Top-1 not measured)"
    both = Tally.of([(reproduced, "Top-1")] * 1_000 + [(missing, "Top-5"), (apart, "Speed"), (apart, "Speed")])
    assert both.text == "1,000 of 1,003 claims reproduced; 1 not measured yet, 2 not comparable"
    assert (both.claims, both.unmeasured) == (1_003, ("Top-5",))
    assert Tally.of([(apart, "Speed")]).text == "0 of 1 claims reproduced; 1 not comparable"
    named = [(missing, name) for name in "abcda"]
    assert Tally.of([(reproduced, "x"), *named]).whole_text.endswith("(a, b, c, d not measured)")
    assert Tally.of([(reproduced, "x"), *named, (missing, "e"), (missing, "f")]).whole_text == (
        "1 of 8 claims reproduced; 7 not measured yet (a, b, c, d, 2 further metrics not measured)"
    )


FUSED, PLAIN = Machine("NVIDIA H200", "fp32", "fused"), Machine("NVIDIA H200", "fp32", "reference")


def current(*records: Record, dataset: str | None = "imagenet-1k") -> Current:
    """The records that speak on a data set."""
    return current_records(MemoryArchive(example_catalogue(), records), dataset)


def test_a_readers_choice_brings_up_what_was_measured_there() -> None:
    """Speeds of each machine in its usual setting; an accuracy whatever code made it, and a count everywhere."""
    plain, fused = timed("convit-s", 20.0, 20.1), timed("convit-s", 30.0, 30.1, implementation="fused")
    odd = timed("convit-s", 90.0, 90.1, batch_size=256, started="2026-05-01")
    rest = [timed(variant, 9.0, 9.1) for variant in ("deit-s", "deit-b")]
    counted = make_record("convit-s", None, measurements={"gflops": Measurement(5.757, "GFLOPs")})
    found = current(plain, fused, odd, *rest, make_record(), counted)
    assert dict(found.by_machine("convit-s", METRICS["throughput"])) == {PLAIN: plain, FUSED: fused}
    assert [machine for machine, _ in found.by_machine("convit-s", METRICS["top1"])] == [
        PLAIN._replace(implementation="")
    ]
    assert list(found.machines("convit-s", METRICS["throughput"])) == [PLAIN, FUSED]
    assert list(found.machines("deit-s", METRICS["throughput"])) == [PLAIN]
    assert list(found.machines("convit-s", METRICS["gflops"])) == []
    for variant in (None, "resnet-50"):
        assert list(found.by_machine(variant, METRICS["throughput"])) == []
        assert list(found.machines(variant, METRICS["throughput"])) == []
        assert found.record(variant, "throughput") is None
        assert found.failure(variant, METRICS["top1"]) is None
    assert found.record("convit-s", "unknown") is None


def test_what_speaks_is_told_by_variant() -> None:
    """Who passed, who was measured at all, the newest start, and which attempt failed last."""
    cost, seen = make_record("convit-ti", None), make_record("convit-s", started="2026-03-01")
    old = make_record("deit-b", status=Status.FAILED, reason="old", measurements={}, started="2026-01-01")
    new = make_record("deit-b", status=Status.FAILED, reason="new", measurements={}, started="2026-02-01")
    found = current(cost, seen, old, new)
    assert found.variants == ("convit-ti", "convit-s")
    assert (found.has_passed("convit-s"), found.has_passed("convit-ti"), found.has_passed("deit-b")) == (
        True, False, False,
    )  # fmt: skip
    assert found.newest == "2026-03-01"
    assert found.failure("deit-b", METRICS["top1"]) is new
    assert found.failure("deit-b", METRICS["gflops"]) is None
    assert current().newest is None
    assert current(cost, seen, dataset=None).variants == ("convit-ti",)


def test_among_some_variants_their_own_usual_setting_counts() -> None:
    """Of all models most were timed at batch 8, of these two at batch 64."""
    records = [timed(variant, 9.0, 9.1, batch_size=8) for variant in ("convit-s", "deit-s", "deit-b", "convit-b")]
    large = [timed(variant, 99.0, 99.1, batch_size=64) for variant in ("convit-s", "convit-ti")]
    found = current(*records, *large)
    assert found.record("convit-s", "throughput") is records[0]
    few = found.among(("convit-s", "convit-ti"))
    assert few.record("convit-s", "throughput") is large[0]
    assert few.variants == ("convit-s", "convit-ti")


def test_a_metric_that_nobody_declares_speaks_by_its_newest_record() -> None:
    """It is kept, and gives no machine to choose."""
    records = [
        make_record(dataset=None, measurements={"wattage": Measurement(value, "W")}, started=f"2026-0{value:.0f}-01")
        for value in (1.0, 2.0)
    ]
    found = current(*records)
    assert found.record("convit-s", "wattage") is records[1]
    assert found.usage.machines == ()


def test_two_models_are_set_against_each_other_where_they_were_measured_alike() -> None:
    """One definition; the same images; of speeds one campaign and one setting; a whole pass tells none apart."""
    speed, accuracy, count = METRICS["throughput"], METRICS["top1"], METRICS["gflops"]
    whole_pass = replace(speed, key="top1", scope=accuracy.scope)
    one, other = make_record("convit-s"), make_record("deit-s")
    assert obstacle(accuracy, one, other) is None
    elsewhere = replace(other, provenance=replace(other.provenance, manifest_sha256="aa" * 32))
    assert obstacle(accuracy, one, elsewhere) == "not the same images"
    newer = replace(other, measurements={"top1": Measurement(80.0, "%", version=2)})
    assert obstacle(accuracy, one, newer) == "two definitions of the metric"
    assert likeness(accuracy, newer) != likeness(accuracy, other)
    assert obstacle(whole_pass, one, one) == "one pass for all models"
    slow, fast = timed("convit-s", 1.0, 1.1), timed("deit-s", 2.0, 2.1)
    assert obstacle(speed, slow, fast) is None
    assert obstacle(speed, slow, replace(fast, campaign="another")) == "not compared: other campaign"
    assert obstacle(speed, slow, timed("deit-s", 2.0, 2.1, batch_size=8)) == "not compared: batch size 64 against 8"
    counted = make_record("convit-s", None), make_record("deit-s", None, campaign="another", device="CPU")
    assert obstacle(count, *counted) is None
    manifest = replace(counted[1], provenance=replace(counted[1].provenance, manifest_sha256="aa" * 32))
    assert obstacle(count, counted[0], manifest) is None
    assert usual_obstacle(speed) == "not compared: other machine, settings or campaign"
    assert usual_obstacle(accuracy) == "not the same images"
    assert usual_obstacle(whole_pass) == "one pass for all models"


def test_what_cannot_be_compared_keeps_both_sides() -> None:
    """A claim on imagenet-1k beside the record of a demo, which does not answer it."""
    record = make_record(dataset="demo")
    found = reproduce(METRICS["top1"], TOP1, record)
    assert (found.agreement, found.claim, found.record) == (Agreement.NOT_COMPARABLE, TOP1, record)
    assert found.reason == "not comparable: measured on demo, claimed on imagenet-1k"


def test_the_newest_speaks_first_and_of_one_start_the_reference() -> None:
    """In whatever order they are given."""
    old, new = timed("convit-s", 1.0, 1.1), timed("convit-s", 2.0, 2.1, started="2026-02-01")
    fused = timed("convit-s", 3.0, 3.1, started="2026-02-01", implementation="fused")
    assert in_turn([fused, old, new]) == [new, fused, old]


def test_an_interval_is_no_excuse_for_a_published_checkpoint() -> None:
    """Half a point below its own claim is below, although the 95 % interval holds the claim."""
    record = make_record(measurements={"top1": make_measurement(80.8, "%", half_width=0.6)})
    assert judged("top1", "81.3", record).agreement is Agreement.BELOW
