"""The multiply-adds of one image, counted twice: what GFLOPs report and MFU rests on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from pwc_bench.core.errors import EvaluationError
from pwc_bench.core.instruments import Subject
from pwc_bench.metrics._apparatus.counters import OperatorCounts, count_dispatched, count_operators
from pwc_bench.metrics._apparatus.counting_rules import PER_ELEMENT, RULES, is_elementwise, is_free

_COUNTED: WeakKeyDictionary[Callable[[], Any], "CountedTwice"] = WeakKeyDictionary()
"""Tracing a large model takes seconds, and two gauges need the count: kept as long as the subject's `fresh`."""


@dataclass(frozen=True, slots=True)
class CountedTwice:
    """What two counters found, and which of them is believed."""

    counted_by: str
    """"fvcore", which traces the model, or "torch", whose counter watches it run: the former, unless it failed or met
    operators that only the latter could take apart."""
    counts: OperatorCounts
    """That counter's."""
    totals: Mapping[str, int]
    """What each of those that did not fail counted, without the operators that have a rate an element."""
    failures: Mapping[str, str]
    """Why the other one failed."""
    differences: Mapping[str, Mapping[str, int]]
    """The operators behind a difference of those totals; empty where they agree."""
    uncounted: Mapping[str, int]
    """How often each operator occurred that may multiply, and that nobody counted."""


def count_macs(subject: Subject) -> CountedTwice:
    """Count the multiply-adds of a new model for one image at its crop size.

    Raises EvaluationError where neither counter can.
    """
    found = _COUNTED.get(subject.fresh)
    if found is None:
        side_px = subject.variant.recipe.crop_px
        counters: Mapping[str, Callable[[], OperatorCounts]] = {
            "fvcore": lambda: count_operators("FlopCountAnalysis", subject.fresh(), side_px, RULES),
            "torch": lambda: count_dispatched(subject.fresh(), side_px),
        }
        counts: dict[str, OperatorCounts] = {}
        failures: dict[str, str] = {}
        for name, counter in counters.items():
            try:
                counts[name] = counter()
            except EvaluationError as error:
                failures[name] = str(error)
        found = settle(counts, failures)
        _COUNTED[subject.fresh] = found
    return found


def settle(counts: Mapping[str, OperatorCounts], failures: Mapping[str, str]) -> CountedTwice:
    """Compare two counts and choose one. Raises EvaluationError where there is none."""
    if not counts:
        raise EvaluationError("; ".join(failures.values()))
    unknown = {name: _unknown(found) for name, found in counts.items()}
    totals = {name: sum(_products(found).values()) for name, found in counts.items()}
    differences = _differences(counts) if len(set(totals.values())) > 1 else {}
    counted_by = "fvcore" if "fvcore" in counts else "torch"
    if differences and unknown["fvcore"] and not unknown["torch"]:
        counted_by = "torch"
    # Where both agree, torch's counter has looked into what a trace shows as one operator: only what it could not take
    # apart is left uncounted.
    seen_by = counted_by if differences or "torch" not in counts else "torch"
    return CountedTwice(
        counted_by=counted_by,
        counts=counts[counted_by],
        totals=totals,
        failures=failures,
        differences=differences,
        uncounted=unknown[seen_by],
    )


def _products(counts: OperatorCounts) -> Mapping[str, int]:
    return {name: count for name, count in counts.by_operator.items() if name not in PER_ELEMENT}


def _unknown(counts: OperatorCounts) -> Mapping[str, int]:
    return {name: times for name, times in counts.skipped.items() if not is_free(name) and not is_elementwise(name)}


def _differences(counts: Mapping[str, OperatorCounts]) -> Mapping[str, Mapping[str, int]]:
    products = {counter: _products(found) for counter, found in counts.items()}
    names = dict.fromkeys(name for found in products.values() for name in found)
    by_name = {name: {counter: found.get(name, 0) for counter, found in products.items()} for name in names}
    return {name: amounts for name, amounts in by_name.items() if len(set(amounts.values())) > 1}
