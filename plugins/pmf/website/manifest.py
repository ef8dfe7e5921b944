"""The manifest of a release: what is in it, what it was made of and by, and which release it follows."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from pydantic_core import to_json

MANIFEST = "manifest.json"
_FORM = 1


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What made something: code version and digests of lock file, register and rating policies (rulings 2)."""

    code_version: str
    lock_digest: str
    register_digest: str
    policy_digests: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Publication:
    """An edition of a document that went onto the site: made at one moment, published at another.

    ``content_digest`` is what was signed off, the digest of all its files; ``hashes`` maps each format to the file's SHA-256.
    """

    period: str
    document_id: str
    title: str
    content_digest: str
    hashes: Mapping[str, str]
    made_at: datetime
    published_at: datetime
    made_by: Provenance


@dataclass(frozen=True, kw_only=True)
class ReleasedFile:
    """A file of a release. ``period`` None: it is about no single one.

    ``document_id`` and ``as_at`` name the edition it belongs to, among the manifest's publications. None: a page of the site itself.
    """

    path: str
    sha256: str
    size_bytes: int
    format: str
    period: str | None = None
    document_id: str | None = None
    as_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """All there is to know of a release. ``previous`` None: it is the first.

    ``as_at`` is the business clock of the publication that made it, ``made_by`` and ``templates_digest`` what its pages were made with,
    ``contact`` the address its accessibility statement names.
    ``publications`` lists every edition that ever went onto the site, as it went: pages and corrections are made from them.
    ``waiver_pages`` maps the periods that have a page of waivers to its SHA-256.
    """

    organisation: str
    as_at: datetime
    previous: str | None
    made_by: Provenance
    templates_digest: str
    contact: str
    publications: tuple[Publication, ...]
    waiver_pages: Mapping[str, str]
    files: tuple[ReleasedFile, ...]
    form: int = _FORM

    @property
    def hashes(self) -> dict[str, str]:
        """Map each file to its SHA-256."""
        return {file.path: file.sha256 for file in self.files}

    def as_bytes(self) -> bytes:
        """Write the manifest out; the same manifest gives the same bytes."""
        return to_json(self, indent=1) + b"\n"

    @property
    def digest(self) -> str:
        """Name the release: the SHA-256 of its manifest, and so of everything in it and before it."""
        return hashlib.sha256(self.as_bytes()).hexdigest()


def released_file(path: str, content: bytes, *, period: str | None = None, edition: Publication | None = None) -> ReleasedFile:
    """Describe a file of a release by its bytes; the ending of its name is its format."""
    return ReleasedFile(
        path=path,
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        format=path.rpartition(".")[2],
        period=period,
        document_id=edition.document_id if edition else None,
        as_at=edition.made_at if edition else None,
    )


def read_manifest(content: bytes | str) -> Manifest:
    """Read a manifest that was written by ``as_bytes``.

    Raises:
        ValueError: when it is no manifest.
    """
    return TypeAdapter(Manifest).validate_json(content)
