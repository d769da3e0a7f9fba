"""`show --history`: a variant's metrics over campaigns at the terminal and as JSON."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pwc_bench.cli.app import app
from tests.claims.series_records import campaigns, cost_record
from tests.cli.conftest import stored
from tests.factories import make_record


@pytest.fixture
def measured(place: Path) -> Path:
    """Return the default database with sixteen campaigns."""
    return stored(place / "results" / "pwc-bench.db", campaigns(16))


def _invoke(runner: CliRunner, *arguments: str) -> str:
    result = runner.invoke(app, ["show", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_steps_are_told_in_words_and_marked_in_the_table(runner: CliRunner, measured: Path) -> None:
    """When it began, in which campaign, how much, and whether that is worse."""
    text = _invoke(runner, "ConViT-S", "--history")
    assert "* worse since 2026-01-28 (2026-01-28-gpu): from 2,994.0 to 2,704.0 images/s," in text
    marked = [line for line in text.splitlines() if "* worse \N{MINUS SIGN}9.7 %" in line]
    assert [line.split()[0] for line in marked] == ["2026-01-28"]
    assert "GFLOPs: 5.757 GFLOPs, the same in 32 measurements" in text
    assert text.index("Throughput on Intel") < text.index("no step") < text.index("Throughput on NVIDIA")


def test_one_metric(runner: CliRunner, measured: Path) -> None:
    """`--metric` leaves the others out; an exact one shows the rows beside its change."""
    text = _invoke(runner, "convit-s", "--history", "--metric", "parameters")
    assert "Throughput" not in text
    assert "27.777001 M" in text
    assert [line.split()[0] for line in text.splitlines()[-6:]] == [
        "2026-01-01",
        "...",
        "2026-01-05",
        "2026-01-26",
        "...",
        "2026-02-08",
    ]


def test_json_has_every_point(runner: CliRunner, measured: Path) -> None:
    """Series, points oldest first, and steps with the records in which they begin."""
    found = json.loads(_invoke(runner, "convit-s", "--history", "--metric", "throughput", "--json"))
    assert (found["kind"], found["variant"], len(found["series"])) == ("history", "convit-s", 2)
    series = found["series"][1]
    assert len(series["points"]) == 16
    (step,) = series["steps"]
    assert (step["index"], step["is_better"], step["campaign"]) == (7, False, "2026-01-28-gpu")
    assert step["record"] == series["points"][7]["record_id"]


def test_a_single_record_is_a_line(runner: CliRunner, place: Path) -> None:
    """No table of one row."""
    stored(place / "one.db", [cost_record(1, 3000.0)])
    text = _invoke(runner, "convit-s", "--history", "--db", "one.db")
    assert "Throughput on NVIDIA H200, fp32, batch 64: 3,000.0 images/s, measured once" in " ".join(text.split())


def test_nothing_measured_says_so(runner: CliRunner, measured: Path) -> None:
    """A declared variant without a record."""
    assert "Nothing was measured yet." in _invoke(runner, "convit-b", "--history")


def test_a_model_that_no_family_declares_has_a_history(runner: CliRunner, place: Path) -> None:
    """Records are enough."""
    stored(place / "own.db", [make_record("timm:mine", None)])
    assert "measured once" in _invoke(runner, "timm:mine", "--history", "--db", "own.db")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nobody", "--history"), "no variant is called 'nobody'"),
        (("convit-s", "--history", "--metric", "topp1"), "there is no metric 'topp1'"),
        (("convit-s", "--metric", "top1"), "--metric goes with --history"),
        (("convit-s", "--history", "--db", "absent.db"), "absent.db does not exist"),
    ],
)
def test_mistakes_end_with_2(runner: CliRunner, measured: Path, arguments: tuple[str, ...], message: str) -> None:
    """One line that says what is wrong."""
    result = runner.invoke(app, ["show", *arguments])
    assert result.exit_code != 0
    assert message in result.output or message in str(result.exception)
