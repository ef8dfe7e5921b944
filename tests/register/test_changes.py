"""What changed in a register between two days, and what the papers of a quarter tell of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pmf.period import Quarter
from pmf.register import Register, load_register
from pmf.register.changes import Change, What, adopted_changes, changes_between, unexplained_targets

Edit = Callable[[str, str, str], Path]
Q1, Q2 = Quarter(2024, 1), Quarter(2024, 2)
COLUMNS = "kpi_ref,valid_from,valid_to,period_kind,target,method,reason,approved_on,intervention_level\n"


def changed(register: Register, quarter: Quarter = Q2) -> list[tuple[What, str, date]]:
    found = changes_between(register, quarter.first_day, quarter.last_day)
    return [(change.what, change.kpi_ref, change.effective_from) for change in found]


def with_targets(council: Path, *rows: str) -> Register:
    (council / "targets.csv").write_text(COLUMNS + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return load_register(council)


def an_adoption(**changes: Any) -> list[dict[str, Any]]:
    """Rows of ``change_event``: a proposal, and its adoption on 20 August 2024."""
    row = {
        "change_id": "1-change-2024-07-01",
        "post": "team",
        "kpi_ref": "1",
        "kind": "change",
        "level": "strategic",
        "decision": None,
        "criteria": "",
        "effective_from": "2024-07-01",
    } | changes
    return [
        row | {"stage": "trigger", "recorded_at": datetime(2024, 5, 1, tzinfo=UTC), "note": "Mobile stops are to be counted."},
        row | {"stage": "adopt", "recorded_at": datetime(2024, 8, 20, tzinfo=UTC), "note": "Register updated."},
    ]


def test_a_kpi_redefined_is_told_with_the_fields_that_differ(council: Path) -> None:
    """The second row of KPI 2 gives it another title from July on: that one field is named."""
    (change,) = changes_between(load_register(council), Q2.first_day, Q2.last_day)
    assert (change.what, change.kpi_ref, change.effective_from, change.fields) == (What.REDEFINED, "2", date(2024, 7, 1), ("title",))


def test_kpis_that_begin_and_end_are_told(edit: Edit) -> None:
    """A first row is a new KPI, an end that no row follows an ended one; both name their committee and the day."""
    edit("kpis.csv", "1,2024-04-01,,Library visits", "1,2024-04-01,2024-08-01,Library visits")
    folder = edit("kpis.csv", "3,2024-04-01,,Carbon", "3,2024-09-01,,Carbon")
    register = load_register(folder)
    assert changed(register) == [
        (What.REDEFINED, "2", date(2024, 7, 1)),
        (What.ENDED, "1", date(2024, 8, 1)),
        (What.NEW, "3", date(2024, 9, 1)),
    ]
    assert changes_between(register, date(2024, 8, 1), date(2024, 8, 1))[0].committee_ids == ("scrutiny",)


def test_the_day_a_register_begins_changes_nothing(council: Path) -> None:
    """A council's first KPIs are not new ones: the register begins with them, and only later days can change it."""
    assert changed(load_register(council), Q1) == [(What.TARGET, "1", date(2024, 6, 1))]


def test_a_second_target_of_a_year_is_an_in_year_change(council: Path) -> None:
    """Old and new value, method and reason are told; the same target again is no change."""
    register = with_targets(
        council,
        "1,2024-04-01,2024-07-01,month,100,,,,",
        "1,2024-07-01,2024-08-01,month,120.5,growth,The van was replaced.,2024-06-20,",
        "1,2024-08-01,,month,120.5,growth,,,",
    )
    change = changes_between(register, date(2024, 7, 1), date(2024, 8, 31))[-1]
    assert (change.old, change.new, change.method, change.is_in_year) == ("100", "120.5", "growth", True)
    assert change.reason == "The van was replaced."


def test_a_new_years_target_is_not_in_year(council: Path) -> None:
    """A target from the first day of a financial year takes nobody by surprise, nor does the first target of a KPI."""
    register = with_targets(council, "1,2024-04-01,2025-04-01,month,100,,,,", "1,2025-04-01,,month,120,,,,", "3,2024-09-01,,month,40,,,,")
    first, new_year = date(2024, 9, 1), date(2025, 4, 1)
    changes = [*changes_between(register, new_year, new_year), *changes_between(register, first, first)]
    assert [(change.kpi_ref, change.old, change.new, change.is_in_year) for change in changes] == [
        ("1", "100", "120", False),
        ("3", None, "40", False),
    ]


def test_a_target_not_in_force_in_the_year_before_it_is_not_replaced(council: Path) -> None:
    """A KPI whose last target ended with the year before gets a first one within the year: that is no in-year change."""
    register = with_targets(council, "1,2024-04-01,2025-04-01,month,100,,,,", "1,2025-07-01,,month,120,,,,")
    (change,) = changes_between(register, date(2025, 7, 1), date(2025, 7, 1))
    assert not change.is_in_year


def test_steps_planned_before_the_year_began_are_no_changes(council: Path) -> None:
    """Targets by season, approved by the first day of the year, are one plan; a step approved later is an in-year change."""
    planned = ["1,2024-04-01,2024-07-01,month,100,,,2024-03-20,", "1,2024-07-01,2024-10-01,month,140,,,2024-04-01,"]
    late = "1,2024-10-01,,month,90,,,2024-04-02,"
    register = with_targets(council, *planned, late)
    found = changes_between(register, date(2024, 5, 1), date(2025, 3, 31))
    assert [(change.new, change.is_in_year) for change in found if change.what is What.TARGET] == [("90", True)]


def test_the_intervention_level_is_part_of_the_target(council: Path) -> None:
    """A changed intervention level changes what is red, and is told like a changed target."""
    register = with_targets(council, "1,2024-04-01,2024-07-01,month,100,,,,80", "1,2024-07-01,,month,100,,,,70")
    change = changes_between(register, Q2.first_day, Q2.last_day)[-1]
    assert (change.old, change.new) == ("100 (intervention level 80)", "100 (intervention level 70)")


def test_an_in_year_change_without_a_reason_is_named_while_it_holds(council: Path) -> None:
    """From its first day to its last such a target is unexplained; one with a reason never is."""
    rows = ["1,2024-04-01,2024-07-01,month,100,,,,", "1,2024-07-01,2024-09-01,month,120.5,,{},,", "1,2024-09-01,,month,130,,Said.,,"]
    register = with_targets(council, rows[0], rows[1].format(""), rows[2])
    assert [unexplained_targets(register, day) for day in (date(2024, 6, 30), date(2024, 9, 1))] == [{}, {}]
    assert unexplained_targets(register, date(2024, 7, 1)) == {"1": "changed from 100 to 120.5 on 1 July 2024"}
    assert unexplained_targets(with_targets(council, rows[0], rows[1].format("Said."), rows[2]), date(2024, 7, 1)) == {}


def test_papers_are_told_what_took_effect_in_the_quarter(edit: Edit) -> None:
    """New, ended and redefined KPIs and in-year targets are told; who sends a figure in is the service's own business."""
    edit("kpis.csv", ",part_of\n", ",part_of,holder_post\n")
    edit("kpis.csv", "2,2024-04-01,2024-07-01,Loans on time", "2,2024-04-01,2024-07-01,Loans returned on time")
    folder = edit("kpis.csv", "ratio,100,,\n3,", "ratio,100,,,officer\n3,")
    register = load_register(folder)
    assert changes_between(register, Q2.first_day, Q2.last_day)[0].fields == ("holder_post",)
    assert adopted_changes(register, [], Q2) == ()
    assert [(change.what, change.new) for change in adopted_changes(register, [], Q1)] == [(What.TARGET, "120.5")]


def test_a_suspended_kpi_says_why(edit: Edit) -> None:
    """Suspending is told as a change of status with its reason; the day of review is no news of its own."""
    edit("kpis.csv", ",part_of\n", ",part_of,status_type,suspended_reason,review_on\n")
    folder = edit("kpis.csv", "ratio,100,,\n3,", "ratio,100,,,suspended,The van is away.,2024-10-01\n3,")
    (change,) = adopted_changes(load_register(folder), [], Q2)
    assert (change.fields, change.reason) == (("title", "status_type"), "The van is away.")


def test_a_formal_change_lends_its_reason_and_day(council: Path) -> None:
    """What took effect in the quarter says when it was adopted and why, where somebody proposed it formally."""
    events = an_adoption(kpi_ref="2", change_id="2-change-2024-07-01")
    (change,) = adopted_changes(load_register(council), events, Q2)
    assert (change.what, change.change_id, change.adopted_on) == (What.REDEFINED, "2-change-2024-07-01", date(2024, 8, 20))
    assert change.reason == "Mobile stops are to be counted."


def test_what_is_adopted_for_later_is_told_at_once_and_when_it_begins(edit: Edit) -> None:
    """The paper of the quarter of adoption announces a change; that of the quarter it takes effect in tells it again."""
    register = load_register(edit("kpis.csv", "1,2024-04-01,,Library visits", "1,2024-04-01,2024-12-01,Library visits"))
    events = an_adoption(kind="retire", effective_from="2024-12-01")
    told = {
        quarter.number: [(change.what, change.kpi_ref) for change in adopted_changes(register, events, quarter)]
        for quarter in (Q2, Q2.next, Q2.next.next)
    }
    assert told == {2: [(What.REDEFINED, "2"), (What.ENDED, "1")], 3: [(What.ENDED, "1")], 4: []}


def test_a_proposal_alone_is_not_told(edit: Edit) -> None:
    """What is not adopted is nobody's news yet."""
    register = load_register(edit("kpis.csv", "1,2024-04-01,,Library visits", "1,2024-04-01,2024-12-01,Library visits"))
    proposed = an_adoption(kind="retire", effective_from="2024-12-01")[:1]
    assert [change.kpi_ref for change in adopted_changes(register, proposed, Q2)] == ["2"]


@given(st.dates(date(2021, 4, 1), date(2025, 3, 31)), st.dates(date(2021, 4, 1), date(2025, 3, 31)))
def test_a_span_of_days_holds_the_changes_of_its_days(sample: Register, one: date, other: date) -> None:
    """Splitting a span at any day loses no change and tells none twice."""
    first, middle = sorted((one, other))
    last = date(2025, 3, 31)
    parts = [*changes_between(sample, first, middle), *changes_between(sample, middle.fromordinal(middle.toordinal() + 1), last)]
    assert sorted(parts, key=_place) == sorted(changes_between(sample, first, last), key=_place)


def _place(change: Change) -> tuple[str, ...]:
    return (change.effective_from.isoformat(), change.kpi_ref, change.what)


def test_the_sample_councils_papers_tell_its_two_changes(sample: Register) -> None:
    """Quarter 2 2024/25: the growth of the grant behind indicator 137, and the medical examiners behind indicator 220."""
    told = [(change.what, change.kpi_ref, change.is_in_year) for change in adopted_changes(sample, [], Q2)]
    assert told == [(What.TARGET, "137", True), (What.REDEFINED, "220", False)]
