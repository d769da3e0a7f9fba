"""The measurements of one record, each with everything that explains it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pwc_bench.claims.facts import Fact, json_facts
from pwc_bench.claims.numbers import EN_DASH
from pwc_bench.core.archive import Catalogue
from pwc_bench.core.measurement import Json, Measurement
from pwc_bench.core.metric import Better, Display, Kind, Metric
from pwc_bench.core.record import Record
from pwc_bench.core.setting import depends_on_machine
from pwc_bench.core.text_forms import slugify
from pwc_bench.site.charts.svg import StripChart, strip_chart


@dataclass(frozen=True, slots=True)
class OperatorLine:
    """One kind of operator, numbers written as text."""

    name: str
    amount: str
    """In the measurement's unit: "5.283"."""
    share: str
    """Of the sum of all operators: "91.8 %"."""
    bar_width: str
    """The same share as a plain number from 0 to 100, for the bar: "91.8"."""


@dataclass(frozen=True, slots=True)
class OperatorSplit:
    """The operators behind one cost figure, the costliest first."""

    heading: str
    """Of the column of amounts: the unit, or "Count"."""
    lines: tuple[OperatorLine, ...]
    skipped: tuple[str, ...]
    """Operators without a counting rule, with how often they occur where that is known: "softmax (12 times)"."""


def operator_split(measurement: Measurement) -> OperatorSplit | None:
    """Read the split from `details` ("operators", "skipped"); None where the measurement carries none."""
    amounts = _amounts(measurement.details.get("operators"))
    if not amounts:
        return None
    total = sum(amounts.values())
    ordered = sorted(amounts.items(), key=lambda item: (-item[1], item[0]))
    lines = tuple(_operator_line(name, amount, total) for name, amount in ordered)
    return OperatorSplit(_heading(measurement.unit), lines, _skipped(measurement.details.get("skipped")))


def _operator_line(name: str, amount: float, total: float) -> OperatorLine:
    percent = 100 * amount / total if total > 0 else 0.0
    share = "< 0.1 %" if 0 < percent < 0.05 else f"{percent:.1f} %"
    return OperatorLine(name, _amount_text(amount), share, f"{percent:.1f}")


def _heading(unit: str) -> str:
    return "Count" if unit in {"", "count"} else unit


def _amount_text(amount: float) -> str:
    """Write an amount with three decimals, or more digits where three would print a zero that it is not."""
    if amount >= 1 and amount.is_integer():
        return f"{amount:,.0f}"
    return f"{amount:,.3f}" if amount == 0 or amount >= 0.001 else f"{amount:.1g}"


def _amounts(value: Json) -> dict[str, float]:
    if not isinstance(value, Mapping):
        return {}
    return {name: float(n) for name, n in value.items() if isinstance(n, int | float) and not isinstance(n, bool)}


def _skipped(value: Json) -> tuple[str, ...]:
    """Accept a mapping from operator to count, or a plain list of names."""
    if isinstance(value, Mapping):
        return tuple(f"{name} ({_times(count)})" for name, count in sorted(value.items()))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(str(name) for name in value)
    return ()


def _times(count: Json) -> str:
    return "once" if count == 1 else f"{count} times"


_BETTER = {Better.HIGHER: "higher is better", Better.LOWER: "lower is better"}


@dataclass(frozen=True, slots=True)
class MeasurementLine:
    """One measurement, numbers written as text."""

    key: str
    anchor: str
    title: str
    value: str
    """With its unit: "81.3 %", "27.8 M"."""
    stored: str
    """The value as the record holds it, with its unit: "27,777,000"."""
    interval: str | None
    """The 95 % interval with its unit, None where there is none."""
    interval_absent: str
    """Why there is no interval: "exact", "none", or "none" with the reason that the measurement gives."""
    better: str | None
    """None for a metric that this installation does not know."""
    batch: str | None
    """"batch 256" for a number that depends on it."""
    definition: str | None
    version: str | None
    """Said only where the metric's definition has changed since."""
    caveats: tuple[str, ...]
    samples: tuple[str, ...]
    strip: StripChart | None
    split: OperatorSplit | None
    details: tuple[Fact, ...]


def measurement_lines(catalogue: Catalogue, record: Record) -> Iterator[MeasurementLine]:
    """Yield a record's measurements: declared metrics in their order, then unknown ones by key."""
    declared = [key for key in catalogue.metrics if key in record.measurements]
    further = sorted(key for key in record.measurements if key not in catalogue.metrics)
    for key in (*declared, *further):
        yield _line(record, key, catalogue.metrics.get(key))


def _line(record: Record, key: str, metric: Metric | None) -> MeasurementLine:
    measurement = record.measurements[key]
    display = Display(measurement.unit, decimals=_decimals(measurement.value)) if metric is None else metric.display
    samples = tuple(display.text(sample) for sample in measurement.samples or ())
    split = operator_split(measurement)
    # The split and the skipped operators have a table of their own.
    hidden = set() if split is None else {"operators", "skipped"}
    details = {name: value for name, value in measurement.details.items() if name not in hidden}
    return MeasurementLine(
        key=key,
        anchor=f"metric-{slugify(key)}",
        title=key if metric is None else metric.title,
        value=_with_unit(display.text(measurement.value), display.unit),
        stored=_with_unit(_plain(measurement.value), measurement.unit),
        interval=_interval(display, measurement.interval),
        interval_absent=_why_no_interval(metric, measurement),
        better=None if metric is None else _BETTER[metric.better],
        batch=f"batch {record.batch_size_of(key)}" if metric is not None and depends_on_machine(metric) else None,
        definition=None if metric is None else metric.definition,
        version=_version(metric, measurement),
        caveats=measurement.caveats,
        samples=samples,
        strip=strip_chart(measurement, samples, display.unit),
        split=split,
        details=tuple(json_facts(details)),
    )


def _why_no_interval(metric: Metric | None, measurement: Measurement) -> str:
    if metric is not None and metric.kind is Kind.EXACT:
        return "exact"
    how = measurement.details.get("interval")
    return how if isinstance(how, str) and how.startswith("none: ") else "none"


def _interval(display: Display, interval: tuple[float, float] | None) -> str | None:
    if interval is None:
        return None
    low, high = interval
    return _with_unit(f"{display.text(low)}{EN_DASH}{display.text(high)}", display.unit)


def _version(metric: Metric | None, measurement: Measurement) -> str | None:
    if metric is None:
        return "This installation does not know the metric: its title, direction and definition are missing here."
    if metric.version == measurement.version:
        return None
    return (
        f"Measured under version {measurement.version} of the definition; today's is version {metric.version}, "
        "so the two are not compared."
    )


def _with_unit(text: str, unit: str) -> str:
    return text if unit in {"", "count"} else f"{text} {unit}"


def _plain(value: float) -> str:
    return f"{int(value):,}" if float(value).is_integer() else f"{value:,.6f}".rstrip("0")


def _decimals(value: float) -> int:
    return 0 if float(value).is_integer() else 3
