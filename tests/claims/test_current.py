"""Which record speaks for a variant, and which of two models' may be set against each other."""

from dataclasses import replace

from pwc_bench.claims.answers import reproduce
from pwc_bench.claims.current import Current, current_records
from pwc_bench.claims.reproduction import Agreement
from pwc_bench.core.archive import MemoryArchive
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.record import Record, Status
from pwc_bench.core.setting import Machine
from pwc_bench.site.parts.pairs import in_turn, likeness, obstacle, usual_obstacle
from tests.claims.test_answers import timed
from tests.example_archive import METRICS, example_catalogue
from tests.factories import make_claim, make_record

TOP1 = make_claim(metric="top1", value="81.3", unit="%")


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
