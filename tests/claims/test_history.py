"""A metric over campaigns: what stands in one series, and where its level changed."""

from dataclasses import replace

import pytest

from pwc_bench.claims.history import MOST_POINTS, HistorySeries, histories, series_of
from pwc_bench.claims.history_words import counted, series_display, series_title, step_sentences
from pwc_bench.core.archive import MemoryArchive
from pwc_bench.core.record import Record, Status, WeightsStatus
from tests.claims.series_records import campaigns, cost_record, pass_record
from tests.example_archive import METRICS, example_catalogue
from tests.factories import make_measurement, make_record


def _all(
    records: tuple[Record, ...], metric: str | None = None, variant: str = "convit-s"
) -> tuple[HistorySeries, ...]:
    return histories(MemoryArchive(example_catalogue(), records), variant, metric)


def test_machines_are_separate_series_and_the_step_is_on_one_of_them() -> None:
    """A slower GPU leaves the CPU's history alone; an outlier and a gap are no steps."""
    cpu, gpu = _all(campaigns(14), "throughput")
    assert ("Xeon" in cpu.setting, "H200" in gpu.setting) == (True, True)
    assert cpu.steps == ()
    (step,) = gpu.steps
    assert (step.index, step.is_better) == (7, False)
    assert step.before == pytest.approx(3000, rel=0.01)
    assert step.after == pytest.approx(2700, rel=0.01)
    assert len(gpu.points) == 14


def test_any_change_of_an_exact_value_is_a_step() -> None:
    """One more parameter, from whatever machine it was counted on."""
    (series,) = _all(campaigns(14), "parameters")
    (step,) = series.steps
    assert (step.before, step.after, step.p_value, step.is_better) == (27_777_000, 27_777_001, None, False)
    assert series_display(series).text(step.after) == "27.777001"
    assert "from 27.777000 to 27.777001 M, +0.000004 %" in next(step_sentences(series))


def test_accuracy_that_moves_by_more_than_its_tolerance_is_a_step() -> None:
    """The same images carry no noise; the sentence names the weights that are new."""
    (series,) = _all(campaigns(14), "top1")
    (step,) = series.steps
    assert series.points[step.index].new_weights
    assert next(step_sentences(series)) == (
        "worse since 2026-02-02 (2026-02-02): from 81.36 to 80.90 %, \N{MINUS SIGN}0.46 points; "
        "new with it: weights abababab to cdcdcdcd"
    )
    few = tuple(pass_record(day, 81.36 + 0.004 * (day % 2)) for day in range(6))
    assert _all(few, "top1")[0].steps == ()


def _other(record: Record, what: str) -> Record:
    environment, provenance = record.environment, record.provenance
    changed = {
        "precision": lambda: replace(record, environment=replace(environment, precision="bf16")),
        "tf32": lambda: replace(record, environment=replace(environment, tf32=True)),
        "images": lambda: replace(record, provenance=replace(provenance, manifest_sha256="12" * 32)),
        "count": lambda: replace(record, provenance=replace(provenance, images_seen=200)),
        "weights": lambda: replace(
            record, provenance=replace(provenance, weights=replace(provenance.weights, status=WeightsStatus.LOCAL))
        ),
        "version": lambda: replace(
            record, measurements={key: replace(value, version=7) for key, value in record.measurements.items()}
        ),
        "batch": lambda: replace(record, environment=replace(environment, batch_size=128)),
        "implementation": lambda: replace(record, environment=replace(environment, implementation="fused")),
        "device": lambda: replace(record, environment=replace(environment, device="NVIDIA A100")),
        "threads": lambda: replace(record, environment=replace(environment, device_type="cpu", threads=3)),
        "input": lambda: replace(record, environment=replace(environment, input_px=176)),
        "usual input": lambda: replace(record, environment=replace(environment, input_px=224)),
    }
    return changed[what]()


@pytest.mark.parametrize(
    ("what", "of_accuracy", "of_speed"),
    [
        ("precision", 2, 2),
        ("tf32", 2, 2),
        ("images", 2, 1),
        ("count", 2, 1),
        ("weights", 2, 1),
        ("version", 2, 2),
        ("batch", 1, 2),
        ("implementation", 1, 2),
        ("device", 1, 2),
        ("threads", 1, 2),
        ("input", 1, 2),
        ("usual input", 1, 1),
    ],
)
def test_what_is_not_comparable_is_another_series(what: str, of_accuracy: int, of_speed: int) -> None:
    """Accuracy depends on pixels and precision, speed on the machine and its settings."""
    accuracy, speed = pass_record(1, 81.0), cost_record(1, 3000.0)
    assert len(_all((accuracy, _other(pass_record(2, 81.0), what)), "top1")) == of_accuracy
    assert len(_all((speed, _other(cost_record(2, 3000.0), what)), "throughput")) == of_speed


def test_series_of_one_metric_have_different_titles() -> None:
    """A reader can tell them apart, except where only the images' hashes differ."""
    records = [
        cost_record(1, 3000.0),
        *(_other(cost_record(2, 1.0), what) for what in ("precision", "batch", "device")),
    ]
    series = _all(tuple(records), "throughput")
    assert len({series_title(item, None) for item in series}) == 4


def test_a_single_record_is_a_series_without_steps() -> None:
    """Nothing to compare with, and nothing breaks."""
    (series,) = _all((cost_record(1, 3000.0),), "throughput")
    assert (len(series.points), series.steps, series.levels, counted(series)) == (1, (), (), "1 measurement")


def test_failed_records_are_gaps() -> None:
    """A campaign that failed, or lacks the metric, leaves the others as they are."""
    failed = make_record(dataset=None, status=Status.FAILED, reason="no", started="2026-01-03T12:00:00Z")
    without = make_record(dataset=None, measurements={"gflops": make_measurement(5.757, "GFLOPs")})
    (series,) = _all((cost_record(1, 3000.0), failed, without, cost_record(5, 3001.0)), "throughput")
    assert [point.value for point in series.points] == [3000.0, 3001.0]


def test_thousands_of_records_keep_the_newest_points() -> None:
    """The older ones are counted, in any order in which records come."""
    records = tuple(cost_record(number % 300, 3000.0 + number % 7) for number in range(2_000))
    (series,) = _all(records, "throughput")
    assert len(series.points) == MOST_POINTS
    assert series.older == 2_000 - MOST_POINTS
    assert counted(series) == "the newest 60 of 2,000 measurements"
    assert [point.started for point in series.points] == sorted(point.started for point in series.points)


def test_levels_reach_from_step_to_step() -> None:
    """They cover all points, and belong to the steps between them."""
    gpu = _all(campaigns(14), "throughput")[1]
    assert [(level.start, level.end) for level in gpu.levels] == [(0, 7), (7, 14)]


def test_an_improvement_is_called_one() -> None:
    """The metric's direction decides: less time is better, more images are."""
    lower = tuple(replace(point) for point in (cost_record(day, 100.0 if day < 8 else 200.0) for day in range(16)))
    (series,) = _all(lower, "throughput")
    assert series.steps[0].is_better
    assert next(step_sentences(series)).startswith("better since 2026-01-09")


def test_a_level_of_zero_changes_by_an_amount() -> None:
    """No percentage of nothing."""
    records = tuple(
        make_record(
            dataset=None,
            measurements={"gflops": make_measurement(value, "GFLOPs")},
            started=f"2026-01-0{day}T00:00:00Z",
        )
        for day, value in ((1, 0.0), (2, 3.0))
    )
    (series,) = series_of(records[::-1], (METRICS["gflops"],))
    assert "from 0.00 to 3.00 GFLOPs, +3.00 GFLOPs" in next(step_sentences(series))


def test_a_step_names_what_else_is_new_in_its_campaign() -> None:
    """Versions, driver and commit are where a person begins to look; what is unknown is no change."""
    records = []
    for day in range(16):
        record = cost_record(day, 3000.0 + day % 3 if day < 8 else 2700.0 + day % 3)
        environment = replace(
            record.environment, torch="2.11.0" if day < 8 else "2.12.0", driver=None if day < 8 else "570"
        )
        commit = ("1" if day < 8 else "2") * 40
        records.append(
            replace(record, environment=environment, provenance=replace(record.provenance, git_commit=commit))
        )
    (series,) = _all(tuple(records), "throughput")
    assert next(step_sentences(series)).endswith("; new with it: torch 2.11.0 to 2.12.0, commit 11111111 to 22222222")
    assert [point.changes for point in series.points if point.changes] == [series.points[8].changes]


def test_many_changes_are_counted() -> None:
    """A new machine image changes everything; the sentence stays one."""
    records = []
    for day in range(3):
        record = make_record(
            dataset=None,
            measurements={"gflops": make_measurement(1.0 + day // 2, "GFLOPs")},
            started=f"2026-01-0{day + 1}",
        )
        version = f"{day // 2}.0"
        environment = replace(
            record.environment, torch=version, timm=version, cuda=version, driver=version, python=version, numpy=version
        )
        records.append(replace(record, environment=environment))
    (series,) = _all(tuple(records), "gflops")
    assert next(step_sentences(series)).endswith(
        "; new with it: driver 0.0 to 1.0, cuda 0.0 to 1.0, torch 0.0 to 1.0, timm 0.0 to 1.0 and 2 more"
    )
