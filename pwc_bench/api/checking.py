"""Reading and comparing, put together; no torch is imported for it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from pwc_bench.api.check_settings import DEFAULT, TYPED, CheckSettings
from pwc_bench.api.places import sqlite_path
from pwc_bench.api.shelves import CAMPAIGN_PREFIX, PUBLISHED, given_baseline, given_candidate, open_shelf
from pwc_bench.core.acceptance import WEIGHTS, Acceptance
from pwc_bench.core.errors import EvaluationError, NoBaselineError, UsageError
from pwc_bench.core.files import user_path
from pwc_bench.core.measurement import PredictionBatch
from pwc_bench.core.metric import Metric
from pwc_bench.core.observer import Observer
from pwc_bench.core.record import Record
from pwc_bench.core.verdict import Verdict
from pwc_bench.exchange import ACCEPTED, AbsentError, Shelf, read_acceptances, reader_below
from pwc_bench.families import load_variants, resolve
from pwc_bench.metrics import load_metrics

if TYPE_CHECKING:
    from pwc_bench.regression import Side
    from pwc_bench.regression.self_check import SelfCheck


Reader = Callable[[str], bytes]


class PredictionLoader:
    """Loads predictions files, each once: two records with the same hash share one."""

    def __init__(self, elsewhere: Sequence[Reader]) -> None:
        self._elsewhere = elsewhere
        self._loaded: dict[str, PredictionBatch] = {}

    def load(self, record: Record, read: Reader) -> PredictionBatch:
        """Return the predictions of `record` from beside it, else from a place that holds the very same file.

        Raises AbsentError, which says why they cannot be had from beside it.
        """
        file = record.provenance.predictions
        if file is None:
            raise AbsentError("the record names no predictions")
        if file.sha256 not in self._loaded:
            self._loaded[file.sha256] = self._found(file.path, file.sha256, read)
        return self._loaded[file.sha256]

    def _found(self, path: str, sha256: str, read: Reader) -> PredictionBatch:
        reasons: list[str] = []
        for reader in (read, *self._elsewhere):
            try:
                return _parsed(reader(path), path, sha256)
            except AbsentError as error:
                reasons.append(str(error))
        raise AbsentError(reasons[0])


def load_sides(
    baseline: Shelf,
    candidate: Shelf,
    metrics: Mapping[str, Metric],
    only: Sequence[str],
    loader: PredictionLoader,
    observer: Observer,
    equivalent: float | None = None,
) -> "tuple[Side, Side]":
    """Return both sides with the predictions that are compared; what cannot be had has a reason."""
    from pwc_bench.regression import Side, predictions_needed

    needed = predictions_needed(baseline.records, candidate.records, metrics=metrics, only=only, equivalent=equivalent)
    count = sum(map(len, needed))
    if count:
        observer.stage("reading predictions")
    sides, done = [], 0
    for shelf, ids in zip((baseline, candidate), needed, strict=True):
        loaded: dict[str, PredictionBatch] = {}
        absent: dict[str, str] = {}
        for record in shelf.records:
            if record.id not in ids:
                continue
            try:
                loaded[record.id] = loader.load(record, shelf.read)
            except AbsentError as error:
                absent[record.id] = str(error)
            done += 1
            observer.progress(done, count, "files")
        sides.append(Side(shelf.name, shelf.records, loaded, absent))
    return sides[0], sides[1]


def _parsed(content: bytes, path: str, sha256: str) -> PredictionBatch:
    from pwc_bench.prediction_files import parse_whole

    try:
        return parse_whole(content, path.rpartition("/")[2], sha256)
    except EvaluationError as error:
        raise AbsentError(str(error)) from None


@dataclass(frozen=True, eq=False, slots=True)
class Check:
    """Two sides, and what became of each metric between them."""

    baseline: "Side"
    candidate: "Side"
    verdicts: tuple[Verdict, ...]


def open_sides(settings: CheckSettings, db: str, observer: Observer) -> tuple[Shelf, Shelf]:
    """Open the baseline and the candidate.

    Raises NoBaselineError where the baseline holds nothing, and another PwcBenchError where a side cannot be read or a
    metric's name means nothing.
    """
    chosen_metrics(settings.metrics)
    observer.stage("reading records")
    with _naming(settings, "baseline"):
        baseline = given_baseline(settings.baseline, db)
    with _naming(settings, "candidate"):
        return baseline, given_candidate(settings.candidate, db)


@contextmanager
def _naming(settings: CheckSettings, key: str) -> Iterator[None]:
    """Put the settings file before an error about a side that it names, which nobody typed."""
    try:
        yield
    except (UsageError, NoBaselineError) as error:
        origin = settings.origins.get(key, TYPED)
        if origin in (DEFAULT, TYPED):
            raise
        raise type(error)(f"{origin}: {key}: {error}") from None


def compare_shelves(
    baseline: Shelf,
    candidate: Shelf,
    settings: CheckSettings,
    db: str,
    observer: Observer,
    reruns: tuple[Record, ...] = (),
) -> Check:
    """Compare what was read, and what was measured again to confirm it.

    Raises UsageError where a name means nothing, RecordFormatError for accepted values.
    """
    metrics, only = load_metrics(), chosen_metrics(settings.metrics)
    accepted = (*baseline.acceptances, *_accepted_here(settings))
    sides = _narrowed((baseline, candidate), settings.models)
    old, new = load_sides(*sides, metrics, only, PredictionLoader(_elsewhere(db)), observer, settings.equivalent)
    from pwc_bench.regression import compare

    new = replace(new, reruns=reruns)
    observer.stage("comparing")
    verdicts = compare(
        old, new, metrics=metrics, policy=settings.policy, accepted=accepted, only=only, equivalent=settings.equivalent
    )
    return Check(old, new, tuple(_titled(verdicts)))


def _titled(verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
    """Call declared variants by their titles, which records leave out."""
    declared = load_variants()
    for verdict in verdicts:
        variant = declared.get(verdict.variant)
        yield verdict if variant is None else replace(verdict, title=variant.title)


def accepted_file(settings: CheckSettings) -> Path:
    """Return where accepted values are written and read, beside what lies with the baseline."""
    return PUBLISHED / ACCEPTED if settings.accepted is None else user_path(settings.accepted)


def chosen_metrics(keys: Sequence[str]) -> tuple[str, ...]:
    """Return `keys`, each known to checks: those of metrics, and "weights" for the hash of the checkpoint.

    Raises UsageError with the nearest known keys.
    """
    known = [*load_metrics(), WEIGHTS.key]
    for key in keys:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
            raise UsageError(f"no metric is called {key!r}: {hint}")
    return tuple(keys)


def chosen_variants(names: Sequence[str], baseline: Shelf, candidate: Shelf) -> tuple[str, ...]:
    """Return the keys that `names` mean, among those that some record has. Raises UsageError where one means nothing.

    A name is the key of a record's variant, a declared variant's, a family's, `all` or `paper`.
    """
    recorded = dict.fromkeys(record.variant for side in (baseline, candidate) for record in side.records)
    chosen: dict[str, None] = {}
    for name in names:
        # A model of somebody's own is a key here, never code to run.
        keys = [name] if name in recorded or ":" in name else [variant.key for variant in resolve(name)]
        found = [key for key in keys if key in recorded]
        if not found:
            near = get_close_matches(name, recorded, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise UsageError(f"--models {name}: neither side holds a record of it{hint}")
        chosen.update(dict.fromkeys(found))
    return tuple(chosen)


def _narrowed(sides: tuple[Shelf, Shelf], names: Sequence[str]) -> tuple[Shelf, Shelf]:
    """Return both sides with the records of the variants that `names` mean; as they are where none is named."""
    if not names:
        return sides
    keys = chosen_variants(names, *sides)
    baseline, candidate = (
        replace(side, records=tuple(record for record in side.records if record.variant in keys)) for side in sides
    )
    return baseline, candidate


def _accepted_here(settings: CheckSettings) -> tuple[Acceptance, ...]:
    path = accepted_file(settings)
    # One that a settings file names begins with the first `pwc-bench accept`.
    if settings.accepted is not None and settings.origins.get("accepted", TYPED) == TYPED and not path.exists():
        raise UsageError(f"--accepted {path}: there is no such file")
    return read_acceptances(path)


def _elsewhere(db: str) -> list[Reader]:
    """Return the places where predictions are kept on this machine: a file with the hash is the file."""
    file = sqlite_path(db)
    folders: Iterable[Path] = {PUBLISHED, PUBLISHED if file is None else file.parent}
    return [reader_below(folder) for folder in folders]


def check_campaigns(settings: CheckSettings, db: str, most: int) -> "SelfCheck":
    """Check the newest `most` campaigns of the baseline that is named, else of the database, against each other.

    Raises as `open_shelf`, and UsageError where a metric's or a variant's name means nothing.
    """
    only = chosen_metrics(settings.metrics)
    shelf = open_shelf(settings.baseline or f"{CAMPAIGN_PREFIX}*", db)
    if settings.models:
        keys = chosen_variants(settings.models, shelf, shelf)
        shelf = replace(shelf, records=tuple(record for record in shelf.records if record.variant in keys))
    metrics = {key: metric for key, metric in load_metrics().items() if not only or key in only}
    from pwc_bench.regression.self_check import check_itself, same_runs

    return check_itself(same_runs(shelf.records, most), metrics, settings.policy)
