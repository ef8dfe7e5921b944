"""The one catalogue all tables are in, and how their indices and keys are named."""

from __future__ import annotations

from sqlalchemy import MetaData

metadata = MetaData(naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s"})
