"""The profile of a council: structure, posts, calendar, policies in force, tolerances (``organisation.yaml``).

Posts, not people: an officer is the post that holds a service, so the file stays true when someone leaves.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from pmf.period import Month, Period, Quarter, parse_month, parse_quarter
from pmf.period.workdays import WorkingCalendar

_IDENTIFIER = r"^[a-z0-9]+(-[a-z0-9]+)*$"


class Definition(BaseModel):
    """Base of everything read from a council's files: frozen, and a field it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Post(Definition):
    """A post that receives mail or answers for something."""

    id: str = Field(pattern=_IDENTIFIER)
    title: str = Field(min_length=3)
    email: str = Field(pattern=r"^[^@\s,;<>]+@[^@\s,;<>]+\.[a-z]{2,}$")


class Service(Definition):
    """A service that returns figures: ``holder`` answers for them, ``deputy`` covers, ``head`` is the next step up."""

    id: str = Field(pattern=_IDENTIFIER)
    name: str
    holder: str
    deputy: str
    head: str


class Directorate(Definition):
    """A directorate with its services."""

    id: str = Field(pattern=_IDENTIFIER)
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


class Committee(Definition):
    """A committee, panel or board that receives papers. ``ambition_ids`` are those its paper names first."""

    id: str = Field(pattern=_IDENTIFIER)
    name: str
    aliases: tuple[str, ...] = ()
    from_post: str
    contact_post: str
    ambition_ids: tuple[str, ...] = ()
    receives_organisational_scorecard: bool = False
    meetings: tuple[Meeting, ...] = ()


class Ambition(Definition):
    """An ambition (CCC) or priority (HDC) of the corporate plan."""

    id: str
    text: str


class CollectionCalendar(Definition):
    """Working days counted from the first of the month after the one reported on; times are local."""

    open_working_day: int = Field(ge=1, le=23)
    deadline_working_day: int = Field(ge=1, le=23)
    cycle_working_day: int = Field(ge=1, le=23)
    export_working_day: int = Field(ge=1, le=23)
    at: time = time(7, 0)
    deadline_at: time = time(17, 0)
    closure_days: tuple[date, ...] = ()

    @model_validator(mode="after")
    def _runs_forwards(self) -> CollectionCalendar:
        if not self.open_working_day < self.deadline_working_day < self.cycle_working_day <= self.export_working_day:
            raise ValueError("working days must run open < deadline < cycle <= export")
        return self


class PolicyInForce(Definition):
    """A rating policy and the day from which it rates the council's headline figures."""

    policy_id: str
    since: date


class QualityTolerance(Definition):
    """What the council tolerates: the share of due KPIs that may be withheld before the run fails, in per cent."""

    withheld_share_max_pct: Decimal = Field(ge=0, le=100)


class Profile(Definition):
    """One council. ``notice`` (None: none) is printed on every page, for sample and trial councils."""

    slug: str = Field(pattern=_IDENTIFIER)
    name: str
    short_name: str
    timezone: str = "Europe/London"
    notice: str | None = None
    first_month: str
    vision: str
    ambition_term: str = "Ambition"
    ambitions: tuple[Ambition, ...] = ()
    calendar: CollectionCalendar
    posts: tuple[Post, ...]
    performance_team: str
    data_engineers: str
    leadership_team: str
    directorates: tuple[Directorate, ...]
    committees: tuple[Committee, ...] = ()
    headline_policies: tuple[PolicyInForce, ...]
    paper_policy_id: str
    quality: QualityTolerance

    @field_validator("first_month")
    @classmethod
    def _is_a_month(cls, text: str) -> str:
        return parse_month(text).key

    @model_validator(mode="after")
    def _names_only_what_exists(self) -> Profile:
        known = {post.id for post in self.posts}
        named = {"performance_team": self.performance_team, "data_engineers": self.data_engineers, "leadership_team": self.leadership_team}
        for directorate in self.directorates:
            named[f"directorates.{directorate.id}.director"] = directorate.director
            for service in directorate.services:
                for role in ("holder", "deputy", "head"):
                    named[f"services.{service.id}.{role}"] = getattr(service, role)
        for committee in self.committees:
            named[f"committees.{committee.id}.from_post"] = committee.from_post
            named[f"committees.{committee.id}.contact_post"] = committee.contact_post
        missing = [f"{field} names the post {post!r}" for field, post in named.items() if post not in known]
        if missing:
            raise ValueError("; ".join(missing) + ": add it under posts, or name one that is there")
        ambitions = {ambition.id for ambition in self.ambitions}
        unknown = [f"committees.{item.id} names {id_!r}" for item in self.committees for id_ in item.ambition_ids if id_ not in ambitions]
        if unknown:
            raise ValueError("; ".join(unknown) + f": ambition_ids are of {', '.join(sorted(ambitions))}")
        return self

    @model_validator(mode="after")
    def _says_nothing_twice(self) -> Profile:
        ids_of = {
            "posts": [post.id for post in self.posts],
            "directorates": [directorate.id for directorate in self.directorates],
            "services": [service.id for service in self.services],
            "committees": [committee.id for committee in self.committees],
            "ambitions": [ambition.id for ambition in self.ambitions],
        }
        for field, ids in ids_of.items():
            twice = sorted({item for item in ids if ids.count(item) > 1})
            if twice:
                raise ValueError(f"{field}: more than one entry has the id {', '.join(twice)}; give each its own")
        return self

    @property
    def working_calendar(self) -> WorkingCalendar:
        return WorkingCalendar.with_closures(self.calendar.closure_days)

    @property
    def services(self) -> tuple[Service, ...]:
        return tuple(service for directorate in self.directorates for service in directorate.services)

    def post(self, post_id: str) -> Post:
        """Find a post by id. Raises KeyError when the profile has none of that id."""
        return {post.id: post for post in self.posts}[post_id]

    def service(self, service_id: str) -> Service:
        """Find a service by id. Raises KeyError when the profile has none of that id."""
        return {service.id: service for service in self.services}[service_id]

    def committee(self, committee_id: str) -> Committee:
        """Find a committee by id. Raises KeyError when the profile has none of that id."""
        return {committee.id: committee for committee in self.committees}[committee_id]

    def _at(self, month: Month, working_day: int, moment: time) -> datetime:
        day = self.working_calendar.nth_working_day(month, working_day)
        return datetime.combine(day, moment, tzinfo=ZoneInfo(self.timezone))

    def opens_at(self, month: Month) -> datetime:
        """Say when collection of a month opens."""
        return self._at(month.next, self.calendar.open_working_day, self.calendar.at)

    def deadline(self, month: Month) -> datetime:
        """Say when the month's returns are due."""
        return self._at(month.next, self.calendar.deadline_working_day, self.calendar.deadline_at)

    def cycle_at(self, month: Month) -> datetime:
        """Say when the month's cycle runs: the business clock of a run that is given no other."""
        return self._at(month.next, self.calendar.cycle_working_day, self.calendar.at)

    def export_at(self, quarter: Quarter) -> datetime:
        """Say when the quarter's committee papers are exported."""
        return self._at(quarter.months[-1].next, self.calendar.export_working_day, self.calendar.at)

    def headline_policy_id(self, period: Period) -> str:
        """Name the policy in force on the last day of a period.

        Raises:
            LookupError: when no policy is in force yet.
        """
        in_force = [policy for policy in self.headline_policies if policy.since <= period.last_day]
        if not in_force:
            raise LookupError(f"{self.slug}: no rating policy is in force for {period.label}; add one under headline_policies")
        return max(in_force, key=lambda policy: policy.since).policy_id
