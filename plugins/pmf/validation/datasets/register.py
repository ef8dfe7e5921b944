"""The dataset about definitions: is every KPI due described well enough to be checked and judged."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pmf.register import DataQualityTemplate
from pmf.validation.datasets.frame import to_frame
from pmf.validation.definitions import templates_in_force
from pmf.validation.inputs import ReturnInputs

_POST_FIELDS = ("collector_post", "forecaster_post", "commentator_post", "cover_post")


@dataclass(frozen=True, kw_only=True)
class RegisterRow:
    """One row per KPI due in a month.

    ``template_from`` is the day its data-quality template came into force; ``unknown_posts`` the posts the template
    names that the profile does not have; ``target`` one in force on the month's last day, for whatever kind of period.
    """

    kpi_ref: str
    title: str
    service_id: str
    period_label: str
    status_type: str
    template_from: str | None
    unknown_posts: str | None
    target: str | None


def register_frame(inputs: ReturnInputs) -> pd.DataFrame:
    """Lay out what the register says of each KPI due. One row per kpi_ref; columns of ``RegisterRow``."""
    templates = templates_in_force(inputs.register, inputs.month)
    day = inputs.month.last_day
    targets = {target.kpi_ref: target.target for target in inputs.register.target_versions if target.holds_on(day)}
    posts = {post.id for post in inputs.register.profile.posts}
    return to_frame(
        RegisterRow,
        [
            RegisterRow(
                kpi_ref=kpi.kpi_ref,
                title=kpi.title,
                service_id=kpi.service_id,
                period_label=inputs.month.label,
                status_type=kpi.status_type.value,
                template_from=template.valid_from.isoformat() if template else None,
                unknown_posts=_unknown_posts(template, posts) if template else None,
                target=targets.get(kpi.kpi_ref),
            )
            for kpi in inputs.due
            for template in [templates.get(kpi.kpi_ref)]
        ],
    )


def _unknown_posts(template: DataQualityTemplate, posts: set[str]) -> str | None:
    named = dict.fromkeys(getattr(template, field) for field in _POST_FIELDS)
    return ", ".join(post for post in named if post and post not in posts) or None
