"""Fetch: the council's mailbox is read, and what is attached comes in as if it lay in the inbox.

A message is stored by its hash before anything reads it, and left unread in the mailbox until what it brought is saved: a
run that is killed sees it again and changes nothing by it. Strangers and machines get no answer.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pmf.connector.letterbox import RefusedMessage, open_mailbox
from pmf.cycle.admission import Arrival, admit, arrival, renew_trackers
from pmf.cycle.intake import Intake, Refusal
from pmf.cycle.letters import Occasion, write_letters
from pmf.cycle.replies import codes_in, take_codes
from pmf.cycle.workspace import Summary, Workspace, open_workspace
from pmf.mail import Letter, queue_rows
from pmf.mail.incoming import Incoming, read_message
from pmf.register import Post
from pmf.settings import Settings
from pmf.store import put
from pmf.warehouse.access import append_new
from pmf.warehouse.engine import reading
from pmf.warehouse.tables import mail_queue, received_message, return_release

TAKEN_IN, NO_ATTACHMENT, AUTOMATIC, STRANGER, UNREADABLE = "taken_in", "no_attachment", "automatic", "stranger", "unreadable"
SIGNED_OFF = "signed_off"


@dataclass(frozen=True)
class Fetched(Summary):
    """What the mailbox held: messages, and the files they brought by outcome.

    ``released`` counts returns let through, ``signed_off`` documents signed off by reply.
    """

    messages: int
    without_attachment: int
    from_strangers: int
    automatic: int
    accepted: int
    rejected: int
    quarantined: int
    released: int
    signed_off: int


def fetch_mail(organisation: str, *, as_at: datetime, settings: Settings) -> Fetched:
    """Take in every unread message of the council's mailbox, oldest first.

    Raises:
        MailboxError: when the mailbox cannot be read; what had been taken in until then stays.
    """
    workspace = open_workspace(organisation, settings)
    with reading(workspace.engine) as connection:
        known = {row["message_hash"] for row in workspace.read(connection, "known_messages")}
    outcomes: Counter[str] = Counter()
    files: Counter[str] = Counter()
    with open_mailbox(settings.mailbox_url_of(organisation)) as mailbox:
        for key, content in mailbox.unread():
            digest = hashlib.sha256(_bytes(content) or key.encode()).hexdigest()
            if digest not in known:
                message = _take_in_message(workspace, digest, content, as_at=as_at)
                outcomes[message.outcome] += 1
                files.update(intake.received["outcome"] for intake in message.intakes)
                files.update({"released": message.released, SIGNED_OFF: message.signed_off})
            mailbox.done(key)
    renew_trackers(workspace, as_at=as_at)
    return Fetched(
        messages=outcomes.total(),
        without_attachment=outcomes[NO_ATTACHMENT],
        from_strangers=outcomes[STRANGER],
        automatic=outcomes[AUTOMATIC],
        accepted=files["accepted"],
        rejected=files["rejected"],
        quarantined=files["quarantined"],
        released=files["released"],
        signed_off=files[SIGNED_OFF],
    )


@dataclass(frozen=True)
class _TakenIn:
    """What became of one message."""

    outcome: str
    intakes: list[Intake]
    released: int
    signed_off: int


def _take_in_message(workspace: Workspace, digest: str, content: bytes | RefusedMessage, *, as_at: datetime) -> _TakenIn:
    """Take one message in. What it signs off is recorded first: seen again after that, it signs nothing twice."""
    raw = _bytes(content)
    if raw:
        put(workspace.settings.store, raw)
    message = read_message(raw)
    post = workspace.profile.post_at(message.sender) if message.sender else None
    outcome = _outcome(message, post, is_whole=isinstance(content, bytes))
    codes = codes_in(raw) if outcome in (TAKEN_IN, NO_ATTACHMENT) and not message.is_automatic else ()
    signed_off, letters = take_codes(workspace, codes, post=post.id, message=digest, as_at=as_at) if post and codes else (0, [])
    if codes and outcome == NO_ATTACHMENT:
        outcome = SIGNED_OFF
    arrivals = _arrivals(message, content, digest, post, outcome)
    released = _releases(workspace, arrivals, post, as_at=as_at)
    intakes = admit(workspace, arrivals, as_at=as_at)
    letters += _no_attachment_letters(workspace, message, digest, post, as_at) if outcome == NO_ATTACHMENT and post else []
    row = {
        "organisation": workspace.organisation,
        "message_hash": digest,
        "message_id": message.message_id,
        "sender_address": message.sender,
        "sender": post.id if post else None,
        "subject": message.subject,
        "received_at": as_at,
        "outcome": outcome,
        "attachments": len(message.attachments),
    }
    with workspace.engine.begin() as connection:
        append_new(connection, received_message, [row])
        append_new(connection, return_release, released)
        append_new(connection, mail_queue, queue_rows(letters))
    return _TakenIn(outcome, intakes, len(released), signed_off)


def _bytes(content: bytes | RefusedMessage) -> bytes:
    return content if isinstance(content, bytes) else content.head


def _outcome(message: Incoming, post: Post | None, *, is_whole: bool) -> str:
    if not is_whole or (post is not None and message.problems):
        return UNREADABLE
    if message.is_automatic and not message.attachments:
        return AUTOMATIC
    if post is None:
        return STRANGER
    return TAKEN_IN if message.attachments else NO_ATTACHMENT


def _arrivals(message: Incoming, content: bytes | RefusedMessage, digest: str, post: Post | None, outcome: str) -> list[Arrival]:
    """List what a message brings: its files, and as refusals what could not be taken from it."""
    sender = post.id if post else None
    if isinstance(content, RefusedMessage):
        return [_refused(_named(message), digest, Refusal(problem=content.code, message=content.message, fix=content.fix), sender)]
    if outcome == AUTOMATIC:
        return []
    if post is None:
        return [_refused(file.file_name, digest, _stranger(message.sender), None) for file in message.attachments]
    found = [arrival(file.file_name, file.content, period=None, sender=sender, message_hash=digest) for file in message.attachments]
    for problem in message.problems:
        refusal = Refusal(problem=problem.code, message=problem.message, fix=problem.fix)
        found.append(_refused(_named(message), digest, refusal, sender))
    return found


def _named(message: Incoming) -> str:
    return f'your message "{message.subject}"' if message.subject else "your message"


def _stranger(address: str | None) -> Refusal:
    return Refusal(
        problem="stranger",
        message=f"It came from {address or 'an address that cannot be read'}, which belongs to no post of the council.",
        fix="If it is genuine, put the file into the inbox folder, or add the post's address to the register and have it sent again.",
    )


def _refused(name: str, digest: str, refusal: Refusal, sender: str | None) -> Arrival:
    # No address in the store: the same bytes sent later by somebody known must not count as received already.
    mark = hashlib.sha256(f"{digest}:{name}:{refusal.problem}".encode()).hexdigest()[:32]
    return Arrival(
        file_name=name, content=refusal, file_hash=f"refused-{mark}", size_bytes=0, period=None, sender=sender, message_hash=digest
    )


def _releases(workspace: Workspace, arrivals: Sequence[Arrival], post: Post | None, *, as_at: datetime) -> list[dict[str, Any]]:
    """Take a form that waits for release, sent again by the post that releases it, for that release."""
    if post is None:
        return []
    hashes = [item.file_hash for item in arrivals]
    if not hashes:
        return []
    with reading(workspace.engine) as connection:
        waiting = workspace.read(connection, "returns_awaiting_release", file_hashes=hashes, as_at=as_at)
    return [
        {name: row[name] for name in ("organisation", "file_hash", "period")} | {"post": post.id, "released_at": as_at}
        for row in waiting
        if workspace.profile.releasing_post(row["service_id"]) == post.id
    ]


def _no_attachment_letters(workspace: Workspace, message: Incoming, digest: str, post: Post, as_at: datetime) -> list[Letter]:
    month = workspace.profile.month_in_collection(as_at)
    return write_letters(
        workspace.profile,
        workspace.settings,
        occasion=Occasion(event="no-attachment", period=month.key, subject=digest[:16], version="1", at=as_at),
        recipients=[post.id],
        template="no_attachment",
        context={"message_subject": message.subject, "period_label": month.label, "ignored": message.ignored},
    )
