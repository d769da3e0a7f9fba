"""What the browser needs to compare any two variants: figures as text, and per-image guesses as packed bytes.

The files are scripts that hand over one value, because a page that is opened as a file may load scripts and no data.
"""

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from pwc_bench.core.archive import Archive
from pwc_bench.core.dataset import Dataset
from pwc_bench.core.links import relative
from pwc_bench.core.metric import Better, Kind, Metric, Scope
from pwc_bench.core.record import Record
from pwc_bench.core.selection import Usage
from pwc_bench.core.setting import Machine, depends_on_machine
from pwc_bench.views.cells import measured_cell
from pwc_bench.views.current import current_records, site_usage
from pwc_bench.views.guesses import Guesses
from pwc_bench.views.likeness import in_turn, likeness, usual_obstacle
from pwc_bench.views.pairs import Pair
from pwc_bench.views.record_naming import Names

GUESSES_FOLDER = "compare/data"
_HOME = "compare/index.html"
_MOST_RECORDS = 8
"""Of one variant and metric."""


def guesses_script(guesses: Guesses) -> tuple[str, str]:
    """Return the path and the text of a record's first guesses: 16-bit class numbers, base64."""
    return f"{GUESSES_FOLDER}/{_name(guesses.record)}.js", _script(_name(guesses.record), _packed(guesses.top1))


def labels_script(guesses: Guesses, dataset: Dataset | None) -> tuple[str, str]:
    """Return the path and the text of a manifest's labels, with the names of the classes."""
    name = labels_name(guesses)
    value = {"labels": _packed(guesses.labels), "names": [] if dataset is None else list(dataset.class_names)}
    return f"{GUESSES_FOLDER}/{name}.js", _script(name, value)


def labels_name(guesses: Guesses) -> str:
    """Return what a manifest's labels are called: guesses with equal names can be compared."""
    return f"m{guesses.manifest[:16]}-{len(guesses.images)}"


def index_script(
    archive: Archive,
    names: Names,
    variants: Iterable[str],
    guesses: Mapping[str, tuple[Guesses, ...]],
    pairs: Iterable[Pair],
) -> str:
    """Return the script with every variant's figures on each data set, and where its guesses lie."""
    metrics = archive.catalogue.metrics
    numbering = _Numbering({}, {})
    usage = cache(partial(site_usage, archive))
    models = {key: _model(archive, names, numbering, usage, key, guesses.get(key, ())) for key in variants}
    datasets = dict.fromkeys(dataset for model in models.values() for dataset in model["figures"])
    value = {
        "metrics": [
            [_said(metric), int(metric.unit == "%"), metric.display.decimals, usual_obstacle(metric)]
            for metric in metrics.values()
        ],
        "settings": list(numbering.settings),
        "datasets": {key: names.dataset(key) for key in datasets},
        "models": models,
        "pairs": {f"{pair.first} {pair.second}": relative(_HOME, pair.path) for pair in pairs},
    }
    return _script("index", value)


@dataclass(frozen=True, slots=True)
class _Numbering:
    """Numbers for what stands in many rows."""

    likenesses: dict[tuple[object, ...], int]
    settings: dict[tuple[str, str], int]
    """By the words and the machine's key."""


def _model(
    archive: Archive,
    names: Names,
    numbering: _Numbering,
    usage: Callable[[], Usage],
    key: str,
    guesses: tuple[Guesses, ...],
) -> dict[str, Any]:
    datasets = dict.fromkeys(claim.dataset for claim in archive.claims(variant=key))
    datasets |= dict.fromkeys(str(found.record.dataset) for found in guesses)
    return {
        "title": names.variant(key, guesses[0].record if guesses else None),
        "href": relative(_HOME, names.model_path(key)),
        "figures": {dataset: _figures(archive, numbering, usage, key, dataset) for dataset in datasets},
        "guesses": {
            str(found.record.dataset): [
                names.dataset(str(found.record.dataset)),
                labels_name(found),
                _name(found.record),
            ]
            for found in guesses
        },
    }


def _figures(
    archive: Archive, numbering: _Numbering, usage: Callable[[], Usage], key: str, dataset: str
) -> list[list[str | float | None]]:
    """Return rows for each metric that is known: place, claim, measurement, record, number, likeness, setting.

    The first is that of the record which speaks for the variant; of a speed, the newest others follow that another
    variant's may be like.
    """
    current = current_records(archive, dataset, variant=key, usage=usage)
    claims = {claim.metric: claim for claim in reversed(tuple(archive.claims(variant=key, dataset=dataset)))}
    rows: list[list[str | float | None]] = []
    for place, metric in enumerate(archive.catalogue.metrics.values()):
        record, claim = current.record(key, metric.key), claims.get(metric.key)
        if record is not None or claim is not None:
            claimed = None if claim is None else claim.value
            found = () if record is None else _records(archive, metric, record)
            rows += [[place, claimed, *_measured(metric, numbering, one)] for one in found] or [[place, claimed]]
    return rows


def _records(archive: Archive, metric: Metric, current: Record) -> Iterable[Record]:
    found = {likeness(metric, current): current}
    if depends_on_machine(metric) and metric.scope is Scope.MODEL:
        for record in in_turn(archive.records(variant=current.variant, scope=Scope.MODEL)):
            if metric.key in record.measurements and len(found) < _MOST_RECORDS:
                found.setdefault(likeness(metric, record), record)
    return found.values()


def _said(metric: Metric) -> str:
    unit = f", {metric.display.unit}" if metric.display.unit not in {"", metric.title} else ""
    return f"{metric.title}{unit} ({'higher' if metric.better is Better.HIGHER else 'lower'} is better)"


def _measured(metric: Metric, numbering: _Numbering, record: Record) -> tuple[str, str, float, int, int | None]:
    cell = measured_cell(record, metric, _HOME)
    alike = numbering.likenesses.setdefault(likeness(metric, record), len(numbering.likenesses))
    setting, machine = None, Machine.of(record.environment)
    if metric.kind is not Kind.EXACT:
        setting = numbering.settings.setdefault((cell.conditions, machine.key), len(numbering.settings))
    return cell.number.text, cell.href, record.measurements[metric.key].value, alike, setting


def _name(record: Record) -> str:
    return record.id[:16]


def _packed(numbers: Any) -> str:  # noqa: ANN401  (a numpy array)
    import numpy as np

    return base64.b64encode(np.asarray(numbers).astype("<i2").tobytes()).decode()


def _script(name: str, value: object) -> str:
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return f"(self.pwcCompare??={{}})[{json.dumps(name)}]={text}\n"
