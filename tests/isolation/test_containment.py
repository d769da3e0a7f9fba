"""Other people's code fails alone, leaves nobody, and changes nothing for others."""

import multiprocessing
import os
import random
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from pwc_bench.core.errors import UsageError, WeightsError
from pwc_bench.isolation import ContainedError, contained


class _Bare(BaseException):
    """No Exception at all."""


class _Mute(Exception):  # noqa: N818
    """Cannot even be told."""

    def __str__(self) -> str:
        raise ValueError("no words")


def _raise(error: BaseException) -> None:
    raise error


def _leave_in_child() -> int:
    child = os.fork()
    if child == 0:
        return 1  # comes back, and would do everything a second time
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (KeyError("logits"), "KeyError: 'logits'"),
        (AssertionError(), "AssertionError"),
        (_Bare("bare"), "_Bare: bare"),
        (_Mute(), "_Mute"),
        (SystemExit(0), "it tried to end the program: sys.exit(0)"),
        (GeneratorExit(), "GeneratorExit"),
        (StopIteration(7), "StopIteration: 7"),
        (UsageError("wrong"), "wrong"),
        (ValueError("a\x1b[31m b\nsecond line"), "ValueError: a [31m b"),
    ],
)
def test_whatever_is_raised_becomes_one_line(error: BaseException, reason: str) -> None:
    """Also what is no Exception, what cannot be told, and what holds control characters."""
    with pytest.raises(ContainedError) as caught:
        contained(lambda: _raise(error))
    assert str(caught.value) == reason


def test_our_own_errors_and_the_users_interrupt_pass() -> None:
    """A WeightsError has its message already; Ctrl-C is nobody's failure."""
    with pytest.raises(WeightsError, match=r"^no such file$"):
        contained(lambda: _raise(WeightsError("no such file")))
    with pytest.raises(KeyboardInterrupt):
        contained(lambda: _raise(KeyboardInterrupt()))


def test_leaving_is_refused_and_children_may_leave() -> None:
    """`os._exit` in this process is a failure; in a child it ends the child, as does coming back in one."""
    with pytest.raises(ContainedError, match="end the program"):
        contained(lambda: os._exit(0))
    assert contained(_leave_in_child) == 0
    child = multiprocessing.get_context("fork").Process(target=os._exit, args=(5,))
    contained(child.start)
    child.join()
    assert child.exitcode == 5
    assert os._exit.__module__ == "posix"


def _swallow() -> None:
    while True:
        try:  # noqa: SIM105  (as people write it)
            time.sleep(0.2)
        except BaseException:  # noqa: BLE001
            pass


def _spin() -> None:
    while True:
        pass


@pytest.mark.parametrize("endless", [_spin, _swallow, threading.Event().wait])
def test_an_endless_loop_ends(endless: Callable[[], object]) -> None:
    """Also one that sleeps, waits, or swallows every exception."""
    with pytest.raises(ContainedError, match=r"longer than 0\.05 s \(--model-timeout"):
        contained(endless, 0.05)


def test_a_limit_leaves_other_clocks_and_inner_blocks_alone() -> None:
    """The inner block does not take the outer one's ring for its own failure."""
    with pytest.raises(ContainedError, match=r"0\.05 s"):
        contained(lambda: contained(_spin), 0.05)
    handler, before = signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL)[0]
    assert contained(lambda: 3, 60.0) == 3
    assert signal.getsignal(signal.SIGALRM) is handler
    assert bool(signal.getitimer(signal.ITIMER_REAL)[0]) is bool(before)


def test_a_failure_keeps_no_frames() -> None:
    """A traceback would keep the model's tensors alive."""
    with pytest.raises(ContainedError) as caught:
        contained(lambda: _raise(MemoryError("full")))
    assert isinstance(caught.value.__cause__, MemoryError)
    assert caught.value.__cause__.__traceback__ is None


def _deterministic() -> None:
    torch.use_deterministic_algorithms(mode=True, warn_only=True)


CHANGES: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
    "working directory": (lambda: os.chdir("/"), os.getcwd),
    "environment": (lambda: os.environ.update(OMP_NUM_THREADS="77"), lambda: os.environ.get("OMP_NUM_THREADS")),
    "standard output": (lambda: setattr(sys, "stdout", None), lambda: sys.stdout),
    "import path": (lambda: sys.path.insert(0, "/nowhere"), lambda: list(sys.path)),
    "warning filters": (lambda: warnings.simplefilter("ignore"), lambda: list(warnings.filters)),
    "Python's random state": (lambda: random.seed(5), random.getstate),
    "numpy's random state": (lambda: np.random.seed(5), lambda: repr(np.random.get_state(legacy=False))),  # noqa: NPY002
    "torch's random state": (lambda: torch.manual_seed(5), lambda: torch.get_rng_state().tolist()),
    "default dtype": (lambda: torch.set_default_dtype(torch.float64), torch.get_default_dtype),
    "default device": (lambda: torch.set_default_device("meta"), lambda: torch.empty(1).device),
    "grad mode": (lambda: torch.set_grad_enabled(mode=False), torch.is_grad_enabled),
    "deterministic algorithms": (_deterministic, torch.are_deterministic_algorithms_enabled),
    "threads": (lambda: torch.set_num_threads(torch.get_num_threads() + 1), torch.get_num_threads),
    "autocast": (lambda: torch.set_autocast_enabled("cpu", True), lambda: torch.is_autocast_enabled("cpu")),
    "cuDNN": (lambda: setattr(torch.backends.cudnn, "benchmark", True), lambda: torch.backends.cudnn.benchmark),
    "interrupts": (lambda: signal.signal(signal.SIGINT, signal.SIG_IGN), lambda: signal.getsignal(signal.SIGINT)),
    "hooks": (
        lambda: torch.nn.modules.module.register_module_forward_hook(lambda *_: None),
        lambda: len(torch.nn.modules.module._global_forward_hooks),
    ),
}


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.parametrize("ends", ["well", "badly"])
def test_what_models_share_is_as_it_was(what: str, ends: str) -> None:
    """Whether the one who changed it succeeds or fails."""
    change, read = CHANGES[what]
    before = read()

    def spoil() -> None:
        change()
        if ends == "badly":
            raise ValueError

    if ends == "badly":
        with pytest.raises(ContainedError):
            contained(spoil)
    else:
        contained(spoil)
    assert read() == before


def test_a_vanished_working_directory_is_the_failure_of_the_one_who_removed_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be put back is named."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)

    def remove() -> None:
        os.chdir("/")
        here.rmdir()

    with pytest.raises(ContainedError, match="it changed the working directory for good"):
        contained(remove)
