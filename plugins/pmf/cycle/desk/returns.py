"""The tracker of a month, with links to other months."""

from __future__ import annotations

from datetime import datetime

from pmf.cycle.desk.glance import opened_months
from pmf.cycle.tracker import load_tracking
from pmf.cycle.workspace import Workspace
from pmf.page.document import Document
from pmf.period import Month
from pmf.reporting.desk.address import Place, with_periods
from pmf.reporting.tracking import tracker_page


def returns_document(workspace: Workspace, month: Month, *, as_at: datetime) -> Document:
    """Lay out who has returned a month, as known at a moment."""
    page = tracker_page(load_tracking(workspace, month, as_at=as_at))
    return with_periods(page, opened_months(workspace, as_at=as_at), current=(month,), place=Place.RETURNS)
