"""The setting of a number: what it depends on, which two can be compared, their words, and which one is the usual."""

from dataclasses import replace
from typing import Any

import pytest

from pwc_bench.core.metric import Metric
from pwc_bench.core.record import Record
from pwc_bench.core.selection import speaking_record, usage_of, uses_of
from pwc_bench.core.setting import Machine, Setting
from pwc_bench.metrics import load_metrics
from tests.factories import make_measurement, make_record

METRICS = load_metrics()
SPEED, COUNT, ACCURACY = METRICS["throughput"], METRICS["gflops"], METRICS["top1"]


def speed(variant: str = "convit-s", value: float = 100.0, started: str = "2026-01-01", **environment: Any) -> Record:  # noqa: ANN401
    """A speed on two cores; `environment` says otherwise."""
    record = make_record(variant, None, measurements={"throughput": make_measurement(value, "images/s")}, device="CPU")
    made = {"batch_size": 8, "threads": 2} | environment
    return replace(record, started=started, environment=replace(record.environment, **made))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"device": "Other CPU"}, "device CPU against Other CPU"),
        ({"precision": "bf16"}, "precision fp32 against bf16"),
        ({"implementation": "fused"}, "implementation reference against fused"),
        ({"batch_size": 16}, "batch size 8 against 16"),
        ({"threads": 4}, "torch threads 2 against 4"),
        ({"compile": True}, "torch.compile off against on"),
        ({"memory_format": "channels_last"}, "memory format contiguous against channels_last"),
        ({"power_limit_watts": 500.0}, "GPU power limit in W unknown against 500.0"),
    ],
)
def test_two_speeds_compare_where_everything_is_equal(changed: dict[str, Any], words: str) -> None:
    """Whatever differs is named, and no words of a page hide it."""
    one, other = Setting.of(speed(), SPEED), Setting.of(speed(**changed), SPEED)
    assert one == Setting.of(speed("deit-s", 7.0), SPEED)
    assert list(one.differences(one)) == []
    assert list(one.differences(other)) == [words]
    assert other.text_beside(one) != one.text


def test_a_number_depends_on_what_its_metric_depends_on() -> None:
    """A count on nothing, an accuracy on precision and recipe, a speed on all; TF32 exists on CUDA only."""
    cost, accuracy = make_record(dataset=None), make_record()
    fused: dict[str, Any] = {"implementation": "fused", "batch_size": 1, "device": "Other"}
    assert Setting.of(replace(cost, environment=replace(cost.environment, **fused)), COUNT) == Setting()
    other = replace(accuracy, environment=replace(accuracy.environment, **fused))
    assert Setting.of(other, ACCURACY) == Setting.of(accuracy, ACCURACY)
    reduced = replace(accuracy, environment=replace(accuracy.environment, tf32=True))
    assert Setting.of(reduced, ACCURACY) != Setting.of(accuracy, ACCURACY)
    assert Setting.of(speed(tf32=True), SPEED) == Setting.of(speed(), SPEED)


def test_words_name_the_implementation_that_is_not_the_reference() -> None:
    """And one thread is no threads."""
    found = Setting.of(speed(implementation="fused", threads=1), SPEED)
    assert found.text == "CPU, fp32, batch 8, fused implementation, 1 thread"
    assert found.machine == Machine("CPU", "fp32", "fused")
    assert (found.machine.key, found.machine.text) == ("cpu+fp32+fused", "CPU, fp32, fused implementation")


def usual_speed(metric: Metric, *records: Record) -> Setting | None:
    """The setting in which speeds of these records are compared."""
    return usage_of(uses_of(records, metric)).usual(metric.key)


def test_the_reference_is_usual_then_the_setting_of_most_models_then_the_newest() -> None:
    """Of equal machines the newest; within a machine the batch of most models."""
    fused = [speed(variant, started="2026-05-01", implementation="fused") for variant in ("convit-s", "convit-ti")]
    plain = speed("deit-s")
    assert usual_speed(SPEED, *fused, plain) == Setting.of(plain, SPEED)
    assert usual_speed(SPEED, *fused) == Setting.of(fused[0], SPEED)
    gpu = speed("deit-s", started="2026-06-01", device="GPU")
    assert usual_speed(SPEED, gpu, plain) == Setting.of(gpu, SPEED)
    assert usual_speed(SPEED, gpu, plain, speed("convit-s")) == Setting.of(plain, SPEED)
    large = speed("convit-s", started="2026-07-01", batch_size=64)
    assert usual_speed(SPEED, plain, speed("deit-ti"), large) == Setting.of(plain, SPEED)
    assert usual_speed(SPEED) is None


def test_an_older_reference_speaks_before_a_newer_fused_speed() -> None:
    """What was timed in no usual setting speaks in the one that it has."""
    fused = speed(value=15.1, started="2026-05-01", implementation="fused")
    plain = speed(value=11.0)
    usage = usage_of(uses_of((fused, plain), SPEED))
    assert speaking_record((fused, plain), SPEED, usage) is plain
    assert speaking_record((fused,), SPEED, usage) is fused
    assert speaking_record((make_record(),), SPEED, usage) is None


def test_words_name_all_that_is_unusual() -> None:
    """In the order in which people ask; what is as usual goes without saying."""
    found = Setting(
        device="NVIDIA H200", device_type="cuda", precision="bf16", batch_size=256, implementation="fused",
        compiled=True, cuda_graphs=True, memory_format="channels_last", threads=2, workers=4, processes=2,
    )  # fmt: skip
    assert found.text == (
        "NVIDIA H200, bf16, batch 256, compiled, CUDA graphs, channels last, fused implementation, 4 workers, "
        "2 processes"
    )
    plain = Setting(device="CPU", device_type="cpu", memory_format="contiguous", threads=1_000, workers=1, processes=1)
    assert (plain.text, plain.further) == ("CPU, 1,000 threads, 1 worker", "1,000 threads, 1 worker")
    assert Setting().text == ""
    assert Setting().machine == Machine("", "", "reference")


def test_words_that_hide_a_difference_are_followed_by_it() -> None:
    """A power limit stands in no text, so that it is told where all else is the same; equal settings say no more."""
    limited = Setting.of(speed(power_limit_watts=500.0), SPEED)
    usual = Setting.of(speed(), SPEED)
    assert usual.text_beside(usual) == usual.text
    words = "CPU, fp32, batch 8, 2 threads (GPU power limit in W unknown against 500.0)"
    assert limited.text_beside(usual) == words
    more = replace(limited, recipe=make_record().provenance.recipe)
    assert more.text_beside(usual) == words.replace("(", "(recipe unknown against exact-256-224 (3ee4ddc6); ")
    assert limited.text_beside(Setting.of(speed(batch_size=16), SPEED)) == limited.text


def test_a_run_has_a_setting_of_its_own() -> None:
    """That of its batches, whatever each metric's own is; it reads nothing as a pass does."""
    found = Setting.of_run(speed(workers=3, processes=2, batch_size=16))
    assert (found.batch_size, found.device, found.workers, found.processes, found.recipe) == (
        16,
        "CPU",
        None,
        None,
        None,
    )


def test_a_pass_depends_on_its_readers_too() -> None:
    """On the recipe, the reading threads and the processes; one process where a record names none."""
    metric = replace(SPEED, scope=ACCURACY.scope)
    accuracy = make_record(measurements={"throughput": make_measurement(9.0, "images/s")})
    found = Setting.of(replace(accuracy, environment=replace(accuracy.environment, workers=3)), metric)
    assert (found.workers, found.processes, found.recipe) == (3, 1, accuracy.provenance.recipe)
    assert Setting.of(speed(), SPEED).processes is None
    assert Setting.of(speed(cuda_graphs=True), SPEED).cuda_graphs
    tf32 = Setting.of(speed(tf32=True, device_type="cuda"), SPEED)
    assert tf32.precision == "fp32 with TF32"
    assert Setting.of(speed(tf32=True, device_type="cuda", precision="bf16"), SPEED).precision == "bf16"


def test_every_field_has_a_word_for_a_difference() -> None:
    """As people call it; the kind of device follows from the device."""
    one, two = Setting(), Setting(
        recipe=make_record().provenance.recipe, device="CPU", precision="bf16", batch_size=8, implementation="fused",
        compiled=True, cuda_graphs=True, memory_format="channels_last", threads=2, power_limit_watts=500.0, workers=4,
        processes=2, device_type="cpu",
    )  # fmt: skip
    assert list(one.differences(two)) == [
        "recipe unknown against exact-256-224 (3ee4ddc6)",
        "device unknown against CPU",
        "precision unknown against bf16",
        "batch size unknown against 8",
        "implementation unknown against fused",
        "torch.compile off against on",
        "CUDA graphs off against on",
        "memory format unknown against channels_last",
        "torch threads unknown against 2",
        "GPU power limit in W unknown against 500.0",
        "reading threads unknown against 4",
        "processes unknown against 2",
    ]
