"""The tables. What was measured and what was claimed never share one.

Texts compare byte by byte on every database, so that an order is the same everywhere.
"""

from typing import Any

from sqlalchemy import BigInteger, Float, ForeignKey, Index, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import JSON

_TEXT = Text().with_variant(Text(collation="C"), "postgresql")


class Base(DeclarativeBase):
    """What all tables share: how Python's types are stored."""

    type_annotation_map = {  # noqa: RUF012  SQLAlchemy declares it as an instance variable, which it is not
        str: _TEXT,
        int: BigInteger,
        float: Float(53),
        list[str]: JSON,
        list[dict[str, Any]]: JSON,
    }


class CampaignRow(Base):
    """One `run`."""

    __tablename__ = "campaign"

    name: Mapped[str] = mapped_column(primary_key=True)
    note: Mapped[str | None]


class RecordRow(Base):
    """One record. `document` is the whole of it; the other columns repeat what is searched for.

    Append-only: a trigger refuses every UPDATE.
    """

    __tablename__ = "record"
    __table_args__ = (
        Index("ix_record_started", "started", "id"),
        Index("ix_record_variant", "variant", "started"),
        Index("ix_record_dataset", "dataset", "started"),
        Index("ix_record_campaign", "campaign", "started"),
        Index("ix_record_predictions_path", "predictions_path"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    """The SHA-256 of the content, 64 hexadecimal digits."""
    campaign: Mapped[str] = mapped_column(ForeignKey("campaign.name"))
    status: Mapped[str]
    status_reason: Mapped[str | None]
    variant: Mapped[str]
    dataset: Mapped[str | None]
    started: Mapped[str]
    """UTC, ISO 8601."""
    duration_seconds: Mapped[float]
    device: Mapped[str]
    device_type: Mapped[str]
    precision: Mapped[str]
    implementation: Mapped[str]
    batch_size: Mapped[int]
    weights_status: Mapped[str]
    weights_sha256: Mapped[str | None]
    recipe_sha256: Mapped[str | None]
    manifest_sha256: Mapped[str | None]
    images_expected: Mapped[int | None]
    images_seen: Mapped[int | None]
    predictions_path: Mapped[str | None]
    predictions_sha256: Mapped[str | None]
    harness_version: Mapped[str]
    document: Mapped[str]
    """The record's canonical JSON, the very line that an export writes."""


class MeasurementRow(Base):
    """One measured value of a record, for searches; its details stand in the record's document. Append-only."""

    __tablename__ = "measurement"
    __table_args__ = (Index("ix_measurement_metric", "metric", "value"),)

    record_id: Mapped[str] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"), primary_key=True)
    metric: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[float]
    unit: Mapped[str]
    low: Mapped[float | None]
    high: Mapped[float | None]
    version: Mapped[int]


class KnowledgeRow:
    """What the tables of knowledge share."""

    origin: Mapped[str]
    """Who brought the entry: "package" for the files that the package ships."""


class PaperRow(KnowledgeRow, Base):
    """A publication."""

    __tablename__ = "paper"
    __table_args__ = (Index("ix_paper_date", "date", "slug"),)

    slug: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    authors: Mapped[list[str]]
    date: Mapped[str]
    abstract: Mapped[str]
    tasks: Mapped[list[str]]
    methods: Mapped[list[str]]
    datasets: Mapped[list[str]]
    arxiv: Mapped[str | None]
    venue: Mapped[str | None]
    url: Mapped[str | None]
    pdf_url: Mapped[str | None]
    repositories: Mapped[list[dict[str, Any]]]
    related: Mapped[list[dict[str, Any]]]


class TaskRow(KnowledgeRow, Base):
    """A task."""

    __tablename__ = "task"

    slug: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    description: Mapped[str]


class DatasetRow(KnowledgeRow, Base):
    """A data set as publications describe it."""

    __tablename__ = "dataset"

    key: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    description: Mapped[str]
    homepage: Mapped[str | None]
    introduced: Mapped[str | None]
    tasks: Mapped[list[str]]


class MethodRow(KnowledgeRow, Base):
    """A method."""

    __tablename__ = "method"

    slug: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    full_name: Mapped[str]
    description: Mapped[str]
    paper: Mapped[str | None]
    source_title: Mapped[str | None]
    source_url: Mapped[str | None]
    introduced_year: Mapped[int | None]


class ClaimRow(KnowledgeRow, Base):
    """A published number. `paper` may name a page that holds no paper, so it is no foreign key."""

    __tablename__ = "claim"
    __table_args__ = (
        Index("ix_claim_order", "paper", "position", "id"),
        Index("ix_claim_variant", "variant", "metric"),
        Index("ix_claim_board", "dataset", "metric"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    """The SHA-256 of what makes it this claim, 64 hexadecimal digits."""
    position: Mapped[int]
    """Its place among the claims of its source."""
    paper: Mapped[str]
    model: Mapped[str]
    variant: Mapped[str | None]
    task: Mapped[str]
    dataset: Mapped[str]
    metric: Mapped[str]
    value: Mapped[str]
    """As printed."""
    unit: Mapped[str]
    source: Mapped[str]
    uses_additional_data: Mapped[bool | None]
    """NULL where it is not stated."""
    evaluated_on: Mapped[str | None]
    conditions: Mapped[str | None]
    source_url: Mapped[str | None]
