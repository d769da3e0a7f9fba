"""One bad model, or one bad metric, never ends or changes the work of the others."""

import math
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pwc_bench.core.instruments import Instrument, Settings, Subject
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.observer import SilentObserver
from pwc_bench.core.record import Record, Status
from pwc_bench.evaluation import evaluate
from pwc_bench.evaluation.recording import examine_cost
from tests.evaluation.tiny import (
    FolderSource,
    TinyModel,
    metrics_named,
    tiny_request,
    tiny_variant,
    variant_of,
    write_images,
)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> FolderSource:
    """Ten images."""
    return write_images(tmp_path_factory.mktemp("images"), 10)


class _Odd(TinyModel):
    """Does `after` to its input and outputs."""

    after: Callable[[torch.Tensor, torch.Tensor], Any]

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        return type(self).after(batch, super().forward(batch))  # type: ignore[no-any-return]


def _odd(after: Callable[[torch.Tensor, torch.Tensor], Any]) -> type[_Odd]:
    return type("Odd", (_Odd,), {"after": staticmethod(after)})


def _by_variant(request: Any) -> dict[str, Record]:  # noqa: ANN401
    return {record.variant: record for record in evaluate(request)}


def _write(batch: torch.Tensor, logits: torch.Tensor) -> torch.Tensor:
    batch.zero_()
    return logits


def _write_beneath(batch: torch.Tensor, logits: torch.Tensor) -> torch.Tensor:
    batch.data.mul_(0)  # bumps no version counter
    batch.numpy()[:] = 7
    return logits


def _change_defaults(batch: torch.Tensor, logits: torch.Tensor) -> torch.Tensor:
    torch.set_default_dtype(torch.float64)
    torch.set_default_device("meta")
    torch.manual_seed(len(batch))
    os.chdir("/")
    return logits


@pytest.mark.parametrize("after", [_write, _write_beneath, _change_defaults])
def test_each_model_is_measured_as_if_it_ran_alone(
    tmp_path: Path, source: FolderSource, after: Callable[[torch.Tensor, torch.Tensor], Any]
) -> None:
    """Predictions have the same bytes beside a model that changes what they share."""
    good = tiny_variant("good", 2)
    (alone,) = evaluate(tiny_request(tmp_path / "alone", source, good))
    beside = _by_variant(tiny_request(tmp_path / "beside", source, variant_of(_odd(after), "spoil", 1), good))
    assert beside["spoil"].status is Status.COMPLETE
    assert alone.provenance.predictions is not None
    assert beside["good"].provenance.predictions is not None
    assert beside["good"].provenance.predictions.sha256 == alone.provenance.predictions.sha256


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        (lambda _, y: y > 0, "outputs are bool"),
        (lambda _, y: (100 * y).long(), "outputs are int64"),
        (lambda _, y: y.to(torch.complex64), "outputs are complex64"),
        (lambda _, y: y.to_sparse(), r"torch\.sparse_coo"),
        (lambda _, y: y[:, :5], "outputs are 4 x 5: 4 images of 8 classes need 4 x 8"),
        (lambda _, y: y[:1], "outputs are 1 x 8"),
        (lambda _, y: y.sum(), "outputs are a scalar"),
        (lambda _, y: (y,), "returned tuple: a tensor of logits"),
        (lambda _, y: {"logits": y}, "returned dict"),
        (lambda *_: None, "returned NoneType"),
        (lambda _, y: y.masked_fill(y == y.min(), float("-inf")), "not finite"),
        (lambda _, y: dict[str, int]()["logits"], "KeyError: 'logits'"),
        (lambda *_: os._exit(0), "tried to end the program"),
    ],
)
def test_outputs_that_are_no_logits_fail_their_variant_alone(
    tmp_path: Path, source: FolderSource, after: Callable[[torch.Tensor, torch.Tensor], Any], reason: str
) -> None:
    """A kind, a shape or a value that cannot be is named; nothing is guessed from it."""
    records = _by_variant(tiny_request(tmp_path, source, variant_of(_odd(after), "odd", 1), tiny_variant("good", 2)))
    assert records["odd"].status is Status.FAILED
    assert records["odd"].measurements == {}
    with pytest.raises(AssertionError, match=reason):
        raise AssertionError(records["odd"].status_reason)
    assert records["good"].status is Status.COMPLETE


def test_an_endless_forward_fails_after_the_time_that_was_set(tmp_path: Path, source: FolderSource) -> None:
    """The other model's record is complete."""

    def hang(_: torch.Tensor, logits: torch.Tensor) -> torch.Tensor:
        while True:
            logits.add_(0)

    variants = variant_of(_odd(hang), "endless", 1), tiny_variant("good", 2)
    records = _by_variant(tiny_request(tmp_path, source, *variants, model_seconds=0.3))
    assert "took longer than 0.3 s" in str(records["endless"].status_reason)
    assert records["good"].status is Status.COMPLETE


class _LeavingMeter:
    """A metric of somebody's that ends the program."""

    def update(self, batch: object) -> None:
        raise SystemExit(0)

    def measurements(self, summary: object) -> dict[str, Measurement]:
        return {}


def _gauge(subject: Subject) -> Any:  # noqa: ANN401
    yield "counting"
    return {"parameters": Measurement(float("nan"), "")}


def test_a_metric_that_fails_is_named_and_the_others_are_kept(tmp_path: Path, source: FolderSource) -> None:
    """A meter that leaves and a gauge that returns NaN fail by their metrics' names."""
    top1, nll, parameters = (metrics_named(key)[0] for key in ("top1", "nll", "parameters"))
    bad_meter: Instrument = replace(nll, meter=_LeavingMeter)
    bad_gauge = replace(parameters, gauge=_gauge)
    model, accuracy = evaluate(tiny_request(tmp_path, source, tiny_variant(), instruments=(top1, bad_meter, bad_gauge)))
    assert (model.status, accuracy.status) == (Status.FAILED, Status.FAILED)
    assert model.status_reason == "parameters: its parameters is nan, which is no measured number"
    assert str(accuracy.status_reason).startswith("nll: it tried to end the program")
    assert set(accuracy.measurements) == {"top1"}


def _any(value: Any) -> Any:  # noqa: ANN401
    """A value of a type that a plug-in should not use, and that mypy would refuse."""
    return value


@pytest.mark.parametrize(
    ("measured", "reason"),
    [
        (Measurement(1.0, _any(3)), "cannot be stored: field 'unit': expected text, not a whole number"),
        (Measurement(1.0, "M\n"), "cannot be stored: field 'unit': expected text of one line"),
        (Measurement(1.0, "M", details={"x": _any(np.zeros(2))}), "cannot be stored: it has no JSON text: "),
        (Measurement(1.0, "M", details={"x": math.nan}), "cannot be stored: it has no JSON text: "),
        (Measurement(1.0, "M", details={"x": "\ud800"}), "cannot be stored: field 'details.x' holds "),
        (Measurement(1.0, "M", details={"x": "y" * 2**20}), "cannot be stored: it is longer than "),
        (Measurement(1.0, "M", interval=(2.0, 1.0)), "cannot be stored: field "),
        (Measurement(1.0, "M", version=0), "cannot be stored: field 'version': "),
        (Measurement(1.0, "M", samples=_any(5.0)), "float"),
        (Measurement(10**30, "M"), "cannot be stored: field 'value' is a whole number of more than"),
        (Measurement(_any(np.float32(1.0)), "M"), "its parameters is float32, which is no measured number"),
        ({"value": 1.0}, "its parameters is dict, which is no measured number"),
    ],
)  # fmt: skip
def test_a_measurement_that_no_record_can_hold_fails_when_it_is_made(measured: Any, reason: str) -> None:  # noqa: ANN401
    """It is refused by its metric's name then, and not left out when its record is read."""
    parameters, gflops = (metrics_named(key)[0] for key in ("parameters", "gflops"))

    def gauge(subject: Subject) -> Any:  # noqa: ANN401
        yield "counting"
        return {"parameters": measured}

    def sound(subject: Subject) -> Any:  # noqa: ANN401
        yield "counting"
        return {"gflops": Measurement(np.float64(2.0), "GFLOPs", details={"by": ("a", "b")})}

    subject = Subject(tiny_variant(), Settings(), torch.nn.Identity, torch.nn.Identity)
    found = examine_cost(subject, (replace(parameters, gauge=gauge), replace(gflops, gauge=sound)), SilentObserver())
    assert [failure for failure in found.failures if failure.startswith("parameters: ") and reason in failure]
    assert found.measurements == {"gflops": Measurement(2.0, "GFLOPs", details={"by": ["a", "b"]})}
