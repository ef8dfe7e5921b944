"""What every verb starts from: the council's register, the warehouse, and what was used to make a figure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from pmf import __version__
from pmf.cycle.definitions import definition_rows
from pmf.period import Period
from pmf.register import Profile, Register, load_register
from pmf.register.load import digest_of, known_policies, register_files
from pmf.settings import Settings
from pmf.store import load_or_create_signing_key, load_signing_key
from pmf.warehouse.access import append_new, read, replace_partition
from pmf.warehouse.engine import look_at_warehouse, open_warehouse, reading
from pmf.warehouse.tables import kpi_definition, register_snapshot, stage_run


@dataclass(frozen=True)
class Workspace:
    """One council at work: its register, its warehouse and the installation's settings."""

    organisation: str
    settings: Settings
    register: Register
    engine: Engine

    @property
    def profile(self) -> Profile:
        """The council's profile."""
        return self.register.profile

    @property
    def provenance(self) -> dict[str, str]:
        """Say what made a figure or a document: code version, lock file and register (rulings 2)."""
        return {
            "code_version": __version__,
            "lock_digest": _file_digest(self.settings.lock_file),
            "register_digest": self.register.digest,
        }

    def read(self, connection: Connection, query: str, **parameters: Any) -> list[dict[str, Any]]:
        """Run a read query of ``sql/`` for this council."""
        return read(connection, query, sql_root=self.settings.sql, organisation=self.organisation, **parameters)

    def signing_key(self) -> bytes:
        """Read the key that signs forms, made here and now in an installation that has never sent one out.

        Raises:
            StoreError: when forms have been sent out and the key is gone: a new one would disown every form that is out.
        """
        with reading(self.engine) as connection:
            has_issued = bool(read(connection, "forms_issued", sql_root=self.settings.sql))
        path = self.settings.signing_key_path
        return load_signing_key(path) if has_issued else load_or_create_signing_key(path)

    def finish(self, connection: Connection, stage: str, period: Period | str, *, as_at: datetime, summary: Mapping[str, Any]) -> None:
        """Write the stage into the log book, in the caller's transaction, with the register it used."""
        key = {
            "organisation": self.organisation,
            "period": period if isinstance(period, str) else period.key,
            "stage": stage,
            "as_at": as_at,
        }
        row = key | {"summary": json.dumps(summary, sort_keys=True, ensure_ascii=False), "register_digest": self.register.digest}
        replace_partition(connection, stage_run, key, [row])
        append_new(connection, register_snapshot, [self._snapshot(as_at)])
        append_new(connection, kpi_definition, definition_rows(self.register))

    def _snapshot(self, as_at: datetime) -> dict[str, Any]:
        folder = self.settings.organisations / self.organisation
        files = {name: (folder / name).read_text(encoding="utf-8") for name in register_files(folder)}
        return {
            "organisation": self.organisation,
            "digest": self.register.digest,
            "files": json.dumps(files, sort_keys=True, ensure_ascii=False),
            "recorded_at": as_at,
        }


@dataclass(frozen=True)
class Summary:
    """What a verb did, small enough for a grid cell and an e-mail: plain values only."""

    def as_dict(self) -> dict[str, Any]:
        """Turn the summary into JSON values."""
        return asdict(self)


def open_workspace(organisation: str, settings: Settings) -> Workspace:
    """Load a council's register and open the warehouse, bringing its schema up to date.

    Raises:
        RegisterError: when the council's files are wrong; it lists every problem.
    """
    return Workspace(organisation, settings, register_of(organisation, settings), open_warehouse(settings))


def view_workspace(organisation: str, settings: Settings) -> Workspace:
    """Load a council's register and look at the warehouse as it is: for those who only read, nothing is made or brought up to date.

    Raises:
        RegisterError: when the council's files are wrong; it lists every problem.
        WarehouseError: when the warehouse is not there, or not at the schema this release knows.
    """
    return Workspace(organisation, settings, register_of(organisation, settings), look_at_warehouse(settings))


def register_of(organisation: str, settings: Settings) -> Register:
    """Load a council's register once for a process and those forked from it, and again when one of its files says something else.

    Raises:
        RegisterError: when the council's files are wrong; it lists every problem.
    """
    folder = settings.organisations / organisation
    digest = digest_of(folder, register_files(folder), overlay=settings.overlay, policy_ids=known_policies(settings.policies))
    return _register(folder, settings.overlay, settings.policies, digest)


# A megabyte each: room for the councils of a large shared service, and their last few versions.
@lru_cache(maxsize=128)
def _register(
    folder: Path,
    overlay: Path | None,
    policies: Path,
    digest: str,  # noqa: ARG001 - part of the key
) -> Register:
    return load_register(folder, overlay=overlay, policies=policies)


@lru_cache(maxsize=8)
def _file_digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""
