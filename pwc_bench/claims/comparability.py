"""Whether a claim and a measurement may be set against each other at all."""

import re
from dataclasses import dataclass

from pwc_bench.core.claim import Claim, in_shown_unit, is_printed_number
from pwc_bench.core.metric import Kind, Metric, Scope
from pwc_bench.core.record import Record, Status, WeightsStatus

_DEVICE_TYPES = {
    "cuda": r"nvidia|cuda|quadro|tesla|geforce|titan|[rg]tx|g?[pvahb]\d{3}|a\d{4}|a[134]0|k[248]0|[ltp]4|[lmp]40s?",
    "cpu": r"cpus?|xeon|epyc|ryzen|core i\d|threadripper|opteron|graviton\d?",
    "other": r"tpu\S*|radeon|mi\d{2,3}x?|ipu|mps|apple m\d|phone|iphone|pixel|raspberry|jetson",
}
"""Words by which conditions name a kind of device, as torch calls it; "GPU" alone leaves open whose."""

_GENERIC = frozenset(
    {
        *("nvidia", "geforce", "quadro", "tesla", "amd", "intel", "core", "apple", "r", "tm"),
        *("gpu", "cpu", "processor", "graphics", "1x", "a", "an", "one", "single", "on"),
    }
)
"""Words of a device's name that tell none from another."""
_SOCKET = r"sxm\d*|pcie?|nvl|hbm\d*e?|\d+gb"
_PRECISIONS = {
    **{name: {"fp32"} for name in ("fp32", "float32", "tf32")},
    **{name: {"fp16"} for name in ("fp16", "float16", "half")},
    **{name: {"bf16"} for name in ("bf16", "bfloat16")},
    **{name: {"fp16", "bf16"} for name in ("amp", "mixed")},
    **{name: {name} for name in ("int8", "fp8", "int4")},
}
"""Words by which conditions name a precision: those of a record that each fits. Several must all fit."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a claim must not be judged by a measurement."""

    reason: str
    """A phrase: "200 of 50,000 images"."""
    is_hardware: bool = False
    """Whether the machine alone stands between them, so that ratios between variants may still be compared."""


def find_obstacle(metric: Metric, claim: Claim, record: Record) -> Obstacle | None:
    """Return what forbids to judge a claim by what `record` holds of `metric`; None where nothing does."""
    if not is_printed_number(claim.value):
        return Obstacle("the claim is no number")
    if in_shown_unit(claim, metric) is None:
        return Obstacle(f"printed in {claim.unit}" if claim.unit else "printed without a unit")
    if not is_possible(metric, claim):
        return Obstacle("the claim is no value that the metric can have")
    if metric.scope is Scope.DATASET and (reason := _pass_obstacle(claim, record)) is not None:
        return Obstacle(reason)
    if metric.kind is Kind.SAMPLED and (measured_on := _other_machine(metric, claim, record)) is not None:
        where = claim.conditions or "unnamed hardware"
        return Obstacle(f"claimed on {where}, measured on {measured_on}", is_hardware=True)
    return None


def device_type_of(conditions: str | None) -> str | None:
    """Return the kind of device that a claim's conditions name, as torch calls it: "cuda", "cpu".

    None where they name none, several, or one that nothing is measured on here.
    """
    words = (conditions or "").casefold()
    found = {
        kind for kind, names in _DEVICE_TYPES.items() if re.search(rf"(?<![a-z0-9])(?:{names})(?![a-z0-9])", words)
    }
    if re.search(r"\bgpus?\b", words):
        found.add("cuda")
    return found.pop() if len(found) == 1 and "other" not in found else None


def is_possible(metric: Metric, claim: Claim) -> bool:
    """Tell whether the metric can have the claimed value; one without a number or of a foreign unit is not judged."""
    value = in_shown_unit(claim, metric)
    return value is None or metric.is_possible(float(value) / metric.display.scale)


def checkpoint_allowance(metric: Metric, record: Record) -> float | None:
    """Return how far apart two evaluations of one published checkpoint on the same images lie, in the metric's unit.

    Careful ones differ by a dozen of 50,000 images. None for another training, which is another sample, and for what
    is not scored image by image.
    """
    is_published = record.provenance.weights.status is WeightsStatus.PUBLIC
    if not is_published or metric.kind is not Kind.PAIRED:
        return None
    return 100.0 * 12 / 50_000 if metric.unit == "%" else metric.tolerance


def is_of_own_weights(record: Record) -> bool:
    """Tell whether a record's accuracy is that of a file of the user's own. Cost and speed do not look at weights."""
    return record.dataset is not None and record.provenance.weights.status is WeightsStatus.LOCAL


def _other_machine(metric: Metric, claim: Claim, record: Record) -> str | None:
    """Say on what a speed was measured if it was claimed on another or an unnamed device, batch or precision."""
    environment = record.environment
    words = (claim.conditions or "").casefold()
    if not any(_is_device(part, environment.device) for part in words.split(",")):
        return environment.device
    batches = {int(found) for found in re.findall(r"batch(?:[ -]?size)?[ =:]*(\d+)", words)}
    if batches and batches != {batch_size := record.batch_size_of(metric.key)}:
        return f"{environment.device} with batch {batch_size}"
    if not all(environment.precision in _PRECISIONS[word] for word in _words(words) if word in _PRECISIONS):
        return f"{environment.device} in {environment.precision}"
    return None


def _is_device(named: str, device: str) -> bool:
    """Tell whether a name is a device's, as a whole: "A100" is "NVIDIA A100-SXM4-80GB", and neither "A10" nor "L40S".

    Makers, kinds of socket and sizes of memory may be left out, and must be the same where both say them.
    """
    name, whole = set(_words(named)) - _GENERIC, set(_words(device.partition("@")[0])) - _GENERIC
    essential = {word for word in name if not re.fullmatch(_SOCKET, word)}
    return bool(essential) and name <= whole and all(re.fullmatch(_SOCKET, word) for word in whole - name)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.casefold())


def _pass_obstacle(claim: Claim, record: Record) -> str | None:
    """Say what keeps the pass over a data set from speaking for the published model on the claim's data set."""
    if record.dataset != claim.dataset:
        return f"measured on {record.dataset}, claimed on {claim.dataset}"
    if record.provenance.weights.status is WeightsStatus.PROBE:
        return "a demo of the pipeline: a random backbone with a fitted head"
    if record.provenance.weights.status is WeightsStatus.NONE:
        return "measured with random weights"
    if record.status is not Status.COMPLETE:
        return record.status_reason or f"the record is {record.status}"
    return None
