"""`show` beside published records: what the site shows, the terminal shows."""

import json
from pathlib import Path

from click.testing import CliRunner

from pwc_bench.cli.app import app
from pwc_bench.core.record import Record
from tests.cli.conftest import stored
from tests.cli.test_build_published import publish_file
from tests.factories import make_measurement, make_record


def _invoke(runner: CliRunner, *arguments: str) -> str:
    result = runner.invoke(app, ["show", *arguments])
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def test_published_records_answer_claims_before_the_first_run(runner: CliRunner, place: Path) -> None:
    """In a fresh checkout, without a database, the conventions of a claim stand in the terminal."""
    record = make_record("convit-s", None)
    publish_file(place / "results" / "published.jsonl", [record])
    text = " ".join(_invoke(runner, "ConViT-S").split())
    assert "reproduced without the attention products" in text
    assert f"record {record.id[:12]}" in text
    assert json.loads(_invoke(runner, record.id[:8], "--json"))["id"] == record.id
    assert "measured once" in _invoke(runner, "convit-s", "--history")
    assert not list(place.rglob("*.db"))


def test_the_newest_of_both_speaks(runner: CliRunner, place: Path) -> None:
    """A database with one variant does not hide what was published of another one."""
    (place / "results").mkdir()
    stored(place / "results" / "pwc-bench.db", [make_record("convit-ti", None)])
    speed = {"throughput": make_measurement(31.0, "images/s")}
    new = make_record("convit-s", None, started="2026-03-01T12:00:00Z", campaign="published", measurements=speed)
    publish_file(place / "results" / "published.jsonl", [new])
    assert "31.0 images/s" in _invoke(runner, "convit-s")
    assert "5.757" in _invoke(runner, "convit-ti")
    assert json.loads(_invoke(runner, "published", "--json"))["records"][0]["id"] == new.id


def test_digits_of_an_id_that_mean_nothing_or_too_much(runner: CliRunner, place: Path) -> None:
    """Two records whose ids begin alike are refused; so is an id that nobody has."""
    records = [make_record("convit-s", None, campaign=f"campaign {number}") for number in range(1_500)]
    by_start: dict[str, list[Record]] = {}
    for record in records:
        by_start.setdefault(record.id[:4], []).append(record)
    start, alike = next(item for item in by_start.items() if len(item[1]) > 1)
    publish_file(place / "results" / "published.jsonl", alike)
    several = runner.invoke(app, ["show", start])
    assert (several.exit_code, several.stderr) == (
        2,
        f"error: the ids of several records begin with '{start}': give more of its digits\n",
    )
    assert "nothing is called" in runner.invoke(app, ["show", "0" * 64]).stderr
