"""Ask for sign-off: who may sign is written to about what waits, is shown it in Airflow, and what they decide is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from pmf.cycle.attaching import Enclosed, attachment, not_attached_words, place_of
from pmf.cycle.awaiting import Signable, awaiting_sign_off, signable_documents
from pmf.cycle.documents import FORMAT_LABELS
from pmf.cycle.draftstoread import Draft, drafts_to_read
from pmf.cycle.letters import Occasion, printed_moment, write_letters
from pmf.cycle.reminder import local_day
from pmf.cycle.signingoff import code_of, sign_editions
from pmf.cycle.told import subject_naming, things_told
from pmf.cycle.workspace import Summary, Workspace, open_workspace
from pmf.mail import Letter, queue_rows
from pmf.page.markdown import markdown_text
from pmf.reporting.wording import listed
from pmf.settings import Settings
from pmf.warehouse.access import append_new
from pmf.warehouse.engine import reading
from pmf.warehouse.tables import mail_queue

EVENT = "sign-off"


class Decision(StrEnum):
    """What can be decided of a document, in the words on the buttons."""

    SIGN_OFF = "Sign off"
    LEAVE = "Not yet"


@dataclass(frozen=True)
class Asked(Summary):
    """How many documents wait for a sign-off, and how many letters were written about them now."""

    waiting: int
    letters: int


@dataclass(frozen=True)
class ToSign(Summary):
    """The documents that wait, each as ``period``, ``document_id``, ``digest``, ``subject`` (a line) and ``body`` (Markdown)."""

    documents: tuple[dict[str, str], ...]


@dataclass(frozen=True)
class Decided(Summary):
    """What was decided of a document."""

    document_id: str
    decision: str


class NotSignableError(Exception):
    """A decision cannot be recorded as it was made; the message says why."""


def ask_for_sign_off(organisation: str, *, as_at: datetime, settings: Settings) -> Asked:
    """Write to each post that may sign off about the documents that wait for it, once it has not been told of one of them.

    On a day the council does not work nobody is written to.
    """
    workspace = open_workspace(organisation, settings)
    profile = workspace.profile
    waiting = awaiting_sign_off(workspace, as_at=as_at)
    letters: list[Letter] = []
    if waiting and profile.working_calendar.is_working_day(local_day(as_at, profile)):
        with reading(workspace.engine) as connection:
            told = things_told(workspace, connection, EVENT)
        for post in profile.signatories:
            new = [item for item in waiting if _name(item) not in told.get(profile.post(post).email, set())]
            letters += _letters(workspace, waiting, new, post, as_at=as_at) if new else []
        with workspace.engine.begin() as connection:
            append_new(connection, mail_queue, queue_rows(letters))
    return Asked(len(waiting), len(letters))


def documents_to_sign(organisation: str, *, as_at: datetime, settings: Settings) -> ToSign:
    """List the documents that wait for a sign-off, the earliest to be published first."""
    workspace = open_workspace(organisation, settings)
    return ToSign(tuple(_shown(workspace, item) for item in awaiting_sign_off(workspace, as_at=as_at)))


def decide(
    organisation: str, document_id: str, *, digest: str, decision: str, words: str, user: str, as_at: datetime, settings: Settings
) -> Decided:
    """Record what was decided in Airflow of the edition that was shown; ``user`` is who decided, for the first post that may sign.

    Raises:
        NotSignableError: when the edition is no longer the last one.
    """
    workspace = open_workspace(organisation, settings)
    if decision == Decision.SIGN_OFF:
        signable = signable_documents(workspace, as_at=as_at)
        item = next((one for one in signable if (one.document_id, one.digest) == (document_id, digest)), None)
        if item is None:
            raise NotSignableError(f"{document_id} was not signed off: a newer edition has been made since it was shown")
        reason = f"{words.strip() or 'Read and agreed.'} (in Airflow{f', by {user}' if user else ''})"
        post = workspace.profile.signatories[0]
        sign_editions(workspace, item.period, {document_id: item.files}, post=post, reason=reason, as_at=as_at)
    return Decided(document_id, decision)


def _shown(workspace: Workspace, item: Signable) -> dict[str, str]:
    profile = workspace.profile
    publish_by = f"To be published by {item.publish_by:%-d %B %Y}." if item.publish_by else "It goes to no meeting in the calendar."
    lines = [
        f"**{markdown_text(item.title)}**",
        f"Made {markdown_text(printed_moment(item.files[0]['as_at'], profile))}. {publish_by} Nothing stands against it.",
        "Read the draft (the same words under a mark):",
        *(f"- {FORMAT_LABELS[row['format']]}: {markdown_text(row['path'])}" for row in item.files),
    ]
    return {
        "period": item.period.key,
        "document_id": item.document_id,
        "digest": item.digest,
        "subject": f"{item.document_id}, {item.period.label}: sign off?",
        "body": "\n\n".join(lines),
    }


def _letters(workspace: Workspace, waiting: Sequence[Signable], new: Sequence[Signable], post: str, *, as_at: datetime) -> list[Letter]:
    """Write to a post about all that waits, with the drafts of what it has not been written to about: the others it has."""
    periods = dict.fromkeys(item.period for item in waiting)
    days = [item.publish_by for item in waiting if item.publish_by]
    enclosed = drafts_to_read(workspace, new)
    return write_letters(
        workspace.profile,
        workspace.settings,
        occasion=Occasion(
            event=EVENT,
            period=waiting[0].period.key,
            subject=subject_naming({_name(item) for item in waiting}),
            version="1",
            at=as_at,
        ),
        recipients=(post,),
        template="sign_off",
        context={
            "period_label": listed([period.label for period in periods]),
            "publish_by": f"{min(days):%A %-d %B %Y}" if days else None,
            "attached": listed(enclosed.labels),
            "is_all_new": len(new) == len(waiting),
            "not_attached": not_attached_words(enclosed, workspace.profile.delivery),
            "documents": [_to_sign(workspace, item, post, enclosed) for item in waiting],
        },
        attachments=tuple(attachment(draft, name=draft.name) for draft in enclosed.files),
    )


def _name(item: Signable) -> str:
    return f"{item.document_id}@{item.digest}"


def _to_sign(workspace: Workspace, item: Signable, post: str, enclosed: Enclosed[Draft]) -> dict[str, Any]:
    names = {str(draft.path): draft.name for draft in enclosed.files}
    rows = sorted(item.files, key=lambda row: row["path"] not in names)
    return {
        "title": item.title,
        "code": code_of(workspace, item.files, post),
        "publish_by": f"{item.publish_by:%-d %B %Y}" if item.publish_by else None,
        "paths": [
            {"label": FORMAT_LABELS[row["format"]], "attached_as": names.get(row["path"])} | place_of(workspace, Path(row["path"]))
            for row in rows
        ],
    }
