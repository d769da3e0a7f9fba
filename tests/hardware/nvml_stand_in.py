"""What stands in for NVIDIA's library where there is no GPU: the same functions, with answers that a test chooses."""

from dataclasses import dataclass, field


class NVMLError(Exception):
    """As the library raises it where a device does not support a question."""


@dataclass
class Library:
    """Answers by function; a function without an answer is not supported."""

    answers: dict[str, int]
    NVML_CLOCK_SM: int = 1
    NVML_CLOCK_MEM: int = 2
    NVML_TEMPERATURE_GPU: int = 0
    NVMLError: type[Exception] = field(default=NVMLError)

    def _answer(self, name: str) -> int:
        if name not in self.answers:
            raise NVMLError(name)
        return self.answers[name]

    def nvmlDeviceGetClockInfo(self, handle: object, kind: int) -> int:  # noqa: N802 - the library's own names
        """Return MHz."""
        return self._answer("sm" if kind == self.NVML_CLOCK_SM else "memory")

    def nvmlDeviceGetPowerUsage(self, handle: object) -> int:  # noqa: N802
        """Return milliwatts."""
        return self._answer("power")

    def nvmlDeviceGetEnforcedPowerLimit(self, handle: object) -> int:  # noqa: N802
        """Return milliwatts."""
        return self._answer("limit")

    def nvmlDeviceGetTemperature(self, handle: object, sensor: int) -> int:  # noqa: N802
        """Return degrees Celsius."""
        return self._answer("celsius")

    def nvmlDeviceGetCurrentClocksThrottleReasons(self, handle: object) -> int:  # noqa: N802
        """Return bits."""
        return self._answer("reasons")

    def nvmlDeviceGetTotalEnergyConsumption(self, handle: object) -> int:  # noqa: N802
        """Return millijoules."""
        return self._answer("energy")

    def nvmlSystemGetDriverVersion(self) -> str:  # noqa: N802
        """Return the driver's version."""
        return str(self._answer("driver"))
