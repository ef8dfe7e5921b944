"""How interventions stand, put together for print: what was decided, and the targets and figures of their months from the ratings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from pmf.cycle.figures import Figures
from pmf.cycle.intervention.record import CAUSE, STEPS, YES, Intervention, State, Step
from pmf.cycle.rated.standing import Rater
from pmf.cycle.rated.window import window_of
from pmf.cycle.workspace import Workspace
from pmf.period import Month
from pmf.rating.policy import Policy, load_policy
from pmf.register import Kpi, Profile
from pmf.register.assessment import Approver, Outcome
from pmf.register.intervention import approving_posts
from pmf.reporting.intervention import Answer, Approval, InterventionState, Progress
from pmf.reporting.measure import Measure
from pmf.reporting.tolerance import tolerance_words
from pmf.reporting.wording import listed
from pmf.status import Status

_OUTCOMES = {
    Outcome.RECOVERED: "the KPI is back within its tolerance",
    Outcome.RENEWED: "another intervention is to follow",
    Outcome.WITHDRAWN: "it is not pursued",
}
# The questions of the data-quality template that foresaw an intervention (HDC framework, Appendix B.2).
FORESEEN = (
    ("red_factors", "What could cause it to perform below the intervention level:"),
    ("actions", "What can be done if it stays there:"),
)


@dataclass(frozen=True)
class Printer:
    """Puts interventions of a council into words, from what was known at a moment; reads each month's ratings once."""

    workspace: Workspace
    connection: Connection
    as_at: datetime

    @cached_property
    def _ratings(self) -> dict[Month, dict[str, Mapping[str, Any]]]:
        return {}

    def measure(self, kpi_ref: str, month: Month) -> Measure | None:
        """Find a KPI's rating of a month. None: it was not rated then."""
        if month not in self._ratings:
            policy_id = self.workspace.profile.policy_id(month)
            rows = self.workspace.read(self.connection, "ratings_at", period=month.key, policy_id=policy_id, as_at=self.as_at)
            self._ratings[month] = {row["kpi_ref"]: row for row in rows}
        kpi, row = self.workspace.register.kpi(kpi_ref, month), self._ratings[month].get(kpi_ref)
        return Measure(kpi, row) if kpi and row else None

    def state(self, item: Intervention) -> InterventionState | None:
        """Say how an intervention stands. None: its month has no rating, so there is nothing to say it of."""
        measure = self.measure(item.kpi_ref, item.month)
        if measure is None:
            return None
        profile, kpi = self.workspace.profile, measure.kpi
        service, posts = profile.service(kpi.service_id), approving_posts(profile, kpi)
        state, day = item.state(posts), item.opened.recorded_at.astimezone(ZoneInfo(profile.timezone)).date()
        return InterventionState(
            intervention_id=item.intervention_id,
            kpi_ref=kpi.kpi_ref,
            title=kpi.title,
            unit=kpi.unit,
            service_id=service.id,
            service_name=service.name,
            month=item.month.key,
            month_label=item.month.label,
            portfolio_holder=profile.post(kpi.portfolio_holder_post).title if kpi.portfolio_holder_post else "Not named",
            kpi_holder=profile.post(kpi.holder_post or service.holder).title,
            target=measure.in_unit(measure.target),
            tolerance=tolerance_words(measure),
            actual=measure.in_unit(measure.current),
            status=measure.status,
            fired_by=item.opened.words,
            cause=_answer(profile, item, CAUSE),
            steps=_answer(profile, item, STEPS),
            hints=tuple(self._hints(kpi, item.month)),
            progress=tuple(self._progress(item, place, month) for place, month in enumerate(self.months(item), start=1)),
            approvals=tuple(_approval(profile, item, approver, post) for approver, post in posts.items()),
            state=state.value,
            lies_with=_lies_with(profile, item, kpi, posts),
            opened_on=day,
            closed=_closing(profile, item.closed) if item.closed else "",
        )

    def months(self, item: Intervention) -> tuple[Month, ...]:
        """List the months an intervention is followed in."""
        rule = self.workspace.profile.intervention
        return item.months(rule.months) if rule else ()

    def _hints(self, kpi: Kpi, month: Month) -> Iterator[tuple[str, str]]:
        template = self.workspace.register.template(kpi.kpi_ref, month.last_day)
        if template is not None:
            yield from ((question, words) for field, question in FORESEEN if (words := getattr(template, field)))

    def _progress(self, item: Intervention, place: int, month: Month) -> Progress:
        """Print a month's target and figure; of a month that is not rated yet, the target the register has for it."""
        measure, said = self.measure(item.kpi_ref, month), item.progress(month)
        return Progress(
            label=f"Month {place}: {month.label}",
            month=month.key,
            target=measure.in_unit(measure.target) if measure else self._target(item.kpi_ref, month),
            actual=_actual(measure, month),
            status=measure.status if measure else None,
            said=_said(said) if said else "",
        )

    def _target(self, kpi_ref: str, month: Month) -> str:
        kpi = self.workspace.register.kpi(kpi_ref, month)
        target = self._rater(month).target(kpi, window_of(kpi, month)) if kpi else None
        return Measure(kpi, {}).in_unit(target.printed(kpi)) if kpi and target else "No target"

    def _rater(self, month: Month) -> Rater:
        return Rater(self.workspace.register, Figures({}, {}, {}), headline_policy(self.workspace, month))


def headline_policy(workspace: Workspace, month: Month) -> Policy:
    """Load the policy that rates a month's headline figures."""
    return load_policy(workspace.settings.policies / f"{workspace.profile.policy_id(month)}.yaml")


def load_states(workspace: Workspace, connection: Connection, items: Sequence[Intervention], *, as_at: datetime) -> list[InterventionState]:
    """Say how interventions stand: the open ones first, each group in the order in which they were opened."""
    printer = Printer(workspace, connection, as_at)
    states = (state for item in items if (state := printer.state(item)) is not None)
    return sorted(states, key=lambda state: (state.is_closed, state.opened_on, state.intervention_id))


def _actual(measure: Measure | None, month: Month) -> str:
    if measure is None:
        return "Not yet rated"
    return measure.in_unit(measure.current) if measure.kpi.is_due(month) else "No figure due"


def _answer(profile: Profile, item: Intervention, part: str) -> Answer:
    step = item.planned(part)
    return Answer(step.words, f"{profile.post(step.post).title}, {_day(profile, step)}") if step else Answer(item.proposed(part))


def _said(step: Step) -> str:
    return f"{'Yes' if step.decision == YES else 'No'}. {step.words}".strip()


def _approval(profile: Profile, item: Intervention, approver: Approver, post: str) -> Approval:
    step = item.approved(approver)
    return Approval(approver.label, profile.post(post).title, _day(profile, step) if step else "")


def _closing(profile: Profile, step: Step) -> str:
    outcome = Outcome(str(step.decision))
    return f"Closed on {_day(profile, step)} by {profile.post(step.post).title}, {outcome}: {_OUTCOMES[outcome]}. {step.words}"


def _lies_with(profile: Profile, item: Intervention, kpi: Kpi, posts: Mapping[Approver, str]) -> str:
    """Name whose turn it is: the KPI holder's to plan and to report, the approvers' to approve."""
    state = item.state(posts)
    if state is State.CLOSED:
        return ""
    if state is State.TO_APPROVE:
        return listed(list(dict.fromkeys(profile.post(post).title for approver, post in posts.items() if not item.approved(approver))))
    return profile.post(kpi.holder_post or profile.service(kpi.service_id).holder).title


def _day(profile: Profile, step: Step) -> str:
    return f"{step.recorded_at.astimezone(ZoneInfo(profile.timezone)):%-d %B %Y}"


def is_back(measure: Measure | None) -> bool:
    """Tell whether a rating says that the KPI is within its tolerance."""
    return measure is not None and measure.status.is_rated and measure.status is not Status.RED
