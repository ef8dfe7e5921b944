"""What a form carries out to a service and back: plain frozen values, shared by writer, reader and cycle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from pmf.form.item import Answer, ItemRow, ReturnedItem


class Kind(StrEnum):
    """What a form asks about: the KPIs of a month, its panels, the actions of the corporate plan in a quarter, or an intervention."""

    KPIS = "kpis"
    ACTIONS = "actions"
    PANELS = "panels"
    INTERVENTION = "intervention"


@dataclass(frozen=True, kw_only=True)
class FormRow:
    """One due KPI on a form, as the officer sees it. Texts are printed as they stand.

    ``due`` is when this KPI's figure is due, where that is not the form's deadline ("15 August 2024"). ``figure_source``
    says where the figure comes from, where that is not the officer ("Comes from the waste contractor's system"): then
    only comment and forecast are asked for. Both "": nothing of the kind. ``needs_weight``: the denominator is asked for, by
    which a figure counts beside those of other months.
    """

    kpi_ref: str
    title: str
    unit: str
    direction: str
    target: str
    last_period: str
    last_value: str
    method: str
    needs_numerator: bool
    needs_weight: bool = False
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    due: str = ""
    figure_source: str = ""


@dataclass(frozen=True, kw_only=True)
class ActionRow:
    """One action of the corporate plan on a form. Texts are printed as they stand.

    ``last_update`` is what was said of it in the quarter before, colour first ("Green: planning permission was given").
    """

    action_ref: str
    title: str
    description: str
    priority: str
    due: str
    last_update: str


@dataclass(frozen=True, kw_only=True)
class PanelRow:
    """One line of the risk, finance and change panels on a form. Texts are printed as they stand.

    ``aim`` is what the line is held against ("Target score: 8"), ``last_word`` what was said of it last month, colour first.
    ``asks_for_figure`` False: there is none of such a line; ``minimum`` and ``maximum`` are what a figure usually lies between.
    """

    line_ref: str
    panel: str
    title: str
    holder: str
    aim: str
    last_word: str
    asks_for_figure: bool
    minimum: Decimal | None = None
    maximum: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class FormHead:
    """What any form says of itself; ``deadline`` and ``created`` carry their time zone.

    ``period`` is the key of a month or a quarter. ``notice`` (None: none) is printed on every sheet, for sample and trial
    councils.
    """

    organisation: str
    organisation_name: str
    period: str
    period_label: str
    service_id: str
    service_name: str
    deadline: datetime
    contact: str
    created: datetime
    notice: str | None = None


@dataclass(frozen=True, kw_only=True)
class Form(FormHead):
    """One service's form for the KPIs of one month."""

    rows: tuple[FormRow, ...]
    kind: ClassVar = Kind.KPIS


@dataclass(frozen=True, kw_only=True)
class ActionForm(FormHead):
    """One service's form for its actions in one quarter."""

    rows: tuple[ActionRow, ...]
    kind: ClassVar = Kind.ACTIONS


@dataclass(frozen=True, kw_only=True)
class PanelForm(FormHead):
    """One directorate's form for the lines of its panels in one month; ``service_id`` is the service that returns it."""

    rows: tuple[PanelRow, ...]
    kind: ClassVar = Kind.PANELS


@dataclass(frozen=True, kw_only=True)
class InterventionForm(FormHead):
    """The form of one intervention; ``period`` is the month that it was opened about."""

    rows: tuple[ItemRow, ...]
    kind: ClassVar = Kind.INTERVENTION


AnyForm = Form | ActionForm | PanelForm | InterventionForm


@dataclass(frozen=True, kw_only=True)
class Question:
    """A query that goes out with a form sent back for correction, to be answered beside the figures.

    ``kpi_ref`` is the KPI, the action or the line of a panel it is about ("": none), ``kind`` the form whose row that is.
    ``cell_field`` is the field of the row it is about (None: the row as a whole), which is marked; ``is_failing`` tells what
    withholds the figure from what is only asked. Texts are printed as they stand.
    """

    query_id: str
    kpi_ref: str
    title: str
    text: str
    fix: str
    cell_field: str | None
    is_failing: bool
    kind: Kind = Kind.KPIS


class Problem(StrEnum):
    """Why a file is no return, in the order it is tried. ``problem`` has the plain sentence and the way out of each."""

    TOO_LARGE = "too_large"
    EMPTY = "empty"
    PROTECTED_OR_OLD = "protected_or_old"
    NOT_A_WORKBOOK = "not_a_workbook"
    DAMAGED = "damaged"
    UNSAFE = "unsafe"
    NO_FORM = "no_form"
    BAD_SIGNATURE = "bad_signature"
    EXPIRED_SIGNATURE = "expired_signature"
    READER_FAILED = "reader_failed"


@dataclass(frozen=True)
class Unreadable:
    """A file that cannot be read as a return: what it is, and what to do, in words for the person who sent it."""

    problem: Problem
    message: str
    fix: str


@dataclass(frozen=True)
class CellProblem:
    """A cell that holds something the form has no room for: a formula, an error, text where a figure goes.

    ``kpi_ref`` is the KPI, the action or the line of a panel whose cell it is; None: a row that is nobody's.
    """

    code: str
    sheet: str
    cell: str
    field: str
    kpi_ref: str | None
    found: str
    message: str
    fix: str


@dataclass(frozen=True, kw_only=True)
class ReturnedLine:
    """One KPI's row of a return. Figures are exact; None means the cell was left empty.

    ``not_available`` is the officer's "Yes" to "not available this month", ``is_provisional`` to "may still change";
    ``cells`` maps a field's name ("value", "numerator", ...) to its cell ("G7"); ``raw`` maps a figure's field to what the
    cell showed where that is not a plain number: "" for an empty cell, "2,074" for a figure written as text, "95.5%" for a
    number shown as a percentage.
    """

    kpi_ref: str
    row: int
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    forecast: Decimal | None
    not_available: bool
    reason: str
    comment: str
    cells: dict[str, str]
    raw: dict[str, str]
    is_provisional: bool = False


@dataclass(frozen=True, kw_only=True)
class ReturnedAction:
    """One action's row of a return; "" means the cell was left empty. ``rag`` is one of the words the form offers.

    ``cells`` maps a field's name ("update", "rag", "impact") to its cell ("G7").
    """

    action_ref: str
    row: int
    update: str
    rag: str
    impact: str
    cells: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class ReturnedPanelLine:
    """One line's row of a return of panels; "" means the cell was left empty, None that there is no figure that can be read.

    ``rag`` is one of the words the form offers. ``cells`` maps a field's name ("rag", "amount", "comment") to its cell ("G7").
    """

    line_ref: str
    row: int
    rag: str
    figure: Decimal | None
    comment: str
    cells: dict[str, str]


AnyLine = ReturnedLine | ReturnedAction | ReturnedPanelLine


@dataclass(frozen=True, kw_only=True)
class ReturnHead:
    """Whose a readable return says it is (verified by signature), the cells that make no sense, and answers to questions sent with it."""

    organisation: str
    period: str
    service_id: str
    form_version: str
    sheet: str
    problems: tuple[CellProblem, ...]
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReturnedForm(ReturnHead):
    """A readable return of KPIs, with its lines."""

    lines: tuple[ReturnedLine, ...]


@dataclass(frozen=True, kw_only=True)
class ReturnedActions(ReturnHead):
    """A readable return of actions, with its lines."""

    lines: tuple[ReturnedAction, ...]


@dataclass(frozen=True, kw_only=True)
class ReturnedPanels(ReturnHead):
    """A readable return of panels, with its lines."""

    lines: tuple[ReturnedPanelLine, ...]


@dataclass(frozen=True, kw_only=True)
class ReturnedIntervention(ReturnHead):
    """A readable intervention form, with its items."""

    lines: tuple[ReturnedItem, ...]


Returned = ReturnedForm | ReturnedActions | ReturnedPanels | ReturnedIntervention
