"""Which KPIs a document prints: what its publication and its place on the site go by."""

from __future__ import annotations

from collections.abc import Sequence

from pmf.assurance.known import members_of
from pmf.period import Month, Quarter
from pmf.register import Kpi, Register

_PAPER = "paper-"


def printed_kpis(register: Register, period: Month | Quarter, document_id: str) -> Sequence[Kpi]:
    """List the KPIs in force in a period that a document prints, in register order; one of an unknown kind may print all."""
    if document_id.startswith(_PAPER) and committee_of(register, document_id) is None:
        return ()
    members = members_of(register, period, document_id)
    return register.kpis(period) if members is None else members


def internal_refs(register: Register, period: Month | Quarter, document_id: str) -> tuple[str, ...]:
    """Name the KPIs a document prints that are not public."""
    return tuple(kpi.kpi_ref for kpi in printed_kpis(register, period, document_id) if not kpi.is_public)


def committee_of(register: Register, document_id: str) -> str | None:
    """Name the committee whose paper a document is. None: it is no committee's."""
    committee_id = document_id.removeprefix(_PAPER)
    is_known = any(committee.id == committee_id for committee in register.profile.committees)
    return committee_id if document_id.startswith(_PAPER) and is_known else None
