"""One form, checked before it is sent: ``pmf check``."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pmf.finding import Finding
from pmf.form.model import CellProblem, ReturnedForm, ReturnedLine
from pmf.validation.points import check_file
from validation.samples import COLUMNS, SEPTEMBER, SUITES, a_kpi, a_past, a_register, a_template

REGISTER = a_register(
    [a_kpi("36"), a_kpi("37"), a_kpi("PS-01", service_id="highways")],
    [a_template("36", minimum=10, large_movement_pct=20, forecaster_post=None), a_template("37", forecaster_post=None)],
)


def a_line(kpi_ref: str, row: int, value: str | None, **fields: Any) -> ReturnedLine:
    content: dict[str, Any] = {
        "value": None if value is None else Decimal(value),
        "numerator": None,
        "denominator": None,
        "forecast": None,
        "not_available": False,
        "reason": "",
        "comment": "",
        "cells": {field: f"{column}{row}" for field, column in COLUMNS.items()},
        "raw": {},
    }
    return ReturnedLine(kpi_ref=kpi_ref, row=row, **(content | fields))


def checked(*lines: ReturnedLine, problems: tuple[CellProblem, ...] = (), **arguments: Any) -> tuple[Finding, ...]:
    form = ReturnedForm(
        organisation="fenshire",
        period=SEPTEMBER.key,
        service_id="libraries",
        form_version="1",
        sheet="Return",
        lines=lines,
        problems=problems,
    )
    return check_file(form, file_name="my return.xlsx", register=REGISTER, suites=SUITES, **arguments)


def test_a_good_form_has_no_findings() -> None:
    """A form with a figure for each of the service's own KPIs is fine; other services' KPIs are not missed."""
    assert checked(a_line("36", 6, "100"), a_line("37", 7, "1")) == ()


def test_findings_name_the_officers_own_file_and_cell() -> None:
    """What is wrong is said with the file's name and the cell, for cells and figures alike."""
    problem = CellProblem("not_a_figure", "Return", "G7", "value", "37", "see email", "Cell G7 holds text.", "Type a number.")
    findings = checked(a_line("36", 6, "9"), a_line("37", 7, None, raw={"value": "see email"}), problems=(problem,))
    assert [(f.rule_id, f.file_name, f.where, f.found) for f in findings] == [
        ("cell.figure_readable", "my return.xlsx", "Return!G7", "see email"),
        ("observation.below_minimum", "my return.xlsx", "Return!G6", "9"),
    ]


def test_a_missing_row_is_told() -> None:
    """A form from which a row was deleted is told so before it is sent."""
    assert [(finding.rule_id, finding.kpi_ref) for finding in checked(a_line("36", 6, "100"))] == [("observation.row_present", "37")]


def test_history_is_compared_where_there_is_one() -> None:
    """With earlier figures at hand, a large movement without a comment is told too."""
    lines = (a_line("36", 6, "100"), a_line("37", 7, "1"))
    assert [finding.rule_id for finding in checked(*lines, history=[a_past("36", "50")])] == ["observation.large_movement"]
