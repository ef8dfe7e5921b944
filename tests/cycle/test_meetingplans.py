"""The calendar of meetings: what the warehouse knows of each paper's way, and who is told when a date slips."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from cycle.council import SLUG, Council, council_at
from cycle.desk import edited, insert, mail
from pmf.cycle.calendarwatch import Watched, watch_calendar
from pmf.cycle.meetingplans import plans_of
from pmf.cycle.publish import publish_signed_off, sign_off_documents
from pmf.period import Quarter
from pmf.register.outgoing import Step
from pmf.reporting.meetingplan import Light, MeetingPlan
from pmf.store import put

Q2 = Quarter(2024, 2)
HIGHWAYS = "highways-and-transport"
TEAM = "governance-and-performance-team"
_PROVENANCE = dict.fromkeys(("code_version", "lock_digest", "register_digest", "policy_digest"), "x")


@pytest.fixture
def council(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Council:
    """The sample council with nothing returned: its papers are a few bytes each."""
    monkeypatch.setattr("pmf.cycle.clearance.problems_of", lambda *_: ())
    return council_at(tmp_path / "home")


def morning(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T07:00:00+00:00")


def plan(council: Council, day: str, committee_id: str = HIGHWAYS) -> MeetingPlan:
    plans = plans_of(SLUG, as_at=morning(day), settings=council.settings, quarter=Q2)
    return next(plan for plan in plans if plan.committee_id == committee_id)


def lights(council: Council, day: str) -> dict[Step, Light]:
    return {state.step: state.light for state in plan(council, day).steps}


def watch(council: Council, day: str) -> Watched:
    return watch_calendar(SLUG, as_at=morning(day), settings=council.settings)


def issue(council: Council, at: datetime) -> None:
    digest = put(council.settings.store, b"paper")
    row = {
        "period": Q2.key,
        "document_id": f"paper-{HIGHWAYS}",
        "format": "html",
        "as_at": at,
        "title": "Paper",
        "path": "outbox/paper.html",
    }
    insert(council, "document", row | _PROVENANCE | {"content_hash": digest})


def validated(council: Council, at: datetime, *silent: str) -> None:
    """Note a validation of the quarter's ratings, and the reds nobody explains that it found."""
    key = {"period": Q2.key, "point": "ratings", "as_at": at}
    counts = dict.fromkeys(("due", "returned", "withheld", "failed", "flagged"), 0)
    insert(
        council,
        "validation_run",
        key | counts | {"outcome": "flag", "reason": "", "withheld_refs": "[]", "results": "{}", "register_digest": "x"},
    )
    for number, ref in enumerate(silent):
        found = {"finding_id": str(number), "rule_id": "commentary.red_without_comment", "severity": "warning", "scope": "publication"}
        found |= {"dimension": "completeness", "kpi_ref": ref, "message": "Silent.", "fix": "Explain it.", "is_waived": False}
        insert(council, "finding", key | found)


def test_a_paper_on_its_way(council: Council) -> None:
    """Each step is done when the warehouse says so: comments by a check, the draft, clearance, sign-off and publication by the paper."""
    made = morning("2024-11-01")
    assert lights(council, "2024-11-01")[Step.DRAFT] is not Light.DONE
    issue(council, made)
    found = lights(council, "2024-11-02")
    assert (found[Step.COMMENTS], found[Step.DRAFT], found[Step.CLEARANCE]) == (Light.AHEAD, Light.DONE, Light.DONE)
    silent = next(kpi.kpi_ref for kpi in council_kpis(council))
    validated(council, made, silent)
    found = lights(council, "2024-11-02")
    assert (found[Step.COMMENTS], found[Step.CLEARANCE]) == (Light.AHEAD, Light.AHEAD)
    validated(council, made + timedelta(hours=1))
    assert lights(council, "2024-11-02")[Step.COMMENTS] is Light.DONE
    sign_off_documents(SLUG, Q2, post=TEAM, reason="Read.", as_at=morning("2024-11-03"), settings=council.settings)
    assert lights(council, "2024-11-04")[Step.SIGN_OFF] is Light.DONE
    publish_signed_off(SLUG, Q2, as_at=morning("2024-11-05"), settings=council.settings)
    published = plan(council, "2024-11-06")
    assert published.is_done
    assert {state.step: state.done_on for state in published.steps}[Step.PUBLICATION] == date(2024, 11, 5)


def council_kpis(council: Council) -> list[object]:
    from pmf.cycle.workspace import open_workspace

    return [kpi for kpi in open_workspace(SLUG, council.settings).register.kpis(Q2) if kpi.committee_id == HIGHWAYS]


def test_data_that_never_came_are_missed(council: Council) -> None:
    """With nothing returned, the data are to come until their day, then missed, and publication is at risk."""
    assert lights(council, "2024-11-01")[Step.DATA] is Light.AHEAD
    found = lights(council, "2024-11-12")
    assert (found[Step.DATA], found[Step.PUBLICATION]) == (Light.MISSED, Light.AT_RISK)


def test_meetings_in_view_are_those_that_can_still_be_acted_on(council: Council) -> None:
    """The last four weeks and the next four months, the next meeting first; bodies without a KPI of theirs have none."""
    plans = plans_of(SLUG, as_at=morning("2024-11-20"), settings=council.settings)
    assert [item.meeting for item in plans] == sorted(item.meeting for item in plans)
    assert plans[0].meeting >= date(2024, 10, 23)
    assert plans[-1].meeting <= date(2025, 3, 22)


def test_a_missed_date_is_flagged_and_told_once(council: Council) -> None:
    """The morning a date is near, and the one after it was missed, the team is told of each once; the page is renewed every morning."""
    near = watch(council, "2024-11-07")
    assert (near.outcome, near.letters) == ("flag", 1)
    assert f"{HIGHWAYS} 10 Dec: data due soon" in near.labels
    assert watch(council, "2024-11-07").letters == 0
    (page,) = (council.settings.outbox / SLUG).glob("calendar.html")
    page.unlink()
    assert watch(council, "2024-11-12").letters == 1
    assert page.exists()
    last = mail(council, "calendar")[-1]
    assert last.subject.startswith("Act: ")
    assert "New: data by 11 November 2024: missed" in last.text
    assert watch(council, "2024-11-12").letters == 0


def test_quiet_weeks_pass(council: Council) -> None:
    """When no meeting is in view nothing is flagged and nobody is written to; the page says so."""
    watched = watch(council, "2026-07-01")
    assert (watched.outcome, watched.labels, watched.letters, watched.meetings) == ("pass", (), 0, 0)
    assert b"No meeting that receives a paper is in view." in (council.settings.home / watched.page).read_bytes()


def test_nobody_is_told_on_a_day_off(council: Council) -> None:
    """On a Sunday the page is renewed and the flag stands, and the letter waits for Monday."""
    sunday = watch(council, "2024-11-17")
    assert (sunday.outcome, sunday.letters) == ("flag", 0)
    assert watch(council, "2024-11-18").letters == 1


def test_the_council_chooses_its_own_leads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A council that wants its data twenty working days before, where its own calendar is later, is told months ahead."""
    monkeypatch.setattr("pmf.cycle.clearance.problems_of", lambda *_: ())
    early = edited(tmp_path, organisation=lambda text: f"{text}\nback_plan: {{data: 20}}\n")
    own = council_at(tmp_path / "home", organisations=early)
    watched = watch_calendar(SLUG, as_at=datetime(2024, 12, 2, 7, tzinfo=UTC), settings=own.settings)
    assert any("assets-and-procurement 11 Feb: data at risk" in label for label in watched.labels)
