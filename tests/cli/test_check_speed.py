"""`check` on speeds: a suspected loss is measured again, and a machine is checked against itself."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pwc_bench.api import confirming
from pwc_bench.core.metric import Metric
from pwc_bench.core.record import Record
from tests.cli.gate import check_here, cost, stored, written

_QUIET = (100.0, 100.6, 99.5, 99.9, 100.3)


def _run(day: int, speed: float, name: str = "day") -> Record:
    return replace(cost(speed=speed, campaign=f"{name}-{day}"), started=f"2026-01-{day:02}T12:00:00Z")


@pytest.fixture(name="five_days")
def _five_days(place: Path) -> Path:
    """A database with five quiet runs."""
    stored(place, *(_run(day, speed) for day, speed in enumerate(_QUIET, start=1)))
    return place


_AGAINST = ("--baseline", "campaign:day-*", "--metrics", "throughput")


@pytest.mark.parametrize(("again", "code"), [(93.0, 1), (100.2, 0)])
def test_a_suspected_loss_is_measured_again(
    place: Path, monkeypatch: pytest.MonkeyPatch, again: float, code: int
) -> None:
    """A run that is 7 % slower is a regression where two more say so too, and chance where they do not."""
    stored(place, *(_run(day, speed) for day, speed in enumerate((100.0, 102.0, 98.0, 99.3, 101.0), start=1)))
    stored(place, _run(20, 93.0, name="new"))
    asked: list[tuple[str, list[str]]] = []

    def run(record: Record, metrics: Sequence[Metric], campaign: str, _db: str) -> None:
        asked.append((record.variant, [metric.key for metric in metrics]))
        stored(place, replace(cost(speed=again + 0.1 * len(asked), campaign=campaign), started="2026-01-21T12:00:00Z"))

    monkeypatch.setattr(confirming, "_run", run)
    undecided = check_here(place, *_AGAINST, "--candidate", "campaign:new-20")
    assert (undecided.returncode, asked) == (5, []), undecided.stdout
    done = check_here(place, *_AGAINST, "--candidate", "campaign:new-20", "--confirm", "2", "--format", "json")
    assert (done.returncode, asked) == (code, [("convit-s", ["throughput"])] * 2), done.stdout
    assert '"candidate_runs": 3' in done.stdout


def test_what_is_not_at_hand_cannot_be_measured_again(five_days: Path) -> None:
    """A candidate that no campaign of the database holds is refused in a line."""
    written(five_days / "new.jsonl", _run(20, 94.0, name="elsewhere"))
    done = check_here(five_days, *_AGAINST, "--candidate", "new.jsonl", "--confirm", "1")
    assert done.returncode == 2
    assert "elsewhere-20 is no campaign of this database" in " ".join(done.stderr.split())


def test_a_machine_is_checked_against_itself(five_days: Path) -> None:
    """Five campaigns raise no false alarm; six are not there, which is undecided."""
    done = check_here(five_days, "--aa", "5")
    assert done.returncode == 0, done.stdout
    assert "0 of 5 checks raised a false alarm, 0 ended undecided." in " ".join(done.stdout.split())
    assert max(map(len, done.stdout.splitlines())) <= 80
    more = check_here(five_days, "--aa", "6")
    assert more.returncode == 5
    assert "measure 1 more" in more.stdout


def test_an_empty_database_is_no_baseline(place: Path) -> None:
    """It holds no campaign that could be checked: 3, and one line."""
    stored(place)
    done = check_here(place, "--aa", "5")
    assert done.returncode == 3
    assert "the database holds no campaign yet" in done.stderr


def test_one_campaign_is_no_check_of_a_machine(place: Path) -> None:
    """It says how to make others."""
    stored(place, _run(1, 100.0))
    done = check_here(place, "--aa", "5")
    assert done.returncode == 5
    assert "an A/A check needs at least 2" in " ".join(done.stdout.split())
