"""Watching a GPU through a measurement: whether it ran as fast as it can, and equally fast throughout."""

from collections.abc import Iterable
from dataclasses import asdict
from statistics import median

from pwc_bench.core.measurement import Json
from pwc_bench.hardware.nvml import Gpu, GpuState

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
