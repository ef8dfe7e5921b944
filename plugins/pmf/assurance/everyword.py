"""Every word a file holds, seen or not: cells, notes, alternative texts, metadata. For asking whether something stands anywhere in it."""

from __future__ import annotations

import html
import io
import re
import zipfile

import pikepdf

from pmf.assurance.block import UnreadableFileError, squeezed, texts
from pmf.assurance.pdffile import read_pdf

_ZIPPED = ("docx", "xlsx", "ods")
_TAG = re.compile(r"<[^>]*>")


def every_word(format_name: str, content: bytes) -> str:
    """Give all text of a file without white space, which formats break where they like.

    Raises:
        UnreadableFileError: when it is no file of its format.
    """
    if format_name == "pdf":
        return squeezed("\n".join(_of_pdf(content)))
    if format_name in _ZIPPED:
        return squeezed("\n".join(_of_archive(content)))
    return squeezed(_of_markup(content) if format_name == "html" else content.decode("utf-8-sig", errors="replace"))


def _of_archive(content: bytes) -> list[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return [_of_markup(archive.read(name)) for name in archive.namelist()]
    except zipfile.BadZipFile as error:
        raise UnreadableFileError(f"it is no such file: {error}") from error


def _of_markup(content: bytes) -> str:
    """Take the text between the tags, and the tags themselves for what stands in their attributes."""
    marked = content.decode("utf-8", errors="replace")
    return html.unescape("\n".join((_TAG.sub("", marked), *_TAG.findall(marked))))


def _of_pdf(content: bytes) -> list[str]:
    words = [text for block in read_pdf(content) for text in texts(block)]
    with pikepdf.open(io.BytesIO(content)) as pdf:
        about = [str(value) for value in pdf.docinfo.values()]
        metadata = pdf.Root.get("/Metadata")
        about += [metadata.read_bytes().decode("utf-8", errors="replace")] if metadata is not None else []
        outline = [item.title for item in _outline(pdf)]
    return [*words, *about, *outline]


def _outline(pdf: pikepdf.Pdf) -> list[pikepdf.OutlineItem]:
    with pdf.open_outline() as outline:
        found, waiting = [], list(outline.root)
        while waiting:
            item = waiting.pop()
            found.append(item)
            waiting += item.children
    return found
