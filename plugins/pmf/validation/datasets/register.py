"""The dataset about definitions: is every KPI due described well enough to be checked and judged, and is that signed."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pmf.period import Month
from pmf.register import DataQualityTemplate, Kpi, Profile
from pmf.register.changes import unexplained_targets
from pmf.register.signing import TemplateState
from pmf.validation.datasets.frame import to_frame
from pmf.validation.definitions import templates_in_force
from pmf.validation.inputs import ReturnInputs

_POST_FIELDS = ("collector_post", "forecaster_post", "commentator_post", "cover_post")
_NOT_KNOWN = "what, the register of that day does not say"


@dataclass(frozen=True, kw_only=True)
class RegisterRow:
    """One row per KPI due in a month.

    ``template_from`` is the day its data-quality template came into force; ``unknown_posts`` the posts the template
    names that the profile does not have; ``target`` one in force on the month's last day, for whatever kind of period.
    ``template_state`` is signed, unsigned, expired, changed or missing; ``template_signed_by``, ``_on`` and ``_for`` are of
    the last sign-off, ``template_changed`` the answers changed since. ``unexplained_target`` is a target changed within the
    financial year without a reason.
    """

    kpi_ref: str
    title: str
    service_id: str
    period_label: str
    year_label: str
    status_type: str
    template_from: str | None
    template_state: str | None
    template_signed_by: str | None
    template_signed_on: str | None
    template_signed_for: str | None
    template_changed: str | None
    unknown_posts: str | None
    target: str | None
    unexplained_target: str | None


def register_frame(inputs: ReturnInputs) -> pd.DataFrame:
    """Lay out what the register says of each KPI due. One row per kpi_ref; columns of ``RegisterRow``."""
    profile, day = inputs.register.profile, inputs.month.last_day
    templates = templates_in_force(inputs.register, inputs.month)
    targets = {target.kpi_ref: target.target for target in inputs.register.target_versions if target.holds_on(day)}
    unexplained = unexplained_targets(inputs.register, day)
    rows = [
        _row(
            kpi,
            inputs.month,
            profile,
            template=templates.get(kpi.kpi_ref),
            state=inputs.template_states.get(kpi.kpi_ref),
            target=targets.get(kpi.kpi_ref),
            unexplained_target=unexplained.get(kpi.kpi_ref),
        )
        for kpi in inputs.due
    ]
    return to_frame(RegisterRow, rows)


def _row(
    kpi: Kpi,
    month: Month,
    profile: Profile,
    *,
    template: DataQualityTemplate | None,
    state: TemplateState | None,
    target: str | None,
    unexplained_target: str | None,
) -> RegisterRow:
    titles = {post.id: post.title for post in profile.posts}
    return RegisterRow(
        kpi_ref=kpi.kpi_ref,
        title=kpi.title,
        service_id=kpi.service_id,
        period_label=month.label,
        year_label=month.financial_year.label,
        status_type=kpi.status_type.value,
        template_from=template.valid_from.isoformat() if template else None,
        template_state=state.state.value if state else None,
        template_signed_by=titles.get(state.post, state.post) if state and state.post else None,
        template_signed_on=f"{state.signed_on:%-d %B %Y}" if state and state.signed_on else None,
        template_signed_for=state.signed_for if state else None,
        template_changed=", ".join(name.replace("_", " ") for name in state.changed) or _NOT_KNOWN if state else None,
        unknown_posts=_unknown_posts(template, set(titles)) if template else None,
        target=target,
        unexplained_target=unexplained_target,
    )


def _unknown_posts(template: DataQualityTemplate, posts: set[str]) -> str | None:
    named = dict.fromkeys(getattr(template, field) for field in _POST_FIELDS)
    return ", ".join(post for post in named if post and post not in posts) or None
