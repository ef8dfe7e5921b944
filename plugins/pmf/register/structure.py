"""The parts of a council: posts, services, directorates, committees, boards, ambitions, each under one canonical name.

Posts, not people: an officer is the post that holds a service, so the file stays true when someone leaves. Documents call
the same body by several names; ``aliases`` lists them, and everything printed uses the one ``name``.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from pmf.period import parse_quarter

IDENTIFIER = r"^[a-z0-9]+(-[a-z0-9]+)*$"
# What stands behind the @ of an address, in small letters.
DOMAIN = r"^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}$"
# Controls but tab and line ends, soft hyphens, zero-width characters, and marks that turn the direction of reading.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class Definition(BaseModel):
    """Base of everything read from a council's files: frozen, and a field it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _can_be_read(cls, given: Any) -> Any:
        """Refuse characters that nobody sees, such as those that turn the direction of reading: a name must be what it looks like."""
        for name, value in given.items() if isinstance(given, dict) else ():
            for text in value if isinstance(value, (list, tuple)) else (value,):
                if isinstance(text, str) and (unseen := _UNSEEN.search(text)):
                    code = f"U+{ord(unseen[0]):04X}"
                    raise ValueError(f"{name} holds a character that cannot be seen ({code}), after {text[: unseen.start()]!r}: delete it")
        return given


class Named(Definition):
    """Something with an id, and the other names documents give it."""

    id: str = Field(pattern=IDENTIFIER)
    aliases: tuple[str, ...] = ()


def folded(name: str) -> str:
    """Compare names as people read them: capitals, "&" and commas make no other body of one."""
    return " ".join(name.casefold().replace("&", " and ").replace(",", " ").split())


class Post(Named):
    """A post that receives mail or answers for something."""

    title: str = Field(min_length=3)
    email: str = Field(pattern=r"^[^@\s,;<>]+@[^@\s,;<>]+\.[a-z]{2,}$")


class Service(Named):
    """A service that returns figures: ``holder`` answers for them, ``deputy`` covers, ``head`` is the next step up."""

    name: str
    holder: str
    deputy: str
    head: str


class Directorate(Named):
    """A directorate with its services.

    ``panels_service`` is the one of them that returns the directorate's risk, finance and change panels. None: it has no panels.
    """

    name: str
    director: str
    services: tuple[Service, ...]
    panels_service: str | None = None


class Meeting(Definition):
    """A committee meeting and the quarter whose paper goes to it."""

    date: date
    reports: str

    @field_validator("reports")
    @classmethod
    def _is_a_quarter(cls, text: str) -> str:
        return parse_quarter(text).key


class CommitteeKind(StrEnum):
    """What kind of body of members a committee is."""

    COMMITTEE = "committee"
    PANEL = "panel"
    CABINET = "cabinet"


class Committee(Named):
    """A committee, panel or cabinet that receives papers. ``ambition_ids`` are those its paper names first.

    ``receives_after`` names the body whose feedback comes first (HDC: scrutiny, then cabinet). None: nobody's.
    """

    name: str
    kind: CommitteeKind = CommitteeKind.COMMITTEE
    from_post: str
    contact_post: str
    ambition_ids: tuple[str, ...] = ()
    receives_organisational_scorecard: bool = False
    receives_after: str | None = None
    meetings: tuple[Meeting, ...] = ()


class Chair(Definition):
    """The post that chairs a board, from a day on."""

    post: str
    since: date


class Board(Named):
    """A board of officers. ``post`` is written to on its behalf; ``chairs`` are effective-dated.

    A board that ``receives_report`` is sent a performance report each month.
    """

    name: str
    post: str
    chairs: tuple[Chair, ...] = ()
    receives_report: bool = False

    def chair(self, day: date) -> str | None:
        """Name the post that chairs the board on a day. None: nobody is named for it."""
        begun = [chair for chair in self.chairs if chair.since <= day]
        return max(begun, key=lambda chair: chair.since).post if begun else None


class OutcomeMeasures(Definition):
    """What a council reports on once a year by its direction of travel: the KPIs of a metric category, with the reports of a month."""

    metric_category: str = Field(min_length=3)
    month: int = Field(ge=1, le=12)


class Ambition(Definition):
    """An ambition (CCC) or priority (HDC) of the corporate plan."""

    id: str
    text: str


class FrameworkVersion(Definition):
    """A version of the council's performance framework. ``approved_on`` None: not approved, or the day is not known."""

    version: str
    approved_on: date | None = None
    approved_by: str = ""
    minute: str = ""
    source: str = ""
