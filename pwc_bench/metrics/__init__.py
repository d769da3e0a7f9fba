"""What can be measured: one module a metric, each with an `INSTRUMENT`.

Instruments are found by walking this folder, and in other installed packages through the entry-point group
`pwc_bench.metrics`, whose entries name an `Instrument`. Declaring imports neither torch nor scipy; measuring does.
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import get_close_matches

from pwc_bench.core.errors import PwcBenchError, UsageError
from pwc_bench.core.instruments import Examination, Gauge, Instrument, Measurements, Meter, Subject
from pwc_bench.core.measurement import PassSummary, PredictionBatch
from pwc_bench.core.metric import Metric
from pwc_bench.core.parts import by_key, part_modules
from pwc_bench.isolation import offered_parts

__all__ = ["ENTRY_POINTS", "load_instruments", "load_metrics", "select"]

ENTRY_POINTS = "pwc_bench.metrics"
"""The entry-point group through which other packages offer instruments."""

_ORDER = (
    *("top1", "top5", "nll", "ece"),
    *("gflops", "parameters", "activations"),
    *("throughput", "throughput_end_to_end", "latency_p50", "latency_p95", "latency_p99", "peak_memory"),
    *("energy", "mfu"),
)
"""The order in which metrics are shown; one that is not named here comes after these."""


def load_instruments() -> tuple[Instrument, ...]:
    """Return every declared instrument, those of the metrics shown first before the others.

    A broken offer of another package is left out with a PluginWarning. Raises DuplicatePartError if two of our modules
    declare the same metric, PwcBenchError if one is no instrument.
    """
    own = [_checked(getattr(module, "INSTRUMENT", None)) for module in part_modules(sys.modules[__name__])]
    taken = by_key(((metric.key, metric) for instrument in own for metric in instrument.metrics), "metrics")
    offered = offered_parts(ENTRY_POINTS, _by_metric, "metrics", taken, "INSTRUMENT")
    found = dict.fromkeys([*own, *offered.values()])
    return tuple(sorted(found, key=lambda instrument: min(_rank(metric) for metric in instrument.metrics)))


def load_metrics() -> dict[str, Metric]:
    """Return every declared metric by key, in the order in which they are shown. Raises as `load_instruments` does."""
    metrics = [metric for instrument in load_instruments() for metric in instrument.metrics]
    return {metric.key: metric for metric in sorted(metrics, key=_rank)}


def select(instruments: Sequence[Instrument], keys: Iterable[str]) -> tuple[Instrument, ...]:
    """Return the instruments that measure the metrics `keys`, each narrowed to them, in the order of `instruments`.

    Raises UsageError where a key is unknown, naming the nearest ones, or where there is none.
    """
    known = {metric.key for instrument in instruments for metric in instrument.metrics}
    wanted = tuple(dict.fromkeys(keys))
    for key in wanted:
        if key not in known:
            raise UsageError(_unknown(key, known))
    if not wanted:
        raise UsageError("no metric is named: give at least one of " + ", ".join(sorted(known, key=_place)))
    narrowed = (_narrow(instrument, frozenset(wanted)) for instrument in instruments)
    return tuple(instrument for instrument in narrowed if instrument.metrics)


def _by_metric(offered: object) -> list[tuple[str, Instrument]]:
    """Return an offered instrument under the key of each of its metrics: no two may measure the same one."""
    instrument = _checked(offered)
    return [(metric.key, instrument) for metric in instrument.metrics]


def _checked(part: object) -> Instrument:
    if not isinstance(part, Instrument) or not part.metrics or (part.meter is None) == (part.gauge is None):
        raise PwcBenchError(f"{part!r} is no instrument: it needs metrics, and either a meter or a gauge")
    return part


def _rank(metric: Metric) -> tuple[int, str]:
    return _place(metric.key)


def _place(key: str) -> tuple[int, str]:
    return (_ORDER.index(key), "") if key in _ORDER else (len(_ORDER), key)


def _unknown(key: str, known: Iterable[str]) -> str:
    near = get_close_matches(key, known, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else "known: " + ", ".join(sorted(known, key=_place))
    return f"no metric is called {key!r}: {hint}"


def _narrow(instrument: Instrument, keys: frozenset[str]) -> Instrument:
    """Return `instrument` with only the metrics `keys`, so that it reports no other one."""
    metrics = tuple(metric for metric in instrument.metrics if metric.key in keys)
    if len(metrics) == len(instrument.metrics):
        return instrument
    meter, gauge = instrument.meter, instrument.gauge
    return replace(
        instrument,
        metrics=metrics,
        meter=None if meter is None else lambda: _NarrowMeter(meter(), keys),
        gauge=None if gauge is None else _narrow_gauge(gauge, keys),
    )


def _narrow_gauge(gauge: Gauge, keys: frozenset[str]) -> Gauge:
    def examine(subject: Subject) -> Examination:
        measured = yield from gauge(subject)
        return {key: measurement for key, measurement in measured.items() if key in keys}

    return examine


class _NarrowMeter:
    """A meter that keeps to itself what nobody asked for."""

    def __init__(self, meter: Meter, keys: frozenset[str]) -> None:
        self._meter = meter
        self._keys = keys

    def update(self, batch: PredictionBatch) -> None:
        """Pass the batch on."""
        self._meter.update(batch)

    def measurements(self, summary: PassSummary) -> Measurements:
        """Return the wanted ones of the meter's measurements."""
        measured = self._meter.measurements(summary)
        return {key: measurement for key, measurement in measured.items() if key in self._keys}
