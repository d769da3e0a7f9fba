"""Watching a GPU through a measurement: whether it ran as fast as it can, and equally fast throughout."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from pwc_bench.core.measurement import Json

# The bits of nvmlClocksEventReasons, from NVIDIA's nvml.h. Being idle, and clocks that somebody set, are left out: both
# say nothing about the work at hand.
_REASONS = {
    0x04: "power limit",
    0x08: "hardware slowdown",
    0x10: "synchronised with slower GPUs",
    0x20: "thermal limit (software)",
    0x40: "thermal limit (hardware)",
    0x80: "power brake (hardware)",
}
SLOWDOWNS = tuple(_REASONS.values())
"""Every reason that `GpuState.slowed_by` can name."""


@dataclass(frozen=True, slots=True)
class GpuState:
    """A GPU at one moment. None where it does not tell."""

    sm_mhz: int | None
    """The clock of the streaming multiprocessors."""
    memory_mhz: int | None
    watts: float | None
    """What the board draws; on recent GPUs the mean over the last second."""
    limit_watts: float | None
    """The limit that is enforced."""
    celsius: int | None
    slowed_by: tuple[str, ...]
    """Those of SLOWDOWNS that hold now."""


@dataclass(frozen=True, slots=True)
class Gpu:
    """One GPU that can be asked."""

    library: Any
    """The module `pynvml`."""
    handle: Any

    def state(self) -> GpuState:
        """Return what the GPU tells now."""
        nvml = self.library
        bits = self._asked("nvmlDeviceGetCurrentClocksThrottleReasons") or 0
        watts, limit = self._asked("nvmlDeviceGetPowerUsage"), self._asked("nvmlDeviceGetEnforcedPowerLimit")
        return GpuState(
            sm_mhz=self._asked("nvmlDeviceGetClockInfo", nvml.NVML_CLOCK_SM),
            memory_mhz=self._asked("nvmlDeviceGetClockInfo", nvml.NVML_CLOCK_MEM),
            watts=None if watts is None else watts / 1000.0,
            limit_watts=None if limit is None else limit / 1000.0,
            celsius=self._asked("nvmlDeviceGetTemperature", nvml.NVML_TEMPERATURE_GPU),
            slowed_by=tuple(name for bit, name in _REASONS.items() if bits & bit),
        )

    def energy_joules(self) -> float | None:
        """Return the board's energy since the driver was loaded; the counter moves some ten times a second."""
        millijoules = self._asked("nvmlDeviceGetTotalEnergyConsumption")
        return None if millijoules is None else millijoules / 1000.0

    def driver(self) -> str | None:
        """Return the driver's version."""
        try:
            return str(self.library.nvmlSystemGetDriverVersion())
        except self.library.NVMLError:
            return None

    def _asked(self, function: str, *arguments: object) -> Any:  # noqa: ANN401 - a number, as NVML gives it
        try:
            return getattr(self.library, function)(self.handle, *arguments)
        except self.library.NVMLError:  # not supported here: the value is unknown
            return None


def find_gpu(device: str) -> Gpu | None:
    """Return the GPU behind a torch device ("cuda", "cuda:1"), None where there is none or NVML does not know it.

    The two are matched by UUID: CUDA_VISIBLE_DEVICES renumbers torch's devices and not NVML's.
    """
    if device.partition(":")[0] != "cuda":
        return None
    import torch

    if not torch.cuda.is_available():
        return None
    return open_gpu(str(getattr(torch.cuda.get_device_properties(device), "uuid", "")))


def open_gpu(uuid: str) -> Gpu | None:
    """Return the GPU with a UUID as torch writes it, None where NVML is absent or does not know it."""
    try:
        import pynvml
    except ImportError:
        return None
    try:
        pynvml.nvmlInit()
        return Gpu(pynvml, pynvml.nvmlDeviceGetHandleByUUID(f"GPU-{uuid.removeprefix('GPU-')}"))
    except pynvml.NVMLError:
        return None


_STEADY = 0.05
"""Clocks that moved by more than this share of their median make rounds hard to compare."""


class GpuWatch:
    """Collects a GPU's states: before, while it works, and after. Without a GPU it collects nothing."""

    def __init__(self, gpu: Gpu | None) -> None:
        self._gpu = gpu
        self._before = self._read()
        self._working: list[GpuState] = []

    def look(self) -> None:
        """Take a state while the GPU works."""
        state = self._read()
        if state is not None:
            self._working.append(state)

    def forget(self) -> None:
        """Drop what was seen so far of the GPU at work: a warm-up is over."""
        self._working.clear()

    def details(self) -> dict[str, Json]:
        """Return {"gpu": ...} with the states before, during (least, median, greatest) and after; {} without a GPU."""
        if self._before is None:
            return {}
        after = self._read() or self._before
        return {"gpu": {"before": _as_json(self._before), "during": self._during(), "after": _as_json(after)}}

    def caveats(self) -> tuple[str, ...]:
        """Return a sentence for each thing that made the GPU slower than it could be, or uneven."""
        found = []
        reasons = self._slowdowns()
        if reasons:
            held = ", ".join(f"{name} in {times} of {len(self._working)} looks" for name, times in reasons.items())
            found.append(f"The GPU was throttled: {held}.")
        for name in ("sm_mhz", "memory_mhz"):
            clocks = _values(name, self._working)
            if clocks and max(clocks) - min(clocks) > _STEADY * median(clocks):
                what = "SM" if name == "sm_mhz" else "memory"
                found.append(
                    f"The {what} clock moved between {min(clocks):.0f} and {max(clocks):.0f} MHz during the rounds."
                )
        return tuple(found)

    def _read(self) -> GpuState | None:
        return None if self._gpu is None else self._gpu.state()

    def _during(self) -> dict[str, Json]:
        found: dict[str, Json] = {"looks": len(self._working)}
        for name in ("sm_mhz", "memory_mhz", "watts", "celsius"):
            values = _values(name, self._working)
            if values:
                found[name] = [min(values), median(values), max(values)]
        return found | {"slowed_by": self._slowdowns()}

    def _slowdowns(self) -> dict[str, int]:
        """Count in how many looks each slowdown held."""
        named = [name for state in self._working for name in state.slowed_by]
        return {name: named.count(name) for name in sorted(set(named))}


def _values(name: str, states: Iterable[GpuState]) -> list[float]:
    return [value for state in states if (value := getattr(state, name)) is not None]


def _as_json(state: GpuState) -> dict[str, Json]:
    return asdict(state) | {"slowed_by": list(state.slowed_by)}
