"""What really ran, whatever was asked for, and what was checked before it did."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pwc_bench.core.measurement import Json

FUSED = "fused"
REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Ran:
    """The implementation behind a record's numbers."""

    implementation: str = REFERENCE
    """FUSED or REFERENCE."""
    checks: Mapping[str, Json] = field(default_factory=dict)
    """What checks of the model found, by their names; they become the record's extra facts."""
