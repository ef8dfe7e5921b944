"""The sample council's definitions, and the published picture its figures must give.

The arithmetic here is its own: a few lines of fractions, nothing of ``series`` or ``rating``.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from fractions import Fraction

import pytest

from pmf.period import Month, Quarter
from pmf.register import Kpi, Level, Register
from pmf.register.kpi import Aggregation, StatusType

Rows = dict[tuple[str, str], dict[str, str]]

COMMITTEE = "communities-social-mobility-inclusion"
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
    assert {kpi.committee_id for kpi in strategic} == {committee.id for committee in sample.profile.committees}
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
        assert (kpi.level, kpi.aggregation, kpi.committee_id) == (Level.CORPORATE, Aggregation.RATIO, "strategy-resources-performance")


def test_units_directions_and_rules_are_varied(sample: Register) -> None:
    """Every direction, aggregation rule, frequency and unit the software knows about has its KPI."""
    kpis = sample.kpis(Q2)
    assert {kpi.direction for kpi in kpis} == {"higher", "lower", "range", "maintain", None}
    assert {kpi.aggregation for kpi in kpis} == set(Aggregation)
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
    jobs = ("Director", "Head", "Officer", "Analyst", "Manager", "Team", "Engineers")
    for post in sample.profile.posts:
        assert post.email.endswith("@cambridgeshire.example")
        assert any(job in post.title for job in jobs), post.title


def test_the_committees_meetings_are_those_published(sample: Register) -> None:
    """The committee's quarter 2 paper goes to the meeting of 5 December 2024; each committee meets on both quarters after their export."""
    published = sample.profile.committee(COMMITTEE)
    assert (date(2024, 12, 5), Q2.key) in {(meeting.date, meeting.reports) for meeting in published.meetings}
    assert [c.id for c in sample.profile.committees if c.receives_organisational_scorecard] == ["strategy-resources-performance"]
    for committee in sample.profile.committees:
        assert {meeting.reports for meeting in committee.meetings} >= {Q1.key, Q2.key}
        for quarter in (Q1, Q2):
            day = next(meeting.date for meeting in committee.meetings if meeting.reports == quarter.key)
            assert sample.profile.working_calendar.publication_deadline(day) > sample.profile.export_at(quarter).date()


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
