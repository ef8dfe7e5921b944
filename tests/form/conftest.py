"""A form of five KPIs and one of three actions, and what officers and others do to them on their way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook, load_workbook

from pmf.form.layout import Layout, load_layouts
from pmf.form.model import ActionForm, ActionRow, Form, FormRow, ReturnedActions, ReturnedForm
from pmf.form.reader import read_form
from pmf.form.writer import write_form

FORMS = Path(__file__).resolve().parents[2] / "include" / "forms"
KEY = b"a key for tests, thirty-two bytes"
LONDON = ZoneInfo("Europe/London")


def kpi(kpi_ref: str, **changes: Any) -> FormRow:
    row = FormRow(
        kpi_ref=kpi_ref,
        title=f"Share of enquiries answered in time by team {kpi_ref}",
        unit="%",
        direction="Higher",
        target="95.0%",
        last_period="June 2024",
        last_value="93.4%",
        method="Answered within ten working days, divided by all answered.",
        needs_numerator=False,
    )
    return row if not changes else FormRow(**{**row.__dict__, **changes})


HEAD: dict[str, Any] = {
    "organisation": "exampleshire",
    "organisation_name": "Exampleshire County Council",
    "period": "2024-07",
    "period_label": "July 2024",
    "service_id": "libraries",
    "service_name": "Libraries & Archives",
    "deadline": datetime(2024, 8, 9, 17, 0, tzinfo=LONDON),
    "contact": "performance@exampleshire.example.org",
    "created": datetime(2024, 8, 1, 7, 0, tzinfo=LONDON),
}


def make_form(**changes: Any) -> Form:
    rows = (
        kpi("36", minimum=Decimal(0), maximum=Decimal(100), needs_numerator=True),
        *(kpi(ref) for ref in ("220", "41", "7a", "7b")),
    )
    return Form(**{**HEAD, "rows": rows, **changes})


def action(action_ref: str, **changes: Any) -> ActionRow:
    values = {
        "title": f"Market town programme, part {action_ref}",
        "description": "Regenerate the town with partners, so that people live, work and spend time there.",
        "priority": "Improve the quality of life",
        "due": "31 March 2026",
        "last_update": "Green: planning permission for the first phase was given in May.",
    }
    return ActionRow(**{"action_ref": action_ref, **values, **changes})


def make_action_form(**changes: Any) -> ActionForm:
    period = {"period": "2025-26-Q1", "period_label": "Quarter 1 2025-26"}
    return ActionForm(**{**HEAD, **period, "rows": tuple(action(ref) for ref in ("12", "14b", "21")), **changes})


@pytest.fixture(scope="session")
def key() -> bytes:
    return KEY


@pytest.fixture(scope="session")
def layouts() -> dict[str, Layout]:
    return load_layouts(FORMS)


@pytest.fixture(scope="session")
def layout(layouts: dict[str, Layout]) -> Layout:
    return layouts["1"]


@pytest.fixture(scope="session")
def new_form() -> Callable[..., Form]:
    """Build a form that differs from the usual one where it is told to."""
    return make_form


@pytest.fixture(scope="session")
def new_row() -> Callable[..., FormRow]:
    """Build a KPI's row that differs from the usual one where it is told to."""
    return kpi


@pytest.fixture(scope="session")
def new_action_form() -> Callable[..., ActionForm]:
    """Build a form of actions that differs from the usual one where it is told to."""
    return make_action_form


@pytest.fixture(scope="session")
def blank_actions(layouts: dict[str, Layout]) -> bytes:
    """The form of actions as it is e-mailed."""
    return write_form(make_action_form(), layout=layouts["actions-1"], key=KEY)


@pytest.fixture(scope="session")
def form() -> Form:
    return make_form()


@pytest.fixture(scope="session")
def blank(form: Form, layout: Layout) -> bytes:
    """The form as it is e-mailed."""
    return write_form(form, layout=layout, key=KEY)


@pytest.fixture(scope="session")
def filled(blank: bytes, edited: Callable[..., bytes]) -> bytes:
    """The form with a figure in every row."""
    return edited(blank, {f"G{row}": row + 0.5 for row in range(6, 11)})


@pytest.fixture(scope="session")
def edited() -> Callable[..., bytes]:
    """Open a workbook as an officer would, type into cells of its second sheet, which is the form, save it."""

    def edit(content: bytes, cells: Mapping[str, Any] | Callable[[Workbook], None]) -> bytes:
        workbook = load_workbook(BytesIO(content))
        if callable(cells):
            cells(workbook)
        else:
            for address, value in cells.items():
                workbook.worksheets[1][address] = value
        saved = BytesIO()
        workbook.save(saved)
        return saved.getvalue()

    return edit


@pytest.fixture(scope="session")
def rezipped() -> Callable[..., bytes]:
    """Pack a workbook again with parts changed (bytes to bytes) or added (None to bytes)."""

    def rezip(content: bytes, changes: Mapping[str, bytes | Callable[[bytes], bytes]]) -> bytes:
        packed = BytesIO()
        with ZipFile(BytesIO(content)) as before, ZipFile(packed, "w", ZIP_DEFLATED) as after:
            parts = {name: before.read(name) for name in before.namelist()}
            for name, change in changes.items():
                parts[name] = change(parts[name]) if callable(change) else change
            for name, part in parts.items():
                after.writestr(name, part)
        return packed.getvalue()

    return rezip


@pytest.fixture(scope="session")
def returned(layouts: dict[str, Layout]) -> Callable[[bytes], ReturnedForm]:
    """Read a file that must be a readable return of KPIs."""

    def read(content: bytes) -> ReturnedForm:
        result = read_form(content, layouts=layouts, key=KEY)
        assert isinstance(result, ReturnedForm), result
        return result

    return read


@pytest.fixture(scope="session")
def returned_actions(layouts: dict[str, Layout]) -> Callable[[bytes], ReturnedActions]:
    """Read a file that must be a readable return of actions."""

    def read(content: bytes) -> ReturnedActions:
        result = read_form(content, layouts=layouts, key=KEY)
        assert isinstance(result, ReturnedActions), result
        return result

    return read
