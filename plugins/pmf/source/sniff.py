"""What a file is, by its content. Names are not looked at: "KPIs.xls" is as often a web page as a workbook."""

from __future__ import annotations

import re
import zlib
from enum import StrEnum
from io import BytesIO
from zipfile import BadZipFile, ZipFile


class Kind(StrEnum):
    """Kinds of files that people and systems send where a table is expected."""

    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"
    XLSB = "xlsb"
    TEXT = "text"
    HTML = "html"
    PDF = "pdf"
    ZIP = "zip"
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    EMPTY = "empty"
    UNKNOWN = "unknown"


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_MANIFEST = "META-INF/manifest.xml"
_MANIFEST_AT_MOST = 1024 * 1024
# An .xls with a password has this record (47) right after the one its content begins with (2057, of 16 bytes).
_PASSWORD_RECORD = re.compile(rb"\x09\x08\x10\x00.{16}\x2f\x00", re.DOTALL)
_MARKUP = re.compile(rb"\s*<(!doctype|html|table|\?xml|head|body|meta)", re.IGNORECASE)
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f]")
_LOOKED_AT_BYTES = 4096
# A stray control character is a text with a fault, to be named with its line; many are no text.
_CONTROLS_IN_TEXT = 0.05


def sniff(content: bytes) -> Kind:
    """Tell what a file is. ``TEXT`` is anything that could be a CSV, whatever its encoding."""
    if not content.strip():
        return Kind.EMPTY
    if content.startswith(_OLE):
        return _kind_of_compound(content)
    if content.startswith(b"PK"):
        return _kind_of_archive(content)
    if content.startswith(b"%PDF-"):
        return Kind.PDF
    if content.startswith(_UTF16_MARKS):
        return Kind.TEXT
    start = content[:_LOOKED_AT_BYTES]
    if len(_CONTROLS.findall(start)) > _CONTROLS_IN_TEXT * len(start):
        return Kind.UNKNOWN
    return Kind.HTML if _MARKUP.match(start.removeprefix(b"\xef\xbb\xbf")) else Kind.TEXT


def _kind_of_compound(content: bytes) -> Kind:
    """Tell the files apart that Windows programs before 2007 packed the same way."""
    if _in_utf16("EncryptedPackage") in content or _PASSWORD_RECORD.search(content):
        return Kind.ENCRYPTED
    return Kind.XLS if _in_utf16("Workbook") in content or _in_utf16("Book") in content else Kind.UNKNOWN


def _in_utf16(name: str) -> bytes:
    return name.encode("utf-16-le")


def _kind_of_archive(content: bytes) -> Kind:
    try:
        with ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
            is_opendocument = {"mimetype", "content.xml"} <= names
            if is_opendocument and _has_encrypted_parts(archive):
                return Kind.ENCRYPTED
    # What zipfile has been seen to raise on broken archives.
    except (BadZipFile, zlib.error, EOFError, OSError, OverflowError, ValueError, NotImplementedError, RuntimeError):
        return Kind.DAMAGED
    if "xl/workbook.xml" in names:
        return Kind.XLSX
    if "xl/workbook.bin" in names:
        return Kind.XLSB
    return Kind.ODS if is_opendocument else Kind.ZIP


def _has_encrypted_parts(archive: ZipFile) -> bool:
    if _MANIFEST not in archive.namelist():
        return False
    with archive.open(_MANIFEST) as manifest:
        return b"encryption-data" in manifest.read(_MANIFEST_AT_MOST)
