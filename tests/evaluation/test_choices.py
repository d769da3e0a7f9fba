"""What a campaign settled by measuring holds after SIGKILL, though it would be settled otherwise on another day."""

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch
from torch import nn

from pwc_bench.core.files import read_sealed, write_sealed
from pwc_bench.core.instruments import Settings
from pwc_bench.core.measurement import Json
from pwc_bench.core.record import Record
from pwc_bench.evaluation import evaluate
from pwc_bench.evaluation.cost import settle_all_kernels
from pwc_bench.evaluation.request import BatchSize, Choices, Request
from pwc_bench.evaluation.workspace import open_workspace
from tests.evaluation.killing import kill_at
from tests.evaluation.tiny import TinyModel, save_weights, tiny_request, tiny_variant, write_images

IMAGES = 60
GUARDED = 4


class Timed(TinyModel):
    """Has memory for `room` images at once, and for the few on which the guard compares it with the fused one."""

    def __init__(self, seed: int, classes: int, room: int) -> None:
        super().__init__(seed, classes)
        self.room = room

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        """Return logits, after a while."""
        if len(batch) > self.room and len(batch) != GUARDED:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        time.sleep(0.004)
        return super().forward(batch)


class Fused(nn.Module):
    """The same model with two kernels, one of which rounds otherwise; which one is the faster depends on the day."""

    def __init__(self, model: nn.Module, fastest: str) -> None:
        super().__init__()
        self.model, self.fastest, self.factor = model, fastest, 1.0

    def settle(self, batch_size: int, earlier: Mapping[str, Json] | None = None) -> Mapping[str, Json]:
        """Take the earlier choice, or the fastest kernel."""
        chosen = earlier or {"chosen": self.fastest, "batch_size": batch_size}
        self.factor = 1.0 + 4e-6 if chosen["chosen"] == "rounding" else 1.0
        return chosen

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        """Return logits."""
        logits: torch.Tensor = self.model(batch) * self.factor
        return logits


def _build(room: int, classes: int) -> TinyModel:
    return Timed(1, classes, room).eval()


def _fuse(fastest: str, model: nn.Module) -> nn.Module:
    return Fused(model, fastest).eval()


def request_of(root: Path, cache: str, room: int, fastest: str) -> Request:
    """On this day there is memory for `room` images, and `fastest` is the fastest kernel; the usual size is 4."""
    variant = replace(tiny_variant("a"), build=partial(_build, room), fuse=partial(_fuse, fastest))
    source, weights = write_images(root / "images", IMAGES), root / "weights" / "a.pth"
    if not weights.exists():  # another file's time would make it another request
        save_weights(weights.parent, tiny_variant("a"))
    return tiny_request(
        root,
        source,
        variant,
        settings=Settings(batch_size=4, workers=2, implementation="fused"),
        finds_batch_size=True,
        cache=root / cache,
        weights={"a": str(weights)},
    )


CHILD = """
import sys
from pathlib import Path
from pwc_bench.evaluation import evaluate
from tests.evaluation.killing import Telling
from tests.evaluation.test_choices import request_of

list(evaluate(request_of(Path(sys.argv[1]), "first-cache", 1, "rounding"), Telling()))
"""


def kill_on_the_first_day(root: Path, moment: str) -> None:
    """Start a run of the first day in another process, and kill it when it says `moment`."""
    kill_at(CHILD, root, moment.__eq__)


def predictions(record: Record) -> str:
    """The hash of a record's predictions."""
    assert record.provenance.predictions is not None
    return record.provenance.predictions.sha256


@pytest.mark.parametrize("moment", ["20", "0"])
def test_a_killed_campaign_goes_on_with_its_size_and_its_kernel(tmp_path: Path, moment: str) -> None:
    """On the second day more images and the exact kernel would win; it ends with the bytes of the first day."""
    kill_on_the_first_day(tmp_path, moment)
    (continued,) = evaluate(request_of(tmp_path, "second-cache", 64, "exact"))
    (whole,) = evaluate(request_of(tmp_path / "whole", "cache", 1, "rounding"))
    (other,) = evaluate(request_of(tmp_path / "other", "cache", 64, "exact"))
    assert (continued.environment.batch_size, whole.environment.batch_size) == (1, 1)
    assert other.environment.batch_size >= 4
    assert continued.extra["checks"]["kernel"]["chosen"] == "rounding"  # type: ignore[index, call-overload]
    assert predictions(continued) == predictions(whole) != predictions(other)
    assert not (tmp_path / "second-cache" / "batch-sizes").exists()


def test_a_campaign_killed_in_the_search_begins_it_anew(tmp_path: Path) -> None:
    """Nothing was settled, so nothing holds."""
    kill_on_the_first_day(tmp_path, "finding the best batch size")
    (continued,) = evaluate(request_of(tmp_path, "second-cache", 64, "exact"))
    assert continued.environment.batch_size >= 4


def test_choices_are_written_as_soon_as_they_are_made(tmp_path: Path) -> None:
    """The next process that opens the folder reads them."""
    request = request_of(tmp_path, "cache", 2, "exact")
    with open_workspace(request) as workspace:
        workspace.choices.keep_batch_size(BatchSize(32, {"chosen": 32}))
        workspace.choices.keep_kernel("a", {"chosen": "exact"})
    with open_workspace(request) as again:
        assert again.campaign == workspace.campaign
        assert again.choices == workspace.choices
        assert again.choices.batch_size == BatchSize(32, {"chosen": 32})


@pytest.mark.parametrize("choices", [None, {"batch_size": {"size": 0, "facts": {}}, "kernels": {}}, {"kernels": 3}])
def test_choices_that_cannot_be_read_end_the_campaign(tmp_path: Path, choices: Json) -> None:
    """Its shards would be continued with other ones: a new campaign begins."""
    request = request_of(tmp_path, "cache", 2, "exact")
    with open_workspace(request) as workspace:
        first, path = workspace.campaign, workspace.path / "campaign.json"
    write_sealed(path, json.dumps(json.loads(read_sealed(path) or b"") | {"choices": choices}).encode())
    with open_workspace(request) as workspace:
        assert "is damaged" in str(workspace.notice)
        assert workspace.campaign != first


def test_shards_of_another_size_are_dropped(tmp_path: Path) -> None:
    """A machine that keeps its own shards starts anew where the job has another batch size than its shards."""
    request = request_of(tmp_path, "cache", 2, "exact")
    with open_workspace(request) as workspace:
        for size, is_kept in ((8, False), (8, True), (4, False)):
            shards = workspace.path / "shards" / "2-1"
            shards.mkdir(parents=True, exist_ok=True)
            workspace.agree(Choices(BatchSize(size, {})))
            assert shards.exists() is is_kept
    with open_workspace(request) as again:
        assert again.choices.batch_size == BatchSize(4, {})


def test_all_kernels_are_settled_before_a_job_shares_them(tmp_path: Path) -> None:
    """Those that are settled stay; a CPU has nothing to settle; a model that cannot be built is left to the pass."""
    request = request_of(tmp_path, "cache", 2, "exact")
    on_device = replace(request, settings=replace(request.settings, device="meta"))
    unbuildable = replace(on_device.variants[0], key="none", build=partial(_unbuildable))
    on_device = replace(on_device, variants=(*on_device.variants, replace(on_device.variants[0], key="b"), unbuildable))
    choices = Choices(kernels={"b": {"chosen": "rounding"}})
    settle_all_kernels(request, choices, _Silent())
    assert set(choices.kernels) == {"b"}
    settle_all_kernels(on_device, choices, _Silent())
    assert {key: facts["chosen"] for key, facts in choices.kernels.items()} == {"a": "exact", "b": "rounding"}


class _Silent:
    def stage(self, text: str) -> None:
        """Hear a stage."""

    def progress(self, done: int, total: int, unit: str) -> None:
        """Hear progress."""

    def warning(self, text: str) -> None:
        """Hear a warning."""


def _unbuildable(_: int) -> TinyModel:
    raise ValueError("this factory makes nothing")
