"""An installation of the cut-down council that can be kept, put back and copied: home folder and warehouse, on both databases."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import psycopg

from cycle.council import Council, council_at
from faults.invariants import Checked, check, fingerprint
from faults.small import small_council


@dataclass(frozen=True)
class Installation:
    """A home folder, the folder of councils it reads, and its warehouse. ``database_url`` None: SQLite in the home."""

    home: Path
    organisations: Path
    database_url: str | None = None

    @classmethod
    def begun(cls, home: Path, database_url: str | None = None) -> Installation:
        """Make the cut-down council with its history imported."""
        return cls(home, small_council(home, warehouse_url=database_url).settings.organisations, database_url)

    @cached_property
    def council(self) -> Council:
        return council_at(self.home, warehouse_url=self.database_url, organisations=self.organisations)

    @property
    def url(self) -> str:
        return self.council.settings.warehouse_url

    def copied(self, home: Path) -> Installation:
        """Take an installation on SQLite to another home."""
        shutil.copytree(self.home, home, symlinks=True)
        return Installation(home, self.organisations)

    def keep(self) -> Callable[[], None]:
        """Keep the installation as it stands and give what puts it back."""
        kept = self.home.with_name(f"{self.home.name}-kept")
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(self.home, kept, symlinks=True)
        _copy_database(self.database_url, to="kept")

        def put_back() -> None:
            shutil.rmtree(self.home)
            shutil.copytree(kept, self.home, symlinks=True)
            _copy_database(self.database_url, of="kept")

        return put_back

    def fingerprint(self, *, but_for: Collection[str] = ()) -> dict[str, str]:
        """Name its state, but for columns that may differ."""
        return fingerprint(self.home, self.url, but_for=but_for)

    def check(self, *, at_rest: bool = True) -> Checked:
        """Have the independent checker look at it."""
        return check(self.home, self.url, at_rest=at_rest)


def _copy_database(url: str | None, *, of: str = "", to: str = "") -> None:
    """Make a PostgreSQL database a copy of the one kept beside it, or the other way round; whoever is connected is cut off."""
    if url is None:
        return
    address, _, options = url.partition("?")
    server, _, name = address.rpartition("/")
    source, target = (f"{name}_{end}" if end else name for end in (of, to))
    with psycopg.connect(f"{server}/postgres?{options}", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {target} WITH (FORCE)".encode())
        connection.execute(f"CREATE DATABASE {target} TEMPLATE {source}".encode())
