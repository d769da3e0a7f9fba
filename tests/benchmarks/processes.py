"""Watching a child process and its children: how much memory all of them hold at the most."""

import subprocess
import threading
from collections.abc import Mapping, Sequence

import psutil

__all__ = ["Finished", "run_watched"]

_MIB = 2**20


class Finished:
    """What a watched process left behind."""

    def __init__(self, stdout: str, peak_mib: float) -> None:
        self.stdout = stdout
        self.peak_mib = peak_mib
        """The most memory of the process and its children together, shared pages counted once."""


def run_watched(command: Sequence[str], environment: Mapping[str, str], timeout_seconds: float) -> Finished:
    """Run a command to its end. Raises RuntimeError with its last line where it fails or takes too long."""
    with subprocess.Popen(
        command, env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        watch = _MemoryWatch(process.pid)
        try:
            stdout, stderr = process.communicate(timeout=timeout_seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            raise RuntimeError(f"took more than {timeout_seconds:.0f} s") from None
        finally:
            watch.end()
    if process.returncode != 0:
        lines = stderr.strip().splitlines() or [f"exit code {process.returncode}"]
        raise RuntimeError(lines[-1])
    return Finished(stdout, watch.peak_mib)


class _MemoryWatch:
    """Looks ten times a second, in a thread of its own."""

    def __init__(self, pid: int) -> None:
        self.peak_mib = 0.0
        self._process = psutil.Process(pid)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Look no more."""
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(0.1):
            try:
                family = [self._process, *self._process.children(recursive=True)]
            except psutil.Error:
                return
            self.peak_mib = max(self.peak_mib, sum(_held_mib(member) for member in family))


def _held_mib(process: psutil.Process) -> float:
    try:
        full = process.memory_full_info()
    except psutil.Error:  # it ended meanwhile
        return 0.0
    return float(getattr(full, "pss", full.uss)) / _MIB
