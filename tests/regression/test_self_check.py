"""A/A checks: campaigns of one code against each other."""

import math
from dataclasses import replace

from pwc_bench.core.record import Record
from pwc_bench.core.verdict import Policy
from pwc_bench.regression.self_check import check_itself, same_runs
from tests.regression.sides import METRICS, cost, rounds


def _campaign(day: int, speed: float, commit: str = "a") -> Record:
    found = cost(throughput=rounds(speed, seed=day)).but(provenance={"git_commit": commit * 40})
    return found.but(campaign=f"day-{day}", started=f"2026-01-{day:02}T12:00:00Z").record


def test_a_machine_that_repeats_well_raises_no_alarm_and_sees_a_small_loss() -> None:
    """Six runs that differ by half a percent; a loss of a tenth would be seen."""
    records = [_campaign(day, 3_000.0 + 15.0 * (-1) ** day) for day in range(1, 7)]
    found = check_itself(records, METRICS, Policy())
    (throughput,) = found.speeds
    assert (found.alarms, found.undecided, len(found.campaigns)) == (0, 0, 6)
    assert 0.4 < throughput.drift_percent < 0.7
    assert 3.0 < throughput.visible_loss_percent < 6.0


def test_a_machine_that_drifts_sees_little() -> None:
    """It raises no alarm either, and says that a loss of a tenth is beyond its sight."""
    speeds = (3_000.0, 3_400.0, 2_700.0, 3_100.0, 2_800.0, 3_250.0)
    found = check_itself([_campaign(day, speed) for day, speed in enumerate(speeds, 1)], METRICS, Policy())
    assert found.alarms == 0
    assert found.undecided > 0
    assert found.speeds[0].visible_loss_percent > 20.0


def test_alarms_are_counted() -> None:
    """With a drift of nothing stated for two runs, the slower one is called a regression, and is not one."""
    found = check_itself([_campaign(1, 3_000.0), _campaign(2, 2_700.0)], METRICS, Policy(run_drift=0.0))
    assert (found.alarms, found.speeds[0].alarms) == (1, 1)
    assert math.isnan(found.speeds[0].drift_percent)


def test_only_the_newest_runs_of_one_code_count() -> None:
    """Those of an older commit are no A/A, nor are more than were asked for."""
    records = [_campaign(1, 2_000.0, "b"), *(_campaign(day, 3_000.0) for day in range(2, 8))]
    assert [record.campaign for record in same_runs(records, 4)] == ["day-7", "day-6", "day-5", "day-4"]
    assert len(same_runs(records, 20)) == 6


def test_what_a_check_of_speeds_saw_is_told_by_metric() -> None:
    """A drifting machine's checks are undecided, none is an alarm; what is counted exactly is not looked at."""
    speeds = (3_000.0, 3_400.0, 2_700.0, 3_100.0, 2_800.0, 3_250.0)
    records = [_campaign(day, speed) for day, speed in enumerate(speeds, 1)]
    found = check_itself(records, METRICS, Policy())
    (throughput,) = found.speeds
    assert (throughput.metric.key, throughput.alarms) == ("throughput", 0)
    assert throughput.undecided == found.undecided > 0
    assert throughput.undecided < len(records)
    counted = replace(records[0].measurements["parameters"], value=1.0)
    odd = replace(records[0], measurements={**records[0].measurements, "parameters": counted})
    assert check_itself([odd, *records[1:]], METRICS, Policy()).alarms == 0
