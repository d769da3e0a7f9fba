"""A campaign's records: what was measured, what is absent, what failed."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn
from torchvision import transforms

from pwc_bench.core.errors import EvaluationError
from pwc_bench.core.instruments import Settings
from pwc_bench.core.record import Record, Status, WeightsStatus
from pwc_bench.core.variant import Variant
from pwc_bench.evaluation import evaluate
from pwc_bench.prediction_files import read_predictions
from tests.evaluation.tiny import (
    WIDE_RECIPE,
    CountingSource,
    FolderSource,
    TinyModel,
    metrics_named,
    tiny_dataset,
    tiny_request,
    tiny_variant,
    write_images,
)


@pytest.fixture
def source(tmp_path: Path) -> FolderSource:
    """Thirty images: not a multiple of the batch size."""
    return write_images(tmp_path / "images", 30)


def by_variant(records: Iterable[Record]) -> dict[str, Record]:
    """Index records of one kind by their variant."""
    return {record.variant: record for record in records}


def reference_top5(variant: Variant, weights: str, source: FolderSource) -> list[list[int]]:
    """Evaluate image by image with torchvision's own transform."""
    recipe = variant.recipe
    transform = transforms.Compose(
        [
            transforms.Resize(recipe.resize_px, transforms.InterpolationMode.BICUBIC),
            transforms.CenterCrop(recipe.crop_px),
            transforms.ToTensor(),
            transforms.Normalize(recipe.mean, recipe.std),
        ]
    )
    model = variant.build(8)
    model.load_state_dict(torch.load(weights, weights_only=True))
    rows = []
    for item in source.items:
        image = Image.open(source.folder / item.name).convert("RGB")
        with torch.inference_mode():
            rows.append(model(transform(image)[None]).topk(5).indices[0].tolist())
    return rows


def test_predictions_equal_the_plain_evaluation(tmp_path: Path, source: FolderSource) -> None:
    """Two variants with two recipes, one pass: the top-5 of torchvision's transform and the plain model."""
    variants = (tiny_variant("a", 1), tiny_variant("b", 2, WIDE_RECIPE))
    request = tiny_request(tmp_path, source, *variants)
    records = by_variant(evaluate(request))
    for variant in variants:
        record = records[variant.key]
        assert record.status is Status.COMPLETE
        assert record.provenance.predictions is not None
        (batches,) = [list(read_predictions(request.folder / record.provenance.predictions.path))]
        top5 = [row for batch in batches for row in batch.top5.tolist()]
        wanted = reference_top5(variant, request.weights[variant.key], source)
        assert top5 == wanted
        names = [name for batch in batches for name in batch.images]
        assert names == [item.name for item in source.items]
        right = sum(row[0] == item.label for row, item in zip(wanted, source.items, strict=True))
        assert record.measurements["top1"].value == pytest.approx(100 * right / 30)
        assert record.provenance.weights.status is WeightsStatus.LOCAL
        assert record.provenance.images_seen == 30


def test_fewer_images_make_a_partial_record(tmp_path: Path, source: FolderSource) -> None:
    """A limit, or a data set that lacks images, is said in words."""
    variant = tiny_variant()
    (record,) = evaluate(tiny_request(tmp_path, source, variant, limit=10))
    assert (record.status, record.status_reason) == (Status.PARTIAL, "10 of 30 images")
    larger = tiny_dataset(50)
    (record,) = evaluate(tiny_request(tmp_path, source, variant, dataset=larger))
    assert record.status_reason == "30 of 50 images"


def test_an_image_that_cannot_be_decoded_is_named(tmp_path: Path, source: FolderSource) -> None:
    """The run goes on, and the record says which images are missing."""
    broken = source.folder / source.items[4].name
    broken.write_bytes(broken.read_bytes()[:40])
    (source.folder / source.items[9].name).unlink()
    (record,) = evaluate(tiny_request(tmp_path, source, tiny_variant()))
    assert record.status is Status.PARTIAL
    assert record.provenance.images_failed == (source.items[4].name, source.items[9].name)
    assert record.provenance.images_seen == 28
    assert "2 images could not be evaluated" in str(record.status_reason)


def test_no_image_at_all_is_a_failure(tmp_path: Path, source: FolderSource) -> None:
    """Nothing that can be decoded means no accuracy, never 0."""
    for item in source.items:
        (source.folder / item.name).write_bytes(b"not an image")
    (record,) = evaluate(tiny_request(tmp_path, source, tiny_variant()))
    assert record.status is Status.FAILED
    assert record.measurements == {}


def test_missing_weights_are_no_failure_and_no_number(tmp_path: Path, source: FolderSource) -> None:
    """A variant without public weights has a record that says so and measures nothing."""
    request = tiny_request(tmp_path, source, tiny_variant(), weights={})
    (record,) = evaluate(request)
    assert (record.status, record.measurements) == (Status.PARTIAL, {})
    assert record.status_reason == "Nobody has published weights of it."


def test_a_model_that_brings_its_weights_needs_no_checkpoint(tmp_path: Path, source: FolderSource) -> None:
    """What the factory returns is evaluated as it is, as local weights whose hash is that of the tensors."""
    variant = replace(tiny_variant("own:make", 3), brings_weights=True)
    first, other = (
        next(iter(evaluate(tiny_request(tmp_path / name, source, replace(variant, build=build), weights={}))))
        for name, build in (("a", variant.build), ("b", tiny_variant("x", 4).build))
    )
    assert first.status is Status.COMPLETE
    assert (first.provenance.weights.status, first.provenance.weights.uri) == (WeightsStatus.LOCAL, "own:make")
    assert first.provenance.weights.sha256 != other.provenance.weights.sha256
    assert "top1" in first.measurements


def test_broken_weights_fail_one_variant_only(tmp_path: Path, source: FolderSource) -> None:
    """The other variant's record is complete."""
    variants = (tiny_variant("a", 1), tiny_variant("b", 2))
    request = tiny_request(tmp_path, source, *variants)
    Path(request.weights["a"]).write_text("<!DOCTYPE html><html>not found</html>")
    records = by_variant(evaluate(request))
    assert records["a"].status is Status.FAILED
    assert "HTML" in str(records["a"].status_reason)
    assert records["b"].status is Status.COMPLETE


class _Moody(TinyModel):
    """Fails on the batch that it has been told of."""

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        if len(batch) == 2:
            raise RuntimeError("out of mood\nand more")
        return super().forward(batch)


def test_a_model_that_fails_on_the_way_leaves_the_others_alone(tmp_path: Path, source: FolderSource) -> None:
    """Its record says where it failed; the other's predictions are whole."""
    moody = replace(tiny_variant("moody"), build=lambda classes: _Moody(1, classes).eval())
    records = by_variant(evaluate(tiny_request(tmp_path, source, moody, tiny_variant("calm"))))
    assert records["moody"].status is Status.FAILED
    assert records["moody"].status_reason == "the forward pass failed: RuntimeError: out of mood"
    assert records["calm"].status is Status.COMPLETE


class _Infinite(TinyModel):
    """Says NaN."""

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        return super().forward(batch) * float("nan")


def test_outputs_that_are_not_finite_fail(tmp_path: Path, source: FolderSource) -> None:
    """NaN is never a prediction."""
    variant = replace(tiny_variant(), build=lambda classes: _Infinite(1, classes).eval())
    (record,) = evaluate(tiny_request(tmp_path, source, variant))
    assert record.status is Status.FAILED
    assert "not finite" in str(record.status_reason)


def test_cost_and_accuracy_are_two_records(tmp_path: Path, source: FolderSource) -> None:
    """The record of cost has no data set, no images and no weights, and counts 1,000 classes."""
    request = tiny_request(tmp_path, source, tiny_variant(), instruments=metrics_named("parameters", "top1"))
    model, accuracy = evaluate(request)
    assert model.dataset is None
    assert model.measurements["parameters"].value == 48 * 1000 + 1000
    assert model.provenance.images_seen is None
    assert accuracy.dataset == "tiny"


def test_a_model_that_cannot_be_built_leaves_the_others_alone(tmp_path: Path, source: FolderSource) -> None:
    """Its record says why; the other one's parameters are counted."""

    def build(classes: int) -> nn.Module:
        raise EvaluationError("own:make returned a int")

    broken = replace(tiny_variant("own:make"), build=build)
    request = tiny_request(
        tmp_path, source, broken, tiny_variant("good"), instruments=metrics_named("parameters"), weights={}
    )
    records = by_variant(evaluate(request))
    assert (records["own:make"].status, records["own:make"].status_reason) == (Status.FAILED, "own:make returned a int")
    assert "parameters" in records["good"].measurements


class _Refuses(nn.Module):
    """Cannot be counted."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(3))

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        raise RuntimeError("cannot be traced")


def test_a_gauge_that_fails_is_named_and_the_others_are_kept(tmp_path: Path, source: FolderSource) -> None:
    """Parameters are counted although operators are not."""
    variant = replace(tiny_variant(), build=lambda _: _Refuses().eval())
    instruments = metrics_named("parameters", "gflops", "throughput")
    (record,) = evaluate(tiny_request(tmp_path, source, variant, instruments=instruments, weights={}))
    assert record.status is Status.FAILED
    assert "gflops: fvcore cannot count the operators" in str(record.status_reason)
    assert "throughput: RuntimeError: cannot be traced" in str(record.status_reason)
    assert record.measurements["parameters"].value == 3


def test_the_demo_fits_a_head(tmp_path: Path, source: FolderSource) -> None:
    """With a train source the weights are a probe, the same in every run."""
    first, second = (
        next(iter(evaluate(tiny_request(tmp_path / str(run), source, tiny_variant(), train_source=source, weights={}))))
        for run in range(2)
    )
    assert first.provenance.weights.status is WeightsStatus.PROBE
    assert first.provenance.weights.sha256 == second.provenance.weights.sha256
    # Thirty noisy images in 48 dimensions: the head can learn them by heart.
    assert first.measurements["top1"].value > 12.5
    assert first.measurements["top1"] == second.measurements["top1"]


def test_the_demos_training_images_are_decoded_once_for_all_variants(tmp_path: Path, source: FolderSource) -> None:
    """However many heads are fitted on them, and each head is what it would be alone."""
    train = CountingSource(source.folder, source.items)
    variants = tiny_variant("tiny-a", 1), tiny_variant("tiny-b", 2)
    together = evaluate(tiny_request(tmp_path, source, *variants, train_source=train, weights={}))
    heads = [record.provenance.weights.sha256 for record in together]
    assert sorted(train.read_indices) == list(range(len(source.items)))
    alone = evaluate(tiny_request(tmp_path / "alone", source, variants[1], train_source=source, weights={}))
    assert heads[1:] == [record.provenance.weights.sha256 for record in alone]


def test_a_damaged_training_image_of_the_demo_fails_with_advice(tmp_path: Path, source: FolderSource) -> None:
    """A head fitted on fewer images would be another one."""
    train = write_images(tmp_path / "train", 12)
    (train.folder / train.items[3].name).write_bytes(b"not an image")
    (record,) = evaluate(tiny_request(tmp_path, source, tiny_variant(), train_source=train, weights={}))
    assert record.status is Status.FAILED
    assert "pwc-bench prune --cache" in str(record.status_reason)


@pytest.mark.parametrize("precision", ["bf16"])
def test_precision_is_recorded(tmp_path: Path, source: FolderSource, precision: str) -> None:
    """The environment names the precision, and the scores are near those of fp32."""
    settings = Settings(batch_size=4, precision=precision, channels_last=True)
    (low,) = evaluate(tiny_request(tmp_path / "low", source, tiny_variant(), settings=settings))
    (full,) = evaluate(tiny_request(tmp_path / "full", source, tiny_variant()))
    assert (low.environment.precision, low.environment.memory_format) == (precision, "channels_last")
    assert np.isclose(low.measurements["nll"].value, full.measurements["nll"].value, rtol=0.1)
