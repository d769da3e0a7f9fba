"""The declared metrics: found, ordered, whole, light to load, and narrowed on demand."""

import math
import subprocess
import sys
from pathlib import Path

import pytest

from pwc_bench.core.errors import UsageError
from pwc_bench.core.instruments import Examination, Instrument, Subject
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.metric import Better, Kind, Scope
from pwc_bench.isolation import PluginWarning
from pwc_bench.metrics import load_instruments, load_metrics, select
from tests.metrics.batches import SUMMARY, make_batch
from tests.metrics.subjects import Convolutional, make_subject, run

CONTRACT = [
    *("top1", "top5", "nll", "ece", "gflops", "parameters", "activations", "throughput", "throughput_end_to_end"),
    *("latency_p50", "latency_p95", "latency_p99", "peak_memory", "energy", "mfu"),
]


def test_metrics_come_in_the_order_of_the_contract() -> None:
    """The keys, and the order in which they are shown."""
    assert list(load_metrics()) == CONTRACT


def test_every_metric_is_declared_whole() -> None:
    """A unit, bounds that make sense, a tolerance that is a number, and a definition worth printing."""
    for key, metric in load_metrics().items():
        assert metric.key == key
        assert metric.unit
        assert metric.version == (2 if key == "ece" else 1)
        assert metric.bounds[0] == 0.0
        assert math.isfinite(metric.tolerance)
        assert metric.tolerance >= 0.0
        assert (metric.tolerance == 0.0) == (metric.kind is Kind.EXACT)
        assert len(metric.definition) > 60
        assert metric.definition.endswith(".")


def test_directions_are_declared_as_the_contract_says() -> None:
    """Accuracy and speed improve upwards, everything else downwards."""
    upwards = {key for key, metric in load_metrics().items() if metric.better is Better.HIGHER}
    assert upwards == {"top1", "top5", "throughput", "throughput_end_to_end", "mfu"}


def test_an_instrument_measures_the_scope_that_its_metrics_declare() -> None:
    """Meters watch a data set, gauges examine a model; what is sampled runs alone, and what runs alone is not exact."""
    for instrument in load_instruments():
        scopes = {metric.scope for metric in instrument.metrics}
        assert scopes == ({Scope.DATASET} if instrument.meter else {Scope.MODEL})
        kinds = {metric.kind for metric in instrument.metrics}
        assert instrument.is_timed or instrument.gauge is None or Kind.SAMPLED not in kinds
        assert not instrument.is_timed or kinds <= {Kind.SAMPLED, Kind.DESCRIPTIVE}


def test_values_are_written_as_people_expect_them() -> None:
    """The display's scale and digits."""
    metrics = load_metrics()
    assert metrics["parameters"].display.text(27_777_000) == "27.8"
    assert metrics["gflops"].display.text(5.757) == "5.757"
    assert metrics["top1"].display.text(81.412) == "81.41"
    assert metrics["peak_memory"].display.text(1234.4) == "1,234"


def test_loading_the_declarations_imports_no_heavy_library() -> None:
    """`pwc-bench list metrics` and the site need neither torch nor scipy."""
    code = (
        "import sys; from pwc_bench.metrics import load_metrics; load_metrics();"
        "print(*{'torch', 'timm', 'fvcore', 'scipy', 'pandas', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_selecting_keeps_the_instruments_of_the_named_metrics() -> None:
    """In the order of the instruments, each with only what was named."""
    chosen = select(load_instruments(), ["latency_p95", "top1", "gflops", "top1"])
    assert [[metric.key for metric in instrument.metrics] for instrument in chosen] == [
        ["top1"],
        ["gflops"],
        ["latency_p95"],
    ]


def test_a_narrowed_meter_reports_only_what_was_asked_for() -> None:
    """Top-5 without top-1."""
    (instrument,) = select(load_instruments(), ["top5"])
    assert instrument.meter is not None
    meter = instrument.meter()
    meter.update(make_batch([3], [[1, 2, 3, 4, 5]]))
    measured = meter.measurements(SUMMARY)
    assert set(measured) == {"top5"}
    assert measured["top5"].value == 100.0


def test_a_narrowed_gauge_reports_only_what_was_asked_for() -> None:
    """Its steps stay as they are."""

    def both(subject: Subject) -> Examination:
        yield "measuring"
        return {key: Measurement(1.0, "%") for key in ("top1", "top5")}

    metrics = load_metrics()
    instrument = Instrument(metrics=(metrics["top1"], metrics["top5"]), gauge=both)
    (narrow,) = select([instrument], ["top5"])
    assert narrow.gauge is not None
    steps, measured = run(narrow.gauge(make_subject(Convolutional)))
    assert steps == ["measuring"]
    assert set(measured) == {"top5"}


@pytest.mark.parametrize(
    ("key", "hint"), [("top-1", "did you mean top1"), ("gflop", "did you mean gflops"), ("zzz", "known: top1, top5,")]
)
def test_an_unknown_metric_is_refused_with_a_hint(key: str, hint: str) -> None:
    """One line that names what was probably meant."""
    with pytest.raises(UsageError, match=hint):
        select(load_instruments(), ["top1", key])


def test_no_metric_at_all_is_refused() -> None:
    """An empty list is a mistake and never means everything."""
    with pytest.raises(UsageError, match="no metric is named"):
        select(load_instruments(), [])


def _offer(folder: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    """Install a package that offers `part` as a metric."""
    (folder / "guest_metric.py").write_text(source, encoding="utf-8")
    info = folder / "guest_metric-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: guest-metric\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[pwc_bench.metrics]\nguest = guest_metric:part\n", encoding="utf-8")
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, "guest_metric", raising=False)


_GUEST = """
from dataclasses import replace
from pwc_bench.metrics.parameters import INSTRUMENT
part = replace(INSTRUMENT, metrics=(replace(INSTRUMENT.metrics[0], key={key!r}),))
"""


def test_another_package_can_offer_a_metric(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is shown after our own."""
    _offer(tmp_path, monkeypatch, _GUEST.format(key="carbon"))
    assert list(load_metrics()) == [*CONTRACT, "carbon"]


def test_another_package_cannot_take_the_name_of_a_metric(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is left out and named; ours stay."""
    _offer(tmp_path, monkeypatch, _GUEST.format(key="gflops"))
    with pytest.warns(PluginWarning, match="'gflops' is taken"):
        assert list(load_metrics()) == list(CONTRACT)


def test_what_is_no_instrument_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry point that names something else says where it is."""
    _offer(tmp_path, monkeypatch, "part = 'gflops'")
    with pytest.warns(PluginWarning, match=r"guest-metric 1\.0 .*'gflops' is no instrument"):
        assert list(load_metrics()) == list(CONTRACT)
