"""An intervention as people see it: how it stands, the KPI Intervention Form (HDC framework, Appendix F), and the list of them.

Pure: a state in, a document out. What becomes of an intervention belongs to the cycle.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from pmf.page.document import Block, Cell, Column, Document, Paragraph, Section, Table, bullets, paragraph, strong
from pmf.register import Profile
from pmf.reporting.figurecell import figure_cell
from pmf.status import Status

CLOSED = "closed"
# What the form asks, in the framework's own words.
PURPOSE = "This form is to be filled in when performance is below expectations and not considered a temporary lapse."
CAUSE_QUESTION = "Please explain what has caused the KPI to exceed the tolerance level"
STEPS_QUESTION = "What steps will be taken to return this KPI to acceptable levels"
NOT_PLANNED = "Nothing was said with the return: to be filled in."


@dataclass(frozen=True)
class Answer:
    """What the form says to one question. ``by`` is who said it and when; "": it is proposed from the service's own return."""

    words: str
    by: str = ""

    @property
    def printed(self) -> str:
        """The words, or that there are none yet."""
        return self.words or NOT_PLANNED

    @property
    def source(self) -> str:
        """Say where the words are from, for print; "": there are none."""
        if self.by:
            return f"[Put in by {self.by}.]"
        return "[Proposed from the return: to be confirmed.]" if self.words else ""


@dataclass(frozen=True)
class Progress:
    """A month the KPI is followed in. ``said`` answers whether further intervention is required; "": nobody has said."""

    label: str
    month: str
    target: str
    actual: str
    status: Status | None
    said: str


@dataclass(frozen=True)
class Approval:
    """An approval the form asks for: whose, the post's title, and the day it was given ("": not yet)."""

    label: str
    post: str
    on: str


@dataclass(frozen=True, kw_only=True)
class InterventionState:
    """How one intervention stands, for print. Texts are printed as they stand; days are in the council's own time.

    ``fired_by`` is the rule that opened it, ``hints`` what the KPI's data-quality template says of what may turn it red and of what
    would then be done. ``lies_with`` says whose turn it is and ``closed`` how it ended (each "": nobody's; not yet).
    """

    intervention_id: str
    kpi_ref: str
    title: str
    unit: str
    service_id: str
    service_name: str
    month: str
    month_label: str
    portfolio_holder: str
    kpi_holder: str
    target: str
    tolerance: str
    actual: str
    status: Status
    fired_by: str
    cause: Answer
    steps: Answer
    hints: tuple[tuple[str, str], ...]
    progress: tuple[Progress, ...]
    approvals: tuple[Approval, ...]
    state: str
    lies_with: str
    opened_on: date
    closed: str

    @property
    def name(self) -> str:
        """The KPI, for print."""
        return f"{self.kpi_ref} {self.title}"

    @property
    def is_closed(self) -> bool:
        """Whether it is done with."""
        return self.state == CLOSED

    def as_dict(self) -> dict[str, Any]:
        """Give the state as JSON values."""
        return asdict(self) | {"opened_on": self.opened_on.isoformat()}


def intervention_form(state: InterventionState, profile: Profile, *, as_at: str) -> Document:
    """Lay out the form, filled in as far as it is known; ``as_at`` is printed as it stands."""
    return Document(
        title="KPI Intervention Form",
        organisation=profile.name,
        subtitle=f"{state.name}, {state.month_label}",
        header=(
            ("KPI Addressed", state.name),
            ("Month", state.month_label),
            ("Portfolio Holder", state.portfolio_holder),
            ("KPI Holder", state.kpi_holder),
            ("Intervention", f"{state.intervention_id}. {state.closed or f'It is {state.state}; it lies with: {state.lies_with}.'}"),
        ),
        sections=(
            Section("Performance", tuple(_performance(state))),
            Section(CAUSE_QUESTION, (_answer(state.cause),)),
            Section(STEPS_QUESTION, (_answer(state.steps),)),
            Section("Progress", (_progress(state),)),
            Section("Approvals", (_approvals(state),)),
            *_hints(state),
        ),
        footer=f"{profile.name} – KPI Intervention Form, {state.intervention_id}, as at {as_at}",
        banner=profile.notice,
    )


def _performance(state: InterventionState) -> Iterable[Block]:
    yield paragraph(PURPOSE)
    yield paragraph(strong("Why it is opened: "), state.fired_by)
    columns = (
        Column("Target", is_number=True),
        Column("Tolerance", is_number=True, width=1.4),
        Column("Actual", is_number=True),
        Column("Status"),
    )
    row = (
        *(figure_cell(words, unit=state.unit) for words in (state.target, state.tolerance, state.actual)),
        Cell(state.status.label, status=state.status),
    )
    yield Table(f"Target, tolerance and actual of {state.kpi_ref}, {state.month_label}", columns, (row,))


def _answer(answer: Answer) -> Paragraph:
    return paragraph(f"{answer.printed} {answer.source}".rstrip())


def _hints(state: InterventionState) -> Iterable[Section]:
    if state.hints:
        lead = paragraph("When the target was set, the KPI's data-quality template said:")
        yield Section("What was foreseen", (lead, bullets(*(f"{question} {answer}" for question, answer in state.hints))))


def _progress(state: InterventionState) -> Table:
    columns = (
        Column("Month", width=2.0),
        Column("Target", is_number=True),
        Column("Actual", is_number=True, width=1.2),
        Column("Status", width=1.1),
        Column("Further intervention required?", width=2.4),
    )
    rows = tuple(
        (
            Cell(item.label),
            figure_cell(item.target, unit=state.unit),
            figure_cell(item.actual, unit=state.unit),
            Cell(item.status.label, status=item.status) if item.status else Cell("Not yet rated"),
            Cell(item.said or "Not said yet"),
        )
        for item in state.progress
    )
    return Table(f"Progress of {state.kpi_ref}", columns, rows)


def _approvals(state: InterventionState) -> Table:
    columns = (Column("Approval", width=1.1), Column("Name of the post", width=3.0), Column("Date", width=1.1))
    rows = tuple((Cell(item.label), Cell(item.post), Cell(item.on or "Not yet approved")) for item in state.approvals)
    return Table(f"Approvals of {state.intervention_id}", columns, rows)


def intervention_list(states: Sequence[InterventionState], profile: Profile, *, board: str, as_at: str) -> Document:
    """Lay out a council's interventions, the open ones first; ``board`` is who follows them ("": no board is named)."""
    open_ones = [state for state in states if not state.is_closed]
    closed = [state for state in states if state.is_closed]
    of_board = f", on the list of the {board}" if board else ""
    sections = [
        Section(heading, (Table(f"{heading}: {len(chosen)}{words}", _LIST_COLUMNS, tuple(map(_row, chosen)), is_wide=True),))
        for heading, words, chosen in (("Open interventions", of_board, open_ones), ("Closed interventions", "", closed))
        if chosen
    ]
    return Document(
        title="Interventions",
        organisation=profile.name,
        subtitle="KPIs beyond their intervention level, and what is done about them",
        header=(("As at", as_at),),
        sections=tuple(sections) or (Section("Open interventions", (paragraph("There are none."),)),),
        footer=f"{profile.name} – Interventions, as at {as_at}",
        banner=profile.notice,
        is_landscape=True,
    )


_LIST_COLUMNS = (
    Column("Intervention", width=1.3),
    Column("KPI", width=2.2),
    Column("Opened", width=1.1),
    Column("State", width=1.3),
    Column("It lies with", width=1.8),
    Column("Actual, month by month", width=2.4),
    Column("Steps", width=4.0),
)


def _row(state: InterventionState) -> tuple[Cell, ...]:
    rated = [f"{item.label.partition(': ')[2]} {item.actual}" for item in state.progress if item.status]
    return (
        Cell(state.intervention_id),
        Cell(state.name, note=state.service_name),
        Cell(f"{state.opened_on:%-d %b %Y}"),
        Cell(state.state.capitalize(), note=state.closed),
        Cell(state.lies_with or "Nobody"),
        Cell("; ".join([f"{state.month_label} {state.actual}", *rated])),
        Cell(state.steps.printed),
    )
