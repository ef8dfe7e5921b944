"""The warehouse's schema at a version other than the newest: what a backup of an older release is read into."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection


def newest_version(sql_root: Path) -> str:
    """Name the newest schema this release knows."""
    from alembic.script import ScriptDirectory

    return str(ScriptDirectory(str(sql_root / "migrations")).get_current_head())


def upgrade(connection: Connection, sql_root: Path, *, to: str = "head") -> None:
    """Bring a warehouse up to a schema in the caller's transaction; one without tables gets them."""
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(sql_root / "migrations"))
    command.upgrade(config, to)
