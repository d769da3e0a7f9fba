"""The first tables, and the triggers that keep records as they were written."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_APPEND_ONLY = ("record", "measurement")


def upgrade() -> None:
    _make_records()
    _make_knowledge()
    _make_claims()
    if op.get_bind().dialect.name == "sqlite":
        _refuse_updates_on_sqlite()
    else:
        _refuse_updates_on_postgresql()


def _make_records() -> None:
    op.create_table("campaign", _key("name"), _optional("note"))
    op.create_table(
        "record",
        _key("id"),
        sa.Column("campaign", _TEXT, sa.ForeignKey("campaign.name"), nullable=False),
        _text("status"),
        _optional("status_reason"),
        _text("variant"),
        _optional("dataset"),
        _text("started"),
        sa.Column("duration_seconds", sa.Float(53), nullable=False),
        _text("device"),
        _text("device_type"),
        _text("precision"),
        _text("implementation"),
        sa.Column("batch_size", sa.BigInteger(), nullable=False),
        _text("weights_status"),
        _optional("weights_sha256"),
        _optional("recipe_sha256"),
        _optional("manifest_sha256"),
        sa.Column("images_expected", sa.BigInteger()),
        sa.Column("images_seen", sa.BigInteger()),
        _optional("predictions_path"),
        _optional("predictions_sha256"),
        _text("harness_version"),
        _text("document"),
    )
    op.create_index("ix_record_started", "record", ["started", "id"])
    op.create_index("ix_record_variant", "record", ["variant", "started"])
    op.create_index("ix_record_dataset", "record", ["dataset", "started"])
    op.create_index("ix_record_campaign", "record", ["campaign", "started"])
    op.create_index("ix_record_predictions_path", "record", ["predictions_path"])
    op.create_table(
        "measurement",
        sa.Column("record_id", _TEXT, sa.ForeignKey("record.id", ondelete="CASCADE"), primary_key=True),
        _key("metric"),
        sa.Column("value", sa.Float(53), nullable=False),
        _text("unit"),
        sa.Column("low", sa.Float(53)),
        sa.Column("high", sa.Float(53)),
        sa.Column("version", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_measurement_metric", "measurement", ["metric", "value"])


def _make_knowledge() -> None:
    op.create_table(
        "paper",
        _key("slug"),
        _text("title"),
        _json("authors"),
        _text("date"),
        _text("abstract"),
        _json("tasks"),
        _json("methods"),
        _json("datasets"),
        _optional("arxiv"),
        _optional("venue"),
        _optional("url"),
        _optional("pdf_url"),
        _json("repositories"),
        _json("related"),
        _text("origin"),
    )
    op.create_index("ix_paper_date", "paper", ["date", "slug"])
    op.create_table("task", _key("slug"), _text("title"), _text("description"), _text("origin"))
    op.create_table(
        "dataset",
        _key("key"),
        _text("title"),
        _text("description"),
        _optional("homepage"),
        _optional("introduced"),
        _json("tasks"),
        _text("origin"),
    )
    op.create_table(
        "method",
        _key("slug"),
        _text("title"),
        _text("full_name"),
        _text("description"),
        _optional("paper"),
        _optional("source_title"),
        _optional("source_url"),
        sa.Column("introduced_year", sa.BigInteger()),
        _text("origin"),
    )


def _make_claims() -> None:
    op.create_table(
        "claim",
        _key("id"),
        sa.Column("position", sa.BigInteger(), nullable=False),
        _text("paper"),
        _text("model"),
        _optional("variant"),
        _text("task"),
        _text("dataset"),
        _text("metric"),
        _text("value"),
        _text("unit"),
        _text("source"),
        sa.Column("uses_additional_data", sa.Boolean(), nullable=False),
        _optional("evaluated_on"),
        _optional("conditions"),
        _optional("source_url"),
        _text("origin"),
    )
    op.create_index("ix_claim_order", "claim", ["paper", "position", "id"])
    op.create_index("ix_claim_variant", "claim", ["variant", "metric"])
    op.create_index("ix_claim_board", "claim", ["dataset", "metric"])


def _refuse_updates_on_sqlite() -> None:
    for table in _APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_is_append_only BEFORE UPDATE ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'records are append-only'); END"
        )


def _refuse_updates_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION pwc_bench_refuse_update() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'records are append-only'; END $$"
    )
    for table in _APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_is_append_only BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION pwc_bench_refuse_update()"
        )


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, _TEXT, primary_key=True)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, _TEXT, nullable=False)


def _optional(name: str) -> sa.Column[str]:
    return sa.Column(name, _TEXT)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.JSON(), nullable=False)
