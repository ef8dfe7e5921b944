"""How the steps to a meeting stand: done, late, missed, at risk, near or to come; and the page that says so."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from page.reading import html_text, squeezed
from pmf.page.web import render_html
from pmf.period.workdays import WorkingCalendar
from pmf.register import load_profile
from pmf.register.outgoing import BackPlan, Step
from pmf.reporting.meetingplan import Light, MeetingPlan, StepState, calendar_page, judge_steps
from pmf.settings import read_settings

# Data 6 November, comments 8, draft 13, clearance 20, sign-off 25, publication 27.
DAYS = BackPlan().days(date(2024, 12, 5), WorkingCalendar())
ALL_DONE = dict.fromkeys(Step, date(2024, 10, 14))


def judged(today: str, done: dict[Step, date | None], expected: dict[Step, date] | None = None) -> tuple[StepState, ...]:
    day = date.fromisoformat(today)
    return judge_steps(DAYS, done, expected or {}, today=day, soon=WorkingCalendar().add_working_days(day, 2))


def lights(states: tuple[StepState, ...]) -> list[str]:
    return [state.light.value for state in states]


def plan(states: tuple[StepState, ...]) -> MeetingPlan:
    return MeetingPlan(
        committee_id="highways-and-transport",
        committee="Highways and Transport Committee",
        meeting=date(2024, 12, 5),
        period="2024-25-Q2",
        period_label="quarter 2 2024/25",
        steps=states,
    )


def test_far_ahead_nothing_is_said() -> None:
    """Weeks before the first date every step is to come."""
    assert lights(judged("2024-10-01", {})) == ["to come"] * 6


def test_what_is_near_and_not_done_is_pointed_out() -> None:
    """Two working days before its day, and on it, a step that is not done is due soon; done, it is not."""
    assert lights(judged("2024-11-04", {}))[0] == "due soon"
    assert lights(judged("2024-11-06", {}))[:2] == ["due soon", "due soon"]
    assert lights(judged("2024-11-06", {Step.DATA: date(2024, 11, 1)}))[:2] == ["done", "due soon"]


def test_what_has_passed_is_missed_and_puts_the_rest_at_risk() -> None:
    """The day after its date a step is missed, and whatever comes after it waits for it."""
    states = judged("2024-11-21", {Step.DATA: None, Step.COMMENTS: None, Step.DRAFT: date(2024, 11, 12)})
    assert lights(states) == ["done", "done", "done", "missed", "at risk", "at risk"]
    assert [state.sentence for state in states[3:]] == [
        "clearance by 20 November 2024: missed",
        "sign-off by 25 November 2024: at risk (waits for clearance)",
        "publication by 27 November 2024: at risk (waits for clearance)",
    ]
    assert plan(states).label == "highways-and-transport 5 Dec: clearance missed, publication at risk"


def test_the_councils_own_calendar_may_be_too_late() -> None:
    """A deadline of returns after the day the data are needed is told months ahead; what has a day of its own in time is not at risk."""
    own = {Step.DATA: date(2024, 11, 7), Step.COMMENTS: date(2024, 11, 8), Step.DRAFT: date(2024, 11, 12)}
    states = judged("2024-08-01", {}, own)
    assert lights(states) == ["at risk", *["to come"] * 5]
    assert states[0].sentence == "data by 6 November 2024: at risk (the council's own calendar has it on 7 November 2024)"


def test_done_late_is_done() -> None:
    """What was done after its day is done, and the page says when."""
    (state,) = (state for state in judged("2024-11-22", {Step.DRAFT: date(2024, 11, 15)}) if state.step is Step.DRAFT)
    assert (state.light, state.done_on) == (Light.LATE, date(2024, 11, 15))


def test_a_published_paper_has_nothing_left_to_do() -> None:
    """Once it is published no step is asked after, whatever was waived on the way."""
    states = judged("2024-12-04", {Step.PUBLICATION: date(2024, 11, 26)})
    assert plan(states).is_done
    assert plan(states).warnings == ()


@given(st.dates(date(2024, 9, 1), date(2024, 12, 31)), st.sets(st.sampled_from(Step)))
def test_time_only_makes_it_worse(today: date, done: set[Step]) -> None:
    """With nothing more done, a step that was missed stays missed, and one that is not done never becomes done."""
    order = [Light.DONE, Light.AHEAD, Light.SOON, Light.AT_RISK, Light.MISSED]
    known: dict[Step, date | None] = dict.fromkeys(done)
    later = date.fromordinal(today.toordinal() + 1)
    for before, after in zip(judged(today.isoformat(), known), judged(later.isoformat(), known), strict=True):
        assert order.index(after.light) >= order.index(before.light)


@given(st.dates(date(2024, 9, 1), date(2024, 12, 31)))
def test_after_a_missed_step_nothing_that_is_not_done_is_well(today: date) -> None:
    """No later step is merely to come when an earlier one was missed."""
    for before, after in pairwise(judged(today.isoformat(), {})):
        assert not (before.light is Light.MISSED and after.light in (Light.AHEAD, Light.SOON))


@pytest.mark.parametrize("today", ["2024-10-01", "2024-11-21"])
def test_the_page_says_each_date_and_what_to_look_at(today: str) -> None:
    """Every date, every state and every warning of the plans is on the page, in words."""
    settings = read_settings({})
    profile = load_profile(settings.organisations / "cambridgeshire")
    own = plan(judged(today, {Step.DATA: None}))
    text = html_text(render_html(calendar_page([own], profile, as_at="7am"), templates=settings.templates))
    wanted = [f"{state.due:%-d %b %Y}{state.light.capitalize()}" for state in own.steps] + [state.sentence for state in own.warnings]
    assert [words for words in wanted if squeezed(words) not in text] == []


def test_a_page_without_meetings_says_so() -> None:
    """A council whose profile has no meetings has a page that says it."""
    settings = read_settings({})
    page = calendar_page([], load_profile(settings.organisations / "cambridgeshire"), as_at="7am")
    assert squeezed("No meeting that receives a paper is in view.") in html_text(render_html(page, templates=settings.templates))
