"""From opened records to the sides of a check: the per-image results that the comparison asks for are loaded."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from pwc_bench.core.errors import EvaluationError
from pwc_bench.core.measurement import PredictionBatch
from pwc_bench.core.metric import Metric
from pwc_bench.core.observer import Observer
from pwc_bench.core.record import Record
from pwc_bench.exchange import AbsentError, Shelf

if TYPE_CHECKING:
    from pwc_bench.regression import Side

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
