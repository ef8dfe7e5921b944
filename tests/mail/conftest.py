"""Letters to send."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from pmf.mail import Attachment, Letter

LetterMaker = Callable[..., Letter]


@pytest.fixture
def letter() -> LetterMaker:
    """Make a letter; a test names only what it is about."""

    def make(**changes: object) -> Letter:
        values: dict[str, object] = {
            "organisation": "anglia",
            "period": "2024-09",
            "event": "request",
            "event_subject": "housing",
            "version": "1",
            "recipient": "head.of.housing@anglia.example.org",
            "recipient_title": "Head of Housing",
            "sender": "performance@anglia.example.org",
            "sender_title": "Performance team",
            "subject": "Return the September 2024 form by 5pm Tuesday 8 October 2024",
            "text": "Dear Head of Housing,\n\nPlease fill in the form – £ and % as usual.\n",
            "html": "<!DOCTYPE html><html lang='en-GB'><body><p>Dear Head of Housing</p></body></html>\n",
            "attachments": (Attachment("anglia-2024-09-housing.xlsx", b"PK\x03\x04" + bytes(range(256)), "octet-stream"),),
            "sent_at": datetime(2024, 10, 1, 8, 0, tzinfo=UTC),
        }
        return Letter(**values | changes)  # type: ignore[arg-type]

    return make
