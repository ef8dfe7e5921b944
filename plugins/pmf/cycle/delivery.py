"""The letter that takes finished report files to the performance team."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pmf.cycle.documents import FORMAT_LABELS, FinishedFile
from pmf.cycle.letters import Occasion, digest_of, write_letters
from pmf.cycle.workspace import Workspace
from pmf.mail import Letter
from pmf.period import Month, Quarter
from pmf.reporting.measure import Measure
from pmf.reporting.selection import with_status
from pmf.reporting.statustable import status_counts
from pmf.status import Status


def delivery_letters(
    workspace: Workspace, period: Month | Quarter, files: Sequence[FinishedFile], measures: Sequence[Measure], *, as_at: datetime
) -> list[Letter]:
    """Tell the performance team which files of a period are finished, and what is to be known of them at a glance."""
    profile = workspace.profile
    is_month = isinstance(period, Month)
    return write_letters(
        profile,
        workspace.settings,
        occasion=Occasion(
            event="delivery",
            period=period.key,
            subject="scorecards" if is_month else "papers",
            version=digest_of(file.content_hash for file in files),
            at=as_at,
        ),
        recipients=(profile.performance_team,),
        template="delivery",
        context={
            "period_label": period.label,
            "what": "Monthly scorecards" if is_month else "Quarterly committee papers",
            "files": _file_list(files),
            "status_counts": [
                {"label": status.label, "shape": status.shape, "count": number} for status, number in status_counts(measures) if number
            ],
            "withheld": _named(with_status(measures, Status.UNDER_QUERY)),
            "awaiting": _named(with_status(measures, Status.AWAITING_DATA)),
            "publish_by": None if is_month else _publish_by(workspace, period),
            "meeting_date": None,
        },
    )


def _named(measures: Sequence[Measure]) -> list[dict[str, str]]:
    return [{"kpi_ref": measure.ref, "title": measure.kpi.title} for measure in measures]


def _publish_by(workspace: Workspace, quarter: Month | Quarter) -> str | None:
    """Give the earliest publication deadline among the quarter's meetings; None: no meeting is in the calendar."""
    calendar = workspace.profile.working_calendar
    meetings = [meeting.date for item in workspace.profile.committees for meeting in item.meetings if meeting.reports == quarter.key]
    return f"{min(calendar.publication_deadline(day) for day in meetings):%-d %B %Y}" if meetings else None


def _file_list(files: Sequence[FinishedFile]) -> list[Mapping[str, Any]]:
    documents = {file.edition.document_id: file.edition.document for file in files}
    return [
        {
            "title": _file_title(document_id, document.title, document.subtitle),
            "formats": [
                {"label": FORMAT_LABELS[file.format], "path": str(file.path)} for file in files if file.edition.document_id == document_id
            ],
        }
        for document_id, document in documents.items()
    ]


def _file_title(document_id: str, title: str, subtitle: str) -> str:
    return f"{title}, {subtitle}" if document_id.startswith("scorecard") else f"{title}: {subtitle}"
