"""Intervene: what people decide about an intervention - plan, approve, say how a month went, close - saved with the letters that follow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from pmf.cycle.intervention.paperwork import decision_letters, write_intervention_page
from pmf.cycle.intervention.record import CAUSE, NO, STEPS, YES, Intervention, Kind, load_interventions, save_interventions
from pmf.cycle.intervention.standing import Printer, is_back, load_states
from pmf.cycle.workspace import Workspace, open_workspace
from pmf.mail import queue_rows
from pmf.period import Month
from pmf.register.assessment import Outcome
from pmf.register.intervention import approving_posts
from pmf.reporting.intervention import InterventionState
from pmf.reporting.wording import agree, listed
from pmf.settings import Settings
from pmf.warehouse.access import append_new
from pmf.warehouse.engine import reading
from pmf.warehouse.tables import mail_queue


class InterventionError(Exception):
    """A step cannot be taken; the message says why, and what can be done instead."""


def list_interventions(organisation: str, *, as_at: datetime, settings: Settings) -> list[InterventionState]:
    """List every intervention of a council as known at a moment, the open ones first."""
    workspace = open_workspace(organisation, settings)
    with reading(workspace.engine) as connection:
        items = load_interventions(workspace, connection, as_at=as_at)
        return load_states(workspace, connection, items, as_at=as_at)


def plan(
    organisation: str, intervention_id: str, *, cause: str, steps: str, post: str, as_at: datetime, settings: Settings
) -> InterventionState:
    """Put in what has caused it and what will be done; "" takes the words that are proposed or stand already.

    A plan that says something else than before is to be approved anew.

    Raises:
        InterventionError: when there is no such open intervention or post, or nothing is said and nothing was proposed.
    """

    def step(item: Intervention) -> Intervention:
        for part, words in ((CAUSE, cause.strip()), (STEPS, steps.strip())):
            before = item.planned(part)
            chosen = words or (before.words if before else item.proposed(part))
            if not chosen:
                raise InterventionError(f"{item.intervention_id}: nothing was proposed for {part}; say it in your own words")
            if before is None or before.words != chosen:
                item = item.then(Kind.PLANNED, part, post=post, words=chosen, at=as_at)
        return item

    return _take(organisation, intervention_id, step, post=post, as_at=as_at, settings=settings)


def approve(
    organisation: str, intervention_id: str, *, post: str, as_at: datetime, settings: Settings, words: str = "Approved"
) -> InterventionState:
    """Record that a post approves the plan as it stands, in each place that is its own to approve.

    Raises:
        InterventionError: when there is no such open intervention, nothing is planned, or the post has nothing to approve.
    """
    workspace = open_workspace(organisation, settings)

    def step(item: Intervention) -> Intervention:
        kpi = workspace.register.kpi(item.kpi_ref, item.month)
        posts = approving_posts(workspace.profile, kpi) if kpi else {}
        if not (item.planned(CAUSE) and item.planned(STEPS)):
            raise InterventionError(f"{item.intervention_id} has no plan yet: pmf intervention plan puts one in")
        own = [approver for approver, approving in posts.items() if approving == post and not item.approved(approver)]
        if not own:
            waiting = listed([approving for approver, approving in posts.items() if not item.approved(approver)])
            raise InterventionError(f"{post} has nothing to approve of {item.intervention_id}; it waits for: {waiting or 'nobody'}")
        for approver in own:
            item = item.then(Kind.APPROVED, approver, post=post, words=words, at=as_at)
        return item

    return _take(organisation, intervention_id, step, post=post, as_at=as_at, settings=settings)


def say_progress(
    organisation: str,
    intervention_id: str,
    month: Month,
    *,
    is_more_required: bool,
    words: str,
    post: str,
    as_at: datetime,
    settings: Settings,
) -> InterventionState:
    """Record whether a month's progress calls for further intervention; target and figure come from the month's rating.

    Raises:
        InterventionError: when there is no such open intervention or post, or the month is none that it is followed in.
    """
    rule = open_workspace(organisation, settings).profile.intervention

    def step(item: Intervention) -> Intervention:
        followed = item.months(rule.months) if rule else ()
        if month not in followed:
            raise InterventionError(f"{item.intervention_id} is followed in {listed([each.key for each in followed])}, not in {month.key}")
        decision = YES if is_more_required else NO
        return item.then(Kind.PROGRESS, month.key, post=post, words=words.strip(), at=as_at, decision=decision)

    return _take(organisation, intervention_id, step, post=post, as_at=as_at, settings=settings)


def close(
    organisation: str, intervention_id: str, *, outcome: Outcome, reason: str, post: str, as_at: datetime, settings: Settings
) -> InterventionState:
    """Close an intervention with its outcome and a reason.

    ``recovered`` needs the months it is followed in to be rated, the last of them within its tolerance; ``renewed`` needs them too, and
    the next cycle opens another one if the reds go on. ``withdrawn`` is what else there is.

    Raises:
        InterventionError: when there is no such open intervention or post, no reason, or the figures do not bear the outcome out.
    """
    if not reason.strip():
        raise InterventionError("say why it is closed: the reason is kept and printed")
    workspace = open_workspace(organisation, settings)

    def step(item: Intervention) -> Intervention:
        with reading(workspace.engine) as connection:
            printer = Printer(workspace, connection, as_at)
            months = printer.months(item)
            measures = {month: printer.measure(item.kpi_ref, month) for month in months}
        missing = [month.label for month in months if measures[month] is None]
        if outcome is not Outcome.WITHDRAWN and missing:
            raise InterventionError(
                f"{item.intervention_id} is followed for {len(months)} months, and {listed(missing)} {agree(len(missing), 'is', 'are')} "
                "not rated yet; close it then, or withdraw it"
            )
        if outcome is Outcome.RECOVERED and not is_back(measures[months[-1]]):
            raise InterventionError(f"{item.intervention_id} has not recovered: {months[-1].label} is not within its tolerance")
        return item.then(Kind.CLOSED, post=post, words=reason.strip(), at=as_at, decision=outcome.value)

    return _take(organisation, intervention_id, step, post=post, as_at=as_at, settings=settings)


def _take(
    organisation: str,
    intervention_id: str,
    step: Callable[[Intervention], Intervention],
    *,
    post: str,
    as_at: datetime,
    settings: Settings,
) -> InterventionState:
    """Take a step of an open intervention, save it with the letters about it, renew the page, and say how it stands then."""
    workspace = open_workspace(organisation, settings)
    if post not in {known.id for known in workspace.profile.posts}:
        raise InterventionError(f"{organisation} has no post {post!r}; its organisation.yaml lists them under posts")
    before = _open(workspace, intervention_id, as_at)
    after = step(before)
    letters = decision_letters(workspace, [after], as_at=as_at) if after != before else []
    with workspace.engine.begin() as connection:
        if save_interventions(connection, organisation, [after]) != len(after.steps) - len(before.steps):
            raise InterventionError(f"{before.intervention_id}: another step was taken at this very moment; try again")
        append_new(connection, mail_queue, queue_rows(letters))
    write_intervention_page(workspace, as_at=as_at)
    return _states(workspace, [after], as_at)[0]


def _open(workspace: Workspace, intervention_id: str, as_at: datetime) -> Intervention:
    with reading(workspace.engine) as connection:
        items = {item.intervention_id: item for item in load_interventions(workspace, connection, as_at=as_at)}
    item = items.get(intervention_id.strip())
    if item is None:
        raise InterventionError(f"{workspace.organisation} has no intervention {intervention_id!r}; pmf intervention list names them")
    if item.closed:
        raise InterventionError(f"{item.intervention_id} is closed ({item.closed.decision}): {item.closed.words}")
    return item


def _states(workspace: Workspace, items: Sequence[Intervention], as_at: datetime) -> list[InterventionState]:
    with reading(workspace.engine) as connection:
        return load_states(workspace, connection, items, as_at=as_at)
