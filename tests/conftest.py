"""What all tests share: few threads, examples that repeat, and a last word on what was met and left out."""

import gc
import os
import signal
from collections.abc import Generator
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import settings

from tests.forked import start_server

# Before torch starts: tests compare results, not speeds, and each CPU runs tests of its own (`make test`).
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ["COLUMNS"] = "80"
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    # A script that starts us in the background has it ignored, and every process that we start would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
# No test waits for a quiet machine but those about waiting.
os.environ["PWC_BENCH_QUIET_BUDGET"] = "0"
# What is imported and collected stays to the end: a sixth of the time went into looking through it for garbage.
gc.set_threshold(20_000, 20, 20)

# A test that passes here passes everywhere: the same examples each time, however slow the machine.
# pytest --hypothesis-profile=search looks further, at new ones.
settings.register_profile("repeat", derandomize=True, deadline=None, max_examples=25, database=None)
settings.register_profile("search", deadline=None, max_examples=1000, database=None)
settings.load_profile("repeat")


def pytest_configure(config: pytest.Config) -> None:
    """Let all workers of pytest-xdist have their forks from one process."""
    if config.getoption("numprocesses", None):
        start_server()


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """Mark the tests of modules that start other programs: those take seconds, and `make quick` leaves them out."""
    for item in items:
        if isinstance(item, pytest.Function) and {"subprocess", "Forked", "run_forked", "kill_at"} & {
            *vars(item.module)
        }:
            item.add_marker("programs")
    yield
    items[:] = _dealt(items, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


def _dealt(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Deal the modules that start programs to all workers alike, each of which begins with its own.

    pytest-xdist gives each worker as many neighbours of this list; in the order of folders one had nearly all of them.
    """
    programs: dict[Path, list[pytest.Item]] = {}
    for item in items:
        if any(item.iter_markers("programs")):
            programs.setdefault(item.path, []).append(item)
    hands: list[list[pytest.Item]] = [[] for _ in range(workers)]
    for module in sorted(programs.values(), key=len, reverse=True):
        min(hands, key=len).extend(module)
    others = iter([item for item in items if item.path not in programs])
    dealt: list[pytest.Item] = []
    for number, hand in enumerate(hands, start=1):
        size = (len(items) - len(dealt)) // (workers - number + 1)
        dealt += [*hand, *islice(others, max(0, size - len(hand)))]
    return [*dealt, *others]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out what needs a GPU where there is none; fail it where one is required (`make gpu`)."""
    if item.get_closest_marker("gpu") is None:
        return
    import torch

    if torch.cuda.is_available():
        return
    if os.environ.get("PWC_BENCH_REQUIRE_GPU") == "1":
        built = f"built for CUDA {torch.version.cuda}" if torch.version.cuda else "built without CUDA"
        pytest.fail(f"PWC_BENCH_REQUIRE_GPU is set and torch, {built}, sees no device", pytrace=False)
    pytest.skip("what needs a CUDA device: `make gpu` runs it where there is one")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once, in words, what the tests met (a browser, its faces) and which kinds this machine could not run."""
    met: dict[str, set[str]] = {}
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, value in report.user_properties:
            met.setdefault(name, set()).add(str(value))
    for name, values in sorted(met.items()):
        terminalreporter.write_line(f"{name}: {', '.join(sorted(values))}")
    reasons = set()
    for report in terminalreporter.stats.get("skipped", []):
        if isinstance(report.longrepr, tuple):
            reasons.add(str(report.longrepr[2]).removeprefix("Skipped: "))
    for reason in sorted(reasons):
        terminalreporter.write_line(f"Left out: {reason}", yellow=True)
