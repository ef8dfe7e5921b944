"""The profile of a council: structure, calendar, people by post, policies in force, tolerances (``organisation.yaml``)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from pmf.period import Month, Period, Quarter, parse_month
from pmf.period.workdays import WorkingCalendar
from pmf.register.assessment import InterventionRule, NeighbourSet, Persistence, PolicyInForce, Rebase
from pmf.register.collection import ApprovalChain, ChaseStep, CollectionCalendar, Criterion, Level, QualityTolerance, Role
from pmf.register.outgoing import BackPlan, Delivery, SignOff
from pmf.register.structure import (
    DOMAIN,
    IDENTIFIER,
    Ambition,
    Board,
    Committee,
    Definition,
    Directorate,
    FrameworkVersion,
    Named,
    OutcomeMeasures,
    Post,
    Service,
    folded,
)

# Stands for the committee a KPI reports to, in the steps of an approval chain.
OWN_COMMITTEE = "committee"


class Profile(Definition):
    """One council. ``notice`` (None: none) is printed on every page, for sample and trial councils.

    ``returns_released_by`` None: a return counts as soon as it is in; else once that post of the service has released it.
    A figure that differs from an earlier one by no more than ``no_change_pct``, in per cent of it, counts as unchanged.
    ``mail_domains`` are those that letters may go to, whatever addresses the posts have; empty: to any.
    ``intervention`` None: no intervention form is opened where a KPI is to be looked into. ``outcome_measures`` None: none are reported.
    """

    slug: str = Field(pattern=IDENTIFIER)
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
    mail_domains: tuple[Annotated[str, Field(pattern=DOMAIN)], ...] = ()
    leadership_team: str
    directorates: tuple[Directorate, ...]
    committees: tuple[Committee, ...] = ()
    boards: tuple[Board, ...] = ()
    outcome_measures: OutcomeMeasures | None = None
    framework_versions: tuple[FrameworkVersion, ...] = ()
    headline_policies: tuple[PolicyInForce, ...]
    paper_policies: tuple[PolicyInForce, ...]
    no_change_pct: Decimal = Field(default=Decimal(0), ge=0, le=100)
    deep_dive: Persistence = Persistence()
    intervention: InterventionRule | None = None
    neighbour_sets: tuple[NeighbourSet, ...] = ()
    rebases: tuple[Rebase, ...] = ()
    quality: QualityTolerance
    chase: tuple[ChaseStep, ...] = ()
    back_plan: BackPlan = BackPlan()
    sign_off: SignOff = SignOff()
    delivery: Delivery = Delivery()
    escalation_board: str | None = None
    returns_released_by: Literal[Role.HOLDER, Role.HEAD] | None = None
    selection_criteria: tuple[Criterion, ...] = ()
    criteria_needed: int = Field(default=1, ge=0)
    approval_chains: tuple[ApprovalChain, ...] = ()

    @field_validator("first_month")
    @classmethod
    def _is_a_month(cls, text: str) -> str:
        return parse_month(text).key

    @model_validator(mode="after")
    def _names_only_what_exists(self) -> Profile:
        wrong = [*self._unknown_posts(), *self._unknown_bodies(), *self._unknown_ambitions()]
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    @model_validator(mode="after")
    def _can_tell_somebody(self) -> Profile:
        """Refuse a list of domains by which nobody could be told that a letter was not sent."""
        for post_id in (self.performance_team, self.data_engineers):
            if not self.may_be_mailed(self.post(post_id).email):
                raise ValueError(f"mail_domains: the address of {post_id} lies at none of {', '.join(self.mail_domains)}; add its domain")
        return self

    def _unknown_posts(self) -> Iterator[str]:
        named = {"performance_team": self.performance_team, "data_engineers": self.data_engineers, "leadership_team": self.leadership_team}
        for directorate in self.directorates:
            named[f"directorates.{directorate.id}.director"] = directorate.director
            for service in directorate.services:
                for role in ("holder", "deputy", "head"):
                    named[f"services.{service.id}.{role}"] = getattr(service, role)
        for committee in self.committees:
            named[f"committees.{committee.id}.from_post"] = committee.from_post
            named[f"committees.{committee.id}.contact_post"] = committee.contact_post
        for board in self.boards:
            named[f"boards.{board.id}.post"] = board.post
            named |= {f"boards.{board.id}.chairs since {chair.since}": chair.post for chair in board.chairs}
        named |= {f"sign_off.posts {post}": post for post in self.sign_off.posts}
        named |= {f"rebases of KPI {rebase.kpi_ref} in {rebase.month}": rebase.post for rebase in self.rebases}
        known = {post.id for post in self.posts}
        missing = [f"{field} names the post {post!r}" for field, post in named.items() if post not in known]
        if missing:
            yield "; ".join(missing) + ": add it under posts, or name one that is there"

    def _unknown_bodies(self) -> Iterator[str]:
        committees, boards = {committee.id for committee in self.committees}, {board.id for board in self.boards}
        for committee in self.committees:
            if committee.receives_after not in (None, *committees):
                yield f"committees.{committee.id}.receives_after names {committee.receives_after!r}, which is no committee"
        for directorate in self.directorates:
            if directorate.panels_service not in (None, *(service.id for service in directorate.services)):
                yield f"directorates.{directorate.id}.panels_service names {directorate.panels_service!r}, which is no service of it"
        if self.escalation_board not in (None, *boards):
            yield f"escalation_board names {self.escalation_board!r}: add it under boards"
        if self.escalation_board is None and any(Role.BOARD in step.to for step in self.chase):
            yield "chase reminds the board, but escalation_board names none"
        deciders = {OWN_COMMITTEE, *committees, *boards, *(post.id for post in self.posts)}
        for chain in self.approval_chains:
            for step in chain.steps:
                if step.by not in deciders:
                    yield f"approval_chains.{chain.level} names {step.by!r}, which is no post, board or committee"

    def _unknown_ambitions(self) -> Iterator[str]:
        ambitions = {ambition.id for ambition in self.ambitions}
        unknown = [f"committees.{item.id} names {id_!r}" for item in self.committees for id_ in item.ambition_ids if id_ not in ambitions]
        if unknown:
            yield "; ".join(unknown) + f": ambition_ids are of {', '.join(sorted(ambitions))}"

    @model_validator(mode="after")
    def _says_nothing_twice(self) -> Profile:
        ids_of = {
            "posts": [post.id for post in self.posts],
            "directorates": [directorate.id for directorate in self.directorates],
            "services": [service.id for service in self.services],
            "committees": [committee.id for committee in self.committees],
            "boards": [board.id for board in self.boards],
            "ambitions": [ambition.id for ambition in self.ambitions],
            "selection_criteria": [criterion.id for criterion in self.selection_criteria],
            "approval_chains": [chain.level.value for chain in self.approval_chains],
        }
        for field, ids in ids_of.items():
            twice = sorted({item for item in ids if ids.count(item) > 1})
            if twice:
                raise ValueError(f"{field}: more than one entry has the id {', '.join(twice)}; give each its own")
        return self

    @model_validator(mode="after")
    def _means_one_thing_by_a_name(self) -> Profile:
        """Refuse a name or alias two entries of a kind share: it would not say which of them is meant."""
        kinds: dict[str, tuple[Named, ...]] = {
            "committees": self.committees,
            "boards": self.boards,
            "directorates": self.directorates,
            "services": self.services,
        }
        for kind, entries in kinds.items():
            owner: dict[str, str] = {}
            for entry in entries:
                for name in {folded(name) for name in _names(entry)}:
                    if owner.setdefault(name, entry.id) != entry.id:
                        raise ValueError(f"{kind}: {name!r} is a name of both {owner[name]} and {entry.id}; give it to one of them")
        return self

    @property
    def working_calendar(self) -> WorkingCalendar:
        return WorkingCalendar.with_closures(self.calendar.closure_days)

    @property
    def services(self) -> tuple[Service, ...]:
        return tuple(service for directorate in self.directorates for service in directorate.services)

    @property
    def signatories(self) -> tuple[str, ...]:
        """The posts that may sign documents off."""
        return self.sign_off.posts or (self.performance_team,)

    def post(self, post_id: str) -> Post:
        """Find a post by id. Raises KeyError when the profile has none of that id."""
        return {post.id: post for post in self.posts}[post_id]

    def service(self, service_id: str) -> Service:
        """Find a service by id. Raises KeyError when the profile has none of that id."""
        return {service.id: service for service in self.services}[service_id]

    def releasing_post(self, service_id: str) -> str | None:
        """Name the post that releases a service's return before it counts. None: none is asked for, or the service is unknown."""
        service = next((item for item in self.services if item.id == service_id), None)
        role = self.returns_released_by
        return None if service is None or role is None else str(getattr(service, role.value))

    def post_at(self, address: str) -> Post | None:
        """Find the post an e-mail address belongs to. None: a stranger's."""
        return next((post for post in self.posts if post.email.casefold() == address.casefold()), None)

    def may_be_mailed(self, address: str) -> bool:
        """Tell whether a letter may go to an address."""
        return not self.mail_domains or address.rpartition("@")[2].casefold() in self.mail_domains

    def committee(self, committee_id: str) -> Committee:
        """Find a committee by id. Raises KeyError when the profile has none of that id."""
        return {committee.id: committee for committee in self.committees}[committee_id]

    def board(self, board_id: str) -> Board:
        """Find a board by id. Raises KeyError when the profile has none of that id."""
        return {board.id: board for board in self.boards}[board_id]

    def directorate_of(self, service_id: str) -> Directorate:
        """Find the directorate a service belongs to. Raises KeyError when the profile has no such service."""
        return {service.id: directorate for directorate in self.directorates for service in directorate.services}[service_id]

    def approval_chain(self, level: Level) -> ApprovalChain | None:
        """Find the steps a change of a KPI of a level takes. None: the council names none."""
        return next((chain for chain in self.approval_chains if chain.level is level), None)

    def body_named(self, name: str) -> Committee | Board | None:
        """Find the committee or board that documents call by a name: its id, its canonical name or an alias. None: there is none."""
        wanted = folded(name)
        bodies: tuple[Committee | Board, ...] = (*self.committees, *self.boards)
        return next((body for body in bodies if wanted in {folded(known) for known in _names(body)}), None)

    def _at(self, month: Month, working_day: int, moment: time) -> datetime:
        day = self.working_calendar.nth_working_day(month, working_day)
        return datetime.combine(day, moment, tzinfo=ZoneInfo(self.timezone))

    def opens_at(self, month: Month) -> datetime:
        """Say when collection of a month opens."""
        return self._at(month.next, self.calendar.open_working_day, self.calendar.at)

    def deadline(self, month: Month) -> datetime:
        """Say when the month's returns are due."""
        return self._at(month.next, self.calendar.deadline_working_day, self.calendar.deadline_at)

    def due_at(self, month: Month, working_day: int) -> datetime:
        """Say when a figure is due that can be had from a working day of its own: at the hour of the deadline."""
        return self._at(month.next, working_day, self.calendar.deadline_at)

    def cycle_at(self, month: Month) -> datetime:
        """Say when the month's cycle runs: the business clock of a run that is given no other."""
        return self._at(month.next, self.calendar.cycle_working_day, self.calendar.at)

    def month_in_collection(self, moment: datetime) -> Month:
        """Name the latest month whose collection has been opened at a moment."""
        month = Month.of(moment.astimezone(ZoneInfo(self.timezone)).date()).previous
        return month if self.opens_at(month) <= moment else month.previous

    def export_at(self, quarter: Quarter) -> datetime:
        """Say when the quarter's committee papers are exported."""
        return self._at(quarter.months[-1].next, self.calendar.export_working_day, self.calendar.at)

    def policy_id(self, period: Period) -> str:
        """Name the policy a period is rated by: a month by the headline's, a quarter or year by the papers', as on its last day.

        Raises:
            LookupError: when no policy is in force yet.
        """
        field = "headline_policies" if isinstance(period, Month) else "paper_policies"
        in_force = [policy for policy in getattr(self, field) if policy.since <= period.last_day]
        if not in_force:
            raise LookupError(f"{self.slug}: no rating policy is in force for {period.label}; add one under {field}")
        return str(max(in_force, key=lambda policy: policy.since).policy_id)

    def rebases_of(self, kpi_ref: str, *, as_at: datetime | None) -> tuple[Rebase, ...]:
        """List the decisions to work out a KPI's limits anew that were made by a moment; None: all of them."""
        day = date.max if as_at is None else as_at.astimezone(ZoneInfo(self.timezone)).date()
        return tuple(rebase for rebase in self.rebases if rebase.kpi_ref == kpi_ref and rebase.decided_on <= day)

    def neighbours(self, kpi_ref: str, day: date) -> NeighbourSet | None:
        """Find the neighbours a KPI is compared with on a day: those named for it, else the council's. None: none are named yet."""
        begun = [item for item in self.neighbour_sets if item.since <= day]
        meant = [item for item in begun if kpi_ref in item.kpi_refs] or [item for item in begun if not item.kpi_refs]
        return max(meant, key=lambda item: item.since, default=None)


def _names(entry: Named) -> tuple[str, ...]:
    return (entry.id, str(getattr(entry, "name", "")), *entry.aliases)
