"""What changed of a committee's indicators and targets, in the words of its paper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pmf.register.changes import Change, What
from pmf.register.target import PeriodKind
from pmf.reporting.wording import listed

_PERIODS = {PeriodKind.MONTH: "monthly", PeriodKind.QUARTER: "quarterly", PeriodKind.YEAR: "yearly"}


def change_words(change: Change) -> str:
    """Say what became of an indicator, from when, by which method, when it was adopted and why."""
    return " ".join((f"Indicator {change.kpi_ref}: {change.title}.", *_sentences(change)))


def _sentences(change: Change) -> Iterator[str]:
    if change.what is What.TARGET:
        yield _target_sentence(change)
    else:
        done = {What.NEW: "New", What.ENDED: "No longer reported", What.REDEFINED: "Redefined"}[change.what]
        fields = f" ({listed([_plain(name) for name in change.fields])})" if change.fields else ""
        yield f"{done} from {_day(change.effective_from)}{fields}."
    if change.adopted_on is not None:
        yield f"Adopted on {_day(change.adopted_on)}."
    if change.reason:
        yield f"Reason: {change.reason.rstrip('.')}."
    elif change.is_in_year:
        yield "No reason supplied."


def _target_sentence(change: Change) -> str:
    kind = f"{_PERIODS[change.period_kind]} " if change.period_kind else ""
    values = f"changed from {change.old} to {change.new}" if change.old else f"was set at {change.new}"
    within = ", within the financial year," if change.is_in_year else ""
    method = f" (method: {change.method})" if change.method else ""
    return f"On {_day(change.effective_from)}{within} its {kind}target {values}{method}."


def _plain(field: str) -> str:
    """Name a field of the register as people do: "committee_id" is the committee, "is_public" whether it is so."""
    words = field.removesuffix("_ids").removesuffix("_id").removesuffix("_type").replace("_", " ")
    return f"whether it {words}" if words.startswith(("is ", "has ")) else words


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"
