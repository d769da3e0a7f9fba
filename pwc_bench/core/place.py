"""Which of a job's processes this one is, as torchrun tells it."""

from collections.abc import Mapping
from dataclasses import dataclass

from pwc_bench.core.errors import UsageError


@dataclass(frozen=True, slots=True)
class Place:
    """One process among those that share a job."""

    rank: int = 0
    """Its number in the job, from 0."""
    world_size: int = 1
    """The processes of the job."""
    local_rank: int = 0
    """Its number on this machine: chooses its CUDA device."""
    local_world_size: int = 1
    """The processes of the job on this machine."""

    @property
    def leads(self) -> bool:
        """Whether it is the one that measures cost, merges, stores and talks."""
        return self.rank == 0

    @property
    def is_alone(self) -> bool:
        """Whether the job has no other process."""
        return self.world_size == 1


ALONE = Place()
"""The place of a process that nobody started as part of a job."""


def place_from_environment(environment: Mapping[str, str]) -> Place:
    """Read RANK, WORLD_SIZE, LOCAL_RANK and LOCAL_WORLD_SIZE; without the first two the process is alone.

    Raises UsageError where they contradict each other or are no numbers.
    """
    if "RANK" not in environment or "WORLD_SIZE" not in environment:
        return ALONE
    rank, size = _number(environment, "RANK", 0), _number(environment, "WORLD_SIZE", 1)
    if size <= 1:
        return ALONE
    local_rank = _number(environment, "LOCAL_RANK", 0)
    local_size = _number(environment, "LOCAL_WORLD_SIZE", 1)
    if not (0 <= rank < size and 0 <= local_rank < max(1, local_size)):
        raise UsageError(
            f"RANK={rank} of WORLD_SIZE={size} and LOCAL_RANK={local_rank} of LOCAL_WORLD_SIZE={local_size} cannot be: "
            "start several processes with torchrun, or unset these variables"
        )
    return Place(rank, size, local_rank, local_size)


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name, str(default))
    try:
        return int(text)
    except ValueError:
        raise UsageError(f"{name}={text!r} is no whole number: torchrun sets it, or unset it") from None
