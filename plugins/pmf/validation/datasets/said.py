"""What a month's returns say of each KPI due, and who would have to say it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pmf.register import Kpi, Target
from pmf.register.kpi import StatusType
from pmf.validation.commentary.emptiness import says_nothing
from pmf.validation.datasets.counting import FIGURE_FIELDS, counting
from pmf.validation.definitions import Definition, define, templates_in_force
from pmf.validation.inputs import ReturnInputs, Row

# Nobody is asked for figures of these; what comes in all the same is checked like any other.
_NOT_COLLECTED = frozenset({StatusType.SUSPENDED, StatusType.IN_DEVELOPMENT})


@dataclass(frozen=True, kw_only=True)
class Said:
    """What there is to say of one KPI: its definition, the file that counts and its line in it, the line of the form.

    ``answers_given`` counts the lines of the file that say different things.
    """

    kpi: Kpi
    definition: Definition
    file: Row | None
    line: Row | None
    form_line: Row | None
    answers_given: int
    is_unreadable: bool
    source_title: str | None
    target: Target | None
    own_due_at: datetime | None
    is_too_early: bool

    @property
    def comment(self) -> str:
        """The comment beside the figure; where that has come without one, the form's. One that says nothing ("n/a") is none."""
        comments = (line["comment"].strip() for line in (self.line, self.form_line) if line is not None)
        return next((comment for comment in comments if not says_nothing(comment)), "")

    @property
    def reason(self) -> str:
        """The reason given for a correction. Empty: none."""
        return self.line["reason"].strip() if self.line is not None else ""

    @property
    def answer(self) -> str:
        """What is said, in the words ``ObservationRow`` lists."""
        if self.is_unreadable:
            return "unreadable"
        if self.line is not None and self.line["is_withdrawn"]:
            return "withdrawn"
        if self.line is not None and self.line["not_available"]:
            return "not available"
        if self.line is not None and any(self.line[name] is not None for name in FIGURE_FIELDS):
            return "figure"
        if self.kpi.status_type in _NOT_COLLECTED:
            return "not expected"
        if self.is_too_early:
            return "not yet due"
        if self.kpi.source_id is not None:
            return "no source"
        if self.line is not None:
            return "overdue" if self.own_due_at else "blank"
        return "no return" if self.file is None else "no row"


def everything_said(inputs: ReturnInputs) -> tuple[Said, ...]:
    """Collect what was said of each KPI due, in the order of the register."""
    counts = counting(inputs)
    templates = templates_in_force(inputs.register, inputs.month)
    unreadable = {(row["kpi_ref"], row["file_hash"]) for row in inputs.problems if row["field"] in FIGURE_FIELDS}
    titles: dict[str | None, str] = {source.id: source.title for source in inputs.register.sources}
    everything = []
    for kpi in inputs.due:
        counted = counts[kpi.kpi_ref]
        file = counted.file or inputs.returned_by(kpi.service_id)
        said = Said(
            kpi=kpi,
            definition=define(kpi, templates.get(kpi.kpi_ref)),
            file=file,
            line=counted.lines[0] if counted.lines else None,
            form_line=counted.form_line,
            answers_given=len({_statement(line) for line in counted.lines}),
            is_unreadable=file is not None and (kpi.kpi_ref, file["file_hash"]) in unreadable and kpi.source_id is None,
            source_title=titles.get(kpi.source_id),
            target=inputs.register.target(kpi.kpi_ref, inputs.month),
            own_due_at=inputs.own_due_at(kpi),
            is_too_early=not inputs.is_asked(kpi),
        )
        everything.append(said)
    return tuple(everything)


def _statement(line: Row) -> tuple[Any, ...]:
    return (*(line[name] for name in FIGURE_FIELDS), line["not_available"])
