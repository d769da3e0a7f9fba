"""What a lower precision changes is counted, and what was compiled for one batch size serves smaller ones."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from pwc_bench.core.instruments import Settings
from pwc_bench.evaluation import evaluate
from pwc_bench.evaluation.deploy import FixedSizes, Forward, captured, deploy
from pwc_bench.evaluation.implementation import best_classes, flip_facts, is_below_fp32
from tests.evaluation.tiny import TinyModel, tiny_request, tiny_variant, write_images


def test_fp32_has_nothing_to_compare_with() -> None:
    """TF32 and the half precisions have."""
    assert not is_below_fp32(Settings())
    assert is_below_fp32(Settings(tf32=True))
    assert is_below_fp32(Settings(precision="bf16"))


def test_flips_are_counted_with_what_they_do_to_accuracy() -> None:
    """Of three changes one loses a right answer, one wins one, and one was and stays wrong."""
    wanted, found, labels = (torch.tensor(row) for row in ([1, 2, 3, 4], [1, 0, 5, 6], [1, 2, 5, 9]))
    facts = flip_facts(Settings(precision="bf16"), wanted, found, labels)
    assert (facts["images"], facts["flips"], facts["no_longer_right"], facts["newly_right"]) == (4, 3, 1, 1)


def test_classes_are_found_piece_by_piece() -> None:
    """The pieces are put together in order, and nothing gives nothing."""
    batch = torch.randn(5, 3, 4, 4)
    wanted = batch.flatten(1).argmax(dim=1)
    assert torch.equal(best_classes(lambda part: part.flatten(1), batch, 2), wanted)
    assert best_classes(lambda part: part.flatten(1), batch[:0], 2).numel() == 0


class _Coarse(TinyModel):
    """Another best class in half precision."""

    def forward(self, batch: Tensor) -> Tensor:
        logits = super().forward(batch)
        return logits.flip(1) if logits.dtype is torch.bfloat16 else logits


@pytest.mark.parametrize(("coarse", "flips"), [(False, 0), (True, 12)])
def test_a_record_holds_the_flips(tmp_path: Path, coarse: bool, flips: int) -> None:
    """A bf16 run compares itself with fp32; an fp32 run has nothing to say."""
    source = write_images(tmp_path / "images", 12)
    variant = tiny_variant()
    if coarse:
        variant = replace(variant, build=lambda classes: _Coarse(1, classes).eval())
    settings = Settings(batch_size=5, precision="bf16")
    (record,) = evaluate(tiny_request(tmp_path, source, variant, settings=settings))
    checks = record.extra["checks"]
    assert isinstance(checks, dict)
    assert (checks["precision"]["images"], checks["precision"]["precision"]) == (12, "bf16")
    assert checks["precision"]["flips"] == flips


class _Ready:
    """Readies a function for a size, and counts how often."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.full_from: int | None = None

    def __call__(self, example: Tensor) -> Forward:
        """Note the size; the function refuses any other, as a captured graph would."""
        size = len(example)
        self.sizes.append(size)

        def forward(batch: Tensor) -> Tensor:
            assert len(batch) == size
            if self.full_from is not None and size >= self.full_from:
                raise torch.OutOfMemoryError("no memory")
            return batch.flatten(1).sum(dim=1, keepdim=True)

        return forward


def test_a_smaller_batch_is_filled_up_and_its_results_are_cut() -> None:
    """One size is readied, and each image has its own result."""
    ready = _Ready()
    forward = FixedSizes(ready)
    images = torch.arange(11.0).view(11, 1, 1, 1)
    found = torch.cat([forward(part) for part in torch.split(images, 4)])
    assert found.flatten().tolist() == list(range(11))
    assert ready.sizes == [4]


def test_a_larger_batch_is_readied_once_more() -> None:
    """And the smallest size that holds a batch is taken from then on."""
    ready = _Ready()
    forward = FixedSizes(ready)
    for size in (2, 8, 1, 5):
        assert len(forward(torch.zeros(size, 1, 1, 1))) == size
    assert ready.sizes == [2, 8]


def test_a_size_for_which_memory_ran_out_is_forgotten() -> None:
    """Half a batch is not filled up to the whole that did not fit."""
    ready = _Ready()
    forward = FixedSizes(ready)
    forward(torch.zeros(8, 1, 1, 1))
    ready.full_from = 8
    with pytest.raises(torch.OutOfMemoryError):
        forward(torch.zeros(8, 1, 1, 1))
    assert len(forward(torch.zeros(4, 1, 1, 1))) == 4
    assert ready.sizes == [8, 4]


class _Linear(nn.Module):
    """Something to compile."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(12, 5)

    def forward(self, batch: Tensor) -> Tensor:
        """Return logits of shape (n, 5)."""
        logits: Tensor = self.head(batch.flatten(1))
        return logits


def test_a_compiled_model_is_compiled_once_for_all_batches_of_a_pass() -> None:
    """The last, smaller batch has the results of the model itself, and causes no second compilation."""
    compiled: list[int] = []

    def backend(module: torch.fx.GraphModule, inputs: list[Tensor]) -> torch.fx.GraphModule:
        compiled.append(len(inputs))
        return module

    model, images = _Linear().eval(), torch.randn(7, 3, 2, 2)
    with pytest.MonkeyPatch.context() as patch, torch.inference_mode():
        whole = torch.compile
        patch.setattr(torch, "compile", lambda module, **options: whole(module, backend=backend, **options))
        forward = deploy(model, Settings(compile=True), len(model(images)[0]))
        found = torch.cat([forward(part) for part in torch.split(images, 4)])
        assert torch.allclose(found, model(images), atol=1e-6)
    assert len(compiled) == 1


@pytest.mark.gpu
def test_a_captured_forward_gives_the_models_own_logits() -> None:
    """Replays with other input have other results, the last, smaller batch included."""
    model = _Linear().eval()
    images = torch.randn(7, 3, 2, 2, device="cuda")
    with torch.inference_mode():
        forward = deploy(model, Settings(device="cuda", cuda_graphs=True), len(model(images.cpu())[0]))
        found = torch.cat([forward(part) for part in torch.split(images, 4)])
        assert torch.allclose(found, model(images), atol=1e-6)
        assert torch.allclose(captured(model, images)(images), model(images), atol=1e-6)
