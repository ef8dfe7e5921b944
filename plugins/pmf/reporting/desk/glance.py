"""A month at a glance: what waits for the performance team, how far the month has come, and what it shows so far."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pmf.finding import Severity
from pmf.page.document import Block, Cell, Column, Document, Fact, Facts, Section, Table, paragraph
from pmf.period import Month
from pmf.reporting.desk.address import Place
from pmf.reporting.desk.documents import DocumentLine
from pmf.reporting.desk.findings import OUTCOMES, ValidatedPoint
from pmf.reporting.queries import ANSWERED, OPEN, QueryState
from pmf.reporting.tracking import ServiceState, State, Tracking
from pmf.reporting.wording import counted
from pmf.status import Status


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a month or its quarter. Moments are in the council's own time.

    ``due`` None: it has no date of its own; ``done`` None: it has not been taken. ``outcome`` is that of a validation, else "".
    """

    words: str
    due: datetime | None
    done: datetime | None
    outcome: str = ""


@dataclass(frozen=True, kw_only=True)
class Glance:
    """A month, as its tracker has it, and its quarter, as known at ``moment``, which is in the council's own time.

    ``statuses`` are those of the month's KPIs as last rated, ``papers`` the documents of its quarter; ``refused`` counts the letters
    about either that a mail server would not take.
    """

    tracking: Tracking
    moment: datetime
    points: Sequence[ValidatedPoint]
    statuses: Sequence[Status]
    queries: Sequence[QueryState]
    papers: Sequence[DocumentLine]
    refused: int
    steps: Sequence[Step]

    @property
    def month(self) -> Month:
        """The month."""
        return self.tracking.month

    @property
    def forms(self) -> Sequence[ServiceState]:
        """Every form that is asked for: figures, panels and plan actions."""
        return (*self.tracking.services, *self.tracking.panels, *self.tracking.actions)


def glance_page(glance: Glance) -> Document:
    """Lay out the page."""
    profile, label = glance.tracking.profile, glance.month.label
    return Document(
        title="The month at a glance",
        organisation=profile.name,
        subtitle=label,
        header=(("Deadline", glance.tracking.deadline), ("As at", glance.tracking.as_at)),
        sections=(
            Section("What it shows", (Facts(tuple(_facts(glance))),)),
            Section("What waits for you", (_waiting(glance),)),
            Section("How far it has come", (_progress(glance),)),
        ),
        footer=f"{profile.name} – The month at a glance, {label}, as at {glance.tracking.as_at}",
        banner=profile.notice,
    )


def _facts(glance: Glance) -> Iterable[Fact]:
    asked = [state for state in glance.tracking.services if state.label is not State.NOT_DUE]
    returned = sum(state.is_returned for state in asked)
    yield Fact("Returned", str(returned), f"of {counted(len(asked), 'service')}")
    for status in (Status.RED, Status.AMBER, Status.GREEN, Status.BLUE, Status.UNDER_QUERY, Status.AWAITING_DATA):
        if number := sum(item is status for item in glance.statuses):
            yield Fact(status.label, str(number), status=status)
    yield Fact("Queries", str(sum(query.state == OPEN for query in glance.queries)), "open with services")


def _waiting(glance: Glance) -> Block:
    rows = tuple(
        (Cell(words), Cell(str(number)), Cell(label, link=address)) for words, number, (label, address) in _matters(glance) if number
    )
    if not rows:
        return paragraph("Nothing.")
    return Table("What waits, and where to see to it", (Column("What", width=4), Column("How many", is_number=True), Column("Where")), rows)


def _matters(glance: Glance) -> Iterable[tuple[str, int, tuple[str, str]]]:
    """List what may have to be seen to, how much of it there is, and label and address of the page that lists it."""
    returns, findings, sign_offs = (
        (place.label, place.of(period))
        for place, period in ((Place.RETURNS, glance.month), (Place.FINDINGS, glance.month), (Place.SIGN_OFFS, glance.month.quarter))
    )
    queries, quarter = (Place.QUERIES.label, str(Place.QUERIES)), glance.month.quarter.label
    labels = [form.label for form in glance.forms]
    yield "Returns overdue", sum(form.is_overdue for form in glance.forms), returns
    yield "Returns that could not be used", labels.count(State.REJECTED), returns
    yield "Returns that wait to be released", labels.count(State.AWAITING_RELEASE), returns
    yield "Findings that fail", sum(point.standing(Severity.CRITICAL) for point in glance.points), findings
    yield "Findings that flag", sum(point.standing(Severity.WARNING) for point in glance.points), findings
    yield "Answered queries to judge", sum(query.state == ANSWERED for query in glance.queries), queries
    yield "Queries on the board's list", sum(query.is_on_board_list for query in glance.queries), queries
    yield f"Documents of {quarter} that await sign-off", sum(line.awaits_sign_off for line in glance.papers), sign_offs
    yield f"Documents of {quarter} held back", sum(bool(line.obstacles) for line in glance.papers), sign_offs
    yield f"Documents of {quarter} late for publication", sum(line.is_late for line in glance.papers), sign_offs
    yield "Letters that a mail server refused: see to the addresses", glance.refused, ("", "")


def _progress(glance: Glance) -> Table:
    columns = (Column("Step", width=3), Column("Due", width=1.6), Column("Done", width=1.6), Column("State", width=1.2))
    rows = tuple(_step(step, glance.moment) for step in glance.steps)
    return Table(f"{glance.month.label} and {glance.month.quarter.label}, step by step", columns, rows)


def _step(step: Step, now: datetime) -> tuple[Cell, ...]:
    if step.outcome:
        word, status = OUTCOMES[step.outcome]
        state = Cell(word, status=status)
    elif step.done:
        state = Cell("Done", status=Status.GREEN)
    elif step.due and step.due < now:
        state = Cell("Overdue", status=Status.RED)
    else:
        state = Cell("To come", status=Status.AWAITING_DATA, arrow="○")
    return Cell(step.words), Cell(_moment(step.due)), Cell(_moment(step.done)), state


def _moment(moment: datetime | None) -> str:
    return f"{moment:%-d %b %Y, %H:%M}" if moment else ""
