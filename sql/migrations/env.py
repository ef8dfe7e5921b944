"""What Alembic runs for every migration of the warehouse, on the connection and in the transaction it is given."""

from __future__ import annotations

from alembic import context

from pmf.warehouse.engine import VERSION_TABLE
from pmf.warehouse.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, version_table=VERSION_TABLE)
with context.begin_transaction():
    context.run_migrations()
