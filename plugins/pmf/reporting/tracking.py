"""The page that shows a performance team who has returned a month, who has not, and what to do next.

Pure: states in, a document out. How a state is found out belongs to the cycle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pmf.page.document import Block, Cell, Column, Document, Fact, Facts, Section, Table, paragraph
from pmf.period import Month
from pmf.register import Profile
from pmf.reporting.wording import agree, counted
from pmf.status import Status


class State(StrEnum):
    """How a service's form, or a source, stands."""

    NOT_DUE = "Not due"
    NOT_REQUESTED = "Not requested"
    REQUESTED = "Requested"
    CHASED = "Chased"
    REJECTED = "Rejected"
    AWAITING_RELEASE = "Awaiting release"
    PARTLY = "Partly returned"
    RETURNED_LATE = "Returned late"
    RETURNED = "Returned"


class Mark(StrEnum):
    """How a service's return of one month came in, seen from later."""

    IN_TIME = "In time"
    LATE = "Late"
    MISSING = "Missing"
    STILL_DUE = "Still due"
    BY_SOURCE = "By source"
    NOT_DUE = "Not due"
    NOT_ASKED = "Not asked"


# Colour, and the glyph before the word where the colour brings no shape of its own.
_LOOKS = {
    State.NOT_DUE: (Status.AWAITING_DATA, "–"),
    State.NOT_REQUESTED: (Status.AWAITING_DATA, "–"),
    State.REQUESTED: (Status.AWAITING_DATA, "○"),
    State.CHASED: (Status.AWAITING_DATA, "◎"),
    State.REJECTED: (Status.RED, ""),
    State.AWAITING_RELEASE: (Status.AMBER, ""),
    State.PARTLY: (Status.AMBER, ""),
    State.RETURNED_LATE: (Status.GREEN, ""),
    State.RETURNED: (Status.GREEN, ""),
}
_MARKS = {
    Mark.IN_TIME: (Status.GREEN, ""),
    Mark.LATE: (Status.AMBER, ""),
    Mark.MISSING: (Status.RED, ""),
    Mark.STILL_DUE: (None, "○"),
    Mark.BY_SOURCE: (None, "●"),
    Mark.NOT_DUE: (None, "–"),
    Mark.NOT_ASKED: (None, "–"),
}
# As many months fit a table that is not laid out for a landscape page.
_FEW_MONTHS = 4
_PUNCTUAL = (Mark.IN_TIME, Mark.LATE, Mark.MISSING)


@dataclass(frozen=True, kw_only=True)
class SourceState:
    """A declared source of a service's figures: Returned, Rejected, or Requested while nothing has come in from it."""

    source_id: str
    title: str
    label: State
    received_at: datetime | None
    figures: int
    due: int
    next_step: str


@dataclass(frozen=True, kw_only=True)
class ServiceState:
    """How one service's form stands: of a month's figures, of its panels, or of a quarter's plan actions.

    ``due`` counts KPIs (actions, lines); of these ``figures`` have a figure (an update) and ``nil_returns`` are "not available".
    ``is_overdue``: missing after its deadline; ``is_late``: in, but not by its deadline.
    ``received_at`` and ``reminded_at`` are in the council's own time; None: nothing that counts or waits has come in, nobody
    was reminded. ``reason`` says why the last file could not be used; ``next_step`` what to do now.
    """

    service_id: str
    name: str
    label: State
    is_overdue: bool
    is_late: bool
    received_at: datetime | None
    sender: str
    due: int
    figures: int
    nil_returns: int
    reminders: int
    reminded_at: datetime | None
    reason: str
    next_step: str
    sources: tuple[SourceState, ...] = ()

    @property
    def is_returned(self) -> bool:
        """Whether a return that counts has come in."""
        return self.label in (State.RETURNED, State.RETURNED_LATE, State.PARTLY)

    @property
    def unanswered(self) -> int:
        """How many due KPIs have no answer at all."""
        return self.due - self.figures - self.nil_returns

    def as_dict(self) -> dict[str, Any]:
        """Give the state as JSON values."""
        state = {name: _plain(value) for name, value in asdict(self).items()}
        return state | {"is_returned": self.is_returned, "unanswered": self.unanswered}


@dataclass(frozen=True, kw_only=True)
class Tracking:
    """A month's tracker as known at one moment. Texts are printed as they stand.

    ``panels`` are the forms of risk, finance and change; ``actions`` those of plan actions that are due with the month, named by
    ``actions_label`` ("": none are).
    ``marks`` holds each service's last months, oldest first, by its id.
    """

    profile: Profile
    month: Month
    deadline: str
    as_at: str
    services: Sequence[ServiceState]
    panels: Sequence[ServiceState]
    actions: Sequence[ServiceState]
    actions_label: str
    months: Sequence[Month]
    marks: Mapping[str, Sequence[Mark]]


def tracker_page(tracking: Tracking) -> Document:
    """Lay out the page: counts, every service's state and what to do, panels, plan actions, and the punctuality of a year."""
    profile, label = tracking.profile, tracking.month.label
    sections = [Section("At a glance", tuple(_glance(tracking)))]
    sections.append(Section("Services", (_services(f"Returns of {label} by service", tracking.services, "Figures"),)))
    if tracking.panels:
        table = _services(f"Risk, finance and change panels of {label} by service", tracking.panels, "Lines")
        sections.append(Section("Risk, finance and change panels", (table,)))
    if tracking.actions:
        table = _services(f"Plan actions of {tracking.actions_label} by service", tracking.actions, "Updates")
        sections.append(Section("Plan actions", (table,)))
    sections.append(Section("Punctuality", tuple(_punctuality(tracking))))
    return Document(
        title="Returns",
        organisation=profile.name,
        subtitle=label,
        header=(("Deadline", tracking.deadline), ("As at", tracking.as_at)),
        sections=tuple(sections),
        footer=f"{profile.name} – Returns of {label}, as at {tracking.as_at}",
        banner=profile.notice,
        is_landscape=True,
    )


def _glance(tracking: Tracking) -> Iterable[Block]:
    asked = [state for state in tracking.services if state.label is not State.NOT_DUE]
    returned = sum(state.is_returned for state in asked)
    overdue = sum(state.is_overdue for state in asked)
    yield paragraph(
        f"{returned} of {counted(len(asked), 'service')} {agree(returned, 'has', 'have')} returned; "
        f"{overdue or 'none'} {agree(overdue, 'is', 'are')} overdue."
    )
    count = {label: sum(state.label is label for state in asked) for label in State}
    facts = [Fact("Returned", f"{returned} of {len(asked)}", status=Status.GREEN)]
    facts += [Fact("Overdue", str(overdue), status=Status.RED)] if overdue else []
    facts += [Fact(label.value, str(count[label]), status=_LOOKS[label][0]) for label in _COUNTED if count[label]]
    answered = sum(state.figures + state.nil_returns for state in asked)
    facts.append(Fact("KPIs answered", f"{answered} of {sum(state.due for state in asked)}"))
    yield Facts(tuple(facts))


_COUNTED = (State.REJECTED, State.AWAITING_RELEASE, State.PARTLY, State.RETURNED_LATE, State.CHASED, State.REQUESTED, State.NOT_REQUESTED)


def _services(caption: str, states: Iterable[ServiceState], answers: str) -> Table:
    columns = (
        Column("Service", width=2.2),
        Column("State", width=1.4),
        Column("Received", width=1.9),
        Column(answers, is_number=True, width=0.7),
        Column("Not available", is_number=True, width=0.8),
        Column("No answer", is_number=True, width=0.7),
        Column("Reminders", width=1.4),
        Column("What to do next", width=4.0),
    )
    rows = [row for state in states for row in (_service_row(state), *(_source_row(source, state.name) for source in state.sources))]
    return Table(caption, columns, tuple(rows), is_wide=True)


def _service_row(state: ServiceState) -> tuple[Cell, ...]:
    status, glyph = _LOOKS[state.label]
    if state.is_overdue:
        status, glyph = Status.RED, ""
    standing = "Overdue" if state.is_overdue else "Late" if state.is_late and state.label is State.PARTLY else ""
    counts = (state.figures, state.nil_returns, state.unanswered) if state.label is not State.NOT_DUE else ("", "", "")
    return (
        Cell(state.name),
        Cell(state.label.value, status=status, arrow=glyph, note=standing),
        Cell(_moment(state.received_at), note=f"from {state.sender}" if state.sender else ""),
        *(Cell(str(count)) for count in counts),
        Cell(str(state.reminders) if state.reminders else "", note=f"last on {state.reminded_at:%-d %b %Y}" if state.reminded_at else ""),
        Cell(" ".join(part for part in (state.reason, state.next_step) if part)),
    )


def _source_row(source: SourceState, service_name: str) -> tuple[Cell, ...]:
    status, glyph = _LOOKS[source.label]
    word = {State.RETURNED: "Came in", State.REQUESTED: "Not yet"}.get(source.label, source.label.value)
    return (
        Cell(source.title, note=f"Source of {service_name}"),
        Cell(word, status=status, arrow=glyph),
        Cell(_moment(source.received_at)),
        Cell(f"{source.figures} of {source.due}"),
        *(Cell("") for _ in range(3)),
        Cell(source.next_step),
    )


def _punctuality(tracking: Tracking) -> Iterable[Block]:
    yield paragraph("In time: a form that could be used came in by the deadline of its month, whatever was corrected later.")
    columns = (
        Column("Service", width=2.2),
        *(Column(month.first_day.strftime("%b %Y"), width=0.9) for month in tracking.months),
        Column("In time", is_number=True, width=0.9),
    )
    rows = tuple(_punctuality_row(state, tracking.marks[state.service_id]) for state in tracking.services)
    labels = dict.fromkeys((tracking.months[0].label, tracking.months[-1].label))
    yield Table(f"How returns came in, {' to '.join(labels)}", columns, rows, is_wide=len(tracking.months) > _FEW_MONTHS)


def _punctuality_row(state: ServiceState, marks: Sequence[Mark]) -> tuple[Cell, ...]:
    judged = sum(mark in _PUNCTUAL for mark in marks)
    share = f"{marks.count(Mark.IN_TIME)} of {judged}" if judged else "–"
    cells = (Cell(mark.value, status=_MARKS[mark][0], arrow=_MARKS[mark][1]) for mark in marks)
    return (Cell(state.name), *cells, Cell(share))


def _moment(moment: datetime | None) -> str:
    return f"{moment:%-d %b %Y, %H:%M}" if moment else ""


def _plain(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {name: _plain(value) for name, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [_plain(value) for value in tree]
    return tree.isoformat() if isinstance(tree, datetime) else tree
