"""Queries as people see them: how each stands and its thread, and the page of a council's queries.

Pure: states in, a document out. What becomes of a query belongs to the cycle.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from pmf.page.document import Block, Cell, Column, Document, Fact, Facts, Section, Table, paragraph
from pmf.register import Profile
from pmf.reporting.wording import agree, counted
from pmf.status import Status

OPEN, ANSWERED, CLOSED = "open", "answered", "closed"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a thread, for print. ``at`` is in the council's own time; ``found`` and ``cell`` "": the step names none."""

    kind: str
    author: str
    text: str
    found: str
    cell: str
    at: datetime

    @property
    def sentence(self) -> str:
        """The step in a line: "14 May 2024, Head of Libraries answered: …"."""
        found = f" (found: {self.found})" if self.found else ""
        return f"{self.outline}: {self.text}{found}"

    @property
    def outline(self) -> str:
        """The step without what was said and found: "14 May 2024, Head of Libraries answered"."""
        return f"{self.at:%-d %b %Y}, {self.author} {self.kind}"


@dataclass(frozen=True, kw_only=True)
class QueryState:
    """How one query stands. Moments are in the council's own time.

    ``state`` is open (it lies with the service), answered (with the performance team) or closed. ``is_failing``: the figure is
    withheld, or was when it was last found. ``since`` is when it was asked, or last reopened; ``board_on`` the day from which
    an unresolved one is on the board's list, ``is_on_board_list`` whether it is.
    """

    query_id: str
    period: str
    period_label: str
    point: str
    rule_id: str
    subject: str
    title: str
    service_id: str
    service_name: str
    state: str
    is_failing: bool
    since: datetime
    board_on: date
    is_on_board_list: bool
    steps: tuple[Step, ...]

    @property
    def last(self) -> Step:
        """The last step."""
        return self.steps[-1]

    @property
    def lies_with(self) -> str:
        """Whose turn it is, for print; "": nobody's."""
        return {OPEN: self.service_name, ANSWERED: "Performance team"}.get(self.state, "")

    def as_dict(self) -> dict[str, Any]:
        """Give the state as JSON values."""
        steps = [asdict(step) | {"at": step.at.isoformat()} for step in self.steps]
        plain = {"since": self.since.isoformat(), "board_on": self.board_on.isoformat(), "steps": steps}
        return asdict(self) | plain | {"lies_with": self.lies_with}


@dataclass(frozen=True, kw_only=True)
class QueryPage:
    """A council's queries as known at one moment. ``as_at`` is printed as it stands; ``board`` "": the council has none.

    ``closed_since`` says in words how far back closed ones are shown.
    """

    profile: Profile
    as_at: str
    board: str
    closed_since: str
    states: Sequence[QueryState]


def query_page(page: QueryPage) -> Document:
    """Lay out the page: counts, what lies with services, what with the performance team, and what was closed of late."""
    of = {state: [item for item in page.states if item.state == state] for state in (OPEN, ANSWERED, CLOSED)}
    team = "Answered: for the performance team to accept or to ask again"
    sections = [
        Section("At a glance", tuple(_glance(page, of[OPEN], of[ANSWERED]))),
        *_section("Answered", team, of[ANSWERED], page.board),
        *_section("Open", "Open: for the services to answer", of[OPEN], page.board),
        *_section("Closed", f"Closed since {page.closed_since}", of[CLOSED], ""),
    ]
    return Document(
        title="Queries",
        organisation=page.profile.name,
        subtitle="What was asked of services, answered and decided",
        header=(("As at", page.as_at),),
        sections=tuple(sections),
        footer=f"{page.profile.name} – Queries, as at {page.as_at}",
        banner=page.profile.notice,
        is_landscape=True,
    )


def _glance(page: QueryPage, asked: Sequence[QueryState], answered: Sequence[QueryState]) -> Iterable[Block]:
    unresolved = [*asked, *answered]
    listed = sum(state.is_on_board_list for state in unresolved)
    failing = sum(state.is_failing for state in unresolved)
    words = f"{counted(len(unresolved), 'query', 'queries')} {agree(len(unresolved), 'is', 'are')} unresolved"
    words += f"; {failing} {agree(failing, 'withholds', 'withhold')} a figure" if failing else ""
    words += f"; {listed} {agree(listed, 'is', 'are')} on the list of the {page.board}" if page.board and listed else ""
    yield paragraph(f"{words}.")
    facts = [Fact("Open", str(len(asked)), "with services"), Fact("Answered", str(len(answered)), "with the performance team")]
    facts += [Fact("Withholding a figure", str(failing), status=Status.UNDER_QUERY)] if failing else []
    facts += [Fact("On the board's list", str(listed), status=Status.RED)] if page.board and listed else []
    yield Facts(tuple(facts))


def _section(heading: str, caption: str, states: Sequence[QueryState], board: str) -> list[Section]:
    if not states:
        return []
    columns = (
        Column("Query", width=1.1),
        Column("About", width=2.4),
        Column("Service", width=1.5),
        Column("Since", width=1.1),
        Column("State", width=1.2),
        Column("Thread", width=5.0),
    )
    return [Section(heading, (Table(caption, columns, tuple(_row(state, board) for state in states), is_wide=True),))]


def _row(state: QueryState, board: str) -> tuple[Cell, ...]:
    label, glyph, status = _look(state)
    notes = ["figure withheld"] if status else []
    notes += [f"on the board's list since {state.board_on:%-d %b %Y}"] if board and state.is_on_board_list else []
    return (
        Cell(state.query_id),
        Cell(f"{state.subject} – {state.title}" if state.title else state.subject, note=state.period_label),
        Cell(state.service_name),
        Cell(f"{state.since:%-d %b %Y}"),
        Cell(label, status=status, arrow=glyph, note=", ".join(notes)),
        Cell(" · ".join(step.sentence for step in state.steps)),
    )


def _look(state: QueryState) -> tuple[str, str, Status | None]:
    """Say how a query stands in a word, with its glyph and colour: a failing one is under query until it is closed."""
    if state.state == CLOSED:
        return state.last.kind.capitalize(), "✓", None
    label = "Answered" if state.state == ANSWERED else "Open"
    return (label, "", Status.UNDER_QUERY) if state.is_failing else (label, "○", None)
