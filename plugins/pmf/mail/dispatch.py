"""The queue of letters: rows to save, and draining them, one transaction a message.

Whatever is killed whenever, no message is lost, and at most the one in flight is sent again, with the same Message-ID
and the same bytes. A message moves from *queued* to *sent* or *refused* and never back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from sqlalchemy import Connection, Engine, Select, column, select, table, update

from pmf.mail.letter import Letter, as_sent
from pmf.mail.transport import DeliveryError, RefusedError, Transport, UnreachableError

# The edges do not know each other: of the warehouse's table this names what draining needs.
_QUEUE = table(
    "mail_queue",
    *map(column, ("message_id", "organisation", "recipient", "content", "queued_at", "state", "attempts", "last_error")),
)


@dataclass(frozen=True)
class Drained:
    """How draining ended: messages sent, refused for good, and failed for now; ``left`` are queued still, tried or not."""

    sent: int
    refused: int
    failed: int
    left: int


_NOT_LISTED = "not sent: the address lies at none of the council's mail_domains (organisation.yaml)"


class _Outcome(Enum):
    SENT = auto()
    REFUSED = auto()
    FAILED = auto()
    UNREACHABLE = auto()
    TAKEN = auto()


def queue_rows(letters: Iterable[Letter]) -> list[dict[str, Any]]:
    """Turn letters into rows of ``mail_queue``, in order of Message-ID, to be appended by the caller."""
    rows = [
        {
            "message_id": letter.message_id,
            "organisation": letter.organisation,
            "period": letter.period,
            "event": letter.event,
            "event_subject": letter.event_subject,
            "version": letter.version,
            "recipient": letter.recipient,
            "subject": letter.subject,
            "content": as_sent(letter),
            "queued_at": letter.sent_at,
            "state": "queued",
            "attempts": 0,
            "last_error": None,
        }
        for letter in letters
    ]
    return sorted(rows, key=lambda row: row["message_id"])


def anybody(_address: str) -> bool:
    """Let a letter go to any address."""
    return True


def drain(
    engine: Engine, transport: Transport, *, organisation: str | None = None, may_be_mailed: Callable[[str], bool] = anybody
) -> Drained:
    """Send what is queued (None: for every organisation), oldest first, to addresses that may be mailed.

    A recipient who may not, or whom the server refuses, is marked so, and a message it cannot take now stays queued; neither stops
    the others.
    A server that cannot be reached at all ends the attempt, for the others would wait in vain. While a message is on its
    way nobody else can send it, and on SQLite nobody else can write.
    """
    outcomes: Counter[_Outcome] = Counter()
    with engine.connect() as connection:
        for message_id in _queued(connection, organisation):
            outcome = _send(connection, transport, message_id, may_be_mailed)
            outcomes[outcome] += 1
            if outcome is _Outcome.UNREACHABLE:
                break
        left = len(_queued(connection, organisation))
    failed = outcomes[_Outcome.FAILED] + outcomes[_Outcome.UNREACHABLE]
    return Drained(sent=outcomes[_Outcome.SENT], refused=outcomes[_Outcome.REFUSED], failed=failed, left=left)


def _queued(connection: Connection, organisation: str | None) -> list[str]:
    query = select(_QUEUE.c.message_id).where(_QUEUE.c.state == "queued").order_by(_QUEUE.c.queued_at, _QUEUE.c.message_id)
    if organisation is not None:
        query = query.where(_QUEUE.c.organisation == organisation)
    with connection.begin():
        return list(connection.execute(query).scalars())


def _send(connection: Connection, transport: Transport, message_id: str, may_be_mailed: Callable[[str], bool]) -> _Outcome:
    """Send one message and record how that went, in one transaction that keeps others off the message."""
    with connection.begin():
        message = connection.execute(_locked(message_id)).one_or_none()
        if message is None:
            return _Outcome.TAKEN
        if may_be_mailed(message.recipient):
            outcome, changes = _deliver(transport, message_id, message.recipient, message.content)
            attempts = {"attempts": message.attempts + 1}
        else:
            outcome, changes = _Outcome.REFUSED, {"state": "refused", "last_error": _NOT_LISTED}
            attempts = {}
        connection.execute(update(_QUEUE).where(_QUEUE.c.message_id == message_id).values(attempts | changes))
    return outcome


def _locked(message_id: str) -> Select[Any]:
    """Select a message that is queued and in nobody's hands. On SQLite every writer is alone anyway."""
    query = select(_QUEUE.c.recipient, _QUEUE.c.content, _QUEUE.c.attempts)
    return query.where(_QUEUE.c.message_id == message_id, _QUEUE.c.state == "queued").with_for_update(skip_locked=True)


def _deliver(transport: Transport, message_id: str, recipient: str, content: bytes) -> tuple[_Outcome, dict[str, str]]:
    try:
        transport.deliver(content, message_id=message_id, recipient=recipient)
    except RefusedError as error:
        return _Outcome.REFUSED, {"state": "refused", "last_error": str(error)}
    except UnreachableError as error:
        return _Outcome.UNREACHABLE, {"last_error": str(error)}
    except DeliveryError as error:
        return _Outcome.FAILED, {"last_error": str(error)}
    # The last error of an earlier attempt stays: where the server may have had the message already, the row says so.
    return _Outcome.SENT, {"state": "sent"}
