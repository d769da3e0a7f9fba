"""What the processor can do: whether it multiplies bfloat16 numbers by itself."""

from collections.abc import Callable
from pathlib import Path

_CPUINFO = Path("/proc/cpuinfo")
_INSTRUCTIONS = {"amx_bf16": "AMX", "avx512_bf16": "AVX-512", "bf16": "NEON", "svebf16": "SVE"}
"""The kernel's names of processor features, and what people call the instructions."""


def native_bf16(cpuinfo: Path = _CPUINFO) -> str | None:
    """Return the instructions with which this processor multiplies bfloat16: "AMX and AVX-512".

    None where it has none, so that bf16 is computed by way of fp32, and where the system does not tell (only Linux
    does). All processors of a machine are taken to be alike.
    """
    try:
        lines = cpuinfo.read_text().splitlines()
    except OSError:
        return None
    # "flags" on x86, "Features" on Arm.
    features = next((line.partition(":")[2].split() for line in lines if line.startswith(("flags", "Features"))), [])
    names = [name for feature, name in _INSTRUCTIONS.items() if feature in features]
    return " and ".join(names) or None


_POWERCAP = Path("/sys/class/powercap")
_MICRO = 1e-6


def cpu_energy_counter(folder: Path = _POWERCAP) -> Callable[[], float] | None:
    """Return a function that gives the joules of all processor packages together, ever rising.

    None where there is no such counter or it may not be read (most systems keep it for the administrator, and virtual
    machines have none). Cores and memory within a package are not added: the package holds them.
    """
    packages = [zone for zone in sorted(folder.glob("*-rapl:*")) if _is_package(zone)]
    counters = [_Counter.open(zone) for zone in packages]
    if not counters or None in counters:
        return None
    known = [counter for counter in counters if counter is not None]
    return lambda: sum(counter.joules() for counter in known)


def _is_package(zone: Path) -> bool:
    """Tell a processor package from its parts, and from "psys", the platform that holds packages."""
    try:
        return (zone / "name").read_text().startswith("package")
    except OSError:
        return False


class _Counter:
    """One package's counter, continued where it wraps around."""

    def __init__(self, file: Path, range_microjoules: int, now_microjoules: int) -> None:
        self._file = file
        self._range = range_microjoules
        self._last = now_microjoules
        self._total = 0

    @classmethod
    def open(cls, zone: Path) -> "_Counter | None":
        """Return the counter of a zone, None where it cannot be read."""
        file = zone / "energy_uj"
        try:
            return cls(file, int((zone / "max_energy_range_uj").read_text()), int(file.read_text()))
        except (OSError, ValueError):
            return None

    def joules(self) -> float:
        """Return the energy since the counter was opened."""
        now = int(self._file.read_text())
        step = now - self._last
        self._total += step if step >= 0 else step + self._range
        self._last = now
        return self._total * _MICRO
