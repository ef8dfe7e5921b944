"""The returns of a month: files, cells, rows and the register behind them, all the way to the decision."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pmf.finding import Finding, Outcome, Severity
from pmf.register import Register
from pmf.validation.datasets.register import register_frame
from pmf.validation.datasets.returns import cell_frame, file_frame, return_frame
from pmf.validation.inputs import ReturnInputs
from pmf.validation.points import Checked, check_returns
from pmf.validation.run import run_suite
from pmf.validation.suites import load_suite
from validation.samples import (
    AS_AT,
    DEADLINE,
    SUITES,
    a_file,
    a_kpi,
    a_line,
    a_problem,
    a_profile,
    a_register,
    a_return,
    a_target,
    a_template,
)

KPIS = [a_kpi("36"), a_kpi("37"), a_kpi("38"), a_kpi("39"), a_kpi("PS-01", service_id="highways")]
HIGHWAYS: dict[str, Any] = {"file_hash": "hash-of-highways", "service_id": "highways"}


def a_council(**changes: Any) -> Register:
    templates = [a_template(kpi.kpi_ref, minimum=10, cover_post="head-of-libraries") for kpi in KPIS]
    return a_register(KPIS, **({"templates": templates} | changes))


def good_lines() -> list[dict[str, Any]]:
    libraries = [a_line(kpi.kpi_ref, 6 + number, value=100 + number) for number, kpi in enumerate(KPIS[:4])]
    return [*libraries, a_line("PS-01", value=50, **HIGHWAYS)]


def a_good_month(**changes: Any) -> ReturnInputs:
    month = a_return(a_council(), good_lines(), files=[a_file(), a_file("highways")])
    return replace(month, **changes)


def checked(**changes: Any) -> Checked:
    return check_returns(a_good_month(**changes), suites=SUITES)


def asked(suite: str, **changes: Any) -> list[Finding]:
    """Ask one suite alone: quicker than the whole point, for what only it can find."""
    frame = {"register": register_frame, "return": return_frame, "file": file_frame, "cell": cell_frame}[suite]
    return list(run_suite(load_suite(SUITES / f"{suite}.json"), frame(a_good_month(**changes))).findings)


def named(findings: Iterable[Finding]) -> list[tuple[str, str | None, str | None]]:
    return [(finding.rule_id, finding.service_id, finding.kpi_ref) for finding in findings]


def found(result: Checked) -> list[tuple[str, str | None, str | None]]:
    return named(result.findings)


def test_a_good_month_passes() -> None:
    """Nothing is found where nothing is wrong, and everything due is counted."""
    result = checked()
    assert (result.findings, result.decision.outcome) == ((), Outcome.PASS)
    assert (result.due, result.services_due, result.services_returned) == (5, 2, 2)
    assert set(result.results) == {"register", "directorate", "past", "return", "file", "cell", "observation"}
    assert all(suite["success"] for suite in result.results.values())
    json.dumps(result.results, allow_nan=False)


def test_a_withheld_figure_flags_and_too_many_fail() -> None:
    """One of five figures below the least plausible is withheld and flagged at 25% tolerance; two of five fail."""
    lines = good_lines()
    lines[0] = lines[0] | {"value": lines[0]["value"] - 95}
    one = checked(lines=lines)
    assert (one.decision.outcome, one.decision.withheld_refs) == (Outcome.FLAG, frozenset({"36"}))
    lines[1] = lines[1] | {"value": lines[1]["value"] - 95}
    two = checked(lines=lines)
    assert (two.decision.outcome, two.decision.withheld_refs) == (Outcome.FAIL, frozenset({"36", "37"}))
    assert two.decision.reason == "Failed: 2 of 5 figures due withheld, more than the 25% the council tolerates."


def test_a_waived_figure_is_let_through() -> None:
    """A waiver lets the figure through; its finding is still listed."""
    lines = good_lines()
    lines[0] = lines[0] | {"value": lines[0]["value"] - 95}
    result = checked(lines=lines, waived={("observation.below_minimum", "36")})
    assert (result.decision.outcome, result.decision.withheld_refs) == (Outcome.PASS, frozenset())
    assert found(result) == [("observation.below_minimum", "libraries", "36")]


def test_a_service_that_has_not_returned_is_flagged_once() -> None:
    """No return is one warning on the service, not one for each of its KPIs, and withholds nothing."""
    result = checked(files=[a_file("highways")])
    assert found(result) == [("return.came_in", "libraries", None)]
    assert (result.decision.outcome, result.decision.withheld_refs) == (Outcome.FLAG, frozenset())
    assert (result.services_due, result.services_returned) == (2, 1)
    assert (
        result.findings[0].message
        == "No return has come in from Libraries for September 2024; it was due on 8 October 2024 (figures due: 4)."
    )


def test_before_the_deadline_nobody_is_missing() -> None:
    """A service has until the deadline: a cycle that runs earlier does not miss its return."""
    assert asked("return", files=[a_file("highways")], as_at=DEADLINE) == []


def test_no_return_at_all_fails_the_month() -> None:
    """A month without a single return fails: there is nothing to report."""
    result = checked(files=[], lines=[])
    assert result.decision.outcome is Outcome.FAIL
    assert result.decision.reason == "Failed: No return has come in from any service for September 2024."


def test_a_month_with_nothing_due_passes() -> None:
    """Where no figure is due, no return is missing."""
    result = check_returns(a_return(a_register([a_kpi("36", frequency="annual")]), [], files=[]), suites=SUITES)
    assert (result.decision.outcome, result.decision.reason) == (Outcome.PASS, "Passed: nothing was due.")


def test_the_last_accepted_return_counts_whole() -> None:
    """A later return replaces the earlier one, whatever stood in it; at the same instant the sequence decides."""
    later = a_file(file_hash="later", file_name="corrected.xlsx", sequence=1)
    wrong = a_line("36", value=1)
    right = [line | {"file_hash": "later"} for line in good_lines() if line["service_id"] == "libraries"]
    highways = good_lines()[-1]
    result = checked(files=[later, a_file(), a_file("highways")], lines=[wrong, *right, highways])
    assert found(result) == []


def test_a_late_return_is_flagged_unless_replaced() -> None:
    """Lateness is a warning on the return that counts, with its day and the deadline."""
    late = a_file(is_late=True, received_at=DEADLINE + timedelta(hours=20))
    (finding,) = asked("file", files=[late, a_file("highways")])
    assert (finding.rule_id, finding.service_id) == ("file.in_time", "libraries")
    assert finding.message == "The return libraries.xlsx came in on 9 October 2024; it was due on 8 October 2024."
    replaced = [late | {"file_hash": "early", "received_at": DEADLINE}, a_file(received_at=AS_AT), a_file("highways")]
    assert asked("file", files=replaced) == []


def test_a_refused_file_is_flagged_in_the_words_its_sender_was_told() -> None:
    """A file that is no return is a warning with the reader's own sentence and way out."""
    refused = a_file(
        None, outcome="quarantined", file_name="scan.pdf", period=None, message="It is no workbook.", fix="Send the form as .xlsx."
    )
    (finding,) = asked("file", files=[*a_good_month().files, refused])
    assert (finding.rule_id, finding.service_id) == ("file.accepted", None)
    assert finding.message == "The file scan.pdf could not be taken as a return. It is no workbook."
    assert finding.fix == "Send the form as .xlsx."


@pytest.mark.parametrize(
    ("problem", "rule_id", "severity"),
    [
        (a_problem("36", "value"), "cell.figure_readable", Severity.CRITICAL),
        (a_problem("36", "denominator"), "cell.figure_readable", Severity.CRITICAL),
        (a_problem("36", "forecast"), "cell.other_readable", Severity.WARNING),
        (a_problem(None, "row_id"), "cell.row_known", Severity.WARNING),
        (a_problem(None, "answer"), "cell.answer_readable", Severity.WARNING),
    ],
)
def test_a_cell_that_makes_no_sense(problem: dict[str, Any], rule_id: str, severity: Severity) -> None:
    """A figure that cannot be read withholds its KPI; anything else beside it, or a row that is nobody's, is flagged."""
    (finding,) = asked("cell", problems=[problem])
    assert (finding.rule_id, finding.severity, finding.kpi_ref) == (rule_id, severity, problem["kpi_ref"])
    assert (finding.file_name, finding.where, finding.found) == ("libraries.xlsx", f"Return!{problem['cell']}", "see email")


def test_what_a_replaced_return_says_is_nobodys_business() -> None:
    """Problems and rows of a file that no longer counts are not found again."""
    old: dict[str, Any] = {"file_hash": "replaced"}
    result = checked(problems=[a_problem("36", "value", **old)], lines=[*good_lines(), a_line("36", value=1, **old)])
    assert found(result) == []


def test_a_row_for_a_kpi_that_is_not_due_is_flagged() -> None:
    """A row that nobody asked this service for is not used, and that is said."""
    findings = asked("cell", lines=[*good_lines(), a_line("PS-01", 20, value=1)])
    assert named(findings) == [("cell.row_due", "libraries", "PS-01")]


@pytest.mark.parametrize(
    ("register", "broken"),
    [
        (a_council(templates=[a_template(kpi.kpi_ref) for kpi in KPIS[1:]]), [("register.template_missing", "libraries", "36")]),
        (
            a_council(
                templates=[a_template(kpi.kpi_ref, cover_post="nobody") for kpi in KPIS[:1]] + [a_template(k.kpi_ref) for k in KPIS[1:]]
            ),
            [("register.post_unknown", "libraries", "36")],
        ),
        (a_council(targets=[a_target(kpi.kpi_ref) for kpi in KPIS[1:]]), [("register.target_missing", "libraries", "36")]),
    ],
    ids=["no template in force", "a post that is none", "rated without a target"],
)
def test_the_register_is_checked_too(register: Register, broken: list[Any]) -> None:
    """A KPI without template, real posts or target is flagged."""
    assert named(asked("register", register=register)) == broken


def test_a_contextual_kpi_needs_no_target() -> None:
    """Only rated KPIs miss a target."""
    kpis = [a_kpi(kpi.kpi_ref, service_id=kpi.service_id, status_type="contextual") for kpi in KPIS]
    assert asked("register", register=a_register(kpis, [a_template(kpi.kpi_ref) for kpi in kpis], targets=[])) == []


def test_a_template_missing_blocks_publication_and_not_the_figure() -> None:
    """What the register lacks is listed among what blocks publication until it is waived."""
    register = a_council(templates=[a_template(kpi.kpi_ref) for kpi in KPIS[1:]])
    result = checked(register=register)
    assert [finding.rule_id for finding in result.blocking] == ["register.template_missing"]
    assert (result.decision.outcome, result.decision.withheld_refs) == (Outcome.FLAG, frozenset())
    assert replace(result, waived={("register.template_missing", "36")}).blocking == ()


def test_one_problem_is_one_finding() -> None:
    """A cell that is reported under two codes is one finding, as the warehouse keeps it."""
    result = checked(problems=[a_problem("36", "value"), a_problem("36", "value", code="formula")])
    ids = [finding.finding_id for finding in result.findings]
    assert len(ids) == len(set(ids)) == 1


def test_a_council_that_tolerates_nothing() -> None:
    """The tolerance is the council's own: at nought, one withheld figure fails the month."""
    register = a_council(profile=a_profile(quality={"withheld_share_max_pct": "0"}))
    assert checked(register=register, problems=[a_problem("36", "value")]).decision.outcome is Outcome.FAIL


def test_the_same_inputs_find_the_same() -> None:
    """Validation is repeatable, in whatever order rows come."""
    problems = [a_problem("36", "value"), a_problem("37", "forecast", cell="M7")]
    one = checked(problems=problems, files=[a_file(), a_file("highways", is_late=True)])
    other = checked(problems=problems[::-1], files=[a_file("highways", is_late=True), a_file()], lines=list(reversed(good_lines())))

    def by_id(result: Checked) -> dict[str, Finding]:
        return {finding.finding_id: finding for finding in result.findings}

    assert by_id(one) == by_id(other)
    assert one.decision == other.decision
