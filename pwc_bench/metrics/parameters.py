"""The number of parameters, with and without the classifier's head."""

from typing import Any

from pwc_bench.core.instruments import Examination, Instrument, Subject
from pwc_bench.core.measurement import Json, Measurement
from pwc_bench.core.metric import Better, Column, Display, Kind, Metric, Scope

PARAMETERS = Metric(
    key="parameters",
    title="Parameters",
    unit="count",
    better=Better.LOWER,
    kind=Kind.EXACT,
    scope=Scope.MODEL,
    version=1,
    tolerance=0.0,
    display=Display("M", scale=1e-6, decimals=1),
    definition=(
        "The number of weights of the 1,000-class model, each shared weight counted once, buffers left out. "
        "The count without the classifier's head stands in the details, because some papers print that one."
    ),
    bounds=(0.0, None),
    column=Column.COST,
)


def count_parameters(subject: Subject) -> Examination:
    """Count the parameters of a new model."""
    yield "counting parameters"
    model = subject.fresh()
    total = _count(model.parameters())
    details: dict[str, Json] = {
        "trainable": _count(parameter for parameter in model.parameters() if parameter.requires_grad),
        "buffers": _count(model.buffers()),
    }
    head = _head_parameters(model)
    if head:
        details |= {"head": _count(head), "without_head": total - _count(head)}
    return {PARAMETERS.key: Measurement(value=total, unit=PARAMETERS.unit, details=details)}


def _count(tensors: Any) -> int:  # noqa: ANN401 - an iterable of torch tensors
    return sum(int(tensor.numel()) for tensor in tensors)


def _head_parameters(model: Any) -> list[Any]:  # noqa: ANN401 - a torch module
    """Return the parameters of the classifier: what timm calls it, else the usual names; empty where there is none."""
    if callable(getattr(model, "get_classifier", None)):
        head = model.get_classifier()
    else:
        head = next((getattr(model, name) for name in ("head", "fc", "classifier") if hasattr(model, name)), None)
    parts = head if isinstance(head, tuple | list) else (head,)  # a distilled model has two heads
    found = {id(p): p for part in parts if hasattr(part, "parameters") for p in part.parameters()}
    return list(found.values())


INSTRUMENT = Instrument(metrics=(PARAMETERS,), gauge=count_parameters)
