"""Making a backup: warehouse, store, public site and what has come in, as they belong together at one moment.

Nothing need be stopped for it. The warehouse is read in one transaction; files go into the store before the rows that name
them, so whatever those rows name is there; and a site is left alone while its links are read.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from pmf import __version__
from pmf.operations.archive import FORM, KEPT, SIGNING, ArchiveWriter, BackupError, Contents, KeptFile, KeptLink, writing
from pmf.operations.tablefile import TableFile, described, lines_of
from pmf.settings import Settings
from pmf.store import UNFINISHED
from pmf.warehouse.engine import look_at_warehouse, reading, schema_version
from pmf.warehouse.tables import metadata
from pmf.website.release import alone_on

# People put files there and take them away; what is gone when its turn comes was not to be kept.
_COME_AND_GO = ("inbox", "mailbox", "mail")


@dataclass(frozen=True)
class BackedUp:
    """A backup that was made: its name (the SHA-256 of its manifest), its size, and what it holds.

    ``damaged`` names files of the store that do not hold the bytes they are named after: they were kept as they are.
    """

    digest: str
    size_bytes: int
    rows: int
    files: int
    damaged: tuple[str, ...]


def back_up(to: Path, *, now: datetime, settings: Settings) -> BackedUp:
    """Write a backup of the installation into one file that is not there yet, readable by its owner alone.

    Raises:
        BackupError: when there is such a file already, or no folder for it.
        WarehouseError: when the warehouse is not there, or not at the schema this release knows.
    """
    if to.exists() or not to.parent.is_dir():
        raise BackupError(f"{to} is there already: name a new file" if to.exists() else f"there is no folder {to.parent}: make it first")
    engine = look_at_warehouse(settings)
    with reading(engine) as connection, writing(to) as archive:
        # The first read fixes what the transaction sees; until then no publication may come between warehouse and site.
        with ExitStack() as alone:
            for site in _sites(settings):
                alone.enter_context(alone_on(site))
            version = str(schema_version(connection))
            paths, links = list(_paths(settings)), tuple(_links(settings))
        tables = tuple(_keep_table(archive, connection, described(table)) for _, table in sorted(metadata.tables.items()))
        files = tuple(kept for path in paths if (kept := _keep_file(archive, path, settings.home)))
        contents = Contents(
            form=FORM, made_at=now, code_version=__version__, schema_version=version, tables=tables, files=files, links=links
        )
        digest = archive.finish(contents)
    damaged = tuple(file.path for file in files if file.path.startswith("store/") and file.path.replace("/", "") != f"store{file.sha256}")
    return BackedUp(digest, to.stat().st_size, sum(table.rows for table in tables), len(files), damaged)


def _sites(settings: Settings) -> list[Path]:
    return sorted(path for path in settings.published.glob("*") if path.is_dir() and not path.is_symlink())


def _paths(settings: Settings) -> Iterator[Path]:
    """List the files to keep: ordinary ones, whole, without following links."""
    yield from sorted(path for path in settings.home.glob(f"{SIGNING}*") if path.is_file())
    for name in KEPT:
        for folder, folders, files in os.walk(settings.home / name):
            folders[:] = sorted(entry for entry in folders if not entry.startswith(UNFINISHED))
            yield from (Path(folder) / file for file in sorted(files) if not file.startswith(UNFINISHED) and _is_plain(Path(folder, file)))


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _links(settings: Settings) -> Iterator[KeptLink]:
    for site in _sites(settings):
        for path in sorted(site.iterdir()):
            if path.is_symlink() and not path.name.startswith(UNFINISHED):
                yield KeptLink(path=path.relative_to(settings.home).as_posix(), target=str(path.readlink()))


def _keep_table(archive: ArchiveWriter, connection: Connection, table: TableFile) -> TableFile:
    rows, digest = archive.keep_lines(table.name, lines_of(connection, table))
    return replace(table, rows=rows, sha256=digest)


def _keep_file(archive: ArchiveWriter, path: Path, home: Path) -> KeptFile | None:
    """Keep a file. None: it was taken away meanwhile, by somebody who may."""
    relative = path.relative_to(home)
    try:
        content, mode = path.read_bytes(), path.stat().st_mode & 0o777
    except FileNotFoundError:
        if relative.parts[0] in _COME_AND_GO:
            return None
        raise
    return KeptFile(path=relative.as_posix(), sha256=archive.keep(content), size_bytes=len(content), mode=mode)
