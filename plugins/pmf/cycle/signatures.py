"""How the data-quality templates stand, from the warehouse: read by validation, and by those who ask before signing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from pmf.cycle.workspace import Workspace
from pmf.period import Month
from pmf.register.signing import SigningState, TemplateState, changed_answers, signed_template, template_states

# What a signature puts right at once, without another validation of the month.
SIGNING_RULES = frozenset(f"register.template_{state}" for state in (SigningState.UNSIGNED, SigningState.EXPIRED, SigningState.CHANGED))


def signing_stage(post: str) -> str:
    """Name a post's signing in the log book: with the post, for several may sign at one moment."""
    return f"sign_templates:{post}"


def states_of_month(workspace: Workspace, connection: Connection, month: Month, *, as_at: datetime) -> dict[str, TemplateState]:
    """Map each KPI in force in a month to how its template stands, as known at a moment; of a changed one, what was changed."""
    sign_offs = workspace.read(connection, "template_sign_offs_at", as_at=as_at)
    states = template_states(workspace.register, month, sign_offs)
    return {
        ref: replace(state, changed=_changed(workspace, connection, month, state)) if state.state is SigningState.CHANGED else state
        for ref, state in states.items()
    }


def _changed(workspace: Workspace, connection: Connection, month: Month, state: TemplateState) -> tuple[str, ...]:
    """Compare a template with what was signed, where the register of that moment was kept."""
    found = workspace.read(
        connection,
        "register_of_stage",
        period=month.financial_year.key,
        stage=signing_stage(str(state.post)),
        as_at=state.signed_at,
    )
    before = signed_template(json.loads(found[0]["files"]), state.kpi_ref, str(state.digest)) if found else None
    after = workspace.register.template(state.kpi_ref, month.last_day)
    return changed_answers(before, after) if before and after else ()
