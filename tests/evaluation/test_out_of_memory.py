"""Running out of memory costs time and never an image."""

import weakref
from pathlib import Path
from typing import ClassVar

import pytest
import torch

from pwc_bench.core.instruments import Settings
from pwc_bench.core.record import Status
from pwc_bench.evaluation import evaluate
from pwc_bench.evaluation.deploy import is_out_of_memory
from pwc_bench.evaluation.request import Request
from pwc_bench.prediction_files import read_predictions
from tests.evaluation.tiny import FolderSource, JealousModel, TinyModel, tiny_request, variant_of, write_images


@pytest.fixture
def source(tmp_path: Path) -> FolderSource:
    """Thirty images: with batches of 8 the last one is smaller."""
    return write_images(tmp_path / "images", 30)


class _Warnings:
    """Keeps what it is warned of."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def stage(self, text: str) -> None:
        """Hear a stage."""

    def progress(self, done: int, total: int, unit: str) -> None:
        """Hear progress."""

    def warning(self, text: str) -> None:
        """Keep a warning."""
        self.heard.append(text)


class _Narrow(TinyModel):
    """Has memory for three images at once."""

    room = 3
    error: Exception = torch.OutOfMemoryError("CUDA out of memory.")

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        if len(batch) > self.room:
            raise self.error
        return super().forward(batch)


def _refused_by_the_host() -> Exception:
    """Ask torch for an exabyte: its own error, in the words of the version that is tested."""
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**60, dtype=torch.uint8)
    return caught.value


class _NarrowHost(_Narrow):
    """Says it as the host's allocator does."""

    error = _refused_by_the_host()


class _NoRoom(_Narrow):
    """Has memory for no image."""

    room = 0


def request_of(root: Path, source: FolderSource, *models: type[TinyModel]) -> Request:
    """Evaluate one variant of each class, in batches of eight."""
    variants = [variant_of(made, f"v{number}", 1) for number, made in enumerate(models)]
    return tiny_request(root, source, *variants, settings=Settings(batch_size=8, workers=2))


def rows_of(request: Request, path: str) -> list[tuple[str, list[int]]]:
    """Images and their top-5."""
    return [
        (name, top5)
        for batch in read_predictions(request.folder / path)
        for name, top5 in zip(batch.images, batch.top5.tolist(), strict=True)
    ]


@pytest.mark.parametrize("model", [_Narrow, _NarrowHost])
def test_the_batch_is_halved_and_no_image_is_lost(tmp_path: Path, source: FolderSource, model: type[TinyModel]) -> None:
    """From eight to four to two at once, told once each, remembered, and stated in the record; the other is whole."""
    observer = _Warnings()
    request = request_of(tmp_path, source, model, TinyModel)
    narrow, wide = evaluate(request, observer)
    assert [text.partition(";")[0] for text in observer.heard] == [
        "V0: out of memory with 8 images at once",
        "V0: out of memory with 4 images at once",
    ]
    assert (narrow.status, wide.status) == (Status.COMPLETE, Status.COMPLETE)
    assert narrow.extra["images_at_once"] == 2
    assert "images_at_once" not in wide.extra
    files = [record.provenance.predictions for record in (narrow, wide)]
    found, wanted = (rows_of(request, file.path) for file in files if file is not None)
    assert found == wanted
    assert [name for name, _ in found] == [item.name for item in source.items]


class _Holding(TinyModel):
    """Runs out of memory with an activation in its hands; has room for three images."""

    held: ClassVar[list["weakref.ref[torch.Tensor]"]] = []

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        activation = batch * 2
        self.held.append(weakref.ref(activation))
        if len(batch) > 3:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return super().forward(batch)


def test_what_a_failed_forward_held_is_free_before_the_next_try(tmp_path: Path, source: FolderSource) -> None:
    """Else the smaller batch would not find the memory that the larger one left."""

    class Looking(_Warnings):
        """Looks whether the activations are gone when it hears of running out of memory."""

        def warning(self, text: str) -> None:
            """Look."""
            super().warning(f"{text}: {sum(held() is not None for held in _Holding.held)} held")

    looking = Looking()
    (record,) = evaluate(request_of(tmp_path, source, _Holding), looking)
    assert record.status is Status.COMPLETE
    assert len(looking.heard) == 2
    assert all(text.endswith(": 0 held") for text in looking.heard)


def test_a_capture_given_up_for_want_of_memory_is_recognised() -> None:
    """Ending a failed capture raises an error of its own, in whose context the reason stands."""

    def capture(reason: Exception) -> RuntimeError:
        try:
            try:
                raise reason
            finally:
                raise RuntimeError("operation failed due to a previous error during capture")
        except RuntimeError as error:
            return error

    assert is_out_of_memory(capture(torch.OutOfMemoryError("CUDA out of memory.")))
    assert not is_out_of_memory(capture(ValueError("another reason")))


def test_no_room_for_a_single_image_fails_that_variant_only(tmp_path: Path, source: FolderSource) -> None:
    """It is tried beside the others, then by itself, and then it has failed."""
    narrow, wide = sorted(evaluate(request_of(tmp_path, source, _NoRoom, TinyModel)), key=lambda r: r.variant)
    assert narrow.status is Status.FAILED
    assert "out of memory with a single image" in str(narrow.status_reason)
    assert wide.status is Status.COMPLETE


def test_models_that_do_not_fit_beside_each_other_are_evaluated_in_turn(tmp_path: Path, source: FolderSource) -> None:
    """Three rounds, each freed before the next; all records are complete."""
    observer = _Warnings()
    records = list(evaluate(request_of(tmp_path, source, JealousModel, JealousModel, JealousModel), observer))
    assert [(record.variant, record.status) for record in records] == [
        (f"v{number}", Status.COMPLETE) for number in range(3)
    ]
    assert observer.heard == [
        "V1, V2: no room beside the others; evaluated after them",
        "V2: no room beside the others; evaluated after them",
    ]


def test_a_model_that_fits_nowhere_has_failed(tmp_path: Path, source: FolderSource) -> None:
    """With nothing else on the device there is nobody to wait for."""
    other = JealousModel(1, 8)
    JealousModel.there.add(other)
    (record,) = evaluate(request_of(tmp_path, source, JealousModel))
    assert (record.status, record.status_reason) == (
        Status.FAILED,
        "the model does not fit into the memory of cpu",
    )
