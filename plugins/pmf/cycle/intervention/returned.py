"""Intervention forms on their way out as workbooks and back: which item stands in which row, and what an answer adds.

An item's reference names its intervention, so that a form says itself what it is about: "PI-09-2025-06:cause".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pmf.cycle.intervention.record import CAUSE, NO, STEPS, YES, Intervention, Kind
from pmf.form.item import ItemRow
from pmf.form.model import ReturnedIntervention
from pmf.period import Month, parse_month
from pmf.register import Kpi, Profile, Register
from pmf.register.assessment import Approver
from pmf.register.intervention import approving_posts
from pmf.reporting.intervention import CAUSE_QUESTION, STEPS_QUESTION, InterventionState

FORM_VERSION = "intervention-1"
_BETWEEN = ":"


class UnusableFormError(Exception):
    """A form that came back cannot be taken; ``message`` says why, ``fix`` what to do."""

    def __init__(self, message: str, *, fix: str) -> None:
        super().__init__(message)
        self.message, self.fix = message, fix


def form_items(state: InterventionState, approvers: Mapping[Approver, str]) -> tuple[ItemRow, ...]:
    """Lay an intervention out as the items of its form; ``approvers`` are those asked, in the order of its approvals."""
    known = f"Target {state.target}, tolerance {state.tolerance}, actual {state.actual}: {state.status.label}. {state.fired_by}"
    foreseen = "\n".join(f"{question} {words}" for question, words in state.hints)
    rows = [
        ItemRow(item_ref=CAUSE, title=CAUSE_QUESTION, known=f"{state.name}, {state.month_label}.\n{known}", answer=state.cause.words),
        ItemRow(item_ref=STEPS, title=STEPS_QUESTION, known=foreseen, answer=state.steps.words),
    ]
    for month in state.progress:
        figures = f"Target {month.target}. Actual: {month.actual}{f', {month.status.label}' if month.status else ''}."
        rows.append(ItemRow(item_ref=month.month, title=f"{month.label}: further intervention required?", known=figures, answer=month.said))
    for approver, approval in zip(approvers, state.approvals, strict=True):
        known = f"{approval.post}. Approved on {approval.on}." if approval.on else approval.post
        rows.append(ItemRow(item_ref=approver.value, title=f"Approval: {approval.label}", known=known, answer=""))
    return tuple(
        ItemRow(item_ref=f"{state.intervention_id}{_BETWEEN}{row.item_ref}", title=row.title, known=row.known, answer=row.answer)
        for row in rows
    )


def take_form(
    form: ReturnedIntervention, received: Mapping[str, Any], interventions: Mapping[str, Intervention], register: Register
) -> Intervention:
    """Add to an intervention what a form that came back says anew; a form that says nothing new adds nothing.

    ``received`` is the form's row of ``received_file``, ``interventions`` all there are, by id.

    Raises:
        UnusableFormError: when it is about no open intervention, an answer cannot be read, or an approval is another post's to give.
    """
    for problem in form.problems:
        raise UnusableFormError(problem.message, fix=problem.fix)
    answers = {_item(line.item_ref): line.answer.strip() for line in form.lines}
    item = next((interventions[name] for line in form.lines if (name := _name(line.item_ref)) in interventions), None)
    kpi = register.kpi(item.kpi_ref, item.month) if item else None
    if item is None or kpi is None or item.closed:
        raise UnusableFormError("The form is about no intervention that is open.", fix="Ask the performance team which one is.")
    for part in (CAUSE, STEPS):
        item = _planned(item, part, answers.get(part, ""), received)
    for month, words in _months(answers):
        item = _followed(item, month, words, received)
    for approver, words in _approvals(answers):
        item = _approved(item, approver, words, received, kpi=kpi, profile=register.profile)
    return item


def _name(item_ref: str) -> str:
    return item_ref.partition(_BETWEEN)[0]


def _item(item_ref: str) -> str:
    return item_ref.partition(_BETWEEN)[2]


def _months(answers: Mapping[str, str]) -> Iterator[tuple[Month, str]]:
    fixed = {CAUSE, STEPS, *Approver}
    yield from ((parse_month(item), words) for item, words in answers.items() if item not in fixed and words)


def _approvals(answers: Mapping[str, str]) -> Iterator[tuple[Approver, str]]:
    yield from ((approver, answers[approver]) for approver in Approver if answers.get(approver))


def _planned(item: Intervention, part: str, words: str, received: Mapping[str, Any]) -> Intervention:
    """Take what is said of the plan: the proposal where nobody has put in a plan yet, and whatever was never said before."""
    if not words or (item.planned(part) is not None and item.was_said(part, words)):
        return item
    return item.then(Kind.PLANNED, part, post=received["sender"], words=words, at=received["received_at"], file_hash=received["file_hash"])


def _followed(item: Intervention, month: Month, words: str, received: Mapping[str, Any]) -> Intervention:
    """Take what is said about a month: Yes or No, and then what."""
    first, _, rest = words.partition(" ")
    decision = first.strip(".,:;–-").casefold()
    if decision not in (YES, NO):
        raise UnusableFormError(
            f"The answer about {month.label} begins with neither Yes nor No: “{words}”.",
            fix="Begin with Yes or No: is further intervention required? Then say what.",
        )
    before, said = item.progress(month), rest.strip()
    if before is not None and (before.decision, before.words) == (decision, said):
        return item
    return item.then(
        Kind.PROGRESS,
        month.key,
        post=received["sender"],
        words=said,
        at=received["received_at"],
        decision=decision,
        file_hash=received["file_hash"],
    )


def _approved(
    item: Intervention, approver: Approver, words: str, received: Mapping[str, Any], *, kpi: Kpi, profile: Profile
) -> Intervention:
    """Take an approval from the post whose it is; one that is given already is not given again."""
    post = approving_posts(profile, kpi).get(approver)
    if item.approved(approver) or post is None:
        return item
    if received["sender"] != post:
        raise UnusableFormError(
            f"The approval of the {approver.label} is {profile.post(post).title}'s to give, and the form came from another address.",
            fix=f"Leave that row empty, and let {profile.post(post).title} send the form.",
        )
    if not (item.planned(CAUSE) and item.planned(STEPS)):
        raise UnusableFormError(
            "Nobody has said yet what caused it and what will be done, so there is no plan to approve.",
            fix="Fill in cause and steps, or let the KPI holder send the form first.",
        )
    return item.then(Kind.APPROVED, approver, post=post, words=words, at=received["received_at"], file_hash=received["file_hash"])
