"""Which finished files a letter takes along: whole formats, as many as the council's mail lets through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pmf.cycle.documents import DOCX, FORMAT_LABELS, ODS, PDF, XLSX, FinishedFile
from pmf.mail import Attachment
from pmf.mail.letter import XLSX_SUBTYPE
from pmf.register.outgoing import Delivery

_MEGABYTE = 1_000_000
# Of base64 in a message: characters to a line, and what ends it.
_LINE, _LINE_END = 76, 2
_SUBTYPES = {
    DOCX: "vnd.openxmlformats-officedocument.wordprocessingml.document",
    PDF: "pdf",
    XLSX: XLSX_SUBTYPE,
    ODS: "vnd.oasis.opendocument.spreadsheet",
}


@dataclass(frozen=True)
class Enclosed:
    """The files a letter takes along, and the formats the council asks for that would make it too large."""

    files: tuple[FinishedFile, ...]
    too_large: tuple[str, ...]

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """Give the files as the letter sends them."""
        return tuple(Attachment(file.path.name, file.content, _SUBTYPES[file.format]) for file in self.files)

    @property
    def labels(self) -> list[str]:
        """Name the formats that are attached, in the order the council wants them: "Word", "PDF"."""
        return list(dict.fromkeys(FORMAT_LABELS[file.format] for file in self.files))


def enclose(files: Sequence[FinishedFile], delivery: Delivery) -> Enclosed:
    """Choose whole formats, the most wanted first; one that does not fit any more is passed over for the next.

    Half a format would be worse than none: nobody could tell which papers are missing.
    """
    room = delivery.most_megabytes * _MEGABYTE
    chosen: list[FinishedFile] = []
    too_large: list[str] = []
    for format_name in delivery.attach:
        own = [file for file in files if file.format == format_name]
        size = sum(sent_bytes(len(file.content)) for file in own)
        if size > room:
            too_large.append(FORMAT_LABELS[format_name])
        else:
            chosen += own
            room -= size
    return Enclosed(tuple(chosen), tuple(too_large))


def sent_bytes(size: int) -> int:
    """Say how many bytes a file of a size takes in a message: in base64, line by line."""
    characters = -(-size // 3) * 4
    return characters + -(-characters // _LINE) * _LINE_END
