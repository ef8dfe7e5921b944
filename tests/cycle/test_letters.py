"""Letters: times as the council's clock shows them, and versions by what is said."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pmf.cycle.letters import Occasion, digest_of, printed_moment, write_letters
from pmf.register import load_profile
from pmf.settings import read_settings

SETTINGS = read_settings({})
PROFILE = load_profile(SETTINGS.organisations / "cambridgeshire")


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2024, 10, 8, 16, tzinfo=UTC), "5pm Tuesday 8 October 2024"),
        (datetime(2024, 12, 9, 17, tzinfo=UTC), "5pm Monday 9 December 2024"),
        (datetime(2024, 7, 31, 23, 30, tzinfo=UTC), "12.30am Thursday 1 August 2024"),
        (datetime(2024, 1, 1, 12, 5, tzinfo=UTC), "12.05pm Monday 1 January 2024"),
    ],
)
def test_a_moment_is_printed_in_the_councils_own_time(moment: datetime, words: str) -> None:
    """An instant is printed by the council's clock, summer time and midnight included."""
    assert printed_moment(moment, PROFILE) == words


def test_versions_are_told_apart_by_what_they_say() -> None:
    """The same parts give the same version; parts moved, joined or split give another."""
    assert digest_of(["a", "b"]) == digest_of(iter(["a", "b"]))
    assert len({digest_of(parts) for parts in (["a", "b"], ["b", "a"], ["ab"], ["a", "b", ""], [])}) == 5


def test_one_post_gets_one_letter() -> None:
    """A post named twice, as holder and as deputy, gets the letter once."""
    occasion = Occasion(event="unreadable", period="2024-04", subject="x", version="1", at=datetime(2024, 5, 1, tzinfo=UTC))
    letters = write_letters(
        PROFILE,
        SETTINGS,
        occasion=occasion,
        recipients=("head-of-libraries", "head-of-libraries", "data-engineers"),
        template="unreadable",
        context={"period_label": "April 2024", "file_name": "x", "message": "m", "fix": "f"},
    )
    assert [letter.recipient_title for letter in letters] == ["Head of Libraries", "Data Engineers"]
    assert len({letter.message_id for letter in letters}) == 2
