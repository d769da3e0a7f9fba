"""`build` beside published records: they are shown with the database's, or alone."""

from collections.abc import Sequence
from pathlib import Path

from click.testing import CliRunner

from pwc_bench.cli.app import app
from pwc_bench.core.record import Record, record_to_json
from tests.cli.conftest import imagenet_campaign, stored
from tests.factories import make_record


def publish_file(path: Path, records: Sequence[Record]) -> Path:
    """Write records as one file of JSON Lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(record_to_json(record) + "\n" for record in records))
    return path


def shown(site: Path) -> set[str]:
    """The ids of the records that have a page."""
    return {page.parent.name for page in site.glob("record/*/index.html")}


def test_without_a_database_the_published_records_are_shown(runner: CliRunner, place: Path) -> None:
    """A fresh checkout builds the published board; no database is made for it."""
    records = imagenet_campaign()
    publish_file(place / "results" / "campaign.jsonl", records)
    (place / "results" / "accepted.jsonl").write_text('{"variant": "convit-s"}\n')
    result = runner.invoke(app, ["build"])
    assert (result.exit_code, result.stderr) == (0, "")
    assert shown(place / "site") == {record.id for record in records}
    assert not list(place.rglob("*.db"))


def test_a_record_that_both_hold_is_shown_once(runner: CliRunner, database: Path, place: Path) -> None:
    """And what only one of them holds is there too; --no-records shows the database alone."""
    new = make_record("deit-s", started="2026-03-01T12:00:00Z", campaign="published")
    both = imagenet_campaign()[0]
    publish_file(place / "results" / "campaign.jsonl", [both, new])
    assert runner.invoke(app, ["build"]).exit_code == 0
    assert {both.id, new.id} < shown(place / "site")
    home = (place / "site" / "index.html").read_text()
    assert home.count('<h3 class="list-title">published</h3>') == 1
    assert runner.invoke(app, ["build", "--no-records"]).exit_code == 0
    assert both.id in shown(place / "site")
    assert new.id not in shown(place / "site")


def test_named_files_and_folders(runner: CliRunner, place: Path) -> None:
    """They take the place of those beside the database; what is named must hold records."""
    stored(place / "results" / "pwc-bench.db", imagenet_campaign())
    publish_file(place / "results" / "beside.jsonl", [make_record("deit-s")])
    one = publish_file(place / "one.jsonl", [make_record("deit-b")])
    publish_file(place / "more" / "two.jsonl", [make_record("deit-ti")])
    assert runner.invoke(app, ["build", "--records", str(one), "--records", "more"]).exit_code == 0
    found = shown(place / "site")
    assert {make_record("deit-b").id, make_record("deit-ti").id} < found
    assert make_record("deit-s").id not in found
    one.write_text("{}\n")
    result = runner.invoke(app, ["build", "--records", str(one)])
    assert result.exit_code == 2
    assert "one.jsonl:1" in result.stderr
    assert runner.invoke(app, ["build", "--records", str(one), "--no-records"]).exit_code == 2


def test_a_strangers_file_beside_the_database_is_passed_over(runner: CliRunner, place: Path) -> None:
    """With a word about it: a run must not fail at its end because of it."""
    stored(place / "x.db", imagenet_campaign())
    (place / "other.jsonl").write_text('{"a": 1}\n')
    result = runner.invoke(app, ["build", "--db", "x.db"])
    assert result.exit_code == 0
    assert "other.jsonl:1" in result.stderr
    again = runner.invoke(app, ["build", "--db", "x.db"])
    assert "nothing changed" in again.stdout
