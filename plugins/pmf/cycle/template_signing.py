"""Sign: a service's manager signs the data-quality templates of its KPIs for a financial year (HDC framework, Appendix B)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pmf.cycle.signatures import signing_stage, states_of_month
from pmf.cycle.workspace import Summary, Workspace, open_workspace
from pmf.period import FinancialYear, Month
from pmf.register import Kpi
from pmf.register.signing import TemplateState, signers, templates_of_year
from pmf.register.template import DECLARATION
from pmf.settings import Settings
from pmf.warehouse.access import append_new
from pmf.warehouse.engine import reading
from pmf.warehouse.tables import template_sign_off


class SigningError(Exception):
    """A template cannot be signed; the message says why, and who can."""


@dataclass(frozen=True)
class Signed(Summary):
    """The KPIs whose templates were signed now, those whose were signed already as they stand, and those that have none.

    All three are empty for a post that answers for no KPI.
    """

    signed: tuple[str, ...]
    already: tuple[str, ...]
    without_template: tuple[str, ...]


@dataclass(frozen=True)
class TemplateLine(Summary):
    """How one KPI's template stands. ``signed_by`` and ``signed_on`` are of the last sign-off; ``may_sign`` names posts."""

    kpi_ref: str
    title: str
    service: str
    state: str
    signed_by: str | None
    signed_on: str | None
    signed_for: str | None
    changed: tuple[str, ...]
    may_sign: tuple[str, ...]


def sign_templates(
    organisation: str,
    financial_year: FinancialYear,
    *,
    kpi_refs: Sequence[str] | None,
    post: str,
    as_at: datetime,
    settings: Settings,
    declaration: str = DECLARATION,
) -> Signed:
    """Record that a post signs KPIs' templates for a financial year, every version of them that holds in it.

    ``kpi_refs`` None: of all KPIs the post answers for. What is signed already as it stands is not signed again.

    Raises:
        SigningError: when the council has no such post or KPI, or the post does not answer for one of the KPIs.
    """
    workspace = open_workspace(organisation, settings)
    refs = _refs(workspace, financial_year, kpi_refs, post)
    with reading(workspace.engine) as connection:
        sign_offs = workspace.read(connection, "template_sign_offs_at", as_at=as_at)
    known = {(row["kpi_ref"], row["template_digest"]) for row in sign_offs if row["financial_year"] == financial_year.key}
    templates = {ref: templates_of_year(workspace.register, ref, financial_year) for ref in refs}
    rows = [
        {
            "organisation": organisation,
            "kpi_ref": ref,
            "financial_year": financial_year.key,
            "template_digest": template.digest,
            "signed_at": as_at,
            "post": post,
            "declaration": declaration,
        }
        for ref, versions in templates.items()
        for template in versions
        if (ref, template.digest) not in known
    ]
    signed = _signed(templates, rows)
    if rows:
        with workspace.engine.begin() as connection:
            append_new(connection, template_sign_off, rows)
            workspace.finish(connection, signing_stage(post), financial_year, as_at=as_at, summary={"signed": signed.signed})
    return signed


def _refs(workspace: Workspace, year: FinancialYear, kpi_refs: Sequence[str] | None, post: str) -> tuple[str, ...]:
    """List the KPIs a post is to sign for, each once, in register order."""
    register = workspace.register
    if post not in {known.id for known in workspace.profile.posts}:
        raise SigningError(f"{workspace.organisation} has no post {post!r}; its organisation.yaml lists them under posts")
    may_sign = {ref: signers(register, ref, year) for ref in dict.fromkeys(kpi.kpi_ref for kpi in register.kpi_versions)}
    if kpi_refs is None:
        return tuple(ref for ref, posts in may_sign.items() if post in posts)
    for ref in kpi_refs:
        if not may_sign.get(ref):
            raise SigningError(f"{workspace.organisation} has no KPI {ref!r} in {year.label}")
        if post not in may_sign[ref]:
            raise SigningError(f"{post} does not answer for KPI {ref}; its template is signed by {' or '.join(sorted(may_sign[ref]))}")
    return tuple(ref for ref in may_sign if ref in set(kpi_refs))


def _signed(templates: Mapping[str, Sequence[Any]], rows: Sequence[Mapping[str, Any]]) -> Signed:
    now = dict.fromkeys(row["kpi_ref"] for row in rows)
    return Signed(
        signed=tuple(now),
        already=tuple(ref for ref, versions in templates.items() if versions and ref not in now),
        without_template=tuple(ref for ref, versions in templates.items() if not versions),
    )


def template_lines(organisation: str, financial_year: FinancialYear, *, as_at: datetime, settings: Settings) -> tuple[TemplateLine, ...]:
    """List how each KPI's template stands for a financial year: in the month of ``as_at``, or the nearest month of the year."""
    workspace = open_workspace(organisation, settings)
    month = _month_within(financial_year, as_at.astimezone(ZoneInfo(workspace.profile.timezone)).date())
    with reading(workspace.engine) as connection:
        states = states_of_month(workspace, connection, month, as_at=as_at)
    return tuple(_line(workspace, kpi, month, states[kpi.kpi_ref]) for kpi in workspace.register.kpis(month))


def _month_within(year: FinancialYear, day: date) -> Month:
    return max(year.months[0], min(Month.of(day), year.months[-1]))


def _line(workspace: Workspace, kpi: Kpi, month: Month, state: TemplateState) -> TemplateLine:
    return TemplateLine(
        kpi_ref=kpi.kpi_ref,
        title=kpi.title,
        service=workspace.profile.service(kpi.service_id).name,
        state=state.state.value,
        signed_by=state.post,
        signed_on=state.signed_on.isoformat() if state.signed_on else None,
        signed_for=state.signed_for,
        changed=state.changed,
        may_sign=tuple(sorted(signers(workspace.register, kpi.kpi_ref, month.financial_year))),
    )
