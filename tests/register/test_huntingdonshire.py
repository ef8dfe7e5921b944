"""The second sample council's definitions: complete, and faithful to the framework of September 2025 where that says something.

The arithmetic here is its own: a few lines of fractions, nothing of ``series`` or ``rating``.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from pmf.period import FinancialYear, Month, Quarter
from pmf.register import Kpi, Level, Register, load_register
from pmf.register.kpi import Aggregation, Frequency, Influence, SourceKind, StatusType
from pmf.register.papertext import load_paper_text
from pmf.register.target import PeriodKind, TargetMethod

FOLDER = Path(__file__).parents[2] / "include" / "organisations" / "huntingdonshire"
APRIL, JUNE, SEPTEMBER, OCTOBER = Month(2025, 4), Month(2025, 6), Month(2025, 9), Month(2025, 10)
YEAR = FinancialYear(2025)
QUARTERS = tuple(Quarter(2025, number) for number in (1, 2, 3, 4))
PANEL, BOARD = "overview-and-scrutiny-performance-and-growth", "operations-performance-and-efficiency"
# What people read in a data-quality template; nobody answers two of them with one sentence.
ANSWERS = ("systems", "method", "importance", "seasonality", "amber_factors", "red_factors", "actions", "benchmarking")


@pytest.fixture(scope="module")
def hdc() -> Register:
    """The council's register."""
    return load_register(FOLDER)


def _rated(register: Register, month: Month = JUNE) -> list[Kpi]:
    return [kpi for kpi in register.kpis(month) if kpi.status_type is StatusType.RATED]


def test_the_folder_holds_a_whole_council(hdc: Register) -> None:
    """Four directorates, ten services, forty KPIs, six outcome measures and fifteen plan actions load without a problem."""
    refs = [kpi.kpi_ref for kpi in hdc.kpis(JUNE)]
    assert refs == [f"PI-{number:02d}" for number in range(1, 41)] + [f"OM-{number:02d}" for number in range(1, 7)]
    assert (len(hdc.profile.directorates), len(hdc.profile.services), len(hdc.actions(JUNE))) == (4, 10, 15)


def test_every_service_has_something_to_return_each_month(hdc: Register) -> None:
    """Each service has KPIs due every month, so that each gets a form."""
    assert all(hdc.due(APRIL, service.id) for service in hdc.profile.services)
    directorate_of = {service.id: item.id for item in hdc.profile.directorates for service in item.services}
    assert all(kpi.directorate_id == directorate_of[kpi.service_id] for kpi in hdc.kpi_versions)


def test_every_question_of_the_template_is_answered_for_every_kpi(hdc: Register) -> None:
    """Each KPI's template names who collects, forecasts, comments and covers with access, and answers every row of Appendix B.2."""
    for kpi in hdc.kpis(JUNE):
        template = hdc.template(kpi.kpi_ref, JUNE.last_day)
        assert template is not None, kpi.kpi_ref
        officers = {template.collector_post, template.forecaster_post, template.commentator_post}
        assert None not in officers
        assert template.cover_post not in {None, *officers}, kpi.kpi_ref
        assert template.access_confirmed
        assert all(len(getattr(template, name)) >= 5 for name in ANSWERS), kpi.kpi_ref
        assert template.needs_numerator == (kpi.aggregation is Aggregation.RATIO)
        assert None not in (template.minimum, template.maximum, template.max_decimals)


@pytest.mark.parametrize("question", ["method", "importance", "red_factors", "actions"])
def test_no_answer_is_copied_from_another_kpi(hdc: Register, question: str) -> None:
    """What is collected how, why it matters, what threatens it and what is done then is said for each KPI by itself."""
    answers = Counter(getattr(template, question) for template in hdc.template_versions)
    assert set(answers.values()) == {1}


def test_every_kpi_has_a_target_or_says_why_not(hdc: Register) -> None:
    """A rated KPI has a target and an intervention level on its worse side for all the year; any other has none and a reason."""
    for kpi in hdc.kpis(JUNE):
        rows = [row for row in hdc.target_versions if row.kpi_ref == kpi.kpi_ref and row.valid_from >= date(2025, 4, 1)]
        if kpi.status_type is not StatusType.RATED:
            assert (rows, bool(kpi.no_target_reason)) == ([], True), kpi.kpi_ref
            continue
        assert rows, kpi.kpi_ref
        assert rows[-1].valid_to is None
        for row in rows:
            assert row.intervention_level is not None
            low, high = row.bounds
            assert row.intervention_level < low if kpi.direction == "higher" else row.intervention_level > high, kpi.kpi_ref
            assert row.approved_on is not None
            assert row.approved_on < row.valid_from


def test_each_of_seven_priorities_has_rated_kpis(hdc: Register) -> None:
    """Seven priorities, each served by two or more strategic or corporate KPIs with a colour."""
    assert hdc.profile.ambition_term == "Priority"
    assert [item.id for item in hdc.profile.ambitions] == list("1234567")
    first = Counter(kpi.ambition_ids[0] for kpi in _rated(hdc) if kpi.level is not Level.OPERATIONAL)
    assert all(first[item.id] >= 2 for item in hdc.profile.ambitions)
    assert all(kpi.ambition_ids for kpi in hdc.kpis(JUNE))


def test_what_the_framework_does_not_say_is_marked() -> None:
    """The vision and each priority say in the file that they are illustrative, and every page says that the figures are."""
    text = (FOLDER / "organisation.yaml").read_text(encoding="utf-8")
    priorities = re.findall(r"^    text: .+$", text.partition("\ncalendar:")[0], flags=re.MULTILINE)
    assert len(priorities) == 7
    assert all(line.endswith("# illustrative") for line in priorities)
    assert re.search(r"^vision: .+# illustrative$", text, flags=re.MULTILINE)
    assert re.search(r'^notice: "Sample council: all figures are illustrative', text, flags=re.MULTILINE)


def test_posts_are_no_people_and_addresses_are_reserved(hdc: Register) -> None:
    """Every address lies under a domain that can never exist, and every post is named for a job, a team or a body."""
    jobs = re.compile(r"Director|Head|Manager|Officer|Analyst|Adviser|Leader|Partner|Accountant|Team|Engineers|Board|Councillor|of Service")
    for post in hdc.profile.posts:
        assert post.email == f"{post.id}@huntingdonshire.example"
        assert jobs.search(post.title), post.title


@pytest.mark.parametrize(
    "name",
    [
        "Operation, Performance and Efficiency Board",
        "Operations, Performance and Efficiency Board",
        "Operations, Performance, and Efficiencies Board",
        "Operations and Efficiency Board",
        "Performance Board",
    ],
)
def test_the_board_is_one_body_under_all_its_names(hdc: Register, name: str) -> None:
    """Every name the framework gives the Board leads to it, and it is the last step of chasing."""
    body = hdc.profile.body_named(name)
    assert body is not None
    assert (body.id, body.name) == (BOARD, "Operations, Performance and Efficiency Board")
    assert hdc.profile.escalation_board == BOARD
    assert [role.value for role in hdc.profile.chase[-1].to] == ["board"]


def test_who_heads_the_board_depends_on_the_day(hdc: Register) -> None:
    """The framework names two heads (C.2, E.1): each heads the Board from a day on."""
    board = hdc.profile.board(BOARD)
    assert [board.chair(day) for day in (date(2025, 3, 31), date(2025, 6, 30), date(2025, 10, 1))] == [
        None,
        "director-of-people",
        "corporate-director-of-communities",
    ]


def test_the_leadership_team_has_all_its_names(hdc: Register) -> None:
    """SLT and CLT are one post."""
    assert set(hdc.profile.post(hdc.profile.leadership_team).aliases) == {"CLT", "SLT", "Senior Leadership Team"}


def test_the_criteria_are_the_frameworks_word_for_word(hdc: Register) -> None:
    """The four criteria of Appendix C.1 stand as printed, and every KPI meets one at least."""
    assert [criterion.text for criterion in hdc.profile.selection_criteria] == [
        "Statutory Reporting Metric",
        "Relevant to Political Motive",
        "Concerning Local Stakeholders",
        "Of high importance to the Council",
    ]
    assert hdc.profile.criteria_needed == 1
    assert all(kpi.criteria for kpi in hdc.kpi_versions)
    assert {criterion for kpi in hdc.kpi_versions for criterion in kpi.criteria} == {item.id for item in hdc.profile.selection_criteria}


def test_kpis_are_approved_by_heads_then_leadership_then_councillors(hdc: Register) -> None:
    """The chain of Appendix C.1 decides on strategic and corporate KPIs; the Panel is told of strategic ones on the way."""
    chains = {chain.level: [step.by for step in chain.steps if step.decision == "approve"] for chain in hdc.profile.approval_chains}
    assert chains[Level.STRATEGIC] == chains[Level.CORPORATE] == ["heads-of-service", "corporate-leadership-team", "cabinet"]
    assert set(chains) == set(Level)


def test_the_report_goes_to_the_panel_and_then_to_cabinet(hdc: Register) -> None:
    """Scrutiny meets before Cabinet on every quarter of the year, and both after the report can have been published."""
    panel, cabinet = hdc.profile.committee(PANEL), hdc.profile.committee("cabinet")
    assert (panel.kind, cabinet.kind, cabinet.receives_after) == ("panel", "cabinet", PANEL)
    days = [{meeting.reports: meeting.date for meeting in body.meetings} for body in (panel, cabinet)]
    for quarter in QUARTERS:
        first, second = (of_body[quarter.key] for of_body in days)
        assert first < second
        assert hdc.profile.working_calendar.publication_deadline(first) > hdc.profile.export_at(quarter).date()
    assert {kpi.committee_id for kpi in hdc.kpis(JUNE)} == {PANEL, None}
    assert all((kpi.committee_id is None) == (kpi.level is Level.OPERATIONAL) for kpi in hdc.kpis(JUNE))


def test_the_council_is_closed_between_christmas_and_new_year(hdc: Register) -> None:
    """The three days between the bank holidays are no working days, so December's calendar starts on 2 January."""
    calendar = hdc.profile.working_calendar
    assert [day for day in range(24, 32) if calendar.is_working_day(date(2025, 12, day))] == [24]
    assert hdc.profile.opens_at(Month(2025, 12)).date() == date(2026, 1, 2)


def test_every_method_gives_the_target_it_says(hdc: Register) -> None:
    """Growth, maintain and reduction all occur, and base and change come to the target at its printed digits."""
    assert {row.method for row in hdc.target_versions} == set(TargetMethod)
    for row in hdc.target_versions:
        if row.base is None:
            assert row.bounds[0] != row.bounds[1], row.kpi_ref
            continue
        sign = {TargetMethod.GROWTH: 1, TargetMethod.MAINTAIN: 0, TargetMethod.REDUCTION: -1}[row.method or TargetMethod.MAINTAIN]
        expected = Fraction(row.base) * (1 + Fraction(sign) * Fraction(row.change_pct or 0) / 100)
        digits = len(row.target.partition(".")[2])
        assert abs(expected - Fraction(row.target)) <= Fraction(1, 2 * 10**digits), row.kpi_ref


def test_a_target_stretched_in_the_year_leaves_the_months_before_alone(hdc: Register) -> None:
    """The six-monthly review stretches one target from 1 October, with its reason; September is judged by the old one."""
    changed = [row for row in hdc.target_versions if row.reason]
    assert [(row.kpi_ref, row.valid_from) for row in changed] == [("PI-06", date(2025, 10, 1))]
    before, after = (hdc.target("PI-06", month) for month in (SEPTEMBER, OCTOBER))
    assert before is not None
    assert after is not None
    assert (before.target, after.target) == ("22", "20.9")


def test_a_years_target_is_spread_over_months_quarters_or_evenly(hdc: Register) -> None:
    """Targets of figures that run up are a year's, spread in each of three ways; the year's end asks for all of it."""
    spread = {row.kpi_ref: row.profile for row in hdc.target_versions if row.profile and row.valid_to is None}
    assert {kpi.kpi_ref for kpi in hdc.kpis(JUNE) if kpi.is_cumulative} == set(spread)
    assert Counter(len(profile) for profile in spread.values()) == {12: 3, 4: 2, 1: 1}
    for ref, profile in spread.items():
        year, june, march = (hdc.target(ref, period) for period in (YEAR, JUNE, YEAR.months[-1]))
        assert year is not None
        assert june is not None
        assert march is not None
        share = Fraction(1, 4) if profile == ("even",) else Fraction(profile[2 if len(profile) == 12 else 0]) / 100
        assert Fraction(june.target) == Fraction(year.target) * share
        assert Fraction(march.target) == Fraction(year.target)


def test_outcome_measures_have_a_direction_and_no_target(hdc: Register) -> None:
    """Working Together: yearly, from external sources, with a preferred direction of travel, influenced and not rated."""
    outcomes = [kpi for kpi in hdc.kpis(JUNE) if kpi.kpi_ref.startswith("OM-")]
    assert {(kpi.frequency, kpi.status_type, kpi.source_kind, kpi.influence) for kpi in outcomes} == {
        (Frequency.ANNUAL, StatusType.CONTEXTUAL, SourceKind.EXTERNAL, Influence.INFLUENCE)
    }
    assert all(kpi.direction in ("higher", "lower") and kpi.benchmark_source and kpi.committee_id == PANEL for kpi in outcomes)


def test_kinds_of_kpi_are_varied(hdc: Register) -> None:
    """Every status, frequency, level, degree of influence and kind of source that a district meets has its KPI."""
    kpis = hdc.kpis(JUNE)
    assert {kpi.status_type for kpi in kpis} == set(StatusType)
    assert {kpi.frequency for kpi in kpis} == set(Frequency)
    assert {kpi.level for kpi in kpis} == set(Level)
    assert {kpi.influence for kpi in kpis} == set(Influence)
    assert {kpi.source_kind for kpi in kpis} == set(SourceKind) - {SourceKind.PROJECTION}
    assert {"higher", "lower", "range", None} == {kpi.direction for kpi in kpis}
    assert {kpi.lead_lag for kpi in kpis} == {"leading", "lagging"}


def test_definitions_are_complete(hdc: Register) -> None:
    """A ratio says what is divided by what, a national definition is named, and nothing is due after the deadline."""
    for kpi in hdc.kpis(JUNE):
        assert kpi.description
        assert kpi.portfolio_holder_post
        assert kpi.has_national_definition == bool(kpi.national_definition)
        if kpi.aggregation is Aggregation.RATIO:
            assert kpi.numerator_definition
            assert kpi.denominator_definition
        assert (kpi.due_working_day or 1) <= hdc.profile.calendar.deadline_working_day


def test_the_suspended_kpi_says_why_and_until_when(hdc: Register) -> None:
    """Disabled Facilities Grants were rated until March 2025 and are suspended with a reason and a day of review since."""
    suspended = [kpi for kpi in hdc.kpis(JUNE) if kpi.status_type is StatusType.SUSPENDED]
    assert [kpi.kpi_ref for kpi in suspended] == ["PI-11"]
    assert suspended[0].suspended_reason
    assert suspended[0].review_on == date(2025, 10, 1)
    before = hdc.kpi("PI-11", Month(2025, 3))
    assert before is not None
    assert before.status_type is StatusType.RATED


def test_plan_actions_cover_every_priority_and_degree_of_influence(hdc: Register) -> None:
    """Fifteen actions of the Corporate Plan: two or three a priority, done, enabled or influenced, each with its service."""
    actions = hdc.actions(JUNE)
    assert set(Counter(action.ambition_id for action in actions).values()) == {2, 3}
    assert {action.ambition_id for action in actions} == {item.id for item in hdc.profile.ambitions}
    assert {action.influence for action in actions} == set(Influence)
    assert all(action.description and action.committee_id == PANEL for action in actions)
    assert {action.influence for action in actions if action.due_on is None} == {Influence.INFLUENCE}


def test_earlier_months_have_the_targets_they_were_judged_by(hdc: Register) -> None:
    """March 2025, with which April is compared, has last year's target for each KPI rated then."""
    for kpi in _rated(hdc, Month(2025, 3)):
        march = hdc.target(kpi.kpi_ref, FinancialYear(2024)) or hdc.target(kpi.kpi_ref, Month(2025, 3))
        assert march is not None, kpi.kpi_ref
        assert march.period_kind in set(PeriodKind)
        assert march.valid_from == date(2024, 4, 1)


def test_the_paper_speaks_to_members_of_panel_and_cabinet(hdc: Register) -> None:
    """The standing words are the council's own: no "Committee", and nothing that cannot be filled in."""
    words = load_paper_text(FOLDER)
    text = words.model_dump_json()
    assert "Committee" not in text
    assert set(re.findall(r"\{([a-z_]+)\}", text)) == {"committee", "quarter", "first_day", "last_day", "ambitions"}
    assert "Overview and Scrutiny Panel" in words.recommendation
    assert "Cabinet" in words.recommendation
    assert words.topic(QUARTERS[0]).heading.startswith("Working Together")
    assert hdc.profile.policy_id(QUARTERS[0]) == "hdc-intervention"
