"""Sending: what is queued goes out once, and a broken task is told to the engineers."""

from __future__ import annotations

import mailbox
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cycle.council import SLUG, Council, council_at
from cycle.desk import APRIL, mail
from pmf.cycle.send import report_breakdown, send_mail

AT = datetime(2024, 5, 13, 6, tzinfo=UTC)


@pytest.fixture
def council(tmp_path: Path) -> Council:
    council = council_at(tmp_path / "home")
    council.open(APRIL)
    return council


def delivered(council: Council) -> list[str]:
    return sorted(str(message["Message-ID"]) for message in mailbox.Maildir(council.settings.mail))


def test_every_queued_letter_is_delivered_once(council: Council) -> None:
    """Draining the queue puts each letter into the Maildir; draining it again sends nothing."""
    queued = sorted(item.message_id for item in mail(council))
    assert send_mail(SLUG, as_at=AT, settings=council.settings).sent == len(queued)
    assert delivered(council) == queued
    assert send_mail(SLUG, as_at=AT, settings=council.settings).sent == 0
    assert delivered(council) == queued


def test_a_breakdown_is_told_to_the_engineers_at_once(council: Council) -> None:
    """A task that broke is told to the data engineers with DAG, task and cause, once for the same cause at the same moment."""
    for _ in range(2):
        report_breakdown(
            SLUG,
            APRIL.key,
            dag_id="cambridgeshire_monthly_cycle",
            task_id="rate",
            exception="OperationalError: disk I/O error <b>",
            run_link="http://localhost:8080/run",
            as_at=AT,
            settings=council.settings,
        )
    (letter,) = mail(council, "breakdown")
    assert letter.recipient == council.teller.profile.post("data-engineers").email
    assert letter.subject.startswith("Investigate: rate of cambridgeshire_monthly_cycle broke, ")
    assert "OperationalError: disk I/O error <b>" in letter.text
    assert "&lt;b&gt;" in str(letter.message.get_body(("html",)).get_content())
    assert letter.message_id in delivered(council)
