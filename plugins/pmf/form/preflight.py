"""Refusing hostile and broken files before any reader sees them, with a plain reason.

A workbook is a zip file of XML parts. Sizes are checked before anything is unpacked, every part is unpacked within its
limit and against its checksum, and what must not be in a form (macros, links to other workbooks, embedded objects) is
refused by its part's name. ``scan`` then looks through the XML.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from io import BytesIO
from xml.parsers.expat import ExpatError
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from pmf.form.model import Problem, Unreadable
from pmf.form.problem import unreadable
from pmf.form.scan import WORKBOOK_PART, RefusedError, SheetFacts, scan_workbook

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_MEGABYTE = 1024 * 1024
_ENCRYPTED_FLAG = 0x1
# Parts of a workbook that run, reach out or carry other files, by a word in their name.
_UNWANTED = {
    "vbaproject": "it contains macros",
    "macrosheets": "it contains macros",
    "externallinks": "it contains links to other workbooks",
    "embeddings": "it contains embedded files",
    "activex": "it contains embedded controls",
}


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a file of one kind may measure at most. ``ratio`` is unpacked to packed size of a part."""

    file_bytes: int = 5 * _MEGABYTE
    parts: int = 200
    part_bytes: int = 10 * _MEGABYTE
    total_bytes: int = 20 * _MEGABYTE
    ratio: int = 200
    rows: int = 5000
    columns: int = 60


RETURN_FORM = Limits()


@dataclass(frozen=True)
class Preflight:
    """A workbook that may be opened, with what a cell reader does not tell about its sheets, by sheet name."""

    sheets: dict[str, SheetFacts]


def preflight(content: bytes, limits: Limits = RETURN_FORM) -> Preflight | Unreadable:
    """Look a file over without trusting it; say why it cannot be a return, or what hides in its cells."""
    try:
        _check_envelope(content, limits)
        with ZipFile(BytesIO(content)) as archive:
            parts = {info.filename: archive.read(info) for info in _checked_parts(archive, limits)}
        if WORKBOOK_PART not in parts:
            raise RefusedError(Problem.NOT_A_WORKBOOK)
        return Preflight(scan_workbook(parts, rows=limits.rows, columns=limits.columns))
    except RefusedError as refusal:
        return refusal.unreadable
    except (ExpatError, LookupError):  # LookupError: an encoding that does not exist
        return unreadable(Problem.DAMAGED, "part of its content is garbled")
    # Everything zipfile has been seen to raise on broken archives.
    except (BadZipFile, zlib.error, EOFError, OSError, OverflowError, ValueError, NotImplementedError):
        return unreadable(Problem.DAMAGED, "it was cut short or changed on its way")


def _check_envelope(content: bytes, limits: Limits) -> None:
    if len(content) > limits.file_bytes:
        raise RefusedError(Problem.TOO_LARGE, f"{limits.file_bytes // _MEGABYTE} MB")
    if not content:
        raise RefusedError(Problem.EMPTY)
    if content.startswith(_OLE):
        raise RefusedError(Problem.PROTECTED_OR_OLD)
    if not content.startswith(_ZIP):
        raise RefusedError(Problem.NOT_A_WORKBOOK)


def _checked_parts(archive: ZipFile, limits: Limits) -> list[ZipInfo]:
    parts = archive.infolist()
    if len(parts) > limits.parts:
        raise RefusedError(Problem.UNSAFE, "it has more parts than a form")
    names = [part.filename.lower() for part in parts]
    if len(set(names)) < len(names) or any(_leads_elsewhere(name) for name in names):
        raise RefusedError(Problem.UNSAFE, "the names of its parts are not those of a workbook")
    for name in names:
        for word, detail in _UNWANTED.items():
            if word in name:
                raise RefusedError(Problem.UNSAFE, detail)
    for part in parts:
        _check_size(part, limits)
    if sum(part.file_size for part in parts) > limits.total_bytes:
        raise RefusedError(Problem.UNSAFE, "it unpacks to far more than a form holds")
    return parts


def _leads_elsewhere(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ".." in name.split("/")


def _check_size(part: ZipInfo, limits: Limits) -> None:
    if part.flag_bits & _ENCRYPTED_FLAG:
        raise RefusedError(Problem.PROTECTED_OR_OLD)
    if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise RefusedError(Problem.DAMAGED, "it is packed in a way no spreadsheet program uses")
    # zipfile never unpacks more than the size a part declares, so the declared size is the one to judge.
    if part.file_size > limits.part_bytes or part.file_size > limits.ratio * max(part.compress_size, 1):
        raise RefusedError(Problem.UNSAFE, "it unpacks to far more than a form holds")
