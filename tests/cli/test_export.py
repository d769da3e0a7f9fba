"""`export`: records as files that are whole or not there."""

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from pwc_bench.cli.app import app
from pwc_bench.core.record_json import record_from_json


def test_json_lines_hold_every_record(runner: CliRunner, database: Path) -> None:
    """Each line is a record, and nothing else is on stdout."""
    result = runner.invoke(app, ["export", "--format", "jsonl"])
    assert result.exit_code == 0
    records = [record_from_json(line) for line in result.stdout.splitlines()]
    assert len(records) == 9
    assert len({record.id for record in records}) == 9


def test_one_campaign_into_a_csv_file(runner: CliRunner, database: Path, place: Path) -> None:
    """Only the campaign's records are written, and no other file is left."""
    result = runner.invoke(app, ["export", "--format", "csv", "--campaign", "demo-run", "--output", "out.csv"])
    assert (result.exit_code, result.stdout) == (0, "")
    with (place / "out.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["campaign"] for row in rows} == {"demo-run"}
    assert sorted(path.name for path in place.iterdir()) == ["out.csv", "results"]


def test_failed_export_keeps_the_old_file(
    runner: CliRunner, database: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fills up while a file is written leaves the earlier file as it was."""
    import errno

    def full(records: object, stream: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    (place / "out.csv").write_text("earlier")
    monkeypatch.setattr("pwc_bench.exchange.csv_export.write_csv", full)
    result = runner.invoke(app, ["export", "--format", "csv", "--output", "out.csv"])
    assert result.exit_code == 4
    assert (place / "out.csv").read_text() == "earlier"
    assert sorted(path.name for path in place.iterdir()) == ["out.csv", "results"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--campaign", "none"], "there is no campaign 'none'"),
        (["--output", "no/such/folder.csv"], "there is no folder no/such"),
        (["--db", "nowhere.db"], "no database at"),
    ],
)
def test_bad_input_is_refused(runner: CliRunner, database: Path, arguments: list[str], said: str) -> None:
    """Campaigns, folders and databases that do not exist end with 2."""
    result = runner.invoke(app, ["export", "--format", "csv", *arguments])
    assert result.exit_code == 2
    assert said in result.stderr


def test_format_is_needed(runner: CliRunner, database: Path) -> None:
    """The form is never guessed."""
    result = runner.invoke(app, ["export"])
    assert result.exit_code == 2
    assert "--format" in result.stderr


def test_output_may_be_a_device(runner: CliRunner, database: Path, place: Path) -> None:
    """A device is written to, not replaced."""
    assert runner.invoke(app, ["export", "--format", "csv", "--output", "/dev/null"]).exit_code == 0
    assert not Path("/dev/null").is_file()
