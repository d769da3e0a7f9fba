"""Two runs, a build, a check and a prune at once on one database: nothing is lost, and nothing fails."""

import os
from collections.abc import Sequence
from contextlib import chdir
from pathlib import Path

import pytest

from pwc_bench.core.record import Record
from pwc_bench.store import open_existing_store, open_store
from tests.cli.gate import accuracy, cost, written
from tests.cli.test_run import TINY, imagenet_folder
from tests.factories import make_record
from tests.forked import Forked
from tests.store.catalogue import CATALOGUE

OLD = 12
"""Campaigns that are there before, of which pruning keeps ten."""


def _stored(url: str) -> list[Record]:
    with open_existing_store(url) as store:
        return list(store.archive(CATALOGUE).records())


def _start(place: Path, url: str, arguments: Sequence[str]) -> Forked:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PWC_BENCH")}
    with (place / f"{arguments[0]}.log").open("a") as log:
        return Forked(
            ["-m", "pwc_bench", *arguments, *(() if arguments[0] == "check" else ("--db", url))],
            env=environment | {"PWC_BENCH_CACHE": str(place / "cache"), "HOME": str(place)},
            cwd=place,
            stdout=log.fileno(),
            stderr=log.fileno(),
        )


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_nothing_is_lost(tmp_path: Path, url: str) -> None:
    """Each ends as if it were alone; what the runs measured is stored, with predictions that are there."""
    imagenet = imagenet_folder(tmp_path, broken=False)
    (tmp_path / "tiny.py").write_text(TINY)
    for name in ("base", "new"):
        written(tmp_path / "published" / f"{name}.jsonl", cost(campaign=name), accuracy(campaign=name))
    with chdir(tmp_path), open_store(url) as store:
        for number in range(OLD):
            store.add(make_record(campaign=f"old-{number:02}", started=f"2020-01-{number + 1:02}T00:00:00Z"))
        folder = store.folder
    runs = [
        ("run", "--models", f"tiny:{name}", "--data", str(imagenet), "--weights", f"tiny:{name}=tiny.pth", "--metrics",
         "top1,parameters", "--device", "cpu", "--workers", "2", "--campaign", name, "--no-site")
        for name in ("make", "slow")
    ]  # fmt: skip
    others = [
        ("build", "--site", "site"),
        ("check", "--baseline", "published/base.jsonl", "--candidate", "published/new.jsonl"),
        ("prune", "--keep", "10", "--yes"),
    ]
    started = [_start(tmp_path, url, arguments) for arguments in (*runs, *others, *others)]
    ends = [process.wait(240) for process in started]
    said = "".join(f"{log.name}:\n{log.read_text()}" for log in sorted(tmp_path.glob("*.log")))
    assert ends == [0] * len(ends), said
    assert (tmp_path / "site" / "index.html").is_file()
    records = _stored(url)
    for name in ("make", "slow"):
        own = {record.dataset: record for record in records if record.campaign == name}
        assert set(own) == {None, "imagenet-1k"}
        predictions = own["imagenet-1k"].provenance.predictions
        assert predictions is not None
        assert (tmp_path / folder / predictions.path).is_file()
    kept = {record.campaign for record in records}
    assert {f"old-{number:02}" for number in range(OLD - 8, OLD)} <= kept
    assert {"make", "slow"} <= kept
