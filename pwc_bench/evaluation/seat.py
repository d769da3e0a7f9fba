"""Where each process of a job keeps its shards: in the first one's folder where it sees that, else in its own."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pwc_bench.core.errors import EvaluationError
from pwc_bench.evaluation.choices import Choices
from pwc_bench.evaluation.crew import Crew
from pwc_bench.evaluation.digest import common_digest
from pwc_bench.evaluation.request import Request
from pwc_bench.evaluation.shards import Lanes
from pwc_bench.evaluation.transfer import receive_shards, send_shards
from pwc_bench.evaluation.workspace import Workspace, open_workspace

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
