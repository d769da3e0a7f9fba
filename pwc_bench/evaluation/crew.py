"""Who takes part in a campaign: one process by itself, or the processes of a torchrun job."""

from typing import Any, Protocol

from pwc_bench.core.place import ALONE, Place


class Crew(Protocol):
    """What an evaluation needs of the processes that share it. `Team` connects several of them."""

    @property
    def place(self) -> Place:
        """Say which of the processes this one is."""
        ...

    @property
    def name(self) -> str:
        """Name this process as messages do."""
        ...

    def share(self, key: str, value: Any, /) -> list[Any]:  # noqa: ANN401  (JSON)
        """Publish a JSON value under a key that is used once, and return every process's value, by rank."""
        ...


class Single:
    """One process by itself."""

    place = ALONE
    name = "this process"

    def share(self, _key: str, value: Any, /) -> list[Any]:  # noqa: ANN401
        """Return the value: there is nobody else."""
        return [value]
