"""Values as rows, and rows as values."""

import hashlib
import json
from dataclasses import asdict, fields
from typing import Any

from pwc_bench.core.claim import Claim
from pwc_bench.core.knowledge import DatasetCard, Method, Paper, RelatedPaper, Repository, Task
from pwc_bench.core.record import Record, record_to_json
from pwc_bench.store.tables import ClaimRow, DatasetRow, MeasurementRow, MethodRow, PaperRow, RecordRow, TaskRow


def record_row(record: Record) -> RecordRow:
    """Return the row of `record`, without its measurements."""
    environment, provenance = record.environment, record.provenance
    recipe, predictions = provenance.recipe, provenance.predictions
    return RecordRow(
        id=record.id,
        campaign=record.campaign,
        status=str(record.status),
        status_reason=record.status_reason,
        variant=record.variant,
        dataset=record.dataset,
        started=record.started,
        duration_seconds=record.duration_seconds,
        device=environment.device,
        device_type=environment.device_type,
        precision=environment.precision,
        implementation=environment.implementation,
        batch_size=environment.batch_size,
        weights_status=str(provenance.weights.status),
        weights_sha256=provenance.weights.sha256,
        recipe_sha256=None if recipe is None else recipe.sha256,
        manifest_sha256=provenance.manifest_sha256,
        images_expected=provenance.images_expected,
        images_seen=provenance.images_seen,
        predictions_path=None if predictions is None else predictions.path,
        predictions_sha256=None if predictions is None else predictions.sha256,
        harness_version=provenance.harness_version,
        document=record_to_json(record),
    )


def measurement_rows(record: Record) -> list[MeasurementRow]:
    """Return the rows of a record's measurements."""
    return [
        MeasurementRow(
            record_id=record.id,
            metric=metric,
            value=float(measurement.value),
            unit=measurement.unit,
            low=None if measurement.interval is None else float(measurement.interval[0]),
            high=None if measurement.interval is None else float(measurement.interval[1]),
            version=measurement.version,
        )
        for metric, measurement in sorted(record.measurements.items())
    ]


def paper_row(paper: Paper, origin: str) -> PaperRow:
    """Return the row of a paper."""
    return PaperRow(origin=origin, **_columns(paper))


def paper_of(row: PaperRow) -> Paper:
    """Return the paper of a row."""
    return Paper(
        slug=row.slug,
        title=row.title,
        authors=tuple(row.authors),
        date=row.date,
        abstract=row.abstract,
        tasks=tuple(row.tasks),
        methods=tuple(row.methods),
        datasets=tuple(row.datasets),
        arxiv=row.arxiv,
        venue=row.venue,
        url=row.url,
        pdf_url=row.pdf_url,
        repositories=tuple(Repository(**entry) for entry in row.repositories),
        related=tuple(RelatedPaper(**entry) for entry in row.related),
    )


def task_row(task: Task, origin: str) -> TaskRow:
    """Return the row of a task."""
    return TaskRow(origin=origin, **_columns(task))


def task_of(row: TaskRow) -> Task:
    """Return the task of a row."""
    return Task(slug=row.slug, title=row.title, description=row.description)


def dataset_row(card: DatasetCard, origin: str) -> DatasetRow:
    """Return the row of a data set's card."""
    return DatasetRow(origin=origin, **_columns(card))


def dataset_of(row: DatasetRow) -> DatasetCard:
    """Return the data set's card of a row."""
    return DatasetCard(
        key=row.key,
        title=row.title,
        description=row.description,
        homepage=row.homepage,
        introduced=row.introduced,
        tasks=tuple(row.tasks),
    )


def method_row(method: Method, origin: str) -> MethodRow:
    """Return the row of a method."""
    return MethodRow(origin=origin, **_columns(method))


def method_of(row: MethodRow) -> Method:
    """Return the method of a row."""
    return Method(**{field.name: getattr(row, field.name) for field in fields(Method)})


def claim_id(claim: Claim) -> str:
    """Return the hash of what makes `claim` the claim it is: its value may be corrected, its identity not."""
    return hashlib.sha256(json.dumps(claim.identity).encode()).hexdigest()


def claim_row(claim: Claim, origin: str, position: int) -> ClaimRow:
    """Return the row of a claim that stands at `position` of its source."""
    return ClaimRow(id=claim_id(claim), position=position, origin=origin, **_columns(claim))


def claim_of(row: ClaimRow) -> Claim:
    """Return the claim of a row."""
    return Claim(**{field.name: getattr(row, field.name) for field in fields(Claim)})


def _columns(value: Paper | Task | DatasetCard | Method | Claim) -> dict[str, Any]:
    """Return a value's fields as columns, nested values as JSON gives them back: lists, never tuples."""
    columns: dict[str, Any] = json.loads(json.dumps(asdict(value)))
    return columns
