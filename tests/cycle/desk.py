"""What a test reads back from a council at work, and how it gets one without doing the work again."""

from __future__ import annotations

import mailbox
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from cycle.council import SLUG, Council, council_at
from pmf.cycle import documents
from pmf.demo.officers import fill_in
from pmf.form.layout import FieldName
from pmf.form.model import Kind
from pmf.period import Month
from pmf.settings import read_settings
from pmf.warehouse.access import append_new, read
from pmf.warehouse.engine import open_warehouse, reading
from pmf.warehouse.tables import mail_queue, metadata

APRIL, MAY = Month(2024, 4), Month(2024, 5)


@dataclass(frozen=True)
class Mail:
    """A queued message: whom it goes to, what it is about, and the message itself."""

    event: str
    period: str
    recipient: str
    message_id: str
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        return str(self.message.get_body(("plain",)).get_content())

    @property
    def attachments(self) -> dict[str, bytes]:
        return {str(part.get_filename()): part.get_content() for part in self.message.iter_attachments()}


def edited(folder: Path, *, extra: Mapping[str, str] | None = None, **edits: Callable[[str], str]) -> Path:
    """Copy the sample council's folder under ``folder`` with some of its files edited or added; return the folder of councils.

    ``edits`` maps a file's name without its ending to what is done to its text; ``extra`` maps new files to theirs.
    """
    target = folder / "organisations" / SLUG
    shutil.copytree(read_settings({}).organisations / SLUG, target)
    for stem, edit in edits.items():
        (path,) = target.glob(f"{stem}.*")
        path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8")
    for name, text in (extra or {}).items():
        (target / name).parent.mkdir(exist_ok=True)
        (target / name).write_text(text, encoding="utf-8")
    return target.parent


def post_of(council: Council, post_id: str) -> str:
    """Give the address of a post."""
    return council.teller.profile.post(post_id).email


def send_in(
    council: Council,
    sender: str,
    *attachments: tuple[str, bytes],
    subject: str = "Our return",
    text: str = "Please find our figures attached.",
    **headers: str,
) -> bytes:
    """Put a message into the council's mailbox, as its mail server would; return its bytes."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "performance@council.example.org", subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    for name, content in attachments:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    raw = message.as_bytes()
    place = Path(council.settings.mailbox_url_of(SLUG).removeprefix("maildir://"))
    place.parent.mkdir(parents=True, exist_ok=True)
    mailbox.Maildir(place, create=True).add(raw)
    return raw


def copy_of(council: Council, home: Path) -> Council:
    """Take a council's home as it stands to another place, to change it there."""
    shutil.copytree(council.settings.home, home)
    return council_at(home, organisations=council.settings.organisations)


@contextmanager
def rendered_as(name: str, *, but: Collection[str] = ()) -> Iterator[None]:
    """Render documents in one format whatever file they are for, ``but`` for some: how all of them look is proved in tests/page."""
    real = documents.render
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(documents, "render", lambda edition, of, settings: real(edition, of if of in but else name, settings))
        yield


def mail(council: Council, event: str | None = None) -> list[Mail]:
    """List the messages queued so far, oldest first."""
    with reading(open_warehouse(council.settings)) as connection:
        rows = connection.execute(select(mail_queue).order_by(mail_queue.c.queued_at, mail_queue.c.message_id)).mappings().all()
    return [
        Mail(row["event"], row["period"], row["recipient"], row["message_id"], message_from_bytes(row["content"], policy=policy.default))
        for row in rows
        if event in (None, row["event"])
    ]


def ask(council: Council, query: str, **parameters: Any) -> list[dict[str, Any]]:
    """Run a read query of ``sql/`` for the sample council."""
    with reading(open_warehouse(council.settings)) as connection:
        return read(connection, query, sql_root=council.settings.sql, organisation=SLUG, **parameters)


def table(council: Council, name: str, **where: Any) -> list[dict[str, Any]]:
    """List a table's rows that have these values."""
    chosen = metadata.tables[name]
    with reading(open_warehouse(council.settings)) as connection:
        rows = connection.execute(select(chosen)).mappings().all()
    return [dict(row) for row in rows if all(row[column] == value for column, value in where.items())]


def insert(council: Council, name: str, *rows: Mapping[str, Any]) -> None:
    """Add rows to a table."""
    with open_warehouse(council.settings).begin() as connection:
        append_new(connection, metadata.tables[name], [{"organisation": SLUG} | dict(row) for row in rows])


def form_of(council: Council, month: Month, service_id: str) -> bytes:
    """Give the form that was sent out to a service."""
    return (council.settings.outbox / SLUG / month.key / "forms" / f"{SLUG}-{month.key}-{service_id}.xlsx").read_bytes()


def filled(council: Council, month: Month, service_id: str, **typed: Mapping[FieldName, str]) -> bytes:
    """Fill a service's form in as the sample says, but for the cells given by KPI (with "_" for "-")."""
    lines = {kpi_ref: dict(line) for kpi_ref, line in council.teller.sample.lines[month].items()}
    for name, cells in typed.items():
        lines[name.removeprefix("k").replace("_", "-")].update(cells)
    return fill_in(form_of(council, month, service_id), lines, layout=council.teller.layouts[Kind.KPIS])


def drop(council: Council, month: Month, name: str, content: bytes) -> Path:
    """Put a file into a month's inbox."""
    path = council.settings.inbox / SLUG / month.key / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
