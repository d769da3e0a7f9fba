"""What a person at a terminal sees of a check: colours where they are wanted, progress that leaves nothing behind."""

import os
import pty
import subprocess
import sys
from pathlib import Path

from tests.cli.gate import accuracy, cost, written


def at_a_terminal(folder: Path, **settings: str) -> tuple[int, str]:
    """Run a check in a terminal of its own; return its exit code and everything that was shown."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "pwc_bench", "check", "--baseline", "base.jsonl", "--candidate", "new.jsonl"]
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "80"} | settings
    running = subprocess.Popen(command, cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # Linux says so when the last writer is gone
            break
        if not part:
            break
        shown += part
    os.close(ours)
    return running.wait(60), shown.decode()


def test_colours_and_progress_are_for_terminals(place: Path) -> None:
    """A regression is red, the stages are shown while they last; NO_COLOR is heard."""
    written(place / "base.jsonl", cost(), accuracy())
    written(place / "new.jsonl", cost(gflops=5.1), accuracy(wrong=[1]))
    code, shown = at_a_terminal(place)
    assert code == 1
    assert "\x1b[31mregressed" in shown
    assert "reading predictions" in shown
    code, shown = at_a_terminal(place, NO_COLOR="1")
    assert code == 1
    assert "\x1b[31m" not in shown
    assert "regressed" in shown
