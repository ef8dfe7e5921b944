"""A row of a form on its way out, whatever the form asks about: what it prints, what it asks for, what was sent already.

What belongs here: making the kinds of row one kind for the writer. What does not: where things stand and how they look.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from decimal import Decimal

from pmf.form.cell import clean_text
from pmf.form.column import FieldName
from pmf.form.item import ItemRow
from pmf.form.layout import OF_THE_FIGURE
from pmf.form.model import (
    ActionForm,
    ActionRow,
    AnyForm,
    AnyLine,
    FormRow,
    InterventionForm,
    PanelForm,
    PanelRow,
    ReturnedAction,
    ReturnedLine,
    ReturnedPanelLine,
)
from pmf.value import parse_figure

_OF_A_RATIO = frozenset({FieldName.NUMERATOR, FieldName.DENOMINATOR})
# A row is answered when all fields of one of these groups are filled in.
ANSWERS: tuple[Set[FieldName], ...] = (
    {FieldName.VALUE},
    {FieldName.NOT_AVAILABLE},
    {FieldName.NUMERATOR, FieldName.DENOMINATOR},
    {FieldName.UPDATE, FieldName.RAG},
    {FieldName.COMMENT, FieldName.RAG},
    {FieldName.ANSWER},
)

Entry = Decimal | str


@dataclass(frozen=True, kw_only=True)
class OutgoingRow:
    """A KPI's, action's or line's row: ``texts`` by locked field, ``entries`` by input field, and the inputs not asked for.

    ``source`` stands in the place of a figure that comes from elsewhere; "": the figure is asked for.
    """

    ref: str
    texts: Mapping[FieldName, str]
    entries: Mapping[FieldName, Entry]
    source: str = ""
    not_asked: Set[FieldName] = field(default_factory=frozenset)
    minimum: Decimal | None = None
    maximum: Decimal | None = None

    @property
    def is_answered(self) -> bool:
        """Tell whether enough of what is asked for stands in the row already."""
        return any(group <= self.entries.keys() for group in ANSWERS)


def outgoing_rows(form: AnyForm, answers: Mapping[str, AnyLine]) -> tuple[OutgoingRow, ...]:
    """Lay out a form's rows, with what was sent already of its KPIs, actions or lines; ``answers`` of others are left alone."""
    if isinstance(form, InterventionForm):
        return tuple(_item_row(row) for row in form.rows)
    if isinstance(form, PanelForm):
        said = {ref: answer for ref, answer in answers.items() if isinstance(answer, ReturnedPanelLine)}
        return tuple(_panel_row(row, said.get(row.line_ref)) for row in form.rows)
    if isinstance(form, ActionForm):
        actions = {ref: answer for ref, answer in answers.items() if isinstance(answer, ReturnedAction)}
        return tuple(_action_row(row, actions.get(row.action_ref)) for row in form.rows)
    lines = {ref: answer for ref, answer in answers.items() if isinstance(answer, ReturnedLine)}
    return tuple(_kpi_row(row, lines.get(row.kpi_ref)) for row in form.rows)


def _kpi_row(row: FormRow, earlier: ReturnedLine | None) -> OutgoingRow:
    source = clean_text(row.figure_source)
    not_asked = OF_THE_FIGURE if source else _parts_not_asked(row)
    return OutgoingRow(
        ref=row.kpi_ref,
        texts={
            FieldName.KPI_REF: row.kpi_ref,
            FieldName.TITLE: f"{row.title}\nDue by {row.due}" if row.due else row.title,
            FieldName.UNIT: row.unit,
            FieldName.DIRECTION: row.direction,
            FieldName.TARGET: row.target,
            FieldName.LAST_VALUE: f"{row.last_value}\n{row.last_period}".strip(),
            FieldName.METHOD: row.method,
        },
        entries={name: entry for name, entry in _kpi_entries(earlier).items() if name not in not_asked} if earlier else {},
        source=source,
        not_asked=not_asked,
        minimum=row.minimum,
        maximum=row.maximum,
    )


def _parts_not_asked(row: FormRow) -> Set[FieldName]:
    if row.needs_numerator:
        return frozenset()
    return {FieldName.NUMERATOR} if row.needs_weight else _OF_A_RATIO


def _action_row(row: ActionRow, earlier: ReturnedAction | None) -> OutgoingRow:
    entries = {FieldName.UPDATE: earlier.update, FieldName.RAG: earlier.rag, FieldName.IMPACT: earlier.impact} if earlier else {}
    return OutgoingRow(
        ref=row.action_ref,
        texts={
            FieldName.ACTION_REF: row.action_ref,
            FieldName.TITLE: row.title,
            FieldName.DESCRIPTION: row.description,
            FieldName.PRIORITY: row.priority,
            FieldName.DUE: row.due,
            FieldName.LAST_UPDATE: row.last_update,
        },
        entries={name: text for name, text in entries.items() if text},
    )


def _panel_row(row: PanelRow, earlier: ReturnedPanelLine | None) -> OutgoingRow:
    entries: dict[FieldName, Entry] = {}
    if earlier:
        texts = {FieldName.RAG: earlier.rag, FieldName.COMMENT: earlier.comment}
        entries = {name: text for name, text in texts.items() if text}
        entries |= {FieldName.AMOUNT: earlier.figure} if earlier.figure is not None and row.asks_for_figure else {}
    return OutgoingRow(
        ref=row.line_ref,
        texts={
            FieldName.LINE_REF: row.line_ref,
            FieldName.PANEL: row.panel,
            FieldName.TITLE: row.title,
            FieldName.HOLDER: row.holder,
            FieldName.AIM: row.aim,
            FieldName.LAST_UPDATE: row.last_word,
        },
        entries=entries,
        not_asked=frozenset() if row.asks_for_figure else {FieldName.AMOUNT},
        minimum=row.minimum,
        maximum=row.maximum,
    )


def _item_row(row: ItemRow) -> OutgoingRow:
    return OutgoingRow(
        ref=row.item_ref,
        texts={FieldName.ITEM_REF: row.item_ref, FieldName.TITLE: row.title, FieldName.KNOWN: row.known},
        entries={FieldName.ANSWER: row.answer} if row.answer else {},
    )


def _kpi_entries(line: ReturnedLine) -> dict[FieldName, Entry]:
    figures = {
        FieldName.VALUE: line.value,
        FieldName.NUMERATOR: line.numerator,
        FieldName.DENOMINATOR: line.denominator,
        FieldName.FORECAST: line.forecast,
    }
    entries = {name: _figure_entry(figure, line.raw.get(name)) for name, figure in figures.items()}
    entries |= {
        FieldName.NOT_AVAILABLE: "Yes" if line.not_available else "",
        FieldName.PROVISIONAL: "Yes" if line.is_provisional else "",
        FieldName.REASON: line.reason,
        FieldName.COMMENT: line.comment,
    }
    return {name: entry for name, entry in entries.items() if entry != ""}


def _figure_entry(figure: Decimal | None, raw: str | None) -> Entry:
    """Give a figure as a number where it was a plain number (``raw`` None), else what the cell showed."""
    if figure is not None:
        return figure if raw is None else raw
    # The result of a formula or a merged cell was not taken as the officer's figure: typing it is up to them.
    return "" if raw is None or parse_figure(raw) is not None else raw
