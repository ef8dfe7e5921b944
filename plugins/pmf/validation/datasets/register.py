"""The datasets about definitions: is every KPI due described well enough to be checked and judged, and is that signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from pmf.period import Month
from pmf.register import DataQualityTemplate, Directorate, Kpi, Register
from pmf.register.benchmark import Benchmark, months_since, newest_benchmark
from pmf.register.changes import unexplained_targets
from pmf.register.completeness import missing_kinds, months_suspended, only_officer, strategic_kpis
from pmf.register.signing import TemplateState
from pmf.register.template import QUESTIONS
from pmf.validation.datasets.frame import to_frame
from pmf.validation.definitions import Definition, define, templates_in_force
from pmf.validation.inputs import ReturnInputs

_POST_FIELDS = ("collector_post", "forecaster_post", "commentator_post", "cover_post")
_NOT_KNOWN = "what, the register of that day does not say"


@dataclass(frozen=True, kw_only=True)
class RegisterRow(Definition):
    """One row per KPI due in a month: its definition, and what is known of its template and of what it is judged by.

    ``template_from`` is the day its data-quality template came into force; ``unknown_posts`` the posts the template
    names that the profile does not have, ``unanswered`` the questions it leaves open and ``own_cover`` the post that covers
    for itself. ``template_state`` is signed, unsigned, expired, changed or missing; ``template_signed_by``, ``_on`` and
    ``_for`` are of the last sign-off, ``template_changed`` the answers changed since.

    ``only_officer`` is the post that is holder and deputy at once. ``months_suspended`` counts those of a suspension, the first
    and this one included (empty: it is not suspended); ``overdue_review`` is the day its review was due, if past. ``target``
    is one in force on the month's last day, for whatever kind of period, or the reason for having none; ``unexplained_target``
    one changed within the financial year without a reason. ``ambitions_served`` counts those the KPI names (empty where the
    council has none). ``benchmarks_given`` counts the figures of others; ``benchmark_label`` is the period of the newest and
    ``benchmark_age_months`` how long ago it ended.
    """

    kpi_ref: str
    title: str
    service_id: str
    period_label: str
    year_label: str
    template_from: str | None
    template_state: str | None
    template_signed_by: str | None
    template_signed_on: str | None
    template_signed_for: str | None
    template_changed: str | None
    unknown_posts: str | None
    unanswered: str | None
    own_cover: str | None
    only_officer: str | None
    months_suspended: int | None
    overdue_review: str | None
    target: str | None
    unexplained_target: str | None
    ambition_term: str
    ambitions_served: int | None
    benchmarks_given: int
    benchmark_label: str | None
    benchmark_age_months: int | None


def register_frame(inputs: ReturnInputs) -> pd.DataFrame:
    """Lay out what the register says of each KPI due. One row per kpi_ref; columns of ``RegisterRow``."""
    register, day = inputs.register, inputs.month.last_day
    templates = templates_in_force(register, inputs.month)
    targets = {target.kpi_ref: target.target for target in register.target_versions if target.holds_on(day)}
    unexplained = unexplained_targets(register, day)
    benchmarks: dict[str, list[Benchmark]] = {}
    for benchmark in register.benchmarks:
        benchmarks.setdefault(benchmark.kpi_ref, []).append(benchmark)
    rows = [
        RegisterRow(
            **vars(define(kpi, templates.get(kpi.kpi_ref))),
            **_kpi_columns(register, kpi, inputs.month),
            **_suspension_columns(inputs, kpi),
            **_template_columns(register, templates.get(kpi.kpi_ref)),
            **_state_columns(register, inputs.template_states.get(kpi.kpi_ref)),
            **_benchmark_columns(benchmarks.get(kpi.kpi_ref, []), inputs.month),
            target=targets.get(kpi.kpi_ref) or kpi.no_target_reason or None,
            unexplained_target=unexplained.get(kpi.kpi_ref),
        )
        for kpi in inputs.due
    ]
    return to_frame(RegisterRow, rows)


def _kpi_columns(register: Register, kpi: Kpi, month: Month) -> dict[str, Any]:
    profile, post = register.profile, only_officer(register.profile, kpi)
    return {
        "kpi_ref": kpi.kpi_ref,
        "title": kpi.title,
        "service_id": kpi.service_id,
        "period_label": month.label,
        "year_label": month.financial_year.label,
        "only_officer": profile.post(post).title if post else None,
        "ambition_term": profile.ambition_term.lower(),
        "ambitions_served": len(kpi.ambition_ids) if profile.ambitions else None,
    }


def _suspension_columns(inputs: ReturnInputs, kpi: Kpi) -> dict[str, Any]:
    months = months_suspended(inputs.register, kpi, inputs.month)
    today = inputs.as_at.astimezone(ZoneInfo(inputs.register.profile.timezone)).date()
    is_overdue = months is not None and kpi.review_on is not None and kpi.review_on < today
    return {"months_suspended": months, "overdue_review": f"{kpi.review_on:%-d %B %Y}" if is_overdue else None}


def _template_columns(register: Register, template: DataQualityTemplate | None) -> dict[str, Any]:
    if template is None:
        return dict.fromkeys(("template_from", "unknown_posts", "unanswered", "own_cover"))
    titles = {post.id: post.title for post in register.profile.posts}
    named = dict.fromkeys(getattr(template, field) for field in _POST_FIELDS)
    cover = template.cover_post
    return {
        "template_from": template.valid_from.isoformat(),
        "unknown_posts": ", ".join(post for post in named if post and post not in titles) or None,
        "unanswered": "; ".join(QUESTIONS[field] for field in template.unanswered) or None,
        "own_cover": titles.get(cover, cover) if cover and cover == template.collector_post else None,
    }


def _state_columns(register: Register, state: TemplateState | None) -> dict[str, Any]:
    if state is None:
        return dict.fromkeys(f"template_{name}" for name in ("state", "signed_by", "signed_on", "signed_for", "changed"))
    titles = {post.id: post.title for post in register.profile.posts}
    return {
        "template_state": state.state.value,
        "template_signed_by": titles.get(state.post, state.post) if state.post else None,
        "template_signed_on": f"{state.signed_on:%-d %B %Y}" if state.signed_on else None,
        "template_signed_for": state.signed_for,
        "template_changed": ", ".join(name.replace("_", " ") for name in state.changed) or _NOT_KNOWN,
    }


def _benchmark_columns(benchmarks: list[Benchmark], month: Month) -> dict[str, Any]:
    newest = newest_benchmark(benchmarks, month.last_day)
    return {
        "benchmarks_given": len(benchmarks),
        "benchmark_label": newest.about.label if newest else None,
        "benchmark_age_months": months_since(newest.about, month) if newest else None,
    }


@dataclass(frozen=True, kw_only=True)
class DirectorateRow:
    """One row per directorate: its strategic KPIs together.

    ``strategic`` counts those in force at the month's end; ``least`` and ``most`` are the council's bounds (empty: none).
    ``missing_kinds`` names the kinds of KPI the council wants and there is none of.
    """

    directorate_name: str
    period_label: str
    strategic: int
    least: int | None
    most: int | None
    missing_kinds: str | None


def directorate_frame(inputs: ReturnInputs) -> pd.DataFrame:
    """Lay out the strategic KPIs of each directorate. One row per directorate; columns of ``DirectorateRow``."""
    return to_frame(DirectorateRow, [_directorate_row(inputs, directorate) for directorate in inputs.register.profile.directorates])


def _directorate_row(inputs: ReturnInputs, directorate: Directorate) -> DirectorateRow:
    quality = inputs.register.profile.quality
    strategic = strategic_kpis(inputs.register, directorate.id, inputs.month.last_day)
    return DirectorateRow(
        directorate_name=directorate.name,
        period_label=inputs.month.label,
        strategic=len(strategic),
        least=quality.strategic_least,
        most=quality.strategic_most,
        missing_kinds=" or ".join(missing_kinds(strategic, quality.strategic_mix)) or None,
    )
