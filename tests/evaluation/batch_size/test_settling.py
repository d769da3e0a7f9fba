"""Settling a campaign's batch size with real, tiny models: measured, remembered, pinned."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch

from pwc_bench.core.place import ALONE, Place
from pwc_bench.evaluation import evaluate
from pwc_bench.evaluation.batch_size import remembered_size, settle_batch_size
from pwc_bench.evaluation.batch_size.climbing import best_size
from pwc_bench.evaluation.batch_size.models import has_room
from pwc_bench.evaluation.request import Choices, Request
from pwc_bench.evaluation.workspace import common_digest, request_digest
from pwc_bench.hardware.batch_sizes import list_found, remember
from tests.evaluation.tiny import TinyModel, metrics_named, tiny_request, tiny_variant, write_images


class _ForOne(TinyModel):
    """Has memory for one image at once: the best batch size, however busy the machine that runs this test."""

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        if len(batch) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return super().forward(batch)


class _Broken(TinyModel):
    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        raise ValueError("no")


class Stages:
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def stage(self, text: str) -> None:
        """Keep a stage."""
        self.heard.append(text)

    def progress(self, done: int, total: int, unit: str) -> None:
        """Hear progress."""

    def warning(self, text: str) -> None:
        """Keep a warning."""
        self.heard.append(text)


def _built(model: type[TinyModel], classes: int) -> TinyModel:
    return model(1, classes).eval()


def auto_request(root: Path, *models: type[TinyModel], **changes: object) -> Request:
    """A request that leaves the batch size open; the usual one is 4."""
    variants = [replace(tiny_variant(f"v{n}", 1), build=partial(_built, made)) for n, made in enumerate(models)]
    source = write_images(root / "images", 12)
    return tiny_request(root, source, *variants, finds_batch_size=True, **changes)


def settled(request: Request, choices: Choices | None = None, place: Place = ALONE) -> tuple[int, Stages]:
    """Settle; return the size, and what was said on the way."""
    observer = Stages()
    found = settle_batch_size(request, choices or Choices(), place, observer)
    assert found.finds_batch_size == request.finds_batch_size
    return found.settings.batch_size, observer


def test_the_best_size_is_measured_and_the_record_says_how(tmp_path: Path) -> None:
    """Sizes with their speeds, what was timed, and when; the pass and its record use the size that the rule gives."""
    (record,) = evaluate(auto_request(tmp_path, TinyModel))
    found = record.extra["batch_size"]
    assert isinstance(found, dict)
    rates = found["images_per_second"]
    assert isinstance(rates, dict)
    assert found["chosen"] == record.environment.batch_size
    assert found["chosen"] == best_size({int(size): float(str(rate)) for size, rate in rates.items()}, 4)
    assert list(rates)[:4] == ["1", "2", "4", "8"]
    assert (found["timed"], found["scaled"]) == (["v0"], [])
    assert str(found["measured"]) <= record.started
    assert record.measurements["top1"].value >= 0


def test_a_size_that_a_person_chose_is_exact(tmp_path: Path) -> None:
    """Nothing is measured, nothing is remembered, and the record says nothing of a search."""
    request = replace(auto_request(tmp_path, _ForOne), finds_batch_size=False)
    assert settled(request)[0] == 4
    (record,) = evaluate(request)
    assert (record.environment.batch_size, "batch_size" in record.extra) == (4, False)
    assert not list(list_found(request.cache))


def test_what_was_found_is_remembered_for_the_same_load(tmp_path: Path) -> None:
    """The next run measures nothing; other models, settings or numbers of processes do, each for itself."""
    request = auto_request(tmp_path, _ForOne)
    assert remembered_size(request, ALONE) is None
    first, heard = settled(request)
    assert "finding the best batch size" in heard.heard
    again, silent = settled(request)
    assert (first, again, silent.heard) == (1, 1, [])
    assert remembered_size(request, ALONE) == 1
    others = (
        replace(request, variants=(replace(request.variants[0], key="other"),)),
        replace(request, settings=replace(request.settings, channels_last=True)),
    )
    assert [remembered_size(other, ALONE) for other in others] == [None, None]
    assert remembered_size(request, Place(0, 2, 0, 2)) is None


def test_other_versions_measure_again(tmp_path: Path) -> None:
    """What an older torch had found is the usual size then; here it finds no room any more."""
    request = auto_request(tmp_path, _ForOne)
    settled(request)
    (found,) = list_found(request.cache)
    remember(request.cache, replace(found, size=16, versions=("torch 1.0",)))
    assert remembered_size(request, ALONE) is None
    assert settled(request)[0] == 1
    (again,) = list_found(request.cache)
    assert (again.versions, again.size) == (found.versions, 1)


def test_a_damaged_memory_is_measured_again(tmp_path: Path) -> None:
    """Half a file is as good as none, and so is one with a changed byte."""
    request = auto_request(tmp_path, _ForOne)
    settled(request)
    (path,) = (request.cache / "batch-sizes").iterdir()
    whole = path.read_bytes()
    for content in (b"{", b"", whole[:-1], whole.replace(b'"size": 1', b'"size": 2')):
        path.write_bytes(content)
        assert remembered_size(request, ALONE) is None
        assert settled(request)[0] == 1


def test_a_memory_that_cannot_be_written_is_a_warning(tmp_path: Path) -> None:
    """The run goes on with the size that was found."""
    (tmp_path / "cache").write_text("a file where a folder should be")
    size, heard = settled(auto_request(tmp_path, _ForOne))
    assert size == 1
    assert any(text.startswith("the best batch size, 1, cannot be remembered") for text in heard.heard)


def test_out_of_memory_while_searching_is_no_error(tmp_path: Path) -> None:
    """The climb stops below it; the pass never runs into it."""
    observer = Stages()
    (record,) = evaluate(auto_request(tmp_path, _ForOne), observer)
    assert record.environment.batch_size == 1
    assert "images_at_once" not in record.extra
    assert not any("out of memory" in text for text in observer.heard)


def test_models_that_do_not_run_leave_the_usual_size(tmp_path: Path) -> None:
    """Their records tell why; nothing is remembered."""
    request = auto_request(tmp_path, _Broken)
    (record,) = evaluate(request)
    assert record.environment.batch_size == 4
    assert record.extra["batch_size"] == {"chosen": 4, "reason": "no model could be timed"}
    assert not list(list_found(request.cache))


def test_a_model_that_cannot_be_built_is_left_out(tmp_path: Path) -> None:
    """The others are timed."""
    request = auto_request(tmp_path, _ForOne, TinyModel)
    broken = replace(request.variants[1], build=partial(_unbuildable))
    choices = Choices()
    settled(replace(request, variants=(request.variants[0], broken)), choices)
    assert choices.batch_size is not None
    assert choices.batch_size.facts["timed"] == ["v0"]


def _unbuildable(_: int) -> TinyModel:
    raise ValueError("this factory makes nothing")


def test_cost_alone_measures_no_batch_size(tmp_path: Path) -> None:
    """Counting needs no batch: nothing is built twice for it."""
    observer = Stages()
    (record,) = evaluate(auto_request(tmp_path, TinyModel, instruments=metrics_named("parameters")), observer)
    assert "finding the best batch size" not in observer.heard
    assert "batch_size" not in record.extra


def test_the_request_is_the_same_whatever_was_measured(tmp_path: Path) -> None:
    """An interrupted campaign is found again; one with a chosen size is another."""
    request = auto_request(tmp_path, TinyModel)
    other = request.with_batch_size(32)
    assert request_digest(request) == request_digest(other)
    assert common_digest(request) == common_digest(other)
    assert request_digest(replace(request, finds_batch_size=False)) != request_digest(request)


def test_the_search_leaves_the_random_numbers_alone(tmp_path: Path) -> None:
    """What is drawn later does not depend on whether a size was remembered."""
    request = auto_request(tmp_path, TinyModel)
    torch.manual_seed(5)
    settled(request)
    drawn = torch.rand(3)
    torch.manual_seed(5)
    assert torch.equal(torch.rand(3), drawn)


@pytest.mark.parametrize(("processes", "fits"), [(1, True), (10_000, False)])
def test_all_processes_of_a_machine_must_find_room(processes: int, fits: bool) -> None:
    """What one process holds, the others will hold too."""
    assert has_room("cpu", Place(0, processes, 0, processes)) is fits
