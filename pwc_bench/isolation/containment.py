"""The one place that decides what becomes of other people's code that fails, leaves, hangs or changes the process."""

import math
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn, TypeVar

from pwc_bench.core.errors import EvaluationError, PwcBenchError
from pwc_bench.isolation.process_state import ProcessState

_Result = TypeVar("_Result")
_LONGEST_REASON = 300
_PATIENT_RINGS = 5
_RING_SECONDS = 0.05
_URGENT_RING_SECONDS = 0.0005


class ContainedError(EvaluationError):
    """What other people's code failed with, in one line. Its cause is the error itself, without the frames it held."""


class _OverdueError(BaseException):
    """Raised inside code whose time is over. No Exception, so that fewer handlers swallow it."""

    def __init__(self, limit: object) -> None:
        super().__init__()
        self.limit = limit
        """Whose time is over: blocks may lie in each other."""


def contained(run: Callable[[], _Result], seconds: float | None = None) -> _Result:
    """Return what `run` returns; whatever else it does ends here, and reaches nobody but its caller.

    Any exception, of whatever kind, and any attempt to leave the process becomes a ContainedError of one line; so does
    an endless loop after `seconds` (None: no limit; it holds in the main thread, where Python handles signals). Our own
    EvaluationErrors pass as they are, and so does KeyboardInterrupt, which is the user's. What models share (working
    directory, environment variables, streams, import path, warning filters, torch's defaults, random state) is
    afterwards as it was before; ContainedError where that is impossible. A process that `run` has forked ends here.
    """
    process, before, limit = os.getpid(), ProcessState.now(), object()
    failure: ContainedError | None = None
    changed: list[str] = []
    try:
        with warnings.catch_warnings(), _leaving_refused(process), _time_limit(seconds, limit):
            result = run()
    except (KeyboardInterrupt, EvaluationError):
        raise
    except BaseException as error:  # (that is what containing means)
        if isinstance(error, _OverdueError) and error.limit is not limit:
            raise
        failure = _failure(error, seconds)
    finally:
        if os.getpid() != process:
            os._exit(0)  # a forked child that came back: it must not do our work a second time
        changed = before.restore()
    # Only now, outside of the handler: a traceback would keep alive what the model had allocated.
    if failure is not None:
        raise failure
    if changed:
        raise ContainedError(f"it changed {', '.join(changed)} for good")
    return result


def described(error: BaseException) -> str:
    """Return an error in one line, whatever it is: its kind, and the first line of what it says."""
    kind = type(error).__name__
    try:
        said = str(error).strip().partition("\n")[0]
    except BaseException:  # noqa: BLE001  (an error that cannot be told)
        said = ""
    said = "".join(sign if sign.isprintable() else " " for sign in said).strip()
    return f"{kind}: {said}"[:_LONGEST_REASON] if said else kind


def _failure(error: BaseException, seconds: float | None) -> ContainedError:
    if isinstance(error, _OverdueError):
        return ContainedError(f"it took longer than {seconds:g} s (--model-timeout allows more)")
    if isinstance(error, SystemExit):
        return ContainedError(f"it tried to end the program: sys.exit({_code(error)})")
    failure = ContainedError(str(error) if isinstance(error, PwcBenchError) else described(error))
    failure.__cause__ = _without_frames(error)
    return failure


def _code(error: SystemExit) -> str:
    return described(error).partition(": ")[2] if error.code is not None else ""


def _without_frames(error: BaseException) -> BaseException:
    """Drop the tracebacks of an error and of those that it arose from: frames hold the model's tensors."""
    seen: set[int] = set()
    pending: list[BaseException | None] = [error]
    while pending:
        each = pending.pop()
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            each.__traceback__ = None
            pending += [each.__cause__, each.__context__]
    return error


@contextmanager
def _leaving_refused(process: int) -> Iterator[None]:
    """Let `os._exit` end children that were forked, and nothing else."""
    leave = os._exit

    def refuse(status: int) -> NoReturn:
        if os.getpid() != process:
            leave(status)
        raise SystemExit(status)

    os._exit = refuse
    try:
        yield
    finally:
        os._exit = leave


@contextmanager
def _time_limit(seconds: float | None, limit: object) -> Iterator[None]:
    """Interrupt the block after so long, again and again until it ends.

    A loop that swallows every exception is left too: rings that follow each other fast enough come between its handler
    and its next try.
    """
    if seconds is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    is_over, rings, began = False, 0, time.monotonic()

    def ring(_number: int, _frame: object) -> None:
        nonlocal rings
        if is_over:
            return
        rings += 1
        if rings == _PATIENT_RINGS:
            signal.setitimer(signal.ITIMER_REAL, _URGENT_RING_SECONDS, _URGENT_RING_SECONDS)
        raise _OverdueError(limit)

    handler = signal.signal(signal.SIGALRM, ring)
    earlier, interval = signal.setitimer(signal.ITIMER_REAL, min(seconds, sys.maxsize // 10**9), _RING_SECONDS)
    try:
        yield
    finally:
        is_over = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL if handler is None else handler)
        if earlier:  # another clock was set: it goes on
            left = max(earlier - (time.monotonic() - began), math.ulp(1.0))
            signal.setitimer(signal.ITIMER_REAL, max(left, 1e-6), interval)
