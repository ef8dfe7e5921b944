"""Which finished files a letter takes along: whole formats, as many as the council's mail lets through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar
from urllib.parse import quote

from pmf.cycle.documents import DOCX, FORMAT_LABELS, ODS, PDF, XLSX
from pmf.cycle.workspace import Workspace
from pmf.mail import Attachment
from pmf.mail.letter import XLSX_SUBTYPE
from pmf.register.outgoing import Delivery
from pmf.reporting.wording import listed
from pmf.value import plain

_MEGABYTE = 1_000_000
# Of base64 in a message: characters to a line, and what ends it.
_LINE, _LINE_END = 76, 2
_SUBTYPES = {
    DOCX: "vnd.openxmlformats-officedocument.wordprocessingml.document",
    PDF: "pdf",
    XLSX: XLSX_SUBTYPE,
    ODS: "vnd.oasis.opendocument.spreadsheet",
}


class File(Protocol):
    """A finished file: its format, its bytes, and where it lies, relative to the home folder."""

    @property
    def format(self) -> str: ...  # noqa: D102 - as the class says
    @property
    def path(self) -> Path: ...  # noqa: D102
    @property
    def content(self) -> bytes: ...  # noqa: D102


AnyFile = TypeVar("AnyFile", bound=File)


@dataclass(frozen=True)
class Enclosed(Generic[AnyFile]):
    """The files a letter takes along, and the formats the council asks for that would make it too large."""

    files: tuple[AnyFile, ...]
    too_large: tuple[str, ...]

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """Give the files as the letter sends them."""
        return tuple(attachment(file, name=file.path.name) for file in self.files)

    @property
    def labels(self) -> list[str]:
        """Name the formats that are attached, in the order the council wants them: "Word", "PDF"."""
        return list(dict.fromkeys(FORMAT_LABELS[file.format] for file in self.files))


def enclose(files: Sequence[AnyFile], delivery: Delivery) -> Enclosed[AnyFile]:
    """Choose whole formats, the most wanted first; one that does not fit any more is passed over for the next.

    Half a format would be worse than none: nobody could tell which papers are missing.
    """
    room = delivery.most_megabytes * _MEGABYTE
    chosen: list[AnyFile] = []
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


def attachment(file: File, *, name: str) -> Attachment:
    """Give a file as a letter sends it, under a name."""
    return Attachment(name, file.content, _SUBTYPES[file.format])


def not_attached_words(enclosed: Enclosed[AnyFile], delivery: Delivery) -> str:
    """Say what is not attached although the council asks for it, and why; empty: nothing."""
    if not enclosed.too_large:
        return ""
    most = plain(delivery.most_megabytes)
    return f"Not attached: {listed(enclosed.too_large)}. The message would be larger than {most} MB; the files are where the list says."


def place_of(workspace: Workspace, path: Path) -> dict[str, str]:
    """Say where a file of the outbox lies: its web address where the outbox has one, else its path below the home folder."""
    address = workspace.profile.delivery.outbox_address
    if address is None:
        return {"path": str(path), "link": ""}
    below = path.relative_to(Path("outbox") / workspace.organisation)
    link = f"{address.rstrip('/')}/{quote(str(below))}"
    return {"path": link, "link": link}


def sent_bytes(size: int) -> int:
    """Say how many bytes a file of a size takes in a message: in base64, line by line."""
    characters = -(-size // 3) * 4
    return characters + -(-characters // _LINE) * _LINE_END
