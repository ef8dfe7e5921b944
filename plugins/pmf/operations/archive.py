"""The file a backup is: a ZIP anyone can open, with a manifest that names everything in it by its hash.

``manifest.json`` says what was kept; ``warehouse/<table>.jsonl`` holds a table's rows; ``content/<sha256>`` the bytes of all
files with that hash, once. The same installation at the same moment gives the same bytes.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from pmf.operations.tablefile import TableFile
from pmf.store import UNFINISHED

# What of the home is kept. The outbox can be made again, Airflow keeps what is its own, and secrets belong elsewhere.
KEPT = ("store", "published", "inbox", "mailbox", "mail")
SIGNING = "signing"
FORM = 1
_MANIFEST = "manifest.json"
# What reading a damaged ZIP may end in: a member missing, its checksum wrong, its bytes not to be unpacked.
_DAMAGE = (KeyError, zipfile.BadZipFile, zlib.error, EOFError, OSError)
# A member that may grow beyond two gigabytes says so beforehand.
_LARGE = 1 << 30


class BackupError(Exception):
    """A backup cannot be made, trusted or restored; the message says what to do."""


@dataclass(frozen=True, kw_only=True)
class KeptFile:
    """A file of the home; ``path`` is relative to it, ``mode`` its permissions."""

    path: str
    sha256: str
    size_bytes: int
    mode: int


@dataclass(frozen=True, kw_only=True)
class KeptLink:
    """A symbolic link of the public site, relative as it was."""

    path: str
    target: str


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What a backup holds, and what made it. ``schema_version`` is the warehouse's."""

    form: int
    made_at: datetime
    code_version: str
    schema_version: str
    tables: tuple[TableFile, ...]
    files: tuple[KeptFile, ...]
    links: tuple[KeptLink, ...]


class ArchiveWriter:
    """Writes a backup; every content goes in once, however many files have it."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        self._written: set[str] = set()

    def keep(self, content: bytes) -> str:
        """Put a file's bytes in, unless they are in already, and give their SHA-256."""
        digest = hashlib.sha256(content).hexdigest()
        if digest not in self._written:
            self._written.add(digest)
            self._write(_content(digest), content)
        return digest

    def keep_lines(self, name: str, lines: Iterable[bytes]) -> tuple[int, str]:
        """Put a table's lines in, and give their number and the SHA-256 of all."""
        digest, number = hashlib.sha256(), 0
        with self._file.open(_table(name), "w", force_zip64=True) as member:
            for line in lines:
                member.write(line)
                digest.update(line)
                number += 1
        return number, digest.hexdigest()

    def finish(self, contents: Contents) -> str:
        """Put the manifest in, and give its SHA-256: the name of the backup."""
        manifest = to_json(contents, indent=1) + b"\n"
        self._write(_MANIFEST, manifest)
        return hashlib.sha256(manifest).hexdigest()

    def _write(self, name: str, content: bytes) -> None:
        # Opened by name, and not ``writestr``, an entry has no time of its own: the same contents give the same bytes.
        with self._file.open(name, "w", force_zip64=len(content) >= _LARGE) as member:
            member.write(content)


@contextmanager
def writing(path: Path) -> Iterator[ArchiveWriter]:
    """Write a backup beside its place, for its owner's eyes alone, and rename it into place when it is whole and on disk."""
    descriptor, name = tempfile.mkstemp(prefix=UNFINISHED, dir=path.parent)  # readable by its owner alone
    try:
        with os.fdopen(descriptor, "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                yield ArchiveWriter(archive)
            file.flush()
            os.fsync(file.fileno())
        os.link(name, path)  # a rename would replace a backup that has come there meanwhile
    finally:
        Path(name).unlink(missing_ok=True)


class Archive:
    """A backup opened to be read."""

    def __init__(self, file: zipfile.ZipFile, contents: Contents) -> None:
        self._file = file
        self.contents = contents

    def content(self, digest: str) -> bytes:
        """Give the bytes with this SHA-256.

        Raises:
            BackupError: when they are missing or are not those.
        """
        try:
            content = self._file.read(_content(digest))
        except _DAMAGE as error:
            raise BackupError(f"the backup is damaged at {_content(digest)} ({error}): use another one") from error
        if hashlib.sha256(content).hexdigest() != digest:
            raise BackupError(f"the backup is damaged: {_content(digest)} holds other bytes than it is named after: use another one")
        return content

    def lines(self, table: TableFile) -> Iterator[bytes]:
        """Give a table's lines one by one.

        Raises:
            BackupError: after the last one, when they are not those that were written; before, when they are missing.
        """
        digest = hashlib.sha256()
        try:
            with self._file.open(_table(table.name)) as member:
                for line in member:
                    digest.update(line)
                    yield line
        except _DAMAGE as error:
            raise BackupError(f"the backup is damaged at {_table(table.name)} ({error}): use another one") from error
        if digest.hexdigest() != table.sha256:
            raise BackupError(f"the backup is damaged: {_table(table.name)} is not as it was written: use another one")

    def check(self) -> None:
        """Read everything and hold it against the manifest; raises BackupError at the first thing that is not as it was written."""
        for digest in sorted({file.sha256 for file in self.contents.files}):
            self.content(digest)
        for table in self.contents.tables:
            for _ in self.lines(table):
                pass


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Open a backup.

    Raises:
        BackupError: when it is no backup, of a form this release does not know, or would write outside the home.
    """
    with ExitStack() as stack:
        try:
            file = stack.enter_context(zipfile.ZipFile(path))
            contents = TypeAdapter(Contents).validate_json(file.read(_MANIFEST))
        except (*_DAMAGE, ValidationError) as error:
            raise BackupError(f"{path} is no backup of pmf, or is cut short: {error}") from error
        if contents.form != FORM:
            raise BackupError(f"{path} is of form {contents.form}, this release reads form {FORM}: install the release it is of")
        _refuse_strange_paths(contents)
        yield Archive(file, contents)


def _refuse_strange_paths(contents: Contents) -> None:
    """Refuse a manifest that was tampered with: every path, and what every link leads to, lies where a backup takes it from."""
    for path in [file.path for file in contents.files] + [link.path for link in contents.links]:
        parts = PurePosixPath(path).parts
        if not parts or ".." in parts or not (parts[0] in KEPT or (len(parts) == 1 and path.startswith(SIGNING))):
            raise BackupError(f"the backup names {path!r}, which is nothing a backup holds: it was not made by pmf")
    for link in contents.links:
        led = os.path.normpath(PurePosixPath(link.path).parent / link.target)
        if link.target.startswith("/") or PurePosixPath(led).parts[:2] != PurePosixPath(link.path).parts[:2]:
            raise BackupError(f"the backup has a link {link.path!r} that leads out of its site: it was not made by pmf")


def _content(digest: str) -> str:
    return f"content/{digest}"


def _table(name: str) -> str:
    return f"warehouse/{name}.jsonl"
