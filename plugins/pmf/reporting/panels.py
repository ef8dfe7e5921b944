"""The risk, finance and change panels: compact tables of what directorates report of them (CCC framework, Appendix C)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pmf.page.document import Block, Cell, Column, Heading, Note, Section, Table, paragraph, text
from pmf.register.panel import Panel
from pmf.reporting.wording import agree, counted, listed
from pmf.status import Status
from pmf.value import printed

_COMPLETE, _NO_STATUS, _NOT_REPORTED = "Complete", "No status given", "Not reported"
# In the order they are counted; what is no colour is said in words.
_ORDER = (*(status.label for status in (Status.RED, Status.AMBER, Status.GREEN)), _COMPLETE, _NO_STATUS, _NOT_REPORTED)
_HEADINGS = {Panel.RISK: "Risk", Panel.FINANCE: "Finance", Panel.CHANGE: "Change"}
_NOUNS = {Panel.RISK: "risk", Panel.FINANCE: "budget", Panel.CHANGE: "project"}
_NAMES = {Panel.RISK: "Risk", Panel.FINANCE: "Budget line", Panel.CHANGE: "Project"}


@dataclass(frozen=True, kw_only=True)
class PanelWord:
    """What was reported of a line for one month.

    ``rag`` is red, amber, green or complete (None: no status was given). ``figure`` is a risk's score or the year's forecast of a
    budget in pounds (None: not given, or none is asked for).
    """

    rag: str | None
    figure: Decimal | None
    comment: str

    @property
    def status(self) -> Status | None:
        """The colour reported. None: it is complete, or no status was given."""
        return Status(self.rag) if self.rag and self.rag != _COMPLETE.casefold() else None

    @property
    def said(self) -> str:
        """The status as printed: "Amber", "Complete", "No status given"."""
        return self.rag.capitalize() if self.rag else _NO_STATUS


@dataclass(frozen=True, kw_only=True)
class PanelLine:
    """A risk, a budget or a project of a directorate, with what was reported of it (None: nothing).

    ``aim`` is the target score of a risk or the year's budget in pounds, ``due_on`` when a project is to be done (None: it is
    ongoing); ``holder`` the title of the post that answers for it. ``before`` is what was reported for the month ``before_label``.
    """

    line_ref: str
    panel: Panel
    title: str
    directorate_id: str
    directorate_name: str
    holder: str
    aim: Decimal | None
    due_on: date | None
    current: PanelWord | None
    before: PanelWord | None
    before_label: str

    @property
    def name(self) -> str:
        """The line as it is printed: "R-PS-01 Flooding of the depot"."""
        return f"{self.line_ref} {self.title}"

    @property
    def said(self) -> str:
        """The status as printed: "Amber", "Complete", "No status given", "Not reported"."""
        return self.current.said if self.current else _NOT_REPORTED

    @property
    def above_budget(self) -> Decimal | None:
        """By how much the year's forecast is above the budget, in pounds. None: no forecast was reported, or it is no budget."""
        if self.panel is not Panel.FINANCE or self.current is None or self.current.figure is None or self.aim is None:
            return None
        return self.current.figure - self.aim


def panel_sections(lines: Sequence[PanelLine], label: str) -> tuple[Section, ...]:
    """Print each panel that has lines as a section of its own; ``label`` is the month, or the quarter, that is told."""
    return tuple(Section(f"{_HEADINGS[panel]} panel", _blocks(own, label)) for panel in Panel if (own := _of(lines, panel)))


def panel_blocks(lines: Sequence[PanelLine], label: str) -> tuple[Block, ...]:
    """Print the panels that have lines one below the other, each under a heading; () where there are none."""
    printed_panels = [(panel, own) for panel in Panel if (own := _of(lines, panel))]
    return tuple(block for panel, own in printed_panels for block in (Heading(f"{_HEADINGS[panel]} panel"), *_blocks(own, label)))


def _of(lines: Sequence[PanelLine], panel: Panel) -> tuple[PanelLine, ...]:
    return tuple(line for line in lines if line.panel is panel)


def _blocks(lines: Sequence[PanelLine], label: str) -> tuple[Block, ...]:
    """Print one panel: how many of its lines stand where, the lines themselves, and which of them nothing was reported of."""
    noun, absent = _NOUNS[lines[0].panel], [line for line in lines if line.current is None]
    counts = Counter(line.said for line in lines)
    told = listed([f"{counts[said]} {said}" for said in _ORDER if counts[said]])
    blocks: list[Block] = [paragraph(f"{counted(len(lines), noun)} for {label}: {told}."), _table(lines, label)]
    if absent:
        verb = agree(len(absent), "was", "were")
        blocks.append(Note(_NOT_REPORTED, text(f"{listed([line.name for line in absent])} {verb} not reported on for {label}.")))
    return tuple(blocks)


def _table(lines: Sequence[PanelLine], label: str) -> Table:
    panel, is_shared = lines[0].panel, len({line.directorate_id for line in lines}) > 1
    columns, cells = _PANELS[panel]
    name = Column(_NAMES[panel], width=2.6)
    whose = (Column("Directorate", width=1.4),) if is_shared else ()
    rows = tuple(
        (
            Cell(line.name, note=line.holder),
            *((Cell(line.directorate_name),) if is_shared else ()),
            _status_cell(line.current),
            _status_cell(line.before),
            *cells(line),
            Cell(line.current.comment if line.current else ""),
        )
        for line in lines
    )
    caption = f"{_HEADINGS[panel]} panel, {label} (before: {lines[0].before_label})"
    return Table(caption, (name, *whose, _STATUS, _STATUS_BEFORE, *columns, _COMMENT), rows)


_STATUS, _STATUS_BEFORE = Column("Status", width=1.3), Column("Status before", width=1.15)
_COMMENT = Column("Comment", width=3.05)


def _status_cell(word: PanelWord | None) -> Cell:
    return Cell(word.said, status=word.status) if word else Cell(_NOT_REPORTED)


def _figure_cell(figure: Decimal | None, *, unit: str = "") -> Cell:
    return Cell(printed(figure, unit=unit), value=figure, unit="" if figure is None else unit)


def _risk_cells(line: PanelLine) -> tuple[Cell, ...]:
    current, before = (word.figure if word else None for word in (line.current, line.before))
    return tuple(map(_figure_cell, (current, before, line.aim)))


def _finance_cells(line: PanelLine) -> tuple[Cell, ...]:
    current, before = (word.figure if word else None for word in (line.current, line.before))
    return tuple(_figure_cell(figure, unit="£") for figure in (line.aim, current, before, line.above_budget))


def _change_cells(line: PanelLine) -> tuple[Cell, ...]:
    return (Cell(f"{line.due_on:%-d %B %Y}" if line.due_on else "Ongoing"),)


# The columns that are a panel's own, and what stands in them.
_PANELS: dict[Panel, tuple[tuple[Column, ...], Callable[[PanelLine], tuple[Cell, ...]]]] = {
    Panel.RISK: (
        tuple(Column(heading, is_number=True) for heading in ("Score", "Score before", "Target score")),
        _risk_cells,
    ),
    Panel.FINANCE: (
        tuple(Column(heading, is_number=True, width=1.1) for heading in ("Budget", "Forecast", "Forecast before", "Above budget")),
        _finance_cells,
    ),
    Panel.CHANGE: ((Column("Due", width=1.2),), _change_cells),
}
