"""What the panel suites say of a month's risks, budgets and projects: a table of cases, all of them rows of one month validated once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pmf.finding import Finding, Outcome, Scope, Severity
from pmf.form.model import CellProblem, ReturnedPanelLine, ReturnedPanels
from pmf.register import Profile, Register
from pmf.register.panel import PanelItem
from pmf.validation.datasets.panels import PanelInputs, panel_cell_frame, panel_frame
from pmf.validation.points import check_panels_file, check_returns
from pmf.validation.run import run_suite
from pmf.validation.suites import load_suite
from validation.samples import (
    AS_AT,
    DEADLINE,
    SEPTEMBER,
    SINCE,
    SUITES,
    a_file,
    a_kpi,
    a_line,
    a_problem,
    a_profile,
    a_register,
    a_return,
    a_template,
)

WELL = "The roof was mended in August, and nothing has leaked since."
AIMS: dict[str, dict[str, Any]] = {"risk": {"target_score": 8}, "finance": {"budget": 1000}, "change": {"due_on": date(2025, 3, 31)}}


@dataclass(frozen=True)
class Case:
    """One line: its panel, what its row of the form says (comment None: nothing), what it is held against, and the rules it breaks."""

    name: str
    panel: str = "risk"
    rag: str | None = "green"
    figure: str | None = "8"
    comment: str | None = WELL
    breaks: str = ""
    before: str | None = None
    unreadable: str | None = None
    due_on: date | None = date(2025, 3, 31)


CASES = (
    Case("a risk that stands where it should"),
    Case("a budget that is kept", "finance", figure="1000"),
    Case("a project that goes well", "change", figure=None),
    Case("nothing is said of it", rag=None, figure=None, comment=None, breaks="answered"),
    Case("a score is no answer", rag=None, comment="", breaks="answered"),
    Case("a status alone", comment="", breaks="comment_given"),
    Case("a comment alone", rag=None, breaks="status_given"),
    Case("a status that cannot be read", rag=None, unreadable="rag"),
    Case("a comment that cannot be read", comment="", unreadable="comment"),
    Case("no score", figure=None, breaks="figure_given"),
    Case("no forecast", "finance", figure=None, breaks="figure_given"),
    Case("a score that cannot be read", figure=None, unreadable="amount"),
    Case("closed, and no score", rag="complete", figure=None),
    Case("a score beyond the last", rag="red", figure="30", comment="It rose in May, and falls again by June.", breaks="score_possible"),
    Case("a score of nought", figure="0", breaks="score_possible"),
    Case("a score between scores", figure="7.5", breaks="score_whole"),
    Case("three words", comment="All is well.", breaks="comment_too_short"),
    Case("last month's words on a green line", before=WELL),
    Case("last month's words on an amber line", rag="amber", before=f"  {WELL.upper()}", breaks="repeats_last"),
    Case("other words than last month's", rag="amber", before="The roof leaks because tiles are old."),
    Case("amber with none of cause, step and date", rag="amber", comment="Things are slow and may stay so.", breaks="path_missing"),
    Case("red with a cause and no date", rag="red", comment="Tiles fell owing to gales.", breaks="red_without_date"),
    Case("red with cause and date", rag="red", comment="Tiles fell owing to gales; they are replaced in October."),
    Case("a green budget at one per cent above", "finance", figure="1010"),
    Case("a green budget beyond that", "finance", figure="1010.01", breaks="green_over_budget"),
    Case("an amber budget beyond that", "finance", rag="amber", figure="1200"),
    Case("a green risk above its target", figure="9", breaks="green_above_target"),
    Case("an amber risk above its target", rag="amber", figure="9"),
    Case("a green project that runs behind", "change", figure=None, comment="Work is behind schedule for now.", breaks="status_disagrees"),
    Case("a green risk of what is at risk", comment="Four posts were at risk and none is now."),
    Case("a project due on the last day", "change", figure=None, due_on=SEPTEMBER.last_day, breaks="overdue"),
    Case("a project due the day after", "change", figure=None, due_on=SEPTEMBER.last_day + timedelta(days=1)),
    Case("a project without a day", "change", figure=None, due_on=None),
    Case("a project due long ago, and complete", "change", rag="complete", figure=None, due_on=date(2024, 5, 1)),
    Case("an address of a person", comment="The roof was mended; ask jo.bloggs@example.org in May.", breaks="personal_data"),
)


def _ref(case: Case) -> str:
    return f"L{CASES.index(case)}"


def an_item(line_ref: str, panel: str = "risk", **fields: Any) -> PanelItem:
    place = {"title": f"Line {line_ref} of the panels", "directorate_id": "place", "holder_post": "head-of-libraries", "valid_from": SINCE}
    return PanelItem.model_validate(place | {"line_ref": line_ref, "panel": panel} | AIMS[panel] | fields)


def a_council() -> Profile:
    """The small council, whose libraries return the panels of their directorate."""
    profile = a_profile()
    return profile.model_copy(
        update={"directorates": tuple(d.model_copy(update={"panels_service": "libraries"}) for d in profile.directorates)}
    )


def a_panel(*items: PanelItem) -> Register:
    """The small council with panels and one KPI."""
    return replace(a_register([a_kpi("36")], [a_template("36")], profile=a_council()), panel_versions=items)


def a_panels_file() -> dict[str, Any]:
    """One row of ``received_file``: a form of panels that counts."""
    return a_file("libraries", channel="panels", file_name="libraries-panels.xlsx")


def a_word(line_ref: str, row: int = 6, **fields: Any) -> dict[str, Any]:
    """One row of ``panel_update``."""
    content = {
        "line_ref": line_ref,
        "period": SEPTEMBER.key,
        "file_hash": "hash-of-libraries",
        "rag": "green",
        "figure": Decimal(8),
        "comment": WELL,
        "sheet": "Panels",
        "cells": {"rag": f"G{row}", "amount": f"H{row}", "comment": f"I{row}"},
    }
    return content | fields


def a_month(register: Register, said: Iterable[dict[str, Any]], **changes: Any) -> PanelInputs:
    """September as looked at the day after the deadline, with the libraries' form of panels in."""
    content: dict[str, Any] = {"as_at": AS_AT, "files": [a_panels_file()], "in_force": [a_panels_file()]}
    return PanelInputs(register=register, month=SEPTEMBER, said=list(said), **(content | changes))


@pytest.fixture(scope="module")
def findings() -> list[Finding]:
    """What the panel suite finds in all cases at once."""
    items = [an_item(_ref(case), case.panel, **({"due_on": case.due_on} if case.panel == "change" else {})) for case in CASES]
    said = [
        a_word(_ref(case), 6 + number, rag=case.rag, figure=None if case.figure is None else Decimal(case.figure), comment=case.comment)
        for number, case in enumerate(CASES)
        if case.comment is not None
    ]
    before = [a_word(_ref(case), comment=case.before) for case in CASES if case.before]
    problems = [a_problem(_ref(case), case.unreadable, sheet="Panels", cell="H6") for case in CASES if case.unreadable]
    inputs = a_month(a_panel(*items), said, before=before, problems=problems)
    return list(run_suite(load_suite(SUITES / "panel.json"), panel_frame(inputs)).findings)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_line_breaks_the_rules_it_should_and_no_other(case: Case, findings: list[Finding]) -> None:
    """A line is found guilty of exactly the rules its case names."""
    of_case = [finding for finding in findings if finding.message.startswith(f"Line {_ref(case)} ")]
    assert {finding.rule_id.removeprefix("panel.") for finding in of_case} == set(case.breaks.split())


def test_every_rule_has_a_row_that_breaks_it() -> None:
    """The table of cases leaves out no rule but those about forms that have not come in, or came in late."""
    broken = {f"panel.{rule}" for case in CASES for rule in case.breaks.split()}
    assert broken | {"panel.came_in", "panel.in_time"} == {rule.rule_id for rule in load_suite(SUITES / "panel.json").rules}


@pytest.mark.parametrize("suite", ["panel", "panelcell"])
def test_a_line_is_only_ever_flagged(suite: str) -> None:
    """No rule about panels can fail a month, withhold anything or keep a document back."""
    rules = load_suite(SUITES / f"{suite}.json").rules
    assert {(rule.severity, rule.meta.scope, bool(rule.meta.critical_where)) for rule in rules} == {(Severity.WARNING, Scope.ROW, False)}


def test_a_finding_says_which_line_where_and_what_to_do(findings: list[Finding]) -> None:
    """A finding names the line, the service that returns it, file and cell, what stands there, and the way out; it is about no KPI."""
    case = next(case for case in CASES if case.name == "a green budget beyond that")
    (finding,) = [finding for finding in findings if finding.message.startswith(f"Line {_ref(case)} ")]
    assert (
        finding.message
        == f"Line {_ref(case)} (Line {_ref(case)} of the panels) is Green, but its forecast is £1,010.01 on a budget of £1,000."
    )
    assert (finding.kpi_ref, finding.action_ref, finding.service_id) == (None, _ref(case), "libraries")
    assert (finding.file_name, finding.where) == ("libraries-panels.xlsx", f"Panels!H{6 + CASES.index(case)}")
    assert (finding.found, finding.expected) == ("£1,010.01", "at most £1,000")
    assert finding.fix.startswith(f"Correct the forecast in cell H{6 + CASES.index(case)} or the status")


@pytest.mark.parametrize(("budget", "figure", "found"), [(-1000, "-1010", 0), (-1000, "-980", 1), (0, "5", 0)])
def test_income_is_above_its_budget_where_less_comes_in(budget: int, figure: str, found: int) -> None:
    """A budget of income is a negative one: less of it is more spent; against a budget of nought there is no percentage."""
    register = a_panel(an_item("L1", "finance", budget=budget))
    result = run_suite(load_suite(SUITES / "panel.json"), panel_frame(a_month(register, [a_word("L1", figure=Decimal(figure))])))
    assert len(result.findings) == found


def test_a_form_that_has_not_come_in_is_one_finding_after_the_deadline() -> None:
    """Before the deadline nothing is missing; after it a directorate's lines are missed once, however many there are."""
    register = a_panel(an_item("L1"), an_item("L2"))
    nothing = {"files": [], "in_force": []}
    suite = load_suite(SUITES / "panel.json")
    assert not run_suite(suite, panel_frame(a_month(register, [], as_at=DEADLINE, **nothing))).findings
    found = {finding.finding_id: finding for finding in run_suite(suite, panel_frame(a_month(register, [], **nothing))).findings}
    (finding,) = found.values()
    assert (finding.rule_id, finding.action_ref, finding.service_id) == ("panel.came_in", None, "libraries")
    assert (
        finding.message
        == "No form of risk, finance and change has come in for Place, September 2024; it was due on 8 October 2024 (lines: 2)."
    )


def test_a_late_form_is_one_finding() -> None:
    """That the form came in late is told once, with the day."""
    late = a_panels_file() | {"is_late": True, "received_at": AS_AT}
    inputs = a_month(a_panel(an_item("L1"), an_item("L2")), [a_word("L1"), a_word("L2")], files=[late], in_force=[late])
    findings = {finding.finding_id: finding for finding in run_suite(load_suite(SUITES / "panel.json"), panel_frame(inputs)).findings}
    assert [finding.message for finding in findings.values()] == [
        "The form of panels libraries-panels.xlsx came in on 9 October 2024; it was due on 8 October 2024."
    ]


def test_cells_that_make_no_sense_are_told_with_their_place() -> None:
    """A cell of a line, an answer that cannot be read and a row that is nobody's are each found by a rule of its own."""
    problems = [
        a_problem("L1", "amount", sheet="Panels", cell="H6"),
        a_problem(None, "answer", sheet="Questions", cell="H8"),
        a_problem(None, "row_id", sheet="Panels", cell="A9"),
    ]
    frame = panel_cell_frame(a_month(a_panel(an_item("L1")), [], problems=problems))
    findings = run_suite(load_suite(SUITES / "panelcell.json"), frame).findings
    assert [(finding.rule_id, finding.action_ref, finding.where) for finding in findings] == [
        ("panelcell.readable", "L1", "Panels!H6"),
        ("panelcell.answer_readable", None, "Questions!H8"),
        ("panelcell.row_known", None, "Panels!A9"),
    ]


def test_panels_flag_a_month_and_fail_none() -> None:
    """What is wrong with panels is told beside the figures, and withholds none of them; without panels they are not looked at."""
    register = a_panel(an_item("L1"))
    returned = a_return(register, [a_line("36", value=100)])
    flagged = check_returns(returned, suites=SUITES, panels=a_month(register, [a_word("L1", rag=None)]))
    assert (flagged.decision.outcome, {finding.rule_id for finding in flagged.findings}) == (Outcome.FLAG, {"panel.status_given"})
    passed = check_returns(returned, suites=SUITES, panels=a_month(register, [a_word("L1")]))
    assert passed.decision.outcome is Outcome.PASS
    without = check_returns(returned, suites=SUITES)
    assert set(passed.results) - set(without.results) == {"panel", "panelcell"}


def test_a_form_is_checked_before_it_is_sent() -> None:
    """An officer's own form is held to the same rules, with its own name and cells."""
    cells = {"rag": "G6", "amount": "H6", "comment": "I6"}
    line = ReturnedPanelLine(line_ref="L1", row=6, rag="Green", figure=Decimal(12), comment=WELL, cells=cells)
    problem = CellProblem("not_a_choice", "Panels", "G7", "rag", "L2", "Blue", 'G7 says "Blue".', "Choose one of the list.")
    form = ReturnedPanels(
        organisation="fenshire",
        period=SEPTEMBER.key,
        service_id="libraries",
        form_version="panels-1",
        sheet="Panels",
        lines=(line,),
        problems=(problem,),
    )
    register = a_panel(an_item("L1"), an_item("L2", "change"))
    findings = check_panels_file(form, file_name="my panels.xlsx", register=register, suites=SUITES)
    assert [(finding.rule_id, finding.file_name, finding.where) for finding in findings] == [
        ("panel.green_above_target", "my panels.xlsx", "Panels!H6"),
        ("panelcell.readable", "my panels.xlsx", "Panels!G7"),
    ]
