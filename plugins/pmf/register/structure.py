"""The parts of a council: posts, services, directorates, committees, boards, ambitions, each under one canonical name.

Posts, not people: an officer is the post that holds a service, so the file stays true when someone leaves. Documents call
the same body by several names; ``aliases`` lists them, and everything printed uses the one ``name``.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, field_validator

from pmf.period import parse_quarter

IDENTIFIER = r"^[a-z0-9]+(-[a-z0-9]+)*$"


class Definition(BaseModel):
    """Base of everything read from a council's files: frozen, and a field it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


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
    """A directorate with its services."""

    name: str
    director: str
    services: tuple[Service, ...]


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
    """A board of officers. ``post`` is written to on its behalf; ``chairs`` are effective-dated."""

    name: str
    post: str
    chairs: tuple[Chair, ...] = ()

    def chair(self, day: date) -> str | None:
        """Name the post that chairs the board on a day. None: nobody is named for it."""
        begun = [chair for chair in self.chairs if chair.since <= day]
        return max(begun, key=lambda chair: chair.since).post if begun else None


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
