"""SIGKILL at random moments, over every command that writes: nothing is lost or half, and nothing is left lying."""

import hashlib
import json
import os
import random
import re
import shutil
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pwc_bench.core.record import Record
from tests.cli.gate import accuracy, cost, written
from tests.cli.test_import_submit import CLAIM, TABLES
from tests.cli.test_import_submit import written as written_records
from tests.cli.test_run import TINY, imagenet_folder, stored_records
from tests.factories import make_record
from tests.forked import Forked

KILLS = int(os.environ.get("PWC_BENCH_KILLS", "200"))
"""Over all commands together."""
_DB = Path("results", "pwc-bench.db")
_PASSING = re.compile(r"\.lock$|-(wal|shm)$|^cache/traceback|^cache/demo")
"""Names that may stay or not: locks, SQLite's own files."""


@dataclass(frozen=True)
class Command:
    """A command that is killed and typed again."""

    arguments: tuple[str, ...]
    prepare: Callable[[Path], None]
    """Fills an empty folder with what the command needs."""
    outcome: Callable[[], Any]
    """What it should leave behind, whatever happened before; the current folder is the command's."""
    code: int = 0


def _records(count: int) -> list[Record]:
    return [make_record(campaign=f"campaign-{number % 5}", variant=f"model-{number}") for number in range(count)]


def _for_records(place: Path) -> None:
    written_records(place / "records.jsonl", _records(1500))


def _with_database(place: Path) -> None:
    written_records(place / "records.jsonl", _records(400))
    _in(place, "import", "records.jsonl")


def _for_run(place: Path) -> None:
    (place / "tiny.py").write_text(TINY)
    images = imagenet_folder(place, broken=False) / "val" / "n01440764"
    for number in range(8):
        shutil.copy(images / "n01440764_0.JPEG", images / f"n01440764_1{number}.JPEG")


def _for_tables(place: Path) -> None:
    rows = [{"model_name": f"Model {number}", "metrics": {"Balls": str(number)}} for number in range(3000)]
    table = [TABLES[0] | {"datasets": [{"dataset": "Circus", "sota": {"rows": rows}}]}]
    (place / "tables.json").write_text(json.dumps(table))


def _for_submission(place: Path) -> None:
    _with_database(place)
    (place / "claim.yaml").write_text(CLAIM)


def _for_prune(place: Path) -> None:
    _with_database(place)
    (place / "results" / "predictions").mkdir()
    for number in range(300):
        (place / "results" / "predictions" / f"{number}.parquet").write_bytes(b"x" * 100)


def _for_check(place: Path) -> None:
    for name, gflops in (("base", 5.757), ("new", 5.1)):
        written(place / "results" / f"{name}.jsonl", cost(gflops=gflops, campaign=name), accuracy(campaign=name))


def _in(place: Path, *arguments: str) -> None:
    assert _start(arguments, place).wait(120) == 0


def _environment(place: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PWC_BENCH")}
    return kept | {"PWC_BENCH_CACHE": str(place / "cache"), "TMPDIR": str(place / "tmp"), "HOME": str(place)}


def _rows() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the database, which must be whole."""
    with closing(sqlite3.connect(_DB)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: sorted(database.execute(f"SELECT * FROM {name}"), key=repr) for name in tables}


def _measured() -> list[str]:
    """What a run measured that does not depend on the moment."""
    _rows()
    return sorted(
        repr(
            (
                record.campaign,
                record.variant,
                record.dataset,
                record.status,
                record.provenance.predictions,
                {key: record.measurements[key].value for key in ("top1", "parameters") if key in record.measurements},
            )
        )
        for record in stored_records()
    )


def _site() -> dict[str, str]:
    return {
        str(file.relative_to("site")): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in Path("site").rglob("*")
        if file.is_file()
    }


def _accepted() -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in Path("results/accepted.jsonl").read_text().splitlines()]
    return [{key: value for key, value in line.items() if key != "accepted_at"} for line in lines]


def _report() -> str:
    return Path("report.json").read_text()


COMMANDS = {
    "run": Command(
        ("run", "--models", "tiny:make,tiny:slow", "--data", "imagenet", "--weights", "tiny:make=tiny.pth",
         "--weights", "tiny:slow=tiny.pth", "--metrics", "top1,parameters",
         "--device", "cpu", "--workers", "2", "--batch-size", "2", "--campaign", "one", "--no-site"),
        _for_run,
        _measured,
    ),
    "build": Command(("build",), _with_database, _site),
    "import records": Command(("import", "records.jsonl"), _for_records, _rows),
    "import tables": Command(("import", "tables.json"), _for_tables, _rows),
    "submit": Command(("submit", "claim.yaml", "--by", "Ada"), _for_submission, _rows),
    "prune": Command(("prune", "--keep", "2", "--yes"), _for_prune,
                     lambda: (_rows(), sorted(path.name for path in Path("results", "predictions").iterdir()))),
    "accept": Command(("accept", "convit-s", "gflops", "--reason", "tested", "--by", "Ada", "--baseline",
                       "results/base.jsonl", "--candidate", "results/new.jsonl"), _for_check, _accepted),
    "check": Command(("check", "--baseline", "results/base.jsonl", "--candidate", "results/new.jsonl", "--format",
                      "json", "--output", "report.json"), _for_check, _report, code=1),
}  # fmt: skip


def _start(arguments: Sequence[str], place: Path) -> Forked:
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123
        return Forked(
            ["-m", "pwc_bench", *arguments],
            env=_environment(place),
            cwd=place,
            stdout=nowhere.fileno(),
            stderr=nowhere.fileno(),
        )


def _files(place: Path) -> set[str]:
    names = (path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file())
    return {name for name in names if not _PASSING.search(name) and "__pycache__" not in name}


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_killed_command_can_be_typed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """After each kill the same command ends as if nothing had happened, and leaves the same files, none else."""
    command, dice = COMMANDS[name], random.Random(name)
    template, calm = tmp_path / "template", tmp_path / "calm"
    (template / "tmp").mkdir(parents=True)
    command.prepare(template)
    shutil.copytree(template, calm)
    began = time.perf_counter()
    assert _start(command.arguments, calm).wait(120) == command.code
    seconds = time.perf_counter() - began
    monkeypatch.chdir(calm)
    expected, files = command.outcome(), _files(calm)
    for number in range(max(1, KILLS // len(COMMANDS))):
        place = tmp_path / f"killed-{number}"
        shutil.copytree(template, place)
        monkeypatch.chdir(place)
        for _ in range(dice.choice((1, 1, 2))):
            with _start(command.arguments, place) as process:
                began, left = time.perf_counter(), dice.uniform(0.0, seconds)
                while process.poll() is None and time.perf_counter() - began < left:
                    time.sleep(0.002)
                if process.poll() is not None:  # the machine was busier when the calm run was timed
                    seconds = time.perf_counter() - began
                process.kill()
            if _DB.exists():
                _rows()
        was_over = not any(Path("results").glob("work/*/campaign.json"))  # so that the same words ask for a second run
        assert _start(command.arguments, place).wait(120) in {command.code, *({2} if name == "accept" else ())}
        found = command.outcome()
        assert found == expected or (name == "run" and was_over and sorted(set(found)) == expected), number
        assert _files(place) == files, number
        assert list((place / "tmp").iterdir()) == [], number
        shutil.rmtree(place)
