"""The processes that run one evaluation: rank, world size, and what they tell each other."""

import re
import secrets
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
import torch.distributed as dist

from pwc_bench.core.errors import EvaluationError
from pwc_bench.core.place import ALONE, Place
from pwc_bench.evaluation.request import Choices, Request
from pwc_bench.evaluation.shards import Lanes, ShardFolder
from pwc_bench.evaluation.workspace import Workspace, common_digest, open_workspace


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


_HEADER = struct.Struct("<qq")
"""The bytes of a file's name and of its content; the end is a name of no bytes."""
_NAME = re.compile(r"\d{6,}/[\w.-]+\.(npz|json)")


def send_shards(folder: ShardFolder) -> None:
    """Send every file of `folder` to the first process, which calls `receive_shards`."""
    for path in sorted(folder.path.glob("*/*")):
        if path.suffix in (".npz", ".json"):
            name = path.relative_to(folder.path).as_posix().encode()
            content = path.read_bytes()
            _send(_HEADER.pack(len(name), len(content)))
            _send(name + content)
    _send(_HEADER.pack(0, 0))


def receive_shards(rank: int, folder: ShardFolder) -> None:
    """Write what the process of `rank` sends into `folder`; each file appears whole or not at all."""
    while True:
        name_bytes, content_bytes = _HEADER.unpack(_receive(_HEADER.size, rank))
        if not name_bytes:
            return
        payload = _receive(name_bytes + content_bytes, rank)
        name = payload[:name_bytes].decode(errors="replace")
        if not _NAME.fullmatch(name):
            raise EvaluationError(f"rank {rank} sends {name!r}, which is no shard: give every machine the same version")
        path = folder.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".writing")
        beside.write_bytes(payload[name_bytes:])
        beside.replace(path)


def _send(content: bytes) -> None:
    dist.send(torch.from_numpy(np.frombuffer(content, np.uint8).copy()), dst=0)


def _receive(size: int, rank: int) -> bytes:
    buffer = torch.empty(size, dtype=torch.uint8)
    dist.recv(buffer, src=rank)
    return buffer.numpy().tobytes()


VISIBLE_SECONDS = 60.0
"""How long a network file system may need to show the first process what the others have written."""


@dataclass(frozen=True, slots=True)
class Seat:
    """One process's folder."""

    crew: Crew
    lanes: Lanes
    sends: bool = False
    """Whether its shards must be sent to the first process, because that does not see them."""
    choices: Choices = field(default_factory=Choices)
    """What the first process has settled by measuring, which holds for all."""

    @property
    def crops(self) -> Path:
        """Return where crops wait for the campaign's further rounds; they go with the campaign's folder."""
        return self.lanes.path.with_name("crops")

    def deliver(self, key: str) -> None:
        """Bring all shards before the first process. Every process calls this, after it has written its own."""
        own = self.lanes.own(self.crew.place)
        reports = self.crew.share(key, {"sends": self.sends, "files": own.file_count()})
        if self.sends:
            send_shards(own)
        if self.crew.place.leads:
            for rank, (folder, report) in enumerate(zip(self.lanes.of(len(reports)), reports, strict=True)):
                if report["sends"]:
                    receive_shards(rank, folder)
                deadline = time.monotonic() + VISIBLE_SECONDS
                while folder.file_count() < report["files"] and time.monotonic() < deadline:
                    time.sleep(0.2)


def lead_seat(crew: Crew, workspace: Workspace, request: Request) -> Seat:
    """Show the others this campaign's folder, and what was settled."""
    token = secrets.token_hex(8)
    beside = workspace.path / "token"
    if not crew.place.is_alone:
        beside.write_text(token)
    crew.share(
        "seat",
        {
            "path": str(workspace.path.resolve()),
            "token": token,
            "digest": common_digest(request),
            "choices": workspace.choices.as_json(),
        },
    )
    return Seat(crew, workspace.lanes, choices=workspace.choices)


@contextmanager
def follow_seat(crew: Crew, request: Request) -> Iterator[Seat]:
    """Take a seat in the first process's folder, or in one of this process's own until the end of the block.

    Raises EvaluationError where this process was asked for something else, or has other images, than the first one.
    """
    digest = common_digest(request)
    offered = crew.share("seat", None)[0]
    if offered["digest"] != digest:
        raise EvaluationError(
            f"{crew.name} was given other models, data or options than rank 0, or has other versions installed: "
            "start every process with the same command, on the same data"
        )
    choices = Choices.from_json(offered["choices"])
    if _sees(Path(offered["path"]) / "token", offered["token"]):
        yield Seat(crew, Lanes(Path(offered["path"]) / "shards"), choices=choices)
        return
    place = crew.place
    with open_workspace(request, suffix=f"-rank{place.rank}of{place.world_size}") as workspace:
        workspace.agree(choices)
        yield Seat(crew, workspace.lanes, sends=True, choices=choices)
        workspace.remove()


def _sees(path: Path, token: str) -> bool:
    try:
        return path.read_text() == token
    except OSError:
        return False
