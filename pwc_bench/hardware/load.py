"""What a machine does besides the work at hand: how much of the processor others took, as Linux tells it."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pwc_bench.core.measurement import Json

MOST_TAKEN = 0.05
"""The share of the time that others may take before what was timed counts as disturbed: as much as a loss of speed must
be to count at all (`Policy.least_speed_loss`)."""

_PROC = Path("/proc")
_CGROUPS = Path("/sys/fs/cgroup")


@dataclass(frozen=True, slots=True)
class LoadReading:
    """Counters at one moment, in seconds; None where the system does not tell."""

    wall: float
    own: float
    """Processor time of this process, all threads together."""
    waited: float | None
    """The time for which threads of this process could have run and had no processor."""
    busy: float | None
    """Processor time of everybody on the processors that this process may use."""
    idle: float | None
    stolen: float | None
    """What the hypervisor gave to other machines in place of this one."""
    throttled: float | None
    """The time for which the container's limit held this process."""


def read_load() -> LoadReading:
    """Read all counters now, which takes about a millisecond."""
    busy, idle, stolen = _processors() or (None, None, None)
    return LoadReading(time.perf_counter(), time.process_time(), _waited(), busy, idle, stolen, _throttled())


def read_load_of_all() -> LoadReading:
    """Read them for work whose threads are more than the processors, as in a pass that decodes beside the model.

    These wait for each other, which is nobody's disturbance: only what others used of a machine without an idle
    processor counts.
    """
    return replace(read_load(), waited=None)


class LoadWatch:
    """Adds up what others took during the rounds of a measurement."""

    def __init__(self, read: Callable[[], LoadReading] = read_load) -> None:
        self._read = read
        self._kept: list[_Stretch] = []
        self._last: _Stretch | None = None
        self._load_before = _load_average()

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Look at what happens during the block; `keep` counts it."""
        before = self._read()
        yield
        self._last = _Stretch(before, self._read())

    @property
    def is_disturbed(self) -> bool:
        """Tell whether others took too much during the last block."""
        return self._last is not None and bool(_noise(self._last.shares()))

    def keep(self) -> None:
        """Count the last block among those that make the measurement."""
        if self._last is not None:
            self._kept.append(self._last)
            self._last = None

    def noise(self) -> tuple[str, ...]:
        """Return a phrase for each thing that took more than MOST_TAKEN of the blocks that were kept."""
        return _noise(self._shares())

    def details(self) -> dict[str, Json]:
        """Return {"load": ...}: the load average before, the own share of the processors, and what others took."""
        wall = sum(stretch.wall for stretch in self._kept)
        own = sum(stretch.own for stretch in self._kept)
        shares: dict[str, Json] = {f"{name}_share": round(share, 4) for name, share in self._shares().items()}
        return {
            "load": {
                "average_before": self._load_before,
                "own_processors": round(own / wall, 3) if wall > 0.0 else None,
                **shares,
                "noise": list(self.noise()),
            }
        }

    def _shares(self) -> dict[str, float]:
        """Return the means over the blocks, weighted by their length, of the shares that are known."""
        total = sum(stretch.wall for stretch in self._kept)
        found: dict[str, float] = {}
        for stretch in self._kept:
            for name, share in stretch.shares().items():
                found[name] = found.get(name, 0.0) + share * stretch.wall / total
        return found


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The time between two readings."""

    before: LoadReading
    after: LoadReading

    @property
    def wall(self) -> float:
        return max(self.after.wall - self.before.wall, 1e-9)

    @property
    def own(self) -> float:
        return self.after.own - self.before.own

    def shares(self) -> dict[str, float]:
        """Return which share of the time this process lost, by cause; a cause that is not told is left out."""
        found: dict[str, float] = {}
        waited = _moved(self.before.waited, self.after.waited)
        busy, idle = _moved(self.before.busy, self.after.busy), _moved(self.before.idle, self.after.idle)
        stolen = _moved(self.before.stolen, self.after.stolen)
        throttled = _moved(self.before.throttled, self.after.throttled)
        if waited is not None:
            found["waited"] = waited / max(self.own + waited, self.wall)
        elif busy is not None and idle is not None and busy + idle > 0.0:
            # Where nobody says who waited: others were at work, and no processor was left.
            others = max(0.0, busy - self.own) / (busy + idle)
            found["waited"] = others if idle < MOST_TAKEN * (busy + idle) else 0.0
        if stolen is not None and busy is not None and idle is not None:
            found["stolen"] = stolen / max(busy + idle + stolen, 1e-9)
        if throttled is not None:
            found["throttled"] = min(1.0, throttled / self.wall)
        return found


_WORDS = {
    "waited": "others held {:.0f} % of the processor time that it asked for",
    "stolen": "the hypervisor gave {:.0f} % of the processors to others",
    "throttled": "a limit of its container held it {:.0f} % of the time",
}


def _noise(shares: dict[str, float]) -> tuple[str, ...]:
    return tuple(_WORDS[name].format(100.0 * share) for name, share in shares.items() if share > MOST_TAKEN)


def idle_processors(seconds: float, read: Callable[[], LoadReading] = read_load) -> float | None:
    """Sleep for `seconds`, and return how many of the processors that this process may use nobody used meanwhile.

    None where the system does not tell.
    """
    before = read()
    time.sleep(seconds)
    after = read()
    idle = _moved(before.idle, after.idle)
    return None if idle is None else idle / max(after.wall - before.wall, 1e-9)


def _moved(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else max(0.0, after - before)


def _waited() -> float | None:
    """Add up what the scheduler says of each thread: the second number of its schedstat, in nanoseconds."""
    total, is_told = 0, False
    for task in (_PROC / "self" / "task").glob("*/schedstat"):
        try:
            total += int(task.read_text().split()[1])
            is_told = True
        except (OSError, ValueError, IndexError):  # the thread has just ended
            continue
    return total / 1e9 if is_told else None


def _processors() -> tuple[float, float, float] | None:
    """Return the busy, idle and stolen seconds of the processors that this process may use."""
    try:
        lines = (_PROC / "stat").read_text().splitlines()
        allowed = {f"cpu{number}" for number in os.sched_getaffinity(0)}
        ticks = os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, AttributeError):
        return None
    busy = idle = stolen = 0
    for name, *texts in (line.split() for line in lines):
        if name in allowed and len(texts) >= 8:
            user, nice, system, waiting_not, waiting_disk, irq, soft_irq, steal = map(int, texts[:8])
            busy += user + nice + system + irq + soft_irq
            idle += waiting_not + waiting_disk
            stolen += steal
    return busy / ticks, idle / ticks, stolen / ticks


def _throttled() -> float | None:
    """Return for how long this process's control group was held: version 2's cpu.stat, or version 1's."""
    try:
        groups = (_PROC / "self" / "cgroup").read_text().splitlines()
    except OSError:
        return None
    for number, controllers, path in (line.split(":", 2) for line in groups if line.count(":") >= 2):
        folder = _CGROUPS if number == "0" else _CGROUPS / "cpu"
        if number != "0" and "cpu" not in controllers.split(","):
            continue
        try:
            lines = (folder / path.lstrip("/") / "cpu.stat").read_text().splitlines()
        except OSError:
            continue
        counters = dict(line.split() for line in lines if len(line.split()) == 2)
        if "throttled_usec" in counters:
            return int(counters["throttled_usec"]) / 1e6
        if "throttled_time" in counters:
            return int(counters["throttled_time"]) / 1e9
    return None


def _load_average() -> float | None:
    try:
        return round(os.getloadavg()[0], 2)
    except OSError:
        return None
