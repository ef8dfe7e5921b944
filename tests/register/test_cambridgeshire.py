"""The sample council's definitions, and the published picture its figures must give.

The arithmetic here is its own: a few lines of fractions, nothing of ``series`` or ``rating``.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from pmf.period import FinancialYear, Month, Quarter
from pmf.register import Kpi, Level, Register
from pmf.register.collection import Role
from pmf.register.dated import decimals_of
from pmf.register.kpi import Aggregation, PeriodMode, SourceKind, StatusType
from pmf.register.target import PeriodKind, TargetMethod, method_target

Rows = dict[tuple[str, str], dict[str, str]]

COMMITTEE = "communities-social-mobility-inclusion"
# Scrutinises the framework and is no Policy and Service Committee: no KPI reports to it.
AUDIT = "audits-and-accounts"
LEADERSHIP, WHOLE_COUNCIL = "corporate-leadership-team", "strategy-resources-performance"
YEAR = FinancialYear(2024)
BEFORE, Q1, Q2 = Quarter(2023, 4), Quarter(2024, 1), Quarter(2024, 2)
# Paragraphs 3.3, 3.4, 5.1 and 5.2 of the report of 5 December 2024.
TITLES = {
    "36": "Number of active library users",
    "37": "Number of visits made to library sites reported quarterly",
    "136": "Number of learners from across Cambridgeshire that have been enrolled onto a course",
    "137": "Number of enrolments which support skills development to aid progression",
    "138": "Percentage of courses that have been achieved",
    "198": "The percentage of clients engaging with Independent Domestic Violence Advocacy (IDVA) Service",
    "219": "Registrations - All births registered within 42 days of birth",
    "220": "Registrations - All deaths registered within 5 days",
    "221": "Number of hours of business advice provided to businesses under primary authority",
    "222": "Percentage of businesses brought into compliance in all priority areas following inspection/intervention",
}


@pytest.fixture(scope="module")
def figures(history: Rows, returns: Rows) -> Rows:
    """Every month's figures, imported and returned."""
    return history | returns


def _quarter_figure(kpi: Kpi, quarter: Quarter, figures: Rows) -> Fraction | None:
    rows = [row for month in quarter.months if (row := figures.get((kpi.kpi_ref, month.key))) and row["value"]]
    if not rows:
        return None
    if kpi.aggregation is Aggregation.RATIO:
        numerator, denominator = (sum(int(row[name]) for row in rows) for name in ("numerator", "denominator"))
        return Fraction(numerator, denominator) * kpi.ratio_multiplier
    values = [Fraction(row["value"]) for row in rows]
    if kpi.aggregation is Aggregation.LAST:
        return values[-1]
    return sum(values, Fraction(0)) / (1 if kpi.aggregation is Aggregation.SUM else len(values))


def _off_target_pct(kpi: Kpi, figure: Fraction, register: Register, quarter: Quarter) -> Fraction:
    target = register.target(kpi.kpi_ref, quarter)
    assert target is not None
    aim = Fraction(target.target)
    return (aim - figure if kpi.direction == "higher" else figure - aim) / aim * 100


def _status(kpi: Kpi, quarter: Quarter, register: Register, figures: Rows) -> str:
    """Rate a KPI for which higher or lower is better as the quarter 2 report does (paragraph 2.5)."""
    if kpi.status_type is not StatusType.RATED:
        return kpi.status_type.value
    figure = _quarter_figure(kpi, quarter, figures)
    assert figure is not None
    off = _off_target_pct(kpi, figure, register, quarter)
    return "red" if off >= 10 else "amber" if off > 0 else "green"


def _change(kpi: Kpi, quarter: Quarter, figures: Rows) -> str | None:
    now, before = (_quarter_figure(kpi, period, figures) for period in (quarter, quarter.previous))
    if kpi.direction is None or now is None or before is None:
        return None
    if now == before:
        return "unchanged"
    return "improved" if (now > before) == (kpi.direction == "higher") else "declined"


def _committee_kpis(register: Register, quarter: Quarter) -> list[Kpi]:
    return [kpi for kpi in register.kpis(quarter) if kpi.committee_id == COMMITTEE]


def test_there_are_about_eighty_kpis_in_five_scorecards(sample: Register) -> None:
    """Five directorates have ten strategic KPIs each, two to eleven operational or contextual ones and three corporate ones."""
    kpis = sample.kpis(Q2)
    assert len(kpis) == 83
    collected = [kpi for kpi in kpis if kpi.kpi_ref not in sample.combined_refs]
    by_scorecard = {
        directorate.id: Counter(kpi.level for kpi in collected if kpi.directorate_id == directorate.id)
        for directorate in sample.profile.directorates
    }
    assert len(by_scorecard) == 5
    assert all(counts[Level.STRATEGIC] == 10 and counts[Level.CORPORATE] == 3 for counts in by_scorecard.values())
    assert all(1 <= counts[Level.OPERATIONAL] <= 10 for counts in by_scorecard.values())


def test_every_strategic_kpi_serves_an_ambition_and_reports_to_a_committee(sample: Register) -> None:
    """Strategic KPIs are linked to one ambition at least and to one of the seven committees, and each committee has some."""
    strategic = [kpi for kpi in sample.kpis(Q2) if kpi.level is Level.STRATEGIC]
    assert all(kpi.ambition_ids and kpi.committee_id for kpi in strategic)
    committees = {committee.id for committee in sample.profile.committees} - {AUDIT}
    assert len(committees) == 7
    assert {kpi.committee_id for kpi in strategic} == committees
    assert {ambition for kpi in strategic for ambition in kpi.ambition_ids} == {ambition.id for ambition in sample.profile.ambitions}
    assert {kpi.lead_lag for kpi in strategic} == {"leading", "lagging"}


def test_corporate_kpis_are_combined_from_all_directorates(sample: Register) -> None:
    """Each of the three corporate KPIs is worked out from one figure per directorate by adding up, never collected."""
    parts = Counter((kpi.part_of, kpi.directorate_id) for kpi in sample.kpis(Q2) if kpi.part_of)
    assert set(parts.values()) == {1}
    assert Counter(whole for whole, _ in parts) == {"C1": 5, "C2": 5, "C3": 5}
    for ref in sample.combined_refs:
        kpi = sample.kpi(ref, Q2)
        assert kpi is not None
        assert (kpi.level, kpi.aggregation, kpi.committee_id) == (Level.CORPORATE, Aggregation.RATIO, WHOLE_COUNCIL)


def test_units_directions_and_rules_are_varied(sample: Register) -> None:
    """Every direction, aggregation rule, frequency and unit the software knows about has its KPI."""
    kpis = sample.kpis(Q2)
    assert {kpi.direction for kpi in kpis} == {"higher", "lower", "range", "maintain", None}
    assert {kpi.aggregation for kpi in kpis} == set(Aggregation) - {Aggregation.WEIGHTED}
    assert {kpi.frequency.value for kpi in kpis} == {"monthly", "quarterly", "annual"}
    assert {"%", "£", "number", "days", "per 100,000"} <= {kpi.unit for kpi in kpis}
    assert {kpi.status_type.value for kpi in kpis} == {"rated", "contextual", "baseline", "in_development"}
    assert {kpi.is_cumulative for kpi in kpis} == {True, False}


def test_rated_kpis_have_targets_and_collected_ones_a_template(sample: Register) -> None:
    """A KPI has a target exactly when it is rated; every collected one a template answered by posts of the profile."""
    for month in (Month(2024, 4), Month(2024, 6), Month(2024, 9)):
        for kpi in sample.kpis(month):
            if kpi.is_due(month):
                assert (sample.target(kpi.kpi_ref, month) is not None) == (kpi.status_type is StatusType.RATED), kpi.kpi_ref
            template = sample.template(kpi.kpi_ref, month.last_day)
            assert (template is None) == (kpi.kpi_ref in sample.combined_refs)
            if template is not None:
                assert template.collector_post
                assert template.commentator_post
                assert template.cover_post != template.collector_post
                assert template.needs_numerator == (kpi.aggregation is Aggregation.RATIO)
                assert None not in (template.minimum, template.maximum, template.large_movement_pct)
                assert template.method
                assert template.importance


def test_posts_are_no_people_and_addresses_are_reserved(sample: Register) -> None:
    """Every address lies under a domain that can never exist, and every post is named for a job or a team."""
    jobs = ("Chief Executive", "Director", "Head", "Officer", "Analyst", "Manager", "Team", "Engineers")
    for post in sample.profile.posts:
        assert post.email.endswith("@cambridgeshire.example")
        assert any(job in post.title for job in jobs), post.title


def test_the_committees_meetings_are_those_published(sample: Register) -> None:
    """The committee's quarter 2 paper goes to the meeting of 5 December 2024; each meets on every quarter after its papers' export."""
    published = sample.profile.committee(COMMITTEE)
    assert (date(2024, 12, 5), Q2.key) in {(meeting.date, meeting.reports) for meeting in published.meetings}
    assert [c.id for c in sample.profile.committees if c.receives_organisational_scorecard] == [WHOLE_COUNCIL]
    quarters = [Quarter(2024, number) for number in (1, 2, 3, 4)]
    calendar = sample.profile.working_calendar
    for committee in sample.profile.committees:
        assert [meeting.reports for meeting in committee.meetings] == [quarter.key for quarter in quarters if committee.id != AUDIT]
        for quarter, meeting in zip(quarters, committee.meetings, strict=False):
            assert calendar.is_working_day(meeting.date)
            assert calendar.publication_deadline(meeting.date) > sample.profile.export_at(quarter).date()


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("CLT", LEADERSHIP),
        ("Corporate Leadership Team", LEADERSHIP),
        ("Adults and Health Committee", "adults-and-health"),
        ("Assets and Procurement Committee", "assets-and-procurement"),
        ("Audits and Accounts Committee", AUDIT),
        ("Audit and Accounts Committee", AUDIT),
        ("Children and Young People's Committee", "children-and-young-people"),
        ("Children and Young People\N{RIGHT SINGLE QUOTATION MARK}s Committee", "children-and-young-people"),
        ("Communities, Social Mobility and Inclusion Committee", COMMITTEE),
        ("Communities, Social Mobility, and Inclusion Committee", COMMITTEE),
        ("CSMI", COMMITTEE),
        ("Energy and Green Investment Committee", "energy-and-green-investment"),
        ("Highways and Transport Committee", "highways-and-transport"),
        ("Strategy, Resources and Performance", WHOLE_COUNCIL),
        ("Strategy, Resources and Performance committee", WHOLE_COUNCIL),
        ("Strategy, Resources & Performance Committee", WHOLE_COUNCIL),
        ("Strategy, Performance and Resources Committee", WHOLE_COUNCIL),
        ("Strategy, Resource and Performance Committee", WHOLE_COUNCIL),
        ("SR&P Committee", WHOLE_COUNCIL),
        ("SR&P", WHOLE_COUNCIL),
    ],
)
def test_every_name_the_documents_give_a_body_leads_to_it(sample: Register, name: str, body: str) -> None:
    """Framework and reports spell bodies in several ways; each finds the one with the canonical name."""
    found = sample.profile.body_named(name)
    assert found is not None
    assert found.id == body


@pytest.mark.parametrize(
    ("post", "names"),
    [
        (LEADERSHIP, {"Corporate Leadership Team", "CLT"}),
        (
            "governance-and-performance-team",
            {"Governance and Performance Team", "Governance & Performance Team", "G&P Team", "Performance Team"},
        ),
        ("governance-and-performance-manager", {"Governance and Performance Manager", "Governance & Performance Manager"}),
        ("policy-and-insights-team", {"Policy and Insights Team", "Policy and Insight Team"}),
        ("directorate-management-teams", {"Directorate Management Teams", "Directorate Management Team"}),
    ],
)
def test_the_documents_teams_have_all_their_names(sample: Register, post: str, names: set[str]) -> None:
    """A team is one post under every name the documents give it."""
    found = sample.profile.post(post)
    assert {found.title, *found.aliases} == names


def test_directorates_are_known_with_and_without_their_last_comma(sample: Register) -> None:
    """The five directorates stand as the framework lists them, and as the reports write them."""
    names = {item.name: set(item.aliases) for item in sample.profile.directorates}
    assert list(names) == [
        "Adults, Health, and Commissioning",
        "Children, Education, and Families",
        "Finance and Resources",
        "Place and Sustainability",
        "Strategy and Partnerships",
    ]
    for name, aliases in names.items():
        as_reports_have_it = name.replace(", and", " and")
        assert {as_reports_have_it, as_reports_have_it.replace(" and ", " & ")} <= {name, *aliases}


def test_the_framework_in_force_was_approved_in_october(sample: Register) -> None:
    """Asked for on 9 July, approved on 31 October 2024 by the committee that oversees performance; no minute is invented."""
    before, current = sample.profile.framework_versions
    assert (before.version, before.approved_on) == ("2022/23", None)
    assert (current.version, current.approved_on, current.minute) == ("V.1 October 2024", date(2024, 10, 31), "")
    approving = sample.profile.body_named(current.approved_by)
    assert approving is not None
    assert approving.id == WHOLE_COUNCIL
    assert "9 July 2024" in current.source
    assert any(meeting.date == current.approved_on for meeting in sample.profile.committee(WHOLE_COUNCIL).meetings)


@pytest.mark.parametrize(
    ("level", "steps"),
    [
        (Level.STRATEGIC, [(LEADERSHIP, "approve"), ("committee", "approve")]),
        (Level.CORPORATE, [("service-directors", "approve"), (LEADERSHIP, "approve"), (WHOLE_COUNCIL, "note")]),
        (Level.OPERATIONAL, [("directorate-management-teams", "approve"), ("governance-and-performance-team", "note")]),
    ],
)
def test_who_approves_a_kpi_depends_on_its_level(sample: Register, level: Level, steps: list[tuple[str, str]]) -> None:
    """Members approve what their committee scrutinises, directors and the Leadership Team corporate KPIs, a directorate its own."""
    chain = sample.profile.approval_chain(level)
    assert chain is not None
    assert [(step.by, step.decision) for step in chain.steps] == steps


def test_no_selection_criteria_are_invented(sample: Register) -> None:
    """The framework has a checklist for designing a KPI and no criteria to select one by."""
    assert sample.profile.selection_criteria == ()
    assert not any(kpi.criteria or kpi.influence or kpi.portfolio_holder_post for kpi in sample.kpi_versions)


def test_a_missing_return_is_chased_up_to_the_leadership_team(sample: Register) -> None:
    """Reminders go from holder to deputy to head to the Corporate Leadership Team, which the Chief Executive chairs."""
    steps = sample.profile.chase
    assert [step.working_days for step in steps] == [-2, 0, 1, 3, 5]
    assert [step.to[-1] for step in steps] == [Role.HOLDER, Role.HOLDER, Role.DEPUTY, Role.HEAD, Role.BOARD]
    assert sample.profile.escalation_board is not None
    board = sample.profile.board(sample.profile.escalation_board)
    assert (board.id, board.post, board.chair(date(2024, 6, 1))) == (LEADERSHIP, LEADERSHIP, "chief-executive")


def test_definitions_are_complete(sample: Register) -> None:
    """A ratio says what is divided by what, a national definition is named; only nationally defined KPIs are benchmarked."""
    for kpi in sample.kpi_versions:
        is_ratio = kpi.aggregation is Aggregation.RATIO
        assert bool(kpi.numerator_definition) == bool(kpi.denominator_definition) == is_ratio, kpi.kpi_ref
        assert bool(kpi.national_definition) == bool(kpi.benchmark_source) == kpi.has_national_definition, kpi.kpi_ref
        assert (kpi.period_mode is PeriodMode.YEAR_TO_DATE) == kpi.is_cumulative, kpi.kpi_ref
        assert (kpi.period_mode is PeriodMode.ROLLING_12) == ("last twelve months" in kpi.description), kpi.kpi_ref
        assert kpi.source_kind not in {None, SourceKind.PROJECTION}, kpi.kpi_ref
        assert bool(kpi.no_target_reason) == (kpi.status_type is not StatusType.RATED), kpi.kpi_ref
        assert (kpi.due_working_day or 0) <= sample.profile.calendar.deadline_working_day, kpi.kpi_ref


def test_access_is_confirmed_wherever_there_is_a_system(sample: Register) -> None:
    """Those who collect and cover can get at every system but those of the two surveys in development."""
    assert {item.kpi_ref for item in sample.template_versions if not item.access_confirmed} == {"AHC-08", "PS-06"}


def test_every_base_is_the_figure_of_the_year_before(sample: Register, history: Rows) -> None:
    """Base and change come to the target at its printed digits, and the base is what last year's figures come to."""
    given = [target for target in sample.target_versions if target.base is not None]
    assert {target.method for target in given} == set(TargetMethod)
    for target in given:
        assert target.base is not None
        assert target.change_pct is not None
        assert target.method is not None
        expected, aim = method_target(target.method, base=target.base, change_pct=target.change_pct), Decimal(target.target)
        assert abs(expected - aim) * 2 <= Decimal(1).scaleb(-decimals_of(aim)), target.kpi_ref
        if not target.reason:
            assert target.base == _figure_of_the_year_before(sample, target.kpi_ref, target.valid_from, history), target.kpi_ref


def _figure_of_the_year_before(register: Register, ref: str, day: date, history: Rows) -> Decimal:
    """Work out a year's figure in the KPI's decimals: a combined KPI's from its parts, a sum's for an average month."""
    kpi = next(kpi for kpi in register.kpi_versions if kpi.kpi_ref == ref)
    parts = {kpi.kpi_ref for kpi in register.kpi_versions if kpi.part_of == ref} or {ref}
    months = FinancialYear(day.year - 1).months
    rows = [row for month in months for part in parts if (row := history.get((part, month.key))) and row["value"]]
    if kpi.aggregation is Aggregation.RATIO:
        numerator, denominator = (sum(int(row[name]) for row in rows) for name in ("numerator", "denominator"))
        figure = Fraction(numerator, denominator) * kpi.ratio_multiplier
    else:
        values = [Fraction(row["value"]) for row in rows]
        figure = values[-1] if kpi.aggregation is Aggregation.LAST else sum(values, Fraction(0)) / len(values)
    return Decimal(round(figure * 10**kpi.decimals)).scaleb(-kpi.decimals)


def test_health_checks_run_up_evenly_to_the_years_target(sample: Register) -> None:
    """The year's 18,600 checks are asked for in twelve equal steps, in the month and in the quarter that ends with it."""
    target = sample.target("AHC-09", YEAR)
    assert target is not None
    assert (target.period_kind, target.profile, target.target) == (PeriodKind.YEAR, ("even",), "18600")
    asked = [sample.target("AHC-09", month) for month in YEAR.months]
    assert [item.target for item in asked if item] == [str(1550 * number) for number in range(1, 13)]
    in_quarter = sample.target("AHC-09", Q2)
    assert in_quarter is not None
    assert in_quarter.target == "9300"


def test_only_the_grown_grant_changed_a_target_within_the_year(sample: Register) -> None:
    """Indicator 137's target rose by the published 8.6% in July 2024, with the reason; every other target was approved beforehand."""
    for target in sample.target_versions:
        assert target.approved_on is not None, target.kpi_ref
        in_year = target.approved_on > Month.of(target.valid_from).financial_year.first_day
        assert in_year == bool(target.reason) == ((target.kpi_ref, target.valid_from) == ("137", date(2024, 7, 1))), target.kpi_ref
        assert target.approved_on < target.valid_from


def test_the_named_indicators_keep_number_and_title(sample: Register) -> None:
    """The ten indicators the report numbers have its titles; ten contextual ones beside them have no target."""
    kpis = _committee_kpis(sample, Q2)
    assert {kpi.kpi_ref: kpi.title for kpi in kpis if kpi.level is Level.STRATEGIC} == TITLES
    contextual = [kpi for kpi in kpis if kpi.status_type is StatusType.CONTEXTUAL]
    assert len(contextual) == 10
    assert all(sample.target(kpi.kpi_ref, Q2) is None for kpi in contextual)
    assert sum(kpi.direction is None for kpi in contextual) == 8


def test_indicator_220_changes_its_definition_when_the_law_did(sample: Register) -> None:
    """The Medical Examiners Scheme of 9 September 2024 is a new version; August is still read by the old one."""
    august, september = sample.kpi("220", Month(2024, 8)), sample.kpi("220", Month(2024, 9))
    assert august is not None
    assert september is not None
    assert "of the date of death" in august.description
    assert september.valid_from == date(2024, 9, 9)
    assert "Medical Examiner" in september.description


@pytest.mark.parametrize(
    ("quarter", "table"),
    [
        (BEFORE, {"green": 7, "amber": 2, "red": 1, "contextual": 10}),
        (Q1, {"green": 6, "amber": 2, "red": 2, "contextual": 10}),
        (Q2, {"green": 9, "red": 1, "contextual": 10}),
    ],
)
def test_the_status_table_is_the_published_one(sample: Register, figures: Rows, quarter: Quarter, table: dict[str, int]) -> None:
    """Quarter 2 gives Red 1, Green 9, Contextual 10 of 20, as published; the quarters before can be rated too."""
    assert Counter(_status(kpi, quarter, sample, figures) for kpi in _committee_kpis(sample, quarter)) == table


def test_the_transitions_are_the_published_ones(sample: Register, figures: Rows) -> None:
    """From quarter 1 to quarter 2 the ten indicators move as paragraphs 5.1 and 5.2 list them."""
    moves: dict[tuple[str, str, str | None], set[str]] = {}
    for kpi in _committee_kpis(sample, Q2):
        if kpi.status_type is StatusType.RATED:
            key = (_status(kpi, Q1, sample, figures), _status(kpi, Q2, sample, figures), _change(kpi, Q2, figures))
            moves.setdefault(key, set()).add(kpi.kpi_ref)
    assert moves == {
        ("green", "green", "improved"): {"36", "37", "136", "137", "222"},
        ("red", "red", "improved"): {"220"},
        ("red", "green", "improved"): {"219"},
        ("amber", "green", "improved"): {"198", "221"},
        ("green", "green", "declined"): {"138"},
    }


def test_two_contextual_indicators_account_for_eleven_improvements(sample: Register, figures: Rows) -> None:
    """The report counts eleven improvements and lists nine rated ones: here two contextual ones make up the difference."""
    changes = Counter((_change(kpi, Q2, figures), kpi.status_type.value) for kpi in _committee_kpis(sample, Q2))
    assert changes == {("improved", "rated"): 9, ("improved", "contextual"): 2, ("declined", "rated"): 1, (None, "contextual"): 8}


def test_no_indicator_beats_its_target_by_more_than_the_report_has_a_word_for(sample: Register, figures: Rows) -> None:
    """In both quarters every green indicator of the committee is better than target by 5% at most."""
    for quarter in (Q1, Q2):
        for kpi in _committee_kpis(sample, quarter):
            figure = _quarter_figure(kpi, quarter, figures)
            if kpi.status_type is StatusType.RATED and figure is not None:
                assert _off_target_pct(kpi, figure, sample, quarter) >= -5, (kpi.kpi_ref, quarter.key)


def test_the_figures_bear_out_the_published_comments(sample: Register, figures: Rows) -> None:
    """100,000 users are passed in quarter 2; the grant grew by 8.6% and 103% of it is delivered; 150 more deaths are registered."""
    users = {month: int(figures["36", month.key]["value"]) for month in (*Q1.months, *Q2.months)}
    assert max(users[month] for month in Q1.months) < 100_000 < users[Q2.months[-1]]
    before, after = (sample.target("137", month) for month in (Q1.months[-1], Q2.months[0]))
    assert before is not None
    assert after is not None
    assert round(Fraction(after.target) / Fraction(before.target) * 1000) == 1086
    assert round(Fraction(figures["137", "2024-09"]["value"]) / Fraction(after.target) * 100) == 103
    this_year, last_year = (sum(int(figures["220", f"{year}-{m:02d}"]["denominator"]) for m in range(4, 9)) for year in (2024, 2023))
    assert this_year - last_year == 150


def test_the_other_committees_have_something_to_discuss(sample: Register, figures: Rows) -> None:
    """Outside the committee of the published paper, quarter 2 has red, amber and green ones, and some that moved."""
    others = [
        kpi
        for kpi in sample.kpis(Q2)
        if kpi.committee_id not in (None, COMMITTEE) and kpi.kpi_ref not in sample.combined_refs and kpi.direction in ("higher", "lower")
    ]
    statuses = Counter(_status(kpi, Q2, sample, figures) for kpi in others if kpi.status_type is StatusType.RATED)
    assert statuses["red"] >= 3
    assert statuses["amber"] >= 8
    assert statuses["green"] >= 15
