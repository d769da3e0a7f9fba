"""What all models of a run share: read before one of them runs, and put back after it."""

import os
import random
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class _Setting:
    """One thing that is shared."""

    name: str
    """As a message says it."""
    read: Callable[[], Any]
    write: Callable[[Any], object]
    is_comparable: bool = True
    """Whether two values can be compared; else it is written back in any case."""


@dataclass(frozen=True, slots=True)
class ProcessState:
    """The values of all settings at one moment. Taking and restoring it takes a fraction of a millisecond.

    torch and numpy are looked at if they are loaded; neither is imported.
    """

    values: tuple[tuple[_Setting, Any], ...]

    @classmethod
    def now(cls) -> Self:
        """Read everything that can be read."""
        return cls(tuple(_readable(_settings())))

    def restore(self) -> list[str]:
        """Put back what was changed; return the names of what cannot be put back."""
        failed = []
        for setting, value in self.values:
            try:
                if _differs(setting, value):
                    setting.write(value)
            except Exception:  # noqa: BLE001  (libraries raise what they like; the one who changed it is told)
                failed.append(setting.name)
        return failed


def _readable(settings: Iterator[_Setting]) -> Iterator[tuple[_Setting, Any]]:
    for setting in settings:
        try:
            yield setting, setting.read()
        except Exception:  # noqa: BLE001, S112  (such as a working directory that somebody has deleted)
            continue


def _differs(setting: _Setting, value: object) -> bool:
    if not setting.is_comparable:
        return True
    try:
        return bool(setting.read() != value)
    except Exception:  # noqa: BLE001  (what cannot be read any more has changed)
        return True


def _settings() -> Iterator[_Setting]:
    yield from _PROCESS
    if threading.current_thread() is threading.main_thread():
        yield from _SIGNALS
    numpy_random, torch = sys.modules.get("numpy.random"), sys.modules.get("torch")
    if numpy_random is not None:
        yield _Setting("numpy's random state", numpy_random.get_state, numpy_random.set_state, is_comparable=False)
    if torch is not None and hasattr(torch, "backends"):  # not while it is still being imported
        yield from _torch_settings(torch)


def _write_environment(values: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(values)


def _write_path(values: list[str]) -> None:
    sys.path[:] = values


def _read_streams() -> tuple[tuple[Any, bool], ...]:
    """Return Python's standard streams, each with whether it can still be written."""
    return tuple((stream, getattr(stream, "closed", False)) for stream in (sys.stdin, sys.stdout, sys.stderr))


def _write_streams(values: tuple[tuple[Any, bool], ...]) -> None:
    (sys.stdin, _), *outputs = values
    sys.stdout, sys.stderr = (
        # Closing Python's stream leaves the descriptor open: a new stream takes the place of one that was closed.
        open(number, "w", closefd=False, buffering=1, encoding="utf-8", errors="replace")  # noqa: SIM115
        if getattr(stream, "closed", False) and not was_closed
        else stream
        for number, (stream, was_closed) in enumerate(outputs, start=1)
    )


_PROCESS = (
    _Setting("the working directory", os.getcwd, os.chdir),
    _Setting("the environment variables", lambda: dict(os.environ), _write_environment),
    _Setting("the standard streams", _read_streams, _write_streams),
    _Setting("the import path", lambda: list(sys.path), _write_path),
    _Setting("Python's random state", random.getstate, random.setstate),
    _Setting("the recursion limit", sys.getrecursionlimit, sys.setrecursionlimit),
)
_SIGNALS = tuple(
    _Setting(f"the handler of {number.name}", partial(signal.getsignal, number), partial(signal.signal, number))
    for number in (signal.SIGINT, signal.SIGTERM)
)


@cache
def _torch_settings(torch: Any) -> tuple[_Setting, ...]:  # noqa: ANN401  (a module)
    backends = torch.backends
    return (
        # First: while a default device is set, what follows could make its tensors there.
        _Setting("torch's default device", torch.get_default_device, lambda device: _write_device(torch, device)),
        _Setting("torch's default dtype", torch.get_default_dtype, torch.set_default_dtype),
        _Setting("torch's grad mode", torch.is_grad_enabled, torch.set_grad_enabled),
        _Setting("torch's anomaly detection", torch.is_anomaly_enabled, torch.set_anomaly_enabled),
        _Setting(
            "torch's deterministic algorithms",
            lambda: (
                torch.are_deterministic_algorithms_enabled(),
                torch.is_deterministic_algorithms_warn_only_enabled(),
            ),
            lambda flags: torch.use_deterministic_algorithms(flags[0], warn_only=flags[1]),
        ),
        _Setting("torch's number of threads", torch.get_num_threads, torch.set_num_threads),
        _Setting(
            "torch's random state",
            torch.default_generator.get_state,
            torch.default_generator.set_state,
            is_comparable=False,
        ),
        _Setting(
            "CUDA's random state",
            lambda: torch.cuda.get_rng_state() if torch.cuda.is_initialized() else None,
            lambda state: None if state is None else torch.cuda.set_rng_state(state),
            is_comparable=False,
        ),
        *_autocast(torch, "cpu"),
        *_autocast(torch, "cuda"),
        *(
            _attribute(f"torch.backends.{path}", holder, name)
            for path, holder, name in (
                ("cudnn.enabled", backends.cudnn, "enabled"),
                ("cudnn.benchmark", backends.cudnn, "benchmark"),
                ("cudnn.deterministic", backends.cudnn, "deterministic"),
                ("cudnn.allow_tf32", backends.cudnn, "allow_tf32"),
                ("mkldnn.enabled", backends.mkldnn, "enabled"),
                ("cuda.matmul.allow_tf32", backends.cuda.matmul, "allow_tf32"),
            )
        ),
        *(
            _Setting(f"torch.backends.cuda.{name}", getattr(backends.cuda, f"{name}_enabled"), write)
            for name in ("flash_sdp", "mem_efficient_sdp", "math_sdp", "cudnn_sdp")
            for write in (getattr(backends.cuda, f"enable_{name}"),)
        ),
        _Setting("torch's attention fast path", backends.mha.get_fastpath_enabled, backends.mha.set_fastpath_enabled),
        _Setting("torch's hooks on all modules", lambda: _global_hooks(torch), lambda kept: _write_hooks(torch, kept)),
    )


def _write_device(torch: Any, device: Any) -> None:  # noqa: ANN401
    # None, not "cpu": a default device that is set intercepts every call into torch.
    torch.set_default_device(None if device.type == "cpu" else device)
    if torch.get_default_device() != device:
        raise RuntimeError("a device context was entered and never left")


def _autocast(torch: Any, device_type: str) -> tuple[_Setting, _Setting]:  # noqa: ANN401
    return (
        _Setting(
            f"torch's autocast on {device_type}",
            lambda: torch.is_autocast_enabled(device_type),
            lambda enabled: torch.set_autocast_enabled(device_type, enabled),
        ),
        _Setting(
            f"torch's autocast dtype on {device_type}",
            lambda: torch.get_autocast_dtype(device_type),
            lambda dtype: torch.set_autocast_dtype(device_type, dtype),
        ),
    )


def _attribute(path: str, holder: object, name: str) -> _Setting:
    return _Setting(path, lambda: getattr(holder, name), lambda value: setattr(holder, name, value))


def _global_hooks(torch: Any) -> dict[str, dict[Any, Any]]:  # noqa: ANN401
    module = torch.nn.modules.module
    return {name: dict(held) for name, held in vars(module).items() if _is_hooks(name, held)}


def _write_hooks(torch: Any, kept: dict[str, dict[Any, Any]]) -> None:  # noqa: ANN401
    for name, hooks in kept.items():
        held = getattr(torch.nn.modules.module, name)
        held.clear()
        held.update(hooks)


def _is_hooks(name: str, held: object) -> bool:
    return name.startswith("_global_") and name.endswith(("_hooks", "_hooks_always_called")) and isinstance(held, dict)
