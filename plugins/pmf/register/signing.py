"""Whether a KPI's data-quality template is signed: who may sign it, for which financial year, and what changed since.

A service manager signs each template before the year of reporting (HDC framework, Appendix B). The sign-off names the
answers as they stood by their digest, so that changing an answer opens the question again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from pmf.period import FinancialYear, Month, parse_period
from pmf.register.dated import Dated
from pmf.register.template import DataQualityTemplate
from pmf.register.versions import Register

_NOT_ANSWERS = frozenset({"kpi_ref", "valid_from", "valid_to"})
Version = TypeVar("Version", bound=Dated)


class SigningState(StrEnum):
    """How a template stands for a month."""

    SIGNED = "signed"
    UNSIGNED = "unsigned"
    EXPIRED = "expired"
    CHANGED = "changed"
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True)
class TemplateState:
    """How the template of a KPI stands for the financial year of a month.

    ``post``, ``signed_at`` (and ``signed_on``, the day by the council's clock), ``signed_for`` (the year, as printed) and
    ``digest`` are of the sign-off that counts, or of the last one where none does; None: it was never signed. ``changed``
    names the answers changed since; empty where that is not known.
    """

    kpi_ref: str
    state: SigningState
    post: str | None = None
    signed_at: datetime | None = None
    signed_on: date | None = None
    signed_for: str | None = None
    digest: str | None = None
    changed: tuple[str, ...] = ()


def template_states(register: Register, month: Month, sign_offs: Iterable[Mapping[str, Any]]) -> dict[str, TemplateState]:
    """Say of every KPI in force in a month how its template stands; ``sign_offs`` are rows of ``template_sign_off``.

    Signed: this year's sign-offs hold the answers as they are now. Changed: they hold others. Expired: it was signed for an
    earlier year alone. Unsigned: never for this year or an earlier one. Missing: there is no template.
    """
    given: dict[str, list[Mapping[str, Any]]] = {}
    for row in sorted(sign_offs, key=lambda row: row["signed_at"]):
        given.setdefault(row["kpi_ref"], []).append(row)
    templates = {template.kpi_ref: template for template in register.template_versions if template.holds_on(month.last_day)}
    zone = ZoneInfo(register.profile.timezone)
    return {
        kpi.kpi_ref: _state(kpi.kpi_ref, month.financial_year, templates.get(kpi.kpi_ref), given.get(kpi.kpi_ref, ()), zone)
        for kpi in register.kpis(month)
    }


def _state(
    kpi_ref: str, year: FinancialYear, template: DataQualityTemplate | None, given: Sequence[Mapping[str, Any]], zone: ZoneInfo
) -> TemplateState:
    if template is None:
        return TemplateState(kpi_ref=kpi_ref, state=SigningState.MISSING)
    this_year = [row for row in given if row["financial_year"] == year.key]
    same = [row for row in this_year if row["template_digest"] == template.digest]
    earlier = [row for row in given if row["financial_year"] < year.key]
    for state, rows in ((SigningState.SIGNED, same), (SigningState.CHANGED, this_year), (SigningState.EXPIRED, earlier)):
        if rows:
            last = rows[-1]
            return TemplateState(
                kpi_ref=kpi_ref,
                state=state,
                post=last["post"],
                signed_at=last["signed_at"],
                signed_on=last["signed_at"].astimezone(zone).date(),
                signed_for=parse_period(last["financial_year"]).label,
                digest=last["template_digest"],
            )
    return TemplateState(kpi_ref=kpi_ref, state=SigningState.UNSIGNED)


def signers(register: Register, kpi_ref: str, year: FinancialYear) -> frozenset[str]:
    """Name the posts that may sign a KPI's template for a year: its holder, and the holder and head of its service."""
    named: set[str | None] = set()
    for kpi in _of(kpi_ref, register.kpi_versions, year):
        service = register.profile.service(kpi.service_id)
        named |= {kpi.holder_post, service.holder, service.head}
    return frozenset(post for post in named if post is not None)


def templates_of_year(register: Register, kpi_ref: str, year: FinancialYear) -> tuple[DataQualityTemplate, ...]:
    """List the versions of a KPI's template that hold at some time in a financial year."""
    return tuple(_of(kpi_ref, register.template_versions, year))


def _of(kpi_ref: str, versions: Iterable[Version], year: FinancialYear) -> Iterator[Version]:
    for item in versions:
        if item.kpi_ref == kpi_ref and item.valid_from <= year.last_day and (item.valid_to is None or item.valid_to > year.first_day):
            yield item


def changed_answers(before: DataQualityTemplate, after: DataQualityTemplate) -> tuple[str, ...]:
    """Name the answers in which two versions of a template differ."""
    names = (name for name in DataQualityTemplate.model_fields if name not in _NOT_ANSWERS)
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))


def signed_template(files: Mapping[str, str], kpi_ref: str, digest: str) -> DataQualityTemplate | None:
    """Find the template that was signed among the register's files as they stood then (of ``register_snapshot``).

    None: it is not there, or the files of then cannot be read by the rules of today.
    """
    for record in csv.DictReader(io.StringIO(files.get("data_quality_templates.csv", "").removeprefix("\ufeff"), newline="")):
        if record.get("kpi_ref") == kpi_ref:
            try:
                template = DataQualityTemplate.model_validate({name: value for name, value in record.items() if value})
            except ValidationError:
                continue
            if template.digest == digest:
                return template
    return None
