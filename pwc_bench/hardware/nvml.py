"""One GPU as NVML sees it: clocks, power, temperature, energy, and why it runs slower than it could.

Without the library, its driver or a GPU there is no `Gpu`, and what a GPU does not tell (a virtual or a divided one
tells little) is None. Asking takes well under a millisecond and leaves the GPU's work alone.
"""

from dataclasses import dataclass
from typing import Any

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
