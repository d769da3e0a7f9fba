"""A page per record: every measurement with its evidence, the whole environment, the whole provenance."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pwc_bench.claims.comparability import is_of_own_weights
from pwc_bench.claims.facts import Fact, check_sentences, duration_text, json_facts, moment_text
from pwc_bench.claims.naming import Names
from pwc_bench.core.archive import Archive
from pwc_bench.core.links import record_path, relative
from pwc_bench.core.record import Record, Status, record_to_json
from pwc_bench.core.text_forms import shorten
from pwc_bench.site.parts.citation import Citation, cite_record
from pwc_bench.site.parts.frame import Frame, make_frame
from pwc_bench.site.parts.measurements import MeasurementLine, measurement_lines
from pwc_bench.site.parts.page import Page, PageKind
from pwc_bench.site.parts.provenance import FactGroup, environment_groups, provenance_groups

_MOST_FAILED_NAMES = 50
"""More failed images than this are counted on the page; the record's JSON names them all."""

PREDICTIONS = "predictions.parquet"
"""The name of the file beside the page."""
MOST_PREDICTIONS_MIB = 8
"""A larger file is not published: 50,000 images take some 2 MiB, and a site must stay small enough to be copied."""
_ABSENT = (
    "What the model said of each image is not published here: the file that the record names was not at hand when the "
    f"site was built, or is larger than {MOST_PREDICTIONS_MIB} MiB."
)

_STATUS_TITLE = {
    Status.COMPLETE: "Complete",
    Status.PARTIAL: "Partial: not the whole of what was to be measured",
    Status.FAILED: "Failed: something that was asked for could not be measured",
}


@dataclass(frozen=True, slots=True)
class StatusNotice:
    """How far the record can be relied on."""

    kind: str
    """"complete", "partial" or "failed"."""
    title: str
    reason: str | None
    """None where there is none, or where the coverage says it already."""
    coverage: str | None
    """"200 of 50,000 images", None for a record that looks at no image."""
    failed_images: tuple[str, ...]
    more_failed: str | None
    """How many failed images are not named here."""


@dataclass(frozen=True, slots=True)
class PublishedPredictions:
    """What the model said of each image, as a file beside the page."""

    name: str
    """Under which it is downloaded."""
    size: str
    """"1.9 MiB"."""
    sha256: str


@dataclass(frozen=True, slots=True)
class RecordPage:
    """What `record.html` sees."""

    frame: Frame
    title: str
    setting: str
    """What tells it from other records of this title."""
    record_id: str
    is_demo: bool
    is_cost: bool
    own_weights: str | None
    """The name of the user's own file, where one was measured and no published checkpoint."""
    status: StatusNotice
    facts: tuple[Fact, ...]
    measurements: tuple[MeasurementLine, ...]
    environment: tuple[FactGroup, ...]
    provenance: tuple[FactGroup, ...]
    checks: tuple[str, ...]
    """What was checked of the model before its numbers were believed, one sentence each."""
    extra: tuple[Fact, ...]
    command: str | None
    json_href: str
    predictions: PublishedPredictions | None
    """None where they are not published."""
    predictions_absent: str | None
    """Why not, where the record has some."""
    citation: Citation
    """Without the address of the page."""


class RecordPages(PageKind[Record]):
    """A page for every record, newest first, with its JSON and its predictions beside it."""

    template = "record"

    def __init__(self, archive: Archive) -> None:
        super().__init__(archive)
        self._names = Names.of(archive)

    def keys(self) -> Iterable[Record]:
        """Stream the records."""
        return self.archive.records()

    def path(self, key: Record) -> str:
        """Return where a record's page goes."""
        return record_path(key.id)

    def pages(self, key: Record) -> Iterator[Page]:
        """Make a record's page."""
        path = self.path(key)
        predictions = self.archive.predictions_file(key, MOST_PREDICTIONS_MIB * 2**20)
        files: dict[str, str | bytes] = {path.replace("index.html", "record.json"): record_to_json(key) + "\n"}
        if predictions is not None:
            files[path.replace("index.html", PREDICTIONS)] = predictions
        yield Page(self.template, path, _context(self._names, key, path, predictions), files)


KINDS = (RecordPages,)


def _context(names: Names, record: Record, path: str, predictions: bytes | None) -> RecordPage:
    title = names.record(record)
    setting = names.setting(record)
    variant = names.variant(record.variant, record)
    return RecordPage(
        frame=make_frame(
            path,
            title=f"{title}, {setting}, record {record.id[:8]}",
            description=f"{title}, {setting}: what was measured on {record.environment.device} in campaign "
            f"{record.campaign}, with its environment and provenance.",
            crumbs=(
                ("Home", "index.html"),
                (shorten(variant, 60), names.model_path(record.variant)),
                (f"Record {record.id[:8]}", None),
            ),
        ),
        title=title,
        setting=setting,
        record_id=record.id,
        is_demo=names.is_demo(record),
        is_cost=record.dataset is None,
        own_weights=(record.provenance.weights.uri or "unnamed") if is_of_own_weights(record) else None,
        status=_status(record),
        facts=tuple(_facts(names, record, path)),
        measurements=tuple(measurement_lines(names.catalogue, record)),
        environment=environment_groups(record.environment),
        provenance=provenance_groups(record.provenance),
        checks=tuple(check_sentences(record)),
        extra=tuple(json_facts(record.extra)),
        command=_command(names, record),
        json_href="record.json",
        predictions=_published(record, predictions),
        predictions_absent=_ABSENT if record.provenance.predictions is not None and predictions is None else None,
        citation=cite_record(title, record),
    )


def _command(names: Names, record: Record) -> str | None:
    """Return what was typed; a demo is named, for another machine may know where ImageNet lies and take that."""
    typed = record.provenance.command
    dataset = names.catalogue.datasets.get(record.dataset or "")
    if typed is None or dataset is None or not dataset.is_demo or " --data" in typed:
        return typed
    return f"{typed} --data {dataset.key}"


def _published(record: Record, content: bytes | None) -> PublishedPredictions | None:
    file = record.provenance.predictions
    if content is None or file is None:
        return None
    size = f"{len(content) / 2**20:.1f} MiB" if len(content) >= 2**20 else f"{max(1, round(len(content) / 2**10))} KiB"
    return PublishedPredictions(f"predictions-{record.id[:16]}.parquet", size, file.sha256)


def _facts(names: Names, record: Record, path: str) -> Iterator[Fact]:
    yield Fact("Variant", names.variant(record.variant, record), relative(path, names.model_path(record.variant)))
    if record.dataset is None:
        yield Fact("Measured on", "the architecture alone, with 1,000 classes and random input")
    else:
        yield Fact("Dataset", names.dataset(record.dataset), relative(path, names.dataset_path(record.dataset)))
    yield Fact("Device", record.environment.device)
    yield Fact("Precision", record.environment.precision)
    yield Fact("Started", moment_text(record.started))
    if record.duration_seconds:  # a record that holds timed rounds alone has no other time
        term = "Duration without timed rounds" if record.dataset is None else "Duration of the pass"
        yield Fact(term, duration_text(record.duration_seconds))
    yield Fact("Campaign", record.campaign)


def _status(record: Record) -> StatusNotice:
    failed = record.provenance.images_failed
    more = len(failed) - _MOST_FAILED_NAMES
    coverage = _coverage(record)
    return StatusNotice(
        kind=str(record.status),
        title=_STATUS_TITLE[record.status],
        reason=None if coverage and (record.status_reason or "") in coverage else record.status_reason,
        coverage=coverage,
        failed_images=failed[:_MOST_FAILED_NAMES],
        more_failed=f"{more:,}" if more > 0 else None,
    )


def _coverage(record: Record) -> str | None:
    seen, expected = record.provenance.images_seen, record.provenance.images_expected
    if seen is None:
        return None
    return f"{seen:,} images" if expected is None else f"{seen:,} of {expected:,} images"
