"""The processes of one torchrun job: what they agree on, how they wait for each other, and how one's end is noticed.

Everything that takes long is waited for at the job's key-value store, by polling: so a waiting process notices an error
or a silence of the others, however long the work takes. Nothing here is called while images are evaluated.
"""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist
from torch.distributed.distributed_c10d import PrefixStore
from torch.distributed.rendezvous import rendezvous

from pwc_bench.core.errors import EvaluationError
from pwc_bench.core.measurement import Json
from pwc_bench.core.place import Place

JOIN_SECONDS = 300.0
"""How long the processes may need to find each other."""
SILENCE_SECONDS = 60.0
"""After so long without a sign of life a process counts as dead."""
BEAT_SECONDS = 2.0
POLL_SECONDS = 0.05
_ERROR = "error"


class Team:
    """This process's connection to the others of its job."""

    def __init__(self, place: Place, store: Any) -> None:  # noqa: ANN401  (torch's store, which has no stubs)
        self.place = place
        self.host = socket.gethostname()
        self.has_parted = False
        """Whether the job is over for this process: leaving with the first one's exit code is no failure."""
        self._store = store
        self._over = threading.Event()
        self._heard: dict[int, tuple[bytes, float]] = {}
        self.has_parted = False
        """Whether the job is over for this process: what it raises after that is its exit, and no news for others."""

    @property
    def name(self) -> str:
        """Name this process as messages do."""
        return f"rank {self.place.rank} of {self.place.world_size} ({self.host})"

    def tell(self, key: str, value: Json) -> None:
        """Publish a value of this process."""
        self._store.set(f"{key}/{self.place.rank}", json.dumps(value))

    def hear(self, key: str, rank: int = 0) -> Any:  # noqa: ANN401  (what the other process told)
        """Wait for the value that another process publishes. Raises EvaluationError where that cannot come any more."""
        name = f"{key}/{rank}"
        self._wait(lambda: bool(self._store.check([name])), (rank,))
        return json.loads(self._store.get(name))

    def share(self, key: str, value: Json) -> list[Any]:
        """Publish a value, wait for that of every process, and return them by rank."""
        self.tell(key, value)
        return [self.hear(key, rank) for rank in range(self.place.world_size)]

    def part(self, code: int) -> None:
        """Tell the others how the first process ends, and wait until they have heard it."""
        self.tell("exit", code)
        for rank in range(1, self.place.world_size):
            self.hear("parted", rank)
        self.has_parted = True

    def await_part(self) -> int:
        """Wait for the end of the first process, and return its exit code."""
        code = self.hear("exit")
        self.has_parted = True
        self.tell("parted", code)
        return int(code)

    def fail(self, message: str) -> None:
        """Tell the others why this process ends; the first one to do so is quoted."""
        self._store.compare_set(_ERROR, "", f"{self.name}: {message}")

    def failure(self) -> str | None:
        """Return what the first failing process said, with its name; None where none has failed."""
        return self._store.get(_ERROR).decode() if self._store.check([_ERROR]) else None

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Give signs of life until the end of the block."""
        thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _beat(self) -> None:
        count = 0
        while not self._over.is_set():
            count += 1
            try:
                self._store.set(f"alive/{self.place.rank}", str(count))
            except RuntimeError:  # the store is gone: whoever waits for something will say so
                return
            self._over.wait(BEAT_SECONDS)

    def _wait(self, is_over: Callable[[], bool], ranks: tuple[int, ...]) -> None:
        try:
            while not is_over():
                failure = self.failure()
                if failure is not None:
                    raise EvaluationError(f"{failure}; the same command continues, with any number of processes")
                for rank in ranks:
                    self._check_alive(rank)
                time.sleep(POLL_SECONDS)
        except RuntimeError as error:
            raise EvaluationError(
                f"{self.name} has lost the job's rendezvous store ({_first_line(error)}): another process or machine "
                "has ended; the same command continues, with any number of processes"
            ) from None

    def _check_alive(self, rank: int) -> None:
        key, now = f"alive/{rank}", time.monotonic()
        beat = self._store.get(key) if self._store.check([key]) else b""
        last, since = self._heard.get(rank, (None, now))
        if beat != last:
            self._heard[rank] = (beat, now)
        elif now - since > SILENCE_SECONDS:
            raise EvaluationError(
                f"rank {rank} of {self.place.world_size} has given no sign of life for {SILENCE_SECONDS:.0f} s: it or "
                "its machine has ended; the same command continues, with any number of processes"
            )


@contextmanager
def join_team(place: Place) -> Iterator[Team]:
    """Meet the other processes of this job (torch.distributed, gloo), and part from them at the end of the block.

    An error of this process is told to the others. Raises EvaluationError where they do not come together.
    """
    timeout = timedelta(seconds=JOIN_SECONDS)
    try:
        store, rank, size = next(rendezvous("env://", place.rank, place.world_size, timeout=timeout))
        store.set_timeout(timeout)
        groups = PrefixStore("gloo", store)
        dist.init_process_group("gloo", store=groups, rank=rank, world_size=size, timeout=timeout)
    except (RuntimeError, ValueError, TimeoutError) as error:
        raise EvaluationError(
            f"rank {place.rank} of {place.world_size} does not find the others: {_first_line(error)}: "
            "start all processes with torchrun, and see that MASTER_ADDR can be reached"
        ) from None
    team = Team(place, PrefixStore("pwc-bench", store))
    try:
        with team.beating():
            try:
                yield team
            except Exception as error:
                if not team.has_parted:
                    _tell(team, error)
                raise
    finally:
        dist.destroy_process_group()


def _tell(team: Team, error: Exception) -> None:
    try:
        if not team.has_parted and team.failure() is None:
            team.fail(_first_line(error))
    except RuntimeError:  # the store went before us, and with it everybody who could hear
        return


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def share_threads(place: Place, cpus: int, chosen: str | None) -> int:
    """Divide the CPUs between this machine's processes, unless the user has `chosen` OMP_NUM_THREADS.

    Returns the threads of this process. torchrun by itself gives each process one, however many CPUs there are.
    """
    if chosen is None:
        torch.set_num_threads(max(1, cpus // max(1, place.local_world_size)))
    return torch.get_num_threads()
