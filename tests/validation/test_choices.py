"""What a council chooses for single rules: to fail the run, or only to flag."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from pmf.finding import Outcome, Severity
from pmf.register.collection import QualityTolerance
from pmf.validation.checks import EVERY_ROW
from pmf.validation.choices import choose, chosen_words
from pmf.validation.inputs import PublicationInputs
from pmf.validation.points import Checked, check_publication, check_returns
from pmf.validation.suites import SuiteError, load_suite
from validation.samples import SEPTEMBER, SUITES, a_kpi, a_line, a_profile, a_register, a_return, a_template

WHY = "Members decided so in May."
TOO_SMALL = "observation.below_minimum"


def tolerance(**choices: list[str]) -> QualityTolerance:
    named = {field: [{"rule": rule, "reason": WHY} for rule in rules] for field, rules in choices.items()}
    return QualityTolerance.model_validate({"withheld_share_max_pct": 100} | named)


def checked(figure: int = 3, waived: frozenset[tuple[str, str]] = frozenset(), **choices: list[str]) -> Checked:
    """Validate a month of one KPI whose template calls less than 10 implausible."""
    profile = a_profile().model_copy(update={"quality": tolerance(**choices)})
    register = replace(a_register([a_kpi("36")], [a_template("36", minimum=10)]), profile=profile)
    return check_returns(a_return(register, [a_line("36", value=figure)], waived=waived), suites=SUITES)


def test_without_a_choice_a_failing_figure_is_withheld_and_the_run_goes_on() -> None:
    """The suite's own severity counts: the figure is under query, the month flagged."""
    result = checked()
    assert (result.decision.outcome, result.decision.withheld_refs) == (Outcome.FLAG, {"36"})
    assert result.chosen == {}


def test_a_finding_the_council_stops_on_fails_the_run() -> None:
    """Whatever share is tolerated, one finding of the rule ends the run, in its own words; the figure is withheld all the same."""
    result = checked(stop_on=[TOO_SMALL])
    assert (result.decision.outcome, result.decision.withheld_refs) == (Outcome.FAIL, {"36"})
    assert result.decision.reason.startswith("Failed: KPI 36")
    assert result.chosen == {TOO_SMALL: f"Fails the run by the council's choice: {WHY}"}
    assert checked(50, stop_on=[TOO_SMALL]).decision.outcome is not Outcome.FAIL


def test_a_warning_the_council_stops_on_is_critical() -> None:
    """A rule that only flags by its suite is compiled as critical where the council stops on it."""
    quality = tolerance(stop_on=["observation.repeated"])
    rules = {
        rule.rule_id: rule
        for rule in choose({"observation": load_suite(SUITES / "observation.json")}, quality, folder=SUITES)["observation"].rules
    }
    assert rules["observation.repeated"].severity is Severity.CRITICAL


def test_a_waiver_lets_through_what_the_council_stops_on() -> None:
    """A statutory date is hostage to no choice either."""
    assert checked(stop_on=[TOO_SMALL], waived=frozenset({(TOO_SMALL, "36")})).decision.outcome is not Outcome.FAIL


def test_an_advisory_rule_only_flags() -> None:
    """The figure is used, the finding is a warning, and the compiled table says so of every KPI."""
    result = checked(advisory=[TOO_SMALL])
    assert (result.decision.outcome, result.decision.withheld_refs) == (Outcome.FLAG, frozenset())
    assert {check.severity for check in result.checks if check.rule_id == TOO_SMALL} == {Severity.WARNING}
    assert result.chosen == {TOO_SMALL: f"Only flags by the council's choice: {WHY}"}


def test_an_advisory_rule_is_severer_for_no_kpi() -> None:
    """What makes a warning critical for some KPIs is softened with it."""
    quality = tolerance(advisory=["observation.nil_without_reason"])
    suite = choose({"observation": load_suite(SUITES / "observation.json")}, quality, folder=SUITES)["observation"]
    rule = next(rule for rule in suite.rules if rule.rule_id == "observation.nil_without_reason")
    assert (rule.severity, rule.meta.critical_where) == (Severity.WARNING, {})


def test_a_rule_about_the_whole_month_may_be_softened() -> None:
    """A council may go on where no return has come in at all, and is told."""
    assert (checked(advisory=["return.any_came_in"]).decision.outcome) is Outcome.FLAG


def test_the_other_checks_stay_as_they_are() -> None:
    """A choice changes the severity of its own rule and nothing else in the compiled table."""
    before, after = ({(c.rule_id, c.kpi_ref): c for c in checked(**some).checks} for some in ({}, {"advisory": [TOO_SMALL]}))
    assert {key for key in before if before[key] != after.get(key)} == {(TOO_SMALL, "36")}
    assert before.keys() == after.keys()
    assert any(kpi_ref == EVERY_ROW for _, kpi_ref in before)


def test_nothing_is_published_of_a_month_the_council_stopped() -> None:
    """What failed a month by the council's choice stands against publishing it as any other failure does."""
    profile = a_profile().model_copy(update={"quality": tolerance(stop_on=[TOO_SMALL])})
    register = replace(a_register([a_kpi("36")]), profile=profile)
    row: dict[str, Any] = {
        "rule_id": TOO_SMALL,
        "severity": "critical",
        "scope": "row",
        "kpi_ref": "36",
        "service_id": "libraries",
        "message": "KPI 36 is 3.",
        "fix": "Check the figure.",
        "is_waived": False,
    }
    decision = check_publication(PublicationInputs(register=register, period=SEPTEMBER, findings=[row]), suites=SUITES).decision
    assert decision.outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("choices", "says"),
    [
        ({"stop_on": ["observation.too_smal"]}, r"quality\.stop_on \(found 'observation\.too_smal'\): there is no such rule; there are"),
        ({"advisory": ["observatoin.below_minimum"]}, r"there is no suite 'observatoin'; there are action, "),
        ({"stop_on": ["register.template_unsigned"]}, r"blocks publication and never a figure; a post waives it"),
        ({"advisory": ["observation.large_movement"]}, r"it only flags as it is"),
    ],
)
def test_a_choice_that_cannot_be_kept_is_refused(choices: dict[str, list[str]], says: str) -> None:
    """A slip in a rule's id, or a choice that would change nothing it may change, is refused by field."""
    with pytest.raises(SuiteError, match=says):
        checked(**choices)


def test_a_choice_for_another_point_waits_for_it() -> None:
    """Ratings' rules may be chosen for while returns are checked."""
    assert checked(50, stop_on=["commentary.personal_data"]).decision.outcome is not Outcome.FAIL


@pytest.mark.parametrize(
    "quality",
    [
        {"stop_on": [{"rule": TOO_SMALL}]},
        {"stop_on": [{"rule": TOO_SMALL, "reason": "because"}]},
        {"stop_on": [{"rule": TOO_SMALL, "reason": WHY}], "advisory": [{"rule": TOO_SMALL, "reason": WHY}]},
        {"advisory": [{"rule": "below minimum", "reason": WHY}]},
    ],
)
def test_a_choice_needs_a_rule_and_a_reason_once(quality: dict[str, Any]) -> None:
    """A choice without a real reason, of what is no rule's id, or made twice is refused when the profile is read."""
    with pytest.raises(ValidationError):
        QualityTolerance.model_validate({"withheld_share_max_pct": 5} | quality)


def test_choices_are_said_in_words() -> None:
    """Each choice is printed with its reason."""
    assert chosen_words(tolerance(stop_on=[TOO_SMALL], advisory=["cell.figure_readable"])) == {
        TOO_SMALL: f"Fails the run by the council's choice: {WHY}",
        "cell.figure_readable": f"Only flags by the council's choice: {WHY}",
    }
