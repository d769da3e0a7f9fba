"""Alembic's entry: runs the steps on the connection that `pwc_bench.store.schema` hands over, in its transaction."""

from alembic import context

from pwc_bench.store.schema import VERSION_TABLE
from pwc_bench.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
context.run_migrations()
