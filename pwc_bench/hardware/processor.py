"""What the processor can do: whether it multiplies bfloat16 numbers by itself."""

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
