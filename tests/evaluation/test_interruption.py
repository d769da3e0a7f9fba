"""A killed run continues, and ends with the same bytes as one that was left alone."""

import os
import random
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from pwc_bench.core.place import ALONE
from pwc_bench.core.record import Record
from pwc_bench.evaluation import evaluate
from pwc_bench.evaluation.workspace import open_workspace
from tests.evaluation.killing import kill_at
from tests.evaluation.tiny import FolderSource, tiny_request, tiny_variant, write_images

CHILD = """
import sys
from pathlib import Path
from pwc_bench.evaluation import evaluate
from tests.evaluation.killing import Telling
from tests.evaluation.tiny import *
root = Path(sys.argv[1])

source = write_images(root / "images", 60)
variants = (tiny_variant("a", 1), tiny_variant("b", 2))
weights = {v.key: str(root / "weights" / f"{v.key}.pth") for v in variants}
list(evaluate(tiny_request(root, source, *variants, weights=weights), Telling()))
"""


def _hashes(records: list[Record]) -> list[str | None]:
    return [r.provenance.predictions.sha256 if r.provenance.predictions else None for r in records]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_killed_run_continues(tmp_path: Path, seed: int) -> None:
    """SIGKILL at a random moment; the same request goes on behind the last shard, in the same campaign."""
    from tests.evaluation.tiny import save_weights

    variants = (tiny_variant("a", 1), tiny_variant("b", 2))
    weights = save_weights(tmp_path / "weights", *variants)
    moment = random.Random(seed).randrange(8, 48)
    kill_at(CHILD, tmp_path, lambda said: said.isdigit() and int(said) >= moment)
    source = _source(tmp_path)
    left = tiny_request(tmp_path, source, *variants, weights=weights)
    with open_workspace(left) as workspace:
        assert "continuing" in str(workspace.notice)
        kept = workspace.campaign
        assert workspace.lanes.own(ALONE).has(0, "a")
    continued = list(evaluate(left))
    assert {record.campaign for record in continued} == {kept}
    whole = list(evaluate(tiny_request(tmp_path / "whole", source, *variants, weights=weights)))
    assert _hashes(continued) == _hashes(whole)
    assert [dict(r.measurements)["top1"] for r in continued] == [dict(r.measurements)["top1"] for r in whole]
    assert not list((tmp_path / "work").glob("*/campaign.json"))


def test_a_run_killed_between_two_records_brings_the_first_one_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who stored it must not get a second one for the same pass; the other variant's is made as if nothing happened."""
    from tests.evaluation.tiny import save_weights

    variants = (tiny_variant("a", 1), tiny_variant("b", 2))
    request = tiny_request(tmp_path, _source(tmp_path), *variants, weights=save_weights(tmp_path / "w", *variants))
    run = evaluate(request)
    assert isinstance(run, Generator)
    first = next(record for record in run if record.dataset is not None)
    run.close()
    monkeypatch.setattr("pwc_bench.evaluation.campaign.timestamp", lambda: "2031-01-01T00:00:00Z")
    again = list(evaluate(request))
    assert [record.variant for record in again] == ["a", "b"]
    assert again[0] == first
    assert again[1].started == "2031-01-01T00:00:00Z"
    assert not list((tmp_path / "work").glob("*/campaign.json"))


def _source(tmp_path: Path) -> FolderSource:
    return write_images(tmp_path / "images", 60)


def test_fresh_starts_anew(tmp_path: Path) -> None:
    """--fresh forgets the interrupted campaign."""
    source = write_images(tmp_path / "images", 8)
    request = tiny_request(tmp_path, source, tiny_variant())
    with open_workspace(request) as workspace:
        first = workspace.campaign
    with open_workspace(tiny_request(tmp_path, source, tiny_variant(), weights=request.weights, fresh=True)) as again:
        assert again.notice is None
        assert again.campaign != first


def test_two_runs_of_one_request_do_not_meet(tmp_path: Path) -> None:
    """The second one gets a folder of its own."""
    source = write_images(tmp_path / "images", 8)
    request = tiny_request(tmp_path, source, tiny_variant())
    with open_workspace(request) as one, open_workspace(request) as two:
        assert one.path != two.path
        assert one.campaign != two.campaign


def test_an_interrupt_keeps_what_was_measured(tmp_path: Path) -> None:
    """Ctrl-C while speed is measured still yields the cost, as a partial record, and then stops."""
    from tests.evaluation.tiny import metrics_named

    class Impatient:
        """Presses Ctrl-C in the third round."""

        def stage(self, text: str) -> None:
            """Hear a stage."""
            if "round 3" in text:
                raise KeyboardInterrupt

        def progress(self, done: int, total: int, unit: str) -> None:
            """Hear progress."""

        def warning(self, text: str) -> None:
            """Hear a warning."""

    source = write_images(tmp_path / "images", 8)
    request = tiny_request(tmp_path, source, tiny_variant(), instruments=metrics_named("parameters", "throughput"))
    records = evaluate(request, Impatient())
    record = next(records)
    assert set(record.measurements) == {"parameters"}
    assert record.status_reason == "interrupted before its speed was measured"
    with pytest.raises(KeyboardInterrupt):
        next(records)


def test_a_damaged_state_begins_a_new_campaign(tmp_path: Path) -> None:
    """A campaign.json that cannot be read is said so, and nothing of its folder is used."""
    source = write_images(tmp_path / "images", 8)
    request = tiny_request(tmp_path, source, tiny_variant())
    with open_workspace(request) as workspace:
        first, state = workspace.campaign, workspace.path / "campaign.json"
        workspace.lanes.own(ALONE).write_failures(0, [(1, "no image")])
    for content in ('{"campaign": ', "[]", '{"campaign": 3}'):
        state.write_text(content)
        with open_workspace(request) as workspace:
            assert "is damaged" in str(workspace.notice)
            assert workspace.campaign != first
            assert workspace.lanes.own(ALONE).numbers() == []


def test_what_a_kill_left_of_a_merge_is_removed(tmp_path: Path) -> None:
    """A half-written file of a process that is gone goes with the next merge; that of a living one stays."""
    source = write_images(tmp_path / "images", 8)
    request = tiny_request(tmp_path, source, tiny_variant("a"))
    folder = request.folder / "predictions"
    folder.mkdir(parents=True)
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    name = b"a".hex()
    (folder / f".writing-{gone.pid}-{name}.parquet").write_bytes(b"half")
    living = folder / f".writing-{os.getppid()}-{name}.parquet"
    living.write_bytes(b"half")
    list(evaluate(request))
    left = sorted(path.name for path in folder.iterdir())
    assert living.name in left
    assert len(left) == 2
