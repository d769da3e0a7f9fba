"""Real processes for tests, forked from one that has imported torch: each has memory, signals and an end of its own.

A Python that imports torch, SciPy, timm and the package takes six seconds of a CPU, a fork of one that has done so a
twentieth of that. What a fresh interpreter itself does (imports, memory, start) is tested with `subprocess`.
"""

import atexit
import gc
import json
import os
import runpy
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Self

__all__ = ["Forked", "run_forked", "start_server"]

_ADDRESS = "PWC_BENCH_TESTS_FORK"
"""The variable that names the socket at which forks can be had, for processes that are forks themselves."""

_IMPORTED = (
    "torch.distributed.run", "torchvision", "timm", "fvcore.nn", "pandas", "scipy.stats", "statsmodels.stats.api",
    "pyarrow.parquet", "sqlalchemy.orm", "alembic.command", "rich.progress", "pwc_bench.cli.run", "pwc_bench.store",
    "pwc_bench.evaluation", "pwc_bench.exchange", "pwc_bench.site.build", "pwc_bench.statistics", "pwc_bench.imaging",
)  # fmt: skip
_MESSAGE = 2**17
_NOTHING = subprocess.DEVNULL


class Forked:
    """`python ARGUMENTS`, forked: the part of `subprocess.Popen` that tests use. It leads a session of its own."""

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        stdin: int = _NOTHING,
        stdout: int = 1,
        stderr: int = 2,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        address = os.environ.get(_ADDRESS) or start_server()
        environment = {**(os.environ if env is None else env), _ADDRESS: address}
        asked = {"arguments": list(arguments), "environment": environment, "folder": str(cwd or Path.cwd())}
        self.returncode: int | None = None
        self._keeper = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._keeper.connect(address)
        nothing = os.open(os.devnull, os.O_RDWR)
        streams = [nothing if stream == _NOTHING else stream for stream in (stdin, stdout, stderr)]
        socket.send_fds(self._keeper, [json.dumps(asked).encode()], streams)
        os.close(nothing)
        self.pid = int(self._keeper.recv(_MESSAGE))

    def poll(self) -> int | None:
        """Return how it ended, as `subprocess` counts; None while it runs."""
        if self.returncode is None and select.select([self._keeper], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; raise TimeoutError where it has none by then."""
        if self.returncode is None:
            self._keeper.settimeout(timeout)
            self.returncode = int(self._keeper.recv(_MESSAGE))
            self._keeper.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it, unless it has ended."""
        self.send_signal(signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self.kill()
        self.wait()


def run_forked(
    arguments: Sequence[str], *, env: Mapping[str, str] | None = None, timeout: float | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run `python ARGUMENTS` as a fork to its end, and return what it wrote."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        with Forked(arguments, stdout=out.fileno(), stderr=err.fileno(), env=env) as process:
            process.wait(timeout)
        for written in (out, err):
            written.seek(0)
        return subprocess.CompletedProcess([*arguments], process.wait(), out.read(), err.read())


@cache
def start_server() -> str:
    """Start the process that is forked, which ends with this one, and tell those that this one starts where it is.

    It imports what it needs once it is first asked for a fork.
    """
    address = Path(tempfile.mkdtemp(prefix="pwc-bench-fork-")) / "socket"
    command = [sys.executable, "-m", "tests.forked", str(address)]
    server = subprocess.Popen(command, cwd=Path(__file__).parents[1], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    atexit.register(server.communicate)  # closes its stdin, and waits
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"
    os.environ[_ADDRESS] = str(address)
    return str(address)


def _serve(address: Path) -> list[str]:
    """Fork whatever is asked for until stdin is closed; return, in a fork, what it shall run."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
        listening.bind(str(address))
        listening.listen(64)
        os.write(1, b"ready\n")
        keepers: set[int] = set()
        while select.select([0, listening.fileno()], [], [])[0] != [0]:
            connection, _ = listening.accept()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                for name in _IMPORTED:
                    import_module(name)
            gc.freeze()  # else each fork's collector touches, and so copies, all memory
            keeper = os.fork()
            if keeper == 0:
                listening.close()
                return _keep(connection)
            connection.close()
            keepers = {other for other in keepers | {keeper} if os.waitpid(other, os.WNOHANG) == (0, 0)}
        for keeper in keepers:
            os.waitpid(keeper, 0)
    shutil.rmtree(address.parent)
    sys.exit()


def _keep(connection: socket.socket) -> list[str]:
    """Fork once more, tell of the fork's number and end, and go; return, in the fork, what it shall run."""
    message, streams, _, _ = socket.recv_fds(connection, _MESSAGE, 3)
    asked = json.loads(message)
    pid = os.fork()
    if pid == 0:
        connection.close()
        _become(asked["environment"], asked["folder"], streams)
        return list(asked["arguments"])
    try:
        for stream in streams:
            os.close(stream)
        connection.send(str(pid).encode())
        end = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        assert end is not None
        connection.send(str(end.si_status if end.si_code == os.CLD_EXITED else -end.si_status).encode())
        connection.recv(1)  # from now on nobody sends it a signal, and its number may be given to another
        os.waitpid(pid, 0)
    finally:
        os._exit(0)


def _become(environment: Mapping[str, str], folder: str, streams: Sequence[int]) -> None:
    """Take over what a process inherits from the one that starts it."""
    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin, sys.stdout = os.fdopen(0, closefd=False), os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace", closefd=False)


def _run(arguments: Sequence[str]) -> None:
    """Do what `python ARGUMENTS` does."""
    match [argument for argument in arguments if argument != "-u"]:
        case ["-c", code, *rest]:
            sys.argv = ["-c", *rest]
            sys.path.insert(0, "")
            sys.modules["__main__"] = ModuleType("__main__")
            exec(compile(code, "<string>", "exec"), vars(sys.modules["__main__"]))
        case ["-m", module, *rest]:
            sys.argv = [module, *rest]
            sys.path.insert(0, str(Path.cwd()))
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        case [script, *rest]:
            sys.argv = [script, *rest]
            sys.path.insert(0, str(Path(script).parent.absolute()))
            runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    _run(_serve(Path(sys.argv[1])))
