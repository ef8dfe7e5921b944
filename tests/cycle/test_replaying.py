"""The past replayed from the warehouse, which stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cycle.council import SLUG, council_at
from pmf.cycle.rate import rate_month, rate_quarter
from pmf.cycle.replaying import Question, ReplayError, replay_past
from pmf.period import Month
from pmf.rating.replay import Basis, Replay
from pmf.register import RegisterError
from pmf.status import Status
from pmf.warehouse.access import dump
from pmf.warehouse.engine import connect

JANUARY, MARCH = Month(2024, 1), Month(2024, 3)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
Ask = Callable[[Question], Replay]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Replay a council of which March and its quarter were rated; whatever is asked, the warehouse stays as it is."""
    council = council_at(tmp_path_factory.mktemp("replaying") / "home")
    council.begin()
    settings, at = council.settings, council.teller.profile.opens_at(MARCH.next)  # the history is imported then, and not known before
    rate_month(SLUG, MARCH, as_at=at, settings=settings)
    rate_quarter(SLUG, MARCH.quarter, as_at=at, settings=settings)
    before = dump(connect(settings.warehouse_url))

    def replayed(question: Question) -> Replay:
        found = replay_past(SLUG, question, as_at=NOW, settings=settings)
        assert dump(connect(settings.warehouse_url)) == before
        return found

    return replayed


def test_the_policies_in_force_change_nothing(ask: Ask) -> None:
    """Rated or worked out, month by month and for the quarter, every status comes out again."""
    by_month = ask(Question(first=JANUARY, last=MARCH, policy_id="ccc-framework-2024"))
    assert by_month.changes == ()
    with_quarter = ask(Question(first=JANUARY, last=MARCH, policy_id="ccc-q2-2024", with_quarters=True))
    assert with_quarter.compared == by_month.compared // 3 * 4
    assert not [change for change in with_quarter.changes if change.period == MARCH.quarter.key]


def test_another_policy_changes_what_it_rates_otherwise(ask: Ask) -> None:
    """Blue for well above target: only greens become blue, each with its reason; what was rated is told from what was not."""
    found = ask(Question(first=JANUARY, last=MARCH, policy_id="ccc-q2-2024-blue"))
    assert {(change.status_before, change.status_after) for change in found.changes} == {(Status.GREEN, Status.BLUE)}
    assert all(change.reason.endswith("better by more than 5% is blue.") for change in found.changes)
    assert {change.period: change.basis for change in found.changes} == {
        "2024-01": Basis.WORKED_OUT,
        "2024-02": Basis.WORKED_OUT,
        "2024-03": Basis.RATED,
    }
    assert len(found.changes) == found.counts[Status.GREEN, Status.BLUE]


def test_a_policy_that_goes_by_last_year_is_told_what_happened_since(ask: Ask) -> None:
    """A red far off target that has improved since last year, or not declined, becomes amber; the reason says so."""
    found = ask(Question(first=JANUARY, last=MARCH, policy_id="havering-2013"))
    improved = [change for change in found.changes if (change.status_before, change.status_after) == (Status.RED, Status.AMBER)]
    assert improved
    assert all(" the same period last year" in change.reason for change in improved)


def test_another_target_replaces_the_one_in_force_where_it_holds(ask: Ask, tmp_path: Path) -> None:
    """96 raised to 99 from February on: January is judged as before, other KPIs are not touched."""
    path = tmp_path / "raised.csv"
    path.write_text("kpi_ref,valid_from,period_kind,target\nFR-05,2024-02-01,month,99\n", encoding="utf-8")
    found = ask(Question(first=JANUARY, last=MARCH, targets=path))
    assert {change.kpi_ref for change in found.changes} == {"FR-05"}
    assert [(change.period, change.target_before, change.target_after) for change in found.changes] == [
        ("2024-02", "96", "99"),
        ("2024-03", "96", "99"),
    ]
    assert found.changes[0].reason.split(" against ")[1].startswith("a target of 99%")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("kpi_ref,valid_from,target\nPS-01,2024-02-01,high\n", "line 2, .*'high' is not a target"),
        ("kpi_ref,valid_from,target\nXX-1,2024-02-01,9\n", "field kpi_ref: 'XX-1' is not a KPI of kpis.csv"),
        ("kpi_ref,valid_from\nPS-01,2024-02-01\n", "line 1, columns missing: target"),
        ("kpi_ref,valid_from,target\nPS-01,2024-02-01,90..95\n", "field target: '90..95' is a range"),
    ],
)
def test_wrong_targets_are_named_by_line_and_field(ask: Ask, tmp_path: Path, content: str, words: str) -> None:
    """A file of targets is read as strictly as the register's own."""
    path = tmp_path / "targets.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(RegisterError, match=words):
        ask(Question(first=JANUARY, last=MARCH, targets=path))


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (Question(first=JANUARY, last=MARCH, policy_id="traffic-lights"), "no rating policy 'traffic-lights'. There are: ccc-framework"),
        (Question(first=MARCH, last=JANUARY, policy_id="ccc-q2-2024"), "2024-03 comes after 2024-01"),
        (Question(first=MARCH, last=MARCH.plus(2), policy_id="ccc-q2-2024"), "Nothing is known of May 2024: there are figures from"),
        (Question(first=Month(1999, 1), last=MARCH, policy_id="ccc-q2-2024"), "Nothing is known of January 1999"),
    ],
)
def test_what_cannot_be_replayed_is_refused_with_what_could_be(ask: Ask, question: Question, words: str) -> None:
    """No such policy, months the wrong way round, and months nothing is known of."""
    with pytest.raises(ReplayError, match=words):
        ask(question)
