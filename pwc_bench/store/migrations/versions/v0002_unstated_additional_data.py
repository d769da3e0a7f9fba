"""Whether a claim's model saw additional data may be unknown. Until now false stood for both no and not stated."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("claim") as claim:
        claim.alter_column("uses_additional_data", existing_type=sa.Boolean(), nullable=True)
    op.execute(sa.text("UPDATE claim SET uses_additional_data = NULL WHERE NOT uses_additional_data"))
