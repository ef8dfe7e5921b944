"""What the action suites say of a quarter's plan actions: a table of cases, all of them rows of one quarter validated once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest

from pmf.finding import Finding, Outcome, Scope, Severity
from pmf.form.model import CellProblem, ReturnedAction, ReturnedActions
from pmf.period import Quarter
from pmf.register import Register
from pmf.register.action import PlanAction
from pmf.validation.datasets.actions import ActionInputs, action_cell_frame, action_frame, word_against
from pmf.validation.points import check_actions_file, check_returns
from pmf.validation.run import run_suite
from pmf.validation.suites import load_suite
from validation.samples import AS_AT, DEADLINE, SINCE, SUITES, a_file, a_kpi, a_line, a_problem, a_register, a_return, a_template

Q2 = Quarter(2024, 2)
WELL = "The survey is done. Next, the panel chooses a site in November."
ON_TIME = date(2025, 3, 31)


@dataclass(frozen=True)
class Case:
    """One action: what its row of the form says (None: nothing), when it is due, what was said before, and the rules it breaks."""

    name: str
    rag: str | None = "green"
    update: str | None = WELL
    breaks: str = ""
    impact: str = ""
    due_on: date | None = ON_TIME
    before: str | None = None
    unreadable: str | None = None


CASES = (
    Case("green and told"),
    Case("nothing is said of it", None, None, "answered"),
    Case("an impact is no answer", None, "", "answered", impact="More visitors."),
    Case("a status alone", "green", "", "update_given"),
    Case("an update alone", None, WELL, "status_given"),
    Case("a status that cannot be read", None, WELL, unreadable="rag"),
    Case("nothing but a status that cannot be read", None, None, unreadable="rag"),
    Case("an impact that cannot be read", unreadable="impact"),
    Case("three words", "green", "Going to plan.", "update_too_short"),
    Case("four words", "green", "Works began in May."),
    Case("last quarter's words", before=WELL, breaks="repeats_last"),
    Case("last quarter's words in other clothes", before=f"  {WELL.upper()}\n", breaks="repeats_last"),
    Case("other words than last quarter's", before="The survey has begun."),
    Case("complete, and nothing more to say", "complete", WELL, before=WELL, impact="A site."),
    Case("complete without impact", "complete", WELL, "impact_missing"),
    Case("due on the last day of the quarter", due_on=Q2.last_day, breaks="overdue"),
    Case("due the day after it", due_on=Q2.last_day + timedelta(days=1)),
    Case("ongoing", due_on=None),
    Case("due long ago, and complete", "complete", WELL, due_on=date(2024, 5, 1), impact="A site."),
    Case("due long ago, and not started", "not started", "It begins in the new year.", "overdue", due_on=date(2024, 5, 1)),
    Case("amber with a cause", "amber", "Costs rose because steel is dear."),
    Case("amber with a next step", "amber", "Officers will meet the contractor."),
    Case("amber with a date", "amber", "The contractor returns on 4/11/2024."),
    Case("amber with none of them", "amber", "Progress has been slow, and may stay so.", "path_missing"),
    Case("red with none of them", "red", "Progress has been slow.", "path_missing"),
    Case("red in three words", "red", "It is slow.", "update_too_short"),
    Case("red with a cause and no date", "red", "The contractor withdrew owing to costs.", "red_without_date"),
    Case("red with cause and date", "red", "The contractor withdrew owing to costs; tenders are back in November."),
    Case("green with no sign of either", "green", "Progress has been steady and good."),
    Case("not started, and finished", "not started", "The survey is finished and was welcome.", "status_disagrees"),
    Case("not started, and not finished", "not started", "The survey is not yet finished."),
    Case("not started, and to be delivered", "not started", "The scheme will be delivered by June."),
    Case("green, and behind schedule", "green", "Work runs behind schedule for now.", "status_disagrees"),
    Case("green, and no longer at risk", "green", "The grant is no longer at risk."),
    Case("green, and the people behind it", "green", "The people behind the scheme met in May."),
    Case("amber, and delayed", "amber", "The scheme is delayed because of the weather."),
    Case("an address of a person", update="The survey is done. Write to jo.bloggs@example.org in May.", breaks="personal_data"),
    Case("a telephone number in the impact", impact="Residents ring 01632 960123.", breaks="personal_data"),
    Case("an address of the council", update="The survey is done. Write to libraries-officer@fenshire.example.org in May."),
    Case("complete, and completed", "complete", "The scheme was completed in May.", impact="Forty homes."),
)


def _ref(case: Case) -> str:
    return f"A{CASES.index(case)}"


def an_action(action_ref: str, **fields: Any) -> PlanAction:
    content = {"title": f"Action {action_ref} of the plan", "service_id": "libraries", "valid_from": SINCE}
    return PlanAction.model_validate(content | {"action_ref": action_ref} | fields)


def a_plan(*actions: PlanAction) -> Register:
    """The small council with actions in its plan and one KPI."""
    return replace(a_register([a_kpi("36")], [a_template("36")]), action_versions=actions)


def an_action_file(service_id: str = "libraries") -> dict[str, Any]:
    """One row of ``received_file``: a form of actions that counts."""
    return a_file(service_id, period=Q2.key, channel="actions", file_name=f"{service_id}-actions.xlsx")


def an_update(action_ref: str, row: int = 6, **fields: Any) -> dict[str, Any]:
    """One row of ``action_update``."""
    content = {
        "action_ref": action_ref,
        "period": Q2.key,
        "file_hash": "hash-of-libraries",
        "service_id": "libraries",
        "rag": "green",
        "update_text": WELL,
        "impact": "",
        "sheet": "Actions",
        "cells": {"update": f"G{row}", "rag": f"H{row}", "impact": f"I{row}"},
    }
    return content | fields


def a_quarter(register: Register, said: Iterable[dict[str, Any]], **changes: Any) -> ActionInputs:
    """The second quarter of 2024-25 as looked at the day after the deadline, with the libraries' form in."""
    content: dict[str, Any] = {"as_at": AS_AT, "files": [an_action_file()], "in_force": [an_action_file()]}
    return ActionInputs(register=register, quarter=Q2, said=list(said), **(content | changes))


def _inputs_of_all_cases() -> ActionInputs:
    said = [
        an_update(_ref(case), 6 + number, rag=case.rag, update_text=case.update, impact=case.impact)
        for number, case in enumerate(CASES)
        if case.update is not None
    ]
    return a_quarter(
        a_plan(*(an_action(_ref(case), due_on=case.due_on) for case in CASES)),
        said,
        before=[an_update(_ref(case), update_text=case.before) for case in CASES if case.before],
        problems=[a_problem(_ref(case), case.unreadable, sheet="Actions", cell="H6") for case in CASES if case.unreadable],
    )


@pytest.fixture(scope="module")
def findings() -> list[Finding]:
    """What the action suite finds in all cases at once."""
    return list(run_suite(load_suite(SUITES / "action.json"), action_frame(_inputs_of_all_cases())).findings)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_action_breaks_the_rules_it_should_and_no_other(case: Case, findings: list[Finding]) -> None:
    """An action is found guilty of exactly the rules its case names."""
    of_case = [finding for finding in findings if finding.message.startswith(f"Action {_ref(case)} ")]
    assert {finding.rule_id.removeprefix("action.") for finding in of_case} == set(case.breaks.split())


def test_every_rule_has_a_row_that_breaks_it() -> None:
    """The table of cases leaves out no rule but those about forms that have not come in, or came in late."""
    broken = {f"action.{rule}" for case in CASES for rule in case.breaks.split()}
    assert broken | {"action.came_in", "action.in_time"} == {rule.rule_id for rule in load_suite(SUITES / "action.json").rules}


@pytest.mark.parametrize("suite", ["action", "actioncell"])
def test_an_action_is_only_ever_flagged(suite: str) -> None:
    """No rule about actions can fail a month, withhold anything or keep a document back."""
    rules = load_suite(SUITES / f"{suite}.json").rules
    assert {(rule.severity, rule.meta.scope, bool(rule.meta.critical_where)) for rule in rules} == {(Severity.WARNING, Scope.ROW, False)}


def test_a_finding_says_which_action_where_and_what_to_do(findings: list[Finding]) -> None:
    """A finding names the action, its service, file and cell, what stands there, and the way out; it is about no KPI."""
    case = next(case for case in CASES if case.name == "red with a cause and no date")
    (finding,) = [finding for finding in findings if finding.message.startswith(f"Action {_ref(case)} ")]
    assert finding.message == f"Action {_ref(case)} (Action {_ref(case)} of the plan) is Red, and its update seems to name no date."
    cell = f"G{6 + CASES.index(case)}"
    assert (finding.kpi_ref, finding.service_id, finding.file_name) == (None, "libraries", "libraries-actions.xlsx")
    assert (finding.where, finding.found, finding.expected) == (f"Actions!{cell}", case.update, "a date")
    assert finding.fix.startswith(f"Say in cell {cell} by when")


def test_no_two_findings_are_taken_for_one(findings: list[Finding]) -> None:
    """Two actions with the same fault are two findings, also where the form says nothing of either."""
    assert len({finding.finding_id for finding in findings}) == len(findings)
    plan = a_plan(an_action("A1"), an_action("A2"))
    result = run_suite(load_suite(SUITES / "action.json"), action_frame(a_quarter(plan, [])))
    assert len({finding.finding_id for finding in result.findings}) == 2


@pytest.mark.parametrize(
    ("rag", "update", "word"),
    [
        ("green", "On time. The second phase is DELAYED", "DELAYED"),
        ("green", "It isn't delayed", None),
        ("green", "It isn’t at all delayed", None),
        ("green", "There is no news; the works have fallen behind", "fallen behind"),
        ("green", "It may be delayed", "delayed"),
        ("green", "Tenders are behind schedule.", "behind schedule"),
        ("green", "Two sites are behind.", "behind"),
        ("green", "The people behind it met", None),
        ("not started", "It may be delivered", None),
        ("not started", "Once the survey is complete we begin", None),
        ("not started", "Planning went well. Delivered", "Delivered"),
        ("not started", "We began on the incomplete list", None),
        ("red", "Delayed, and at risk", None),
    ],
)
def test_words_against_the_status(rag: str, update: str, word: str | None) -> None:
    """A word that says another status counts unless the words shortly before it, in the same clause, turn it round."""
    assert word_against(rag, update) == word


def checked(actions: ActionInputs | None, **changes: Any) -> Any:
    register = a_register([a_kpi("36")], [a_template("36")]) if actions is None else actions.register
    return check_returns(a_return(register, [a_line("36", value=100)], **changes), suites=SUITES, actions=actions)


def test_a_month_with_actions_passes_when_all_is_told() -> None:
    """Well-told actions add nothing but the rows that were looked at; a council without actions has no such data set."""
    result = checked(a_quarter(a_plan(an_action("A1")), [an_update("A1")]))
    assert (result.findings, result.decision.outcome, result.due) == ((), Outcome.PASS, 1)
    assert result.results["action"]["rows"] == 1
    assert not {"action", "actioncell"} & set(checked(None).results)


def test_what_is_found_of_actions_flags_the_month_and_withholds_nothing() -> None:
    """Faults of more actions than there are KPIs flag the month and withhold nothing, also of an action named like a KPI."""
    actions = [an_action(ref) for ref in ("36", "A2", "A3")]
    said = [an_update(action.action_ref, 6 + number, rag="red", update_text="Slow.") for number, action in enumerate(actions)]
    result = checked(a_quarter(a_plan(*actions), said))
    assert (result.decision.outcome, result.decision.withheld_refs, result.decision.flagged) == (Outcome.FLAG, frozenset(), 3)
    assert result.decision.reason == "Flagged: 3 findings to look at."
    assert {(finding.kpi_ref, finding.service_id) for finding in result.findings} == {(None, "libraries")}
    assert result.blocking == ()


def test_a_form_that_has_not_come_in_is_one_finding() -> None:
    """A service without its form is told once, however many actions it has, and not before the deadline."""
    plan = a_plan(an_action("A1"), an_action("A2"), an_action("B1", service_id="highways"))
    nothing: dict[str, Any] = {"files": [], "in_force": []}
    late = checked(a_quarter(plan, [], **nothing))
    assert [(finding.rule_id, finding.service_id) for finding in late.findings] == [
        ("action.came_in", "libraries"),
        ("action.came_in", "highways"),
    ]
    assert late.findings[0].message == (
        "No form of plan actions has come in from Libraries for quarter 2 2024/25; it was due on 8 October 2024 (actions: 2)."
    )
    assert checked(a_quarter(plan, [], as_at=DEADLINE, **nothing)).findings == ()


def test_a_form_that_came_in_late_is_one_finding() -> None:
    """A late form is told once, however many actions are on it, and nothing is asked for again."""
    late = an_action_file() | {"is_late": True}
    inputs = a_quarter(a_plan(an_action("A1"), an_action("A2")), [an_update("A1"), an_update("A2")], files=[late], in_force=[late])
    findings = {item.finding_id: item for item in run_suite(load_suite(SUITES / "action.json"), action_frame(inputs)).findings}
    (finding,) = findings.values()
    assert (finding.rule_id, finding.service_id, finding.action_ref) == ("action.in_time", "libraries", None)
    assert finding.fix.startswith("Nothing needs to be sent again.")


def test_only_actions_in_force_at_the_quarters_end_are_asked_for() -> None:
    """An action that has ended within the quarter, or begins after it, is not missed."""
    ended, begins = an_action("A1", valid_to=date(2024, 9, 29)), an_action("A2", valid_from=date(2024, 10, 1))
    assert action_frame(a_quarter(a_plan(ended, begins), [])).empty


@pytest.mark.parametrize(
    ("action_ref", "field", "rule_id"),
    [("A1", "rag", "actioncell.readable"), (None, "row_id", "actioncell.row_known"), (None, "answer", "actioncell.answer_readable")],
)
def test_a_cell_of_a_form_of_actions_that_makes_no_sense(action_ref: str | None, field: str, rule_id: str) -> None:
    """A cell that cannot be read, an answer that cannot, and a row that is nobody's are flagged in the words the reader has for them."""
    words = {"message": 'H6 says "Blue".', "fix": "Choose one of the list.", "found": "Blue"}
    problem = a_problem(action_ref, field, sheet="Actions", cell="H6", **words)
    inputs = a_quarter(a_plan(an_action("A1")), [an_update("A1")], problems=[problem])
    (finding,) = run_suite(load_suite(SUITES / "actioncell.json"), action_cell_frame(inputs)).findings
    assert (finding.rule_id, finding.kpi_ref, finding.service_id, finding.found) == (rule_id, None, "libraries", "Blue")
    assert (finding.file_name, finding.where) == ("libraries-actions.xlsx", "Actions!H6")
    assert 'H6 says "Blue".' in finding.message
    assert finding.fix == "Choose one of the list."


def a_form(*lines: ReturnedAction, problems: tuple[CellProblem, ...] = ()) -> ReturnedActions:
    return ReturnedActions(
        organisation="fenshire",
        period=Q2.key,
        service_id="libraries",
        form_version="actions-1",
        sheet="Actions",
        lines=lines,
        problems=problems,
    )


def a_row(action_ref: str, row: int, rag: str = "Green", update: str = WELL) -> ReturnedAction:
    cells = {"update": f"G{row}", "rag": f"H{row}", "impact": f"I{row}"}
    return ReturnedAction(action_ref=action_ref, row=row, update=update, rag=rag, impact="", cells=cells)


def test_a_form_is_checked_before_it_is_sent() -> None:
    """An officer's own form is held to the same rules, with its cells, and other services' actions are not missed."""
    register = a_plan(an_action("A1"), an_action("A2"), an_action("A3"), an_action("B1", service_id="highways"))
    problem = CellProblem("not_a_choice", "Actions", "H8", "rag", "A3", "Blue", 'H8 says "Blue".', "Choose one of the list.")
    form = a_form(a_row("A1", 6), a_row("A2", 7, "", ""), a_row("A3", 8, ""), problems=(problem,))
    findings = check_actions_file(form, file_name="my actions.xlsx", register=register, suites=SUITES)
    assert [(finding.rule_id, finding.file_name, finding.where) for finding in findings] == [
        ("action.answered", "my actions.xlsx", "Actions!G7"),
        ("actioncell.readable", "my actions.xlsx", "Actions!H8"),
    ]


def test_a_good_form_of_actions_has_no_findings() -> None:
    """A form with an update and a status for each of the service's actions is fine."""
    register = a_plan(an_action("A1"), an_action("A2"))
    form = a_form(a_row("A1", 6), a_row("A2", 7, "Not started", "It begins in the new year."))
    assert check_actions_file(form, file_name="my actions.xlsx", register=register, suites=SUITES) == ()
