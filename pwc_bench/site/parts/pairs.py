"""Which variants have a page that compares them: those that one paper claims something of, two by two."""

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from itertools import combinations
from typing import Any

from pwc_bench.claims.current import current_records, site_usage
from pwc_bench.claims.naming import Names
from pwc_bench.core.archive import Archive
from pwc_bench.core.dataset import Dataset
from pwc_bench.core.links import pair_path, relative
from pwc_bench.core.measurement import PredictionBatch
from pwc_bench.core.metric import Better, Kind, Metric, Scope
from pwc_bench.core.record import Record
from pwc_bench.core.selection import Usage, current_record
from pwc_bench.core.setting import Machine, Setting, depends_on_machine
from pwc_bench.site.parts.cells import measured_cell

_MOST_VARIANTS = 24
"""A paper's first so many: 276 pages. Any other two are compared in the browser."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two variants, in the catalogue's order."""

    first: str
    second: str

    @property
    def path(self) -> str:
        """Return the path of their page."""
        return pair_path(self.first, self.second)


def paper_pairs(archive: Archive) -> Iterator[Pair]:
    """Yield each pair of declared variants whose figures stand in one publication, once."""
    order = {key: place for place, key in enumerate(archive.catalogue.variants)}
    by_paper: dict[str, set[str]] = {}
    for claim in archive.claims():
        if claim.variant in order:
            by_paper.setdefault(claim.paper, set()).add(claim.variant)
    met: set[Pair] = set()
    for variants in by_paper.values():
        for pair in combinations(sorted(variants, key=order.__getitem__)[:_MOST_VARIANTS], 2):
            met.add(Pair(*pair))
    yield from sorted(met, key=lambda pair: (order[pair.first], order[pair.second]))


_TOP1 = "top1"


@dataclass(frozen=True, eq=False, slots=True)
class Guesses:
    """One record's first guesses for n images, in the manifest's order. Arrays are numpy's."""

    record: Record
    images: tuple[str, ...]
    labels: Any
    """int32 array of shape (n,)."""
    top1: Any
    """int32 array of shape (n,): the first guess, -1 where there is none."""

    @property
    def manifest(self) -> str:
        """Return the hash of the images' names and labels."""
        return self.record.provenance.manifest_sha256 or ""


class GuessDesk:
    """Reads each record's predictions once, and shares the names and labels of records on the same manifest."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._read: dict[str, Guesses | None] = {}
        self._shared: dict[str, tuple[tuple[str, ...], Any]] = {}

    def of_variant(self, variant: str) -> tuple[Guesses, ...]:
        """Return a variant's guesses on each data set that has seen it, by the data set's key."""
        by_dataset: dict[str, list[Record]] = {}
        for record in self._archive.records(variant=variant, scope=Scope.DATASET):
            if record.dataset is not None and record.provenance.predictions is not None:
                by_dataset.setdefault(record.dataset, []).append(record)
        chosen = (current_record(by_dataset[key], _TOP1) for key in sorted(by_dataset))
        found = (self.of_record(record) for record in chosen if record is not None)
        return tuple(guesses for guesses in found if guesses is not None)

    def of_record(self, record: Record) -> Guesses | None:
        """Return a record's guesses, None where its predictions are not at hand."""
        if record.id not in self._read:
            batch = self._archive.predictions(record)
            self._read[record.id] = None if batch is None else self._kept(record, batch)
        return self._read[record.id]

    def _kept(self, record: Record, batch: PredictionBatch) -> Guesses:
        import numpy as np  # a site without per-image results is built without it

        manifest = record.provenance.manifest_sha256 or record.id
        own = (tuple(batch.images), np.asarray(batch.labels, np.int32))
        images, labels = self._shared.setdefault(manifest, own)
        if images != own[0] or not np.array_equal(labels, own[1]):  # images that failed in one run only
            images, labels = own
        return Guesses(record, images, labels, np.asarray(batch.top5)[:, 0].astype(np.int32))


def likeness(metric: Metric, record: Record) -> tuple[object, ...]:
    """Return what two measurements must share.

    Speeds must come from one campaign too, since the same machine may have been busy in another.
    """
    version = record.measurements[metric.key].version
    if _is_shared(metric):
        return version, record.id
    if depends_on_machine(metric):
        return version, record.campaign, Setting.of(record, metric)
    return (version,) if record.dataset is None else (version, record.provenance.manifest_sha256)


def obstacle(metric: Metric, first: Record, second: Record) -> str | None:
    """Say what keeps the measurements of two records from being set against each other; None where nothing does."""
    if first.measurements[metric.key].version != second.measurements[metric.key].version:
        return "two definitions of the metric"
    if likeness(metric, first) == likeness(metric, second) and not _is_shared(metric):
        return None
    if not depends_on_machine(metric) or _is_shared(metric):
        return usual_obstacle(metric)
    differences = Setting.of(first, metric).differences(Setting.of(second, metric))
    return f"not compared: {next(differences, 'other campaign')}"


def usual_obstacle(metric: Metric) -> str:
    """Say why two measurements of `metric` are unlike, where it is not known more exactly."""
    if _is_shared(metric):
        return "one pass for all models"
    return "not compared: other machine, settings or campaign" if depends_on_machine(metric) else "not the same images"


def _is_shared(metric: Metric) -> bool:
    """Tell whether a metric is that of a whole pass, which all models of a run share: it tells none from another."""
    return metric.kind is Kind.SAMPLED and metric.scope is Scope.DATASET


def in_turn(records: Iterable[Record]) -> list[Record]:
    """Return records, given newest first, in the order in which they speak: of one campaign the reference first."""
    return sorted(
        records, key=lambda record: (record.started, Machine.of(record.environment).is_reference), reverse=True
    )


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
