"""Which KPIs a document prints, and for whom: what its publication and its place on the site go by."""

from __future__ import annotations

from collections.abc import Sequence

from pmf.assurance.confidential import INTERNAL
from pmf.assurance.known import members_of
from pmf.period import Period
from pmf.register import Kpi, Register

_PAPER = "paper-"


def printed_kpis(register: Register, period: Period, document_id: str) -> Sequence[Kpi]:
    """List the KPIs in force in a period that a document prints, in register order; one of an unknown kind may print all.

    Only an internal edition prints those that are not public.
    """
    subject = document_id.removesuffix(INTERNAL)
    if subject.startswith(_PAPER) and committee_of(register, subject) is None:
        return ()
    members = members_of(register, period, subject)
    printed = register.kpis(period) if members is None else members
    return printed if is_internal(document_id) else [kpi for kpi in printed if kpi.is_public]


def internal_id(document_id: str) -> str:
    """Name the internal edition of a document."""
    return f"{document_id}{INTERNAL}"


def is_internal(document_id: str) -> bool:
    """Tell whether a document is an internal edition, which never goes onto the site."""
    return document_id.endswith(INTERNAL)


def paper_id(committee_id: str) -> str:
    """Name a committee's paper."""
    return f"{_PAPER}{committee_id}"


def committee_of(register: Register, document_id: str) -> str | None:
    """Name the committee whose paper a document is. None: it is no committee's."""
    committee_id = document_id.removeprefix(_PAPER)
    is_known = any(committee.id == committee_id for committee in register.profile.committees)
    return committee_id if document_id.startswith(_PAPER) and is_known else None
