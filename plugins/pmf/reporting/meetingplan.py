"""The way of a committee's paper to its meeting: each step's last day, whether it is done, and whether it can still be.

Pure: days and what is done in, a plan and the page of all plans out. Loading what is done belongs to the cycle.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from pmf.page.document import Block, Cell, Column, Document, Fact, Facts, Section, Table, bullets, paragraph
from pmf.register import Profile
from pmf.register.outgoing import Step
from pmf.reporting.wording import agree, counted, sentence_case
from pmf.status import Status


class Light(StrEnum):
    """How a step stands on a day."""

    DONE = "done"
    LATE = "done late"
    MISSED = "missed"
    AT_RISK = "at risk"
    SOON = "due soon"
    AHEAD = "to come"


_WARNING = frozenset({Light.MISSED, Light.AT_RISK, Light.SOON})
_COLOURS = {
    Light.DONE: Status.GREEN,
    Light.LATE: Status.GREEN,
    Light.MISSED: Status.RED,
    Light.AT_RISK: Status.AMBER,
    Light.SOON: Status.AMBER,
}


@dataclass(frozen=True, kw_only=True)
class StepState:
    """How a step stands. ``due`` is its last day; ``done_on`` None: not done, or nobody knows when.

    Of one at risk, ``expected`` is the day the council's own calendar has for it, or ``waits_for`` the earlier step it waits for.
    """

    step: Step
    due: date
    light: Light
    done_on: date | None = None
    expected: date | None = None
    waits_for: Step | None = None

    @property
    def sentence(self) -> str:
        """Say it in a line: "clearance by 20 November 2024: missed"."""
        because = f" (the council's own calendar has it on {self.expected:%-d %B %Y})" if self.expected else ""
        because = f" (waits for {self.waits_for})" if self.waits_for else because
        return f"{self.step} by {self.due:%-d %B %Y}: {self.light}{because}"


@dataclass(frozen=True, kw_only=True)
class MeetingPlan:
    """A meeting, the period its paper is of, and the steps to it in order."""

    committee_id: str
    committee: str
    meeting: date
    period: str
    period_label: str
    steps: tuple[StepState, ...]

    @property
    def warnings(self) -> tuple[StepState, ...]:
        """The steps somebody should look at; of those that only wait for another, publication alone."""
        warned = (state for state in self.steps if state.light in _WARNING)
        return tuple(state for state in warned if state.waits_for is None or state.step is Step.PUBLICATION)

    @property
    def is_done(self) -> bool:
        """Tell whether nothing is left to do."""
        return all(state.light in (Light.DONE, Light.LATE) for state in self.steps)

    @property
    def is_missed(self) -> bool:
        """Tell whether one of its dates has passed with nothing done."""
        return any(state.light is Light.MISSED for state in self.steps)

    @property
    def name(self) -> str:
        """Name the meeting: "Highways and Transport Committee, 5 December 2024"."""
        return f"{self.committee}, {self.meeting:%-d %B %Y}"

    @property
    def label(self) -> str:
        """Say in a few words what is to be looked at: "highways-and-transport 5 Dec: clearance missed, publication at risk"."""
        said = ", ".join(f"{state.step} {state.light}" for state in self.warnings)
        return f"{self.committee_id} {self.meeting:%-d %b}: {said}"

    def as_dict(self) -> dict[str, Any]:
        """Give the plan as JSON values."""
        days = ("due", "done_on", "expected")
        steps = [asdict(state) | {name: str(getattr(state, name) or "") or None for name in days} for state in self.steps]
        return asdict(self) | {"meeting": self.meeting.isoformat(), "steps": steps}


def judge_steps(
    days: Mapping[Step, date], done: Mapping[Step, date | None], expected: Mapping[Step, date], *, today: date, soon: date
) -> tuple[StepState, ...]:
    """Say how each step stands on a day, in order.

    ``done`` holds the steps that are done, with the day where it is known; ``expected`` the days that the council's own calendar has
    for some of them. A step is at risk where that day is too late; and where the step before it is at risk or was missed, unless its
    own day is still to come. ``soon`` is the day up to which what is not done is pointed out. Of a published paper nothing is left to do.
    """
    states: list[StepState] = []
    for step, due in days.items():
        states.append(_judged(step, due, states[-1] if states else None, done, expected.get(step), today, soon))
    return tuple(states)


def _judged(
    step: Step, due: date, before: StepState | None, done: Mapping[Step, date | None], expected: date | None, today: date, soon: date
) -> StepState:
    if step in done or Step.PUBLICATION in done:
        done_on = done.get(step)
        return StepState(step=step, due=due, light=Light.LATE if done_on and done_on > due else Light.DONE, done_on=done_on)
    if due < today:
        return StepState(step=step, due=due, light=Light.MISSED)
    if expected and expected > due:
        return StepState(step=step, due=due, light=Light.AT_RISK, expected=expected)
    is_planned = expected is not None and expected >= today
    if before and before.light in (Light.MISSED, Light.AT_RISK) and not is_planned:
        return StepState(step=step, due=due, light=Light.AT_RISK, waits_for=before.waits_for or before.step)
    return StepState(step=step, due=due, light=Light.SOON if due <= soon else Light.AHEAD)


def calendar_page(plans: Sequence[MeetingPlan], profile: Profile, *, as_at: str) -> Document:
    """Lay out the page of a council's coming meetings: what to look at first, then each meeting's steps with their last days."""
    return Document(
        title="Meeting calendar",
        organisation=profile.name,
        subtitle="From the data to the published paper, counted back from each meeting",
        header=(("As at", as_at),),
        sections=(Section("At a glance", tuple(_glance(plans))), Section("Meetings", tuple(_meetings(plans, profile)))),
        footer=f"{profile.name} – Meeting calendar, as at {as_at}",
        banner=profile.notice,
        is_landscape=True,
    )


def _glance(plans: Sequence[MeetingPlan]) -> Iterable[Block]:
    if not plans:
        yield paragraph("No meeting that receives a paper is in view.")
        return
    warned = [plan for plan in plans if plan.warnings]
    number = len(warned)
    words = f"{counted(len(plans), 'meeting')} in view; {number or 'none'} {agree(number, 'has', 'have')} a date to look at"
    yield paragraph(f"{words}:" if warned else f"{words}.")
    if warned:
        yield bullets(*(f"{plan.name}: {'; '.join(state.sentence for state in plan.warnings)}." for plan in warned))
    counts = [(light, sum(state.light is light for plan in plans for state in plan.steps)) for light in Light]
    yield Facts(tuple(Fact(sentence_case(light), str(count), status=_COLOURS.get(light)) for light, count in counts if count))


def _meetings(plans: Sequence[MeetingPlan], profile: Profile) -> Iterator[Block]:
    lead = profile.back_plan
    yield paragraph(
        "A paper is published by the earlier of seven days and five clear working days before its meeting. The other steps are due so many "
        f"working days before that: data {lead.data}, comments {lead.comments}, draft {lead.draft}, clearance {lead.clearance}, "
        f"sign-off {lead.sign_off}. Bank holidays and the council's closure days are no working days."
    )
    if plans:
        columns = (Column("Meeting", width=2.0), Column("Paper", width=1.4), *(Column(sentence_case(step)) for step in Step))
        rows = tuple((Cell(plan.name), Cell(sentence_case(plan.period_label)), *map(_cell, plan.steps)) for plan in plans)
        yield Table("Last day of each step, and how it stands", columns, rows, is_wide=True)


def _cell(state: StepState) -> Cell:
    late = f"on {state.done_on:%-d %b}" if state.light is Light.LATE and state.done_on else ""
    note = " ".join(words for words in (sentence_case(state.light), late) if words)
    return Cell(f"{state.due:%-d %b %Y}", status=_COLOURS.get(state.light), note=note)
