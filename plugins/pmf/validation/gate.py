"""The gate: whether a validation passes, flags or fails, and which figures are withheld (rulings 10, 11, 13)."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal

from pmf.finding import Finding, Outcome, Scope, Severity
from pmf.validation.checks import EVERY_ROW
from pmf.value import plain

Waived = AbstractSet[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """How a validation ended.

    ``reason`` is one sentence for the grid and the e-mail. ``withheld_refs`` are the KPIs under query. ``failed`` and
    ``flagged`` count the open findings that are critical and those that are warnings; a waived one is in neither.
    """

    outcome: Outcome
    reason: str
    withheld_refs: frozenset[str]
    failed: int
    flagged: int


def is_waived(finding: Finding, waived: Waived) -> bool:
    """Tell whether a finding is waived. ``waived`` holds (rule_id, kpi_ref), "*" where a finding is about no KPI."""
    return (finding.rule_id, finding.kpi_ref or EVERY_ROW) in waived


def decide(
    findings: Iterable[Finding], *, due: int, waived: Waived, tolerance_pct: Decimal, stop_on: AbstractSet[str] = frozenset()
) -> Decision:
    """Decide on the findings of one validation of ``due`` KPIs.

    An open critical finding on the whole batch fails it, and so does one of a rule in ``stop_on``, and so do more withheld
    KPIs than ``tolerance_pct`` per cent of those due (exactly as many do not). Any other open finding flags it. Critical
    findings of scope ``row`` withhold their KPI; those of scope ``publication`` never do.
    """
    seen = list(findings)
    still_open = [finding for finding in seen if not is_waived(finding, waived)]
    critical = [finding for finding in still_open if finding.severity is Severity.CRITICAL]
    stopping = [finding for finding in critical if finding.scope is Scope.BATCH or finding.rule_id in stop_on]
    withheld = frozenset(finding.kpi_ref for finding in still_open if finding.kpi_ref and _withholds(finding))
    flagged = len(still_open) - len(critical)

    if stopping:
        outcome, reason = Outcome.FAIL, f"Failed: {_lead(stopping)}"
    elif len(withheld) * 100 > tolerance_pct * due:
        outcome = Outcome.FAIL
        reason = f"Failed: {_withheld(withheld, due)}, more than the {plain(tolerance_pct)}% the council tolerates"
    elif still_open:
        outcome, reason = Outcome.FLAG, f"Flagged: {_standing(still_open, withheld, due)}"
    else:
        outcome, reason = Outcome.PASS, f"Passed: {_counted(due, 'figure')} due, nothing found" if due else "Passed: nothing was due"
    if len(still_open) < len(seen):
        reason += f"; {_counted(len(seen) - len(still_open), 'finding')} waived"
    return Decision(outcome=outcome, reason=reason + ".", withheld_refs=withheld, failed=len(critical), flagged=flagged)


def _withholds(finding: Finding) -> bool:
    return finding.severity is Severity.CRITICAL and finding.scope is Scope.ROW and finding.kpi_ref is not None


def _lead(stopping: list[Finding]) -> str:
    first = stopping[0].message.rstrip(".")
    return first if len(stopping) == 1 else f"{first}, and {_counted(len(stopping) - 1, 'more finding')} of that kind"


def _standing(still_open: list[Finding], withheld: frozenset[str], due: int) -> str:
    blocking = sum(finding.scope is Scope.PUBLICATION for finding in still_open)
    withholding = sum(_withholds(finding) for finding in still_open)
    others = len(still_open) - blocking - withholding
    parts = (
        _withheld(withheld, due) if withheld else "",
        f"{_counted(others, 'other finding' if withheld else 'finding')} to look at" if others else "",
        f"{_counted(blocking, 'finding')} to clear before publication" if blocking else "",
    )
    return ", ".join(part for part in parts if part)


def _withheld(withheld: frozenset[str], due: int) -> str:
    return f"{len(withheld)} of {_counted(due, 'figure')} due withheld"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
