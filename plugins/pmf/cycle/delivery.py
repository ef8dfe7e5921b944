"""The letters that take finished files to the performance team and to boards: attached as far as mail lets them through, else named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pmf.cycle.attaching import Enclosed, enclose, not_attached_words, place_of
from pmf.cycle.boardreports import BOARD_REPORT, board_measures
from pmf.cycle.documents import FORMAT_LABELS, FinishedFile
from pmf.cycle.letters import Occasion, digest_of, write_letters
from pmf.cycle.printed import internal_id
from pmf.cycle.workspace import Workspace
from pmf.mail import Letter
from pmf.period import FinancialYear, Month, Period, Quarter
from pmf.reporting.boardreport import TITLE
from pmf.reporting.measure import Measure
from pmf.reporting.selection import with_status
from pmf.reporting.statustable import status_counts
from pmf.reporting.wording import counted, listed
from pmf.status import Status


@dataclass(frozen=True)
class _What:
    """What files of a period are: as a letter calls them, and as its Message-ID does."""

    title: str
    subject: str


_WHAT: Mapping[type[Period], _What] = {
    Month: _What("Monthly scorecards", "scorecards"),
    Quarter: _What("Quarterly committee papers", "papers"),
    FinancialYear: _What("Annual performance report", "annual-report"),
}


def delivery_letters(
    workspace: Workspace, period: Period, files: Sequence[FinishedFile], measures: Sequence[Measure], *, as_at: datetime
) -> list[Letter]:
    """Tell the performance team of a period's finished files, and each board of its report, with what is to be known at a glance."""
    profile = workspace.profile
    letters = _letters(workspace, period, _WHAT[type(period)], profile.performance_team, files, measures, as_at=as_at)
    for board in profile.boards:
        report_id = f"{BOARD_REPORT}{board.id}"
        own = [file for file in files if file.edition.document_id in (report_id, internal_id(report_id))]
        if own:
            what = _What(TITLE, report_id)
            letters += _letters(workspace, period, what, board.post, own, board_measures(profile, measures), as_at=as_at)
    return letters


def _letters(
    workspace: Workspace,
    period: Period,
    what: _What,
    recipient: str,
    files: Sequence[FinishedFile],
    measures: Sequence[Measure],
    *,
    as_at: datetime,
) -> list[Letter]:
    profile = workspace.profile
    enclosed = enclose(files, profile.delivery)
    return write_letters(
        profile,
        workspace.settings,
        occasion=Occasion(
            event="delivery",
            period=period.key,
            subject=what.subject,
            version=digest_of(file.content_hash for file in files),
            at=as_at,
        ),
        recipients=(recipient,),
        template="delivery",
        context={
            "period_label": period.label,
            "what": what.title,
            "files": _file_list(workspace, files, enclosed),
            "attached": _attached_words(enclosed),
            "not_attached": not_attached_words(enclosed, profile.delivery),
            "status_counts": [
                {"label": status.label, "shape": status.shape, "count": number} for status, number in status_counts(measures) if number
            ],
            "withheld": _named(with_status(measures, Status.UNDER_QUERY)),
            "awaiting": _named(with_status(measures, Status.AWAITING_DATA)),
            "publish_by": _publish_by(workspace, period),
            "meeting_date": None,
        },
        attachments=enclosed.attachments,
    )


def _attached_words(enclosed: Enclosed[FinishedFile]) -> str:
    """Say what is attached: "Attached: Word and PDF, 14 files."."""
    return f"Attached: {listed(enclosed.labels)}, {counted(len(enclosed.files), 'file')}." if enclosed.files else ""


def _named(measures: Sequence[Measure]) -> list[dict[str, str]]:
    return [{"kpi_ref": measure.ref, "title": measure.kpi.title} for measure in measures]


def _publish_by(workspace: Workspace, period: Period) -> str | None:
    """Give the earliest publication deadline among the meetings a period is reported to; None: no meeting is in the calendar."""
    calendar = workspace.profile.working_calendar
    meetings = [meeting.date for item in workspace.profile.committees for meeting in item.meetings if meeting.reports == period.key]
    return f"{min(calendar.publication_deadline(day) for day in meetings):%-d %B %Y}" if meetings else None


def _file_list(workspace: Workspace, files: Sequence[FinishedFile], enclosed: Enclosed[FinishedFile]) -> list[Mapping[str, Any]]:
    documents = {file.edition.document_id: file.edition.document for file in files}
    attached = {file.path for file in enclosed.files}
    return [
        {
            "title": _file_title(document_id, document.title, document.subtitle),
            "formats": [
                {"label": FORMAT_LABELS[file.format], "is_attached": file.path in attached} | place_of(workspace, file.path)
                for file in files
                if file.edition.document_id == document_id
            ],
        }
        for document_id, document in documents.items()
    ]


def _file_title(document_id: str, title: str, subtitle: str) -> str:
    return f"{title}, {subtitle}" if document_id.startswith("scorecard") else f"{title}: {subtitle}"
