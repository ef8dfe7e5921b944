"""Validations whose findings a test chooses: as saved and told as any other, and quick enough for long conversations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from cycle.council import SLUG, Council
from cycle.desk import APRIL
from pmf.cycle.conclusion import RETURNS, Occasion, Validated, conclude
from pmf.cycle.querylist import query_states
from pmf.cycle.workspace import open_workspace
from pmf.finding import Dimension, Finding, Scope, Severity
from pmf.period import Month, Quarter
from pmf.reporting.queries import QueryState
from pmf.validation.gate import decide
from pmf.validation.points import Checked

TOO_LOW, LARGE_MOVEMENT = "observation.below_minimum", "observation.large_movement"


def a_finding(kpi_ref: str = "36", rule_id: str = TOO_LOW, **changes: Any) -> Finding:
    """Make a finding of libraries' return: the figure 3 is too low and withheld, unless ``changes`` say otherwise."""
    usual: dict[str, Any] = {
        "severity": Severity.CRITICAL if rule_id == TOO_LOW else Severity.WARNING,
        "scope": Scope.ROW,
        "dimension": Dimension.VALIDITY,
        "message": f"KPI {kpi_ref} is 3, below the smallest figure that is plausible.",
        "fix": "Correct it, or say why it is right.",
        "kpi_ref": kpi_ref,
        "service_id": "libraries",
        "file_hash": "first",
        "file_name": "libraries.xlsx",
        "sheet": "Return",
        "cell": "G7",
        "found": "3",
    }
    return Finding(rule_id=rule_id, **(usual | changes))


def validate(
    council: Council, at: datetime, *findings: Finding, waived: Iterable[tuple[str, str]] = (), period: Month | Quarter = APRIL
) -> Validated:
    """Conclude a validation of a period's returns that asked two rules and found just this."""
    workspace = open_workspace(SLUG, council.settings)
    rules = [{"rule_id": rule_id, "success": True, "exception": None} for rule_id in (TOO_LOW, LARGE_MOVEMENT)]
    checked = Checked(
        findings=findings,
        decision=decide(findings, due=71, waived=frozenset(waived), tolerance_pct=workspace.profile.quality.withheld_share_max_pct),
        checks=(),
        results={"observation": {"suite": "observation", "rows": 71, "success": True, "results": rules}},
        due=71,
        waived=frozenset(waived),
    )
    due = workspace.register.due(period.months[-1])
    occasion = Occasion(workspace, period, RETURNS, at, due=due, answered=frozenset(), returned=1, earlier=())
    return conclude(occasion, checked)


def queries(council: Council, at: datetime) -> list[QueryState]:
    """List the queries as known at a moment."""
    return query_states(SLUG, as_at=at, settings=council.settings)


def kinds(state: QueryState) -> list[str]:
    """Name the steps of a query's thread."""
    return [step.kind for step in state.steps]
