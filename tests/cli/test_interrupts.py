"""Ctrl-C at any stage: a real SIGINT to a real process, whose terminal shows where it is."""

import os
import pty
import re
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from pwc_bench.cli.failures import INTERRUPTED
from tests.cli.test_run import TINY, imagenet_folder, run, stored_records
from tests.forked import Forked

SLOW = ("--models", "tiny:slow", "--no-site")
_CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@pytest.fixture(autouse=True)
def tiny(place: Path) -> None:
    """Put the small model, and weights for it, where they can be found."""
    (place / "tiny.py").write_text(TINY)
    imagenet_folder(place, broken=False)


@dataclass(frozen=True)
class Stopped:
    """How an interrupted command ended."""

    code: int
    said: str


def interrupted_at(stage: str, arguments: Sequence[str]) -> Stopped:
    """Start a run at a terminal, press Ctrl-C when it shows `stage`, and wait for its end."""
    ours, theirs = pty.openpty()
    with Forked(
        ["-m", "pwc_bench", "run", "--device", "cpu", "--workers", "2", *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "200"},
    ) as process:
        os.close(theirs)
        said, is_sent = "", False
        while part := _read(ours):
            said += part
            if not is_sent and stage in _CODES.sub("", said):
                process.send_signal(signal.SIGINT)
                is_sent = True
    os.close(ours)
    assert is_sent, said
    return Stopped(process.wait(), _CODES.sub("", said))


def _read(terminal: int) -> str:
    """Read what there is; nothing once the process has closed its end."""
    try:
        return os.read(terminal, 65536).decode(errors="replace")
    except OSError:
        return ""


@pytest.mark.parametrize(
    ("stage", "arguments"),
    [
        ("finding the best batch size", ("--metrics", "top1")),
        ("fitting the demo's head", ("--metrics", "top1", "--batch-size", "2")),
        ("loading weights", ("--metrics", "top1", "--batch-size", "2", "--data", "imagenet")),
        ("evaluating", ("--metrics", "top1", "--batch-size", "2")),
    ],
)
def test_an_interrupted_run_goes_on_in_its_campaign(place: Path, stage: str, arguments: tuple[str, ...]) -> None:
    """Exit 130 and one sentence, no traceback; the same command continues and clears the folder of unfinished work."""
    if "loading" in stage:
        arguments = (*arguments, "--weights", "tiny:slow=tiny.pth")
    stopped = interrupted_at(stage, (*SLOW, *arguments))
    assert stopped.code == INTERRUPTED, stopped.said
    assert "interrupted: nothing was finished yet; the same command goes on from here" in " ".join(stopped.said.split())
    assert "Traceback" not in stopped.said
    assert len(list(place.glob("results/work/*/campaign.json"))) == 1
    done = run(*SLOW, *arguments)
    assert "warning: continuing the interrupted campaign" in done.stderr
    assert stored_records()
    assert not list(place.glob("results/work/*/campaign.json"))


@pytest.mark.parametrize(
    ("stage", "models"), [("throughput: round 2", "tiny:slow"), ("comparing the fused implementation", "convit-ti")]
)
def test_an_interrupt_while_speed_is_settled_keeps_the_campaign(place: Path, stage: str, models: str) -> None:
    """What was counted by then is stored as partial; the folder waits for the same command."""
    arguments = ("--models", models, "--metrics", "parameters,throughput", "--batch-size", "2", "--no-site")
    stopped = interrupted_at(stage, arguments)
    assert stopped.code == INTERRUPTED, stopped.said
    assert "the same command goes on from here" in " ".join(stopped.said.split())
    assert "Traceback" not in stopped.said
    assert len(list(place.glob("results/work/*/campaign.json"))) == 1
    for record in stored_records():
        assert (set(record.measurements), record.status) == ({"parameters"}, "partial")
