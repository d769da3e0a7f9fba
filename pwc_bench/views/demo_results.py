"""What a demo found out about a variant: shown apart from everything else, so that nobody takes it for a result."""

from collections.abc import Iterable
from dataclasses import dataclass

from pwc_bench.core.metric import Scope
from pwc_bench.core.record import Record
from pwc_bench.views.cells import MeasuredCell, measured_cell
from pwc_bench.views.record_naming import Names


@dataclass(frozen=True, slots=True)
class DemoResult:
    """One number of a demo."""

    title: str
    unit: str
    cell: MeasuredCell


def demo_results(names: Names, records: Iterable[Record], path: str) -> tuple[DemoResult, ...]:
    """Return the numbers of the newest demo that measured something; `records` are a variant's, newest first."""
    newest = next((record for record in records if names.is_demo(record) and record.measurements), None)
    if newest is None:
        return ()
    return tuple(
        DemoResult(metric.title, metric.display.unit, measured_cell(newest, metric, path))
        for metric in names.catalogue.metrics.values()
        if metric.scope is Scope.DATASET and metric.key in newest.measurements
    )
