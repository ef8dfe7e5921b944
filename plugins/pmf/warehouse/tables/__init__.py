"""The tables. Each comment gives the grain: what one row is.

Text keys are the field's own (``organisation`` slug, ``kpi_ref``, period key). ``as_at`` is the business clock of the
run that wrote a row; ``received_at`` when a return first came in. Rows are added, never edited, but for the state of a
message in ``mail_queue`` and of a ``document``, which only move forwards.
"""

from __future__ import annotations

from pmf.warehouse.tables.base import metadata
from pmf.warehouse.tables.events import (
    change_event,
    intervention_event,
    query,
    query_event,
    question_event,
    return_release,
    sign_off,
    template_sign_off,
    waiver,
)
from pmf.warehouse.tables.intake import (
    action_update,
    cell_problem,
    observation,
    panel_update,
    received_file,
    received_message,
    returned_line,
)
from pmf.warehouse.tables.outcome import (
    comparison,
    compiled_check,
    document,
    finding,
    mail_queue,
    quality_score,
    rating,
    register_snapshot,
    site_release,
    stage_run,
    suppression,
    validation_run,
)
from pmf.warehouse.tables.reference import kpi_definition, publication
from pmf.warehouse.tables.trail import audit

__all__ = [
    "action_update",
    "audit",
    "cell_problem",
    "change_event",
    "comparison",
    "compiled_check",
    "document",
    "finding",
    "intervention_event",
    "kpi_definition",
    "mail_queue",
    "metadata",
    "observation",
    "panel_update",
    "publication",
    "quality_score",
    "query",
    "query_event",
    "question_event",
    "rating",
    "received_file",
    "received_message",
    "register_snapshot",
    "return_release",
    "returned_line",
    "sign_off",
    "site_release",
    "stage_run",
    "suppression",
    "template_sign_off",
    "validation_run",
    "waiver",
]
