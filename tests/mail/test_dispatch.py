"""Draining the queue: every message once, whatever fails and whatever is killed, on both databases."""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from pmf.mail import Drained, Letter, MaildirTransport, as_sent, drain, queue_rows
from pmf.mail.dispatch import _QUEUE
from pmf.mail.transport import DeliveryError, RefusedError, UnreachableError
from pmf.warehouse.access import append_new, dump
from pmf.warehouse.engine import connect
from pmf.warehouse.tables import mail_queue
from processes import at_once

LETTERS = 30
KILLS = 12


@dataclass
class ScriptedTransport:
    """Fails for the recipients it is told to, and remembers whom it delivered to."""

    errors: dict[str, DeliveryError] = field(default_factory=dict)
    delivered: list[str] = field(default_factory=list)

    def deliver(self, content: bytes, *, message_id: str, recipient: str) -> None:
        assert message_id.encode() in content
        if recipient in self.errors:
            raise self.errors[recipient]
        self.delivered.append(recipient)


@dataclass(frozen=True)
class LoggedMaildir:
    """A Maildir that notes every delivery it is asked for."""

    path: Path
    log: Path

    def deliver(self, content: bytes, *, message_id: str, recipient: str) -> None:
        with self.log.open("a") as log:
            log.write(f"{message_id}\n")
        MaildirTransport(self.path).deliver(content, message_id=message_id, recipient=recipient)

    def asked_for(self) -> Counter[str]:
        return Counter(self.log.read_text().split() if self.log.exists() else [])

    def delivered(self) -> list[bytes]:
        return sorted(path.read_bytes() for path in (self.path / "new").iterdir())


@pytest.fixture
def letters(letter: Callable[..., Letter]) -> list[Letter]:
    """Letters to as many recipients, the first the oldest."""
    return [letter(recipient=f"post{number}@example.org", sent_at=letter().sent_at + timedelta(hours=number)) for number in range(LETTERS)]


@pytest.fixture
def queue(engine: Engine, letters: list[Letter]) -> Engine:
    """A warehouse with the letters queued."""
    with engine.begin() as connection:
        append_new(connection, mail_queue, queue_rows(letters))
    return engine


def states(engine: Engine) -> dict[str, tuple[str, int, str | None]]:
    columns = (mail_queue.c.recipient, mail_queue.c.state, mail_queue.c.attempts, mail_queue.c.last_error)
    with engine.connect() as connection:
        return {recipient: (state, attempts, error) for recipient, state, attempts, error in connection.execute(select(*columns))}


def test_rows_fit_the_table(letters: list[Letter]) -> None:
    """The queue's rows name every column of the warehouse's table, and draining names none it lacks."""
    assert queue_rows(letters)[0].keys() == set(mail_queue.c.keys())
    assert set(_QUEUE.c.keys()) <= set(mail_queue.c.keys())


def test_everything_queued_is_sent_once_and_in_order(queue: Engine) -> None:
    """Draining sends the oldest first; draining again sends nothing and changes nothing."""
    transport = ScriptedTransport()
    assert drain(queue, transport) == Drained(sent=LETTERS, refused=0, failed=0, left=0)
    assert transport.delivered == [f"post{number}@example.org" for number in range(LETTERS)]
    assert set(states(queue).values()) == {("sent", 1, None)}
    before = dump(queue)
    assert drain(queue, transport) == Drained(sent=0, refused=0, failed=0, left=0)
    assert dump(queue) == before


def test_queueing_a_sent_letter_again_does_not_send_it_again(queue: Engine, letters: list[Letter]) -> None:
    """A repeated run queues the same letters, reworded or not, and nobody gets a second one."""
    drain(queue, ScriptedTransport())
    with queue.begin() as connection:
        assert append_new(connection, mail_queue, queue_rows([replace(item, text="reworded") for item in letters])) == 0
    assert drain(queue, ScriptedTransport()) == Drained(sent=0, refused=0, failed=0, left=0)


def test_one_organisation_s_queue_is_drained(engine: Engine, letter: Callable[..., Letter]) -> None:
    """A council's run sends its own letters and counts only those."""
    with engine.begin() as connection:
        append_new(connection, mail_queue, queue_rows([letter(), letter(organisation="borough", recipient="b@example.org")]))
    transport = ScriptedTransport()
    assert drain(engine, transport, organisation="borough") == Drained(sent=1, refused=0, failed=0, left=0)
    assert transport.delivered == ["b@example.org"]


def test_a_refused_recipient_stops_nobody(queue: Engine) -> None:
    """A recipient the server refuses is marked with what it said and never tried again; the others get theirs."""
    transport = ScriptedTransport({"post3@example.org": RefusedError("550 no such mailbox")})
    assert drain(queue, transport) == Drained(sent=LETTERS - 1, refused=1, failed=0, left=0)
    assert states(queue)["post3@example.org"] == ("refused", 1, "550 no such mailbox")
    assert drain(queue, ScriptedTransport()) == Drained(sent=0, refused=0, failed=0, left=0)


def test_a_message_that_must_wait_stays_queued(queue: Engine) -> None:
    """What the server cannot take now is tried again by the next draining, and the row tells how it went."""
    transport = ScriptedTransport({"post0@example.org": DeliveryError("451 try again later")})
    assert drain(queue, transport) == Drained(sent=LETTERS - 1, refused=0, failed=1, left=1)
    assert states(queue)["post0@example.org"] == ("queued", 1, "451 try again later")
    assert drain(queue, ScriptedTransport()) == Drained(sent=1, refused=0, failed=0, left=0)
    assert states(queue)["post0@example.org"] == ("sent", 2, "451 try again later")


def test_a_server_that_is_down_is_knocked_at_once(queue: Engine) -> None:
    """Without a server the first message says why, the others wait untouched, and all go when it is back."""
    transport = ScriptedTransport({"post0@example.org": UnreachableError("connection refused")})
    assert drain(queue, transport) == Drained(sent=0, refused=0, failed=1, left=LETTERS)
    assert states(queue)["post0@example.org"] == ("queued", 1, "connection refused")
    assert states(queue)["post1@example.org"] == ("queued", 0, None)
    assert drain(queue, ScriptedTransport()) == Drained(sent=LETTERS, refused=0, failed=0, left=0)


def test_processes_that_drain_together_send_everything_once(queue: Engine, tmp_path: Path, letters: list[Letter]) -> None:
    """Four processes on one queue share the work: no message is asked for twice."""
    transport = LoggedMaildir(tmp_path / "mail", tmp_path / "log")
    url = queue.url.render_as_string(hide_password=False)
    done = at_once(lambda _: drain(connect(url), transport), processes=4)
    assert sum(item.sent for item in done) == LETTERS
    assert set(transport.asked_for().values()) == {1}
    assert transport.delivered() == sorted(map(as_sent, letters))


def test_killed_at_any_moment_nothing_is_lost_or_doubled(queue: Engine, tmp_path: Path, letters: list[Letter]) -> None:
    """After kill -9 in the middle, time and again, every message lies in the Maildir exactly once, byte for byte.

    At most the one message that was in flight is asked for again.
    """
    transport = LoggedMaildir(tmp_path / "mail", tmp_path / "log")
    url = queue.url.render_as_string(hide_password=False)
    dice = random.Random(14)  # noqa: S311 - the same steps every time
    progress = set()
    for _ in range(KILLS):
        child = multiprocessing.get_context("fork").Process(target=lambda: drain(connect(url), transport))
        enough = transport.asked_for().total() + dice.randrange(4)
        child.start()
        while child.is_alive() and transport.asked_for().total() < enough:
            time.sleep(0.0005)
        time.sleep(dice.uniform(0, 0.004))
        assert child.pid is not None
        os.kill(child.pid, 9)
        child.join()
        progress.add([state for state, _, _ in states(queue).values()].count("sent"))
    assert len(progress) > 3, "the kills did not fall into the work"
    drained = drain(queue, transport)
    assert (drained.failed, drained.left) == (0, 0)
    assert {state for state, _, _ in states(queue).values()} == {"sent"}
    assert transport.delivered() == sorted(map(as_sent, letters))
    assert transport.asked_for().total() <= LETTERS + KILLS
    assert not list((tmp_path / "mail" / "tmp").iterdir())
