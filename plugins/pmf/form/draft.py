"""A form on its way into a workbook: what every sheet of it is written from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from pmf.form.column import FieldName
from pmf.form.layout import GUIDE_NAMES, Layout
from pmf.form.look import Look
from pmf.form.model import AnyForm, Question
from pmf.form.outgoing import OutgoingRow
from pmf.form.signature import Identity

# A place on the form that can be in question: a KPI, action or line, and the field of its row.
Place = tuple[str, FieldName]


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A form, its rows and the questions that go with it, with what signs it and how it looks."""

    form: AnyForm
    rows: tuple[OutgoingRow, ...]
    questions: tuple[Question, ...]
    layout: Layout
    look: Look
    identity: Identity
    key: bytes

    @property
    def last_row(self) -> int:
        """The row of the last KPI, action or line."""
        return self.layout.header_row + len(self.rows)

    @property
    def sender_line(self) -> str:
        """Say from whom the form is, by when it is to be back, and whom to ask."""
        return f"{self.form.organisation_name}. Send back by {_moment(self.form.deadline)}. Questions: {self.form.contact}."

    def words(self, text: str) -> str:
        """Fill in what a title or guide names between braces."""
        form = self.form
        names = (form.organisation_name, form.service_name, form.period_label, _moment(form.deadline), form.contact)
        return text.format_map(dict(zip(GUIDE_NAMES, names, strict=True)))

    @cached_property
    def in_question(self) -> Mapping[Place, Sequence[Question]]:
        """The questions by the place they are about, in their order."""
        places: dict[Place, list[Question]] = {}
        for question in self.questions:
            places.setdefault(self.place_of(question), []).append(question)
        return places

    def place_of(self, question: Question) -> Place:
        """Give the place a question is about; one about the row as a whole is about its reference."""
        fields = {column.field.value: column.field for column in self.layout.inputs}
        return question.kpi_ref, fields.get(question.cell_field or "", self.layout.ref_field)

    @cached_property
    def row_numbers(self) -> Mapping[str, int]:
        """The row of each KPI, action or line, counted from 1."""
        return {row.ref: number for number, row in enumerate(self.rows, start=self.layout.first_row)}

    def cell_of(self, question: Question) -> str | None:
        """Give the cell a question is about, its row's first one where it is about all of it. None: it is about no row of this form."""
        ref, name = self.place_of(question)
        row = self.row_numbers.get(ref)
        return f"{self.layout.by_field[name].column}{row}" if row else None

    def where(self, question: Question) -> str | None:
        """Say for print which cell or row a question is about. None: no row of this form."""
        ref, name = self.place_of(question)
        if ref not in self.row_numbers:
            return None
        return f"row {self.row_numbers[ref]}" if name is self.layout.ref_field else f"cell {self.cell_of(question)}"


def _moment(when: datetime) -> str:
    minutes = f":{when:%M}" if when.minute else ""
    return f"{when.hour % 12 or 12}{minutes}{'am' if when.hour < 12 else 'pm'} on {when:%A} {when.day} {when:%B %Y}"
