"""Report: scorecards each month, committee papers each quarter, finished files and a letter that says where they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pmf.cycle.documents import CARD_FORMATS, FORMAT_LABELS, PAPER_FORMATS, Edition, FinishedFile, document_rows, finish_files, place_files
from pmf.cycle.figures import Figures, load_figures
from pmf.cycle.inforce import Standing, load_standing
from pmf.cycle.letters import Occasion, digest_of, write_letters
from pmf.cycle.rated.chart import chart_of
from pmf.cycle.rated.standing import Rater
from pmf.cycle.workspace import Summary, Workspace, open_workspace
from pmf.mail import Letter, queue_rows
from pmf.period import Month, Quarter, parse_quarter
from pmf.rating.policy import Policy, load_policy
from pmf.rating.transitions import Movement, classify
from pmf.register import Committee, Level
from pmf.register.changes import adopted_changes
from pmf.register.papertext import PaperText, load_paper_text
from pmf.reporting.behaviour import calls_for_a_look
from pmf.reporting.criteria import Fill
from pmf.reporting.measure import Measure
from pmf.reporting.movements import MovementGroup
from pmf.reporting.paper import committee_paper
from pmf.reporting.papersetting import PaperSetting
from pmf.reporting.scorecard import ScorecardSetting, directorate_scorecard, organisational_scorecard
from pmf.reporting.selection import with_status
from pmf.reporting.statustable import status_counts
from pmf.reporting.waiver import PrintedWaiver
from pmf.series.change import Verdict
from pmf.settings import Settings
from pmf.status import Status
from pmf.validation.checks import EVERY_ROW
from pmf.warehouse.access import append_new, replace_partition
from pmf.warehouse.engine import reading
from pmf.warehouse.tables import document, mail_queue

_SPARKLINE_MONTHS = 12


@dataclass(frozen=True)
class Reported(Summary):
    """How many documents and files there are, and the folder they are in (relative to the home folder).

    ``is_superseded`` says that a run with a later business clock has already placed newer files, which stay.
    """

    documents: int
    files: int
    folder: str
    is_superseded: bool


def report_month(organisation: str, month: Month, *, as_at: datetime, settings: Settings) -> Reported:
    """Build the directorates' scorecards and the organisation's, as web page, PDF, spreadsheets and data."""
    workspace = open_workspace(organisation, settings)
    policy = load_policy(settings.policies / f"{workspace.profile.policy_id(month)}.yaml")
    standing = _standing(workspace, month, as_at=as_at)
    measures = _measures(workspace, month, policy, standing, as_at=as_at)

    setting = ScorecardSetting(
        profile=workspace.profile,
        month=month,
        as_at=as_at,
        policy_title=policy.title,
        criteria=policy.criteria,
        fills=_fills(policy),
        waivers=standing.waivers.get(EVERY_ROW, ()),
    )
    editions = list(_scorecards(workspace, measures, setting))
    return _issue(workspace, month, editions, measures, stage="report", policy=policy, as_at=as_at)


def export_papers(organisation: str, quarter: Quarter, *, as_at: datetime, settings: Settings) -> Reported:
    """Build each committee's paper of a quarter, as web page, PDF, Word, spreadsheets and data."""
    workspace = open_workspace(organisation, settings)
    policy = load_policy(settings.policies / f"{workspace.profile.policy_id(quarter)}.yaml")
    standing = _standing(workspace, quarter, as_at=as_at)
    measures = _measures(workspace, quarter, policy, standing, as_at=as_at)

    words = load_paper_text(settings.organisations / organisation)
    waivers = standing.waivers.get(EVERY_ROW, ())
    editions = list(_papers(workspace, quarter, measures, words=words, policy=policy, waivers=waivers, as_at=as_at))
    return _issue(workspace, quarter, editions, measures, stage="export", policy=policy, as_at=as_at)


def _standing(workspace: Workspace, period: Month | Quarter, *, as_at: datetime) -> Standing:
    with reading(workspace.engine) as connection:
        return load_standing(workspace, connection, period, as_at=as_at)


def _measures(workspace: Workspace, period: Month | Quarter, policy: Policy, standing: Standing, *, as_at: datetime) -> list[Measure]:
    """Load the period's ratings as measures, in register order."""
    with reading(workspace.engine) as connection:
        rows = workspace.read(connection, "ratings_at", period=period.key, policy_id=policy.id, as_at=as_at)
        compared = workspace.read(connection, "comparisons_at", period=period.key, as_at=as_at)
        figures = load_figures(workspace, connection, period.months[-1], as_at=as_at)
    by_ref = {row["kpi_ref"]: row for row in rows}
    rater = Rater(workspace.register, figures, policy, as_at)
    measures = [
        Measure(
            kpi,
            by_ref[kpi.kpi_ref],
            _recent(figures, kpi.kpi_ref, period.months[-1]),
            waivers=standing.waivers.get(kpi.kpi_ref, ()),
            unmet=standing.unmet.get(kpi.kpi_ref, ()),
            queries=standing.queries.get(kpi.kpi_ref, ()),
            comparisons=tuple(row for row in compared if row["kpi_ref"] == kpi.kpi_ref),
            parts=tuple(part.kpi_ref for part in workspace.register.kpis(period) if part.part_of == kpi.kpi_ref),
        )
        for kpi in workspace.register.kpis(period)
        if kpi.kpi_ref in by_ref
    ]
    return [_with_chart(measure, rater, period) if calls_for_a_look(measure) else measure for measure in measures]


def _with_chart(measure: Measure, rater: Rater, period: Month | Quarter) -> Measure:
    return replace(measure, chart=chart_of(rater, measure.kpi, period, said=measure.rating["variation_reason"] or ""))


def _fills(policy: Policy) -> tuple[Fill, ...]:
    return tuple(Fill(band.words, band.because or "") for band in policy.declared_fills)


def _recent(figures: Figures, kpi_ref: str, last: Month) -> tuple[float | None, ...]:
    values = {point.period: point.value for point in figures.points.get(kpi_ref, ())}
    recent = [values.get(month) for month in last.plus(1 - _SPARKLINE_MONTHS).up_to(last)]
    return tuple(None if value is None else float(value) for value in recent) if any(v is not None for v in recent) else ()


def _scorecards(workspace: Workspace, measures: Sequence[Measure], setting: ScorecardSetting) -> Iterable[Edition]:
    combined = workspace.register.combined_refs
    for directorate in workspace.profile.directorates:
        own = [item for item in measures if item.kpi.directorate_id == directorate.id and item.ref not in combined]
        if own:
            yield Edition(f"scorecard-{directorate.id}", directorate_scorecard(own, directorate, setting), CARD_FORMATS)
    council = [
        item for item in measures if item.kpi.level is Level.STRATEGIC or (item.kpi.level is Level.CORPORATE and item.kpi.part_of is None)
    ]
    yield Edition("scorecard-organisation", organisational_scorecard(council, setting), CARD_FORMATS)


def _papers(
    workspace: Workspace,
    quarter: Quarter,
    measures: Sequence[Measure],
    *,
    words: PaperText,
    policy: Policy,
    waivers: tuple[PrintedWaiver, ...],
    as_at: datetime,
) -> Iterable[Edition]:
    with reading(workspace.engine) as connection:
        events = workspace.read(connection, "change_events_at", as_at=as_at)
    changes = adopted_changes(workspace.register, events, quarter)
    for committee in workspace.profile.committees:
        # Who receives papers after another body receives the same: cabinet after its scrutiny panel (HDC).
        own = [item for item in measures if item.kpi.committee_id in (committee.id, committee.receives_after or committee.id)]
        if not own:
            continue
        setting = PaperSetting(
            profile=workspace.profile,
            committee=committee,
            quarter=quarter,
            as_at=as_at,
            words=words,
            criteria=policy.criteria,
            fills=_fills(policy),
            movements=_movement_groups(own, quarter),
            meeting_date=_meeting_date(committee, quarter),
            waivers=waivers,
            changes=tuple(change for change in changes if {committee.id, committee.receives_after} & set(change.committee_ids)),
        )
        yield Edition(f"paper-{committee.id}", committee_paper(own, setting), PAPER_FORMATS)


def _meeting_date(committee: Committee, quarter: Quarter) -> Any:
    return next((meeting.date for meeting in committee.meetings if parse_quarter(meeting.reports) == quarter), None)


def _movement_groups(measures: Sequence[Measure], quarter: Quarter) -> tuple[MovementGroup, ...]:
    """Group the indicators updated in the quarter; one shown with an older figure has not moved since the quarter before."""
    by_ref = {measure.ref: measure for measure in measures if measure.is_updated_in(quarter)}
    groups = classify(
        Movement(
            kpi_ref=measure.ref,
            title=measure.kpi.title,
            previous=Status(measure.rating["previous_status"]) if measure.rating["previous_status"] else None,
            current=measure.status,
            verdict=Verdict(measure.change) if measure.change else None,
        )
        for measure in by_ref.values()
    )
    return tuple(
        MovementGroup(group.previous, group.current, group.verdict.value, tuple(by_ref[item.kpi_ref] for item in group.movements))
        for group in groups
        if group.verdict is not None
    )


def _issue(
    workspace: Workspace,
    period: Month | Quarter,
    editions: Sequence[Edition],
    measures: Sequence[Measure],
    *,
    stage: str,
    policy: Policy,
    as_at: datetime,
) -> Reported:
    """Render, keep, place and announce; the outbox keeps what a run with a later clock has placed."""
    settings = workspace.settings
    folder = Path("outbox") / workspace.organisation / period.key / ("scorecards" if stage == "report" else "papers")
    files = finish_files(editions, folder, settings)
    rows = document_rows(workspace, files, period, as_at=as_at, policy_digest=policy.digest)
    with reading(workspace.engine) as connection:
        is_superseded = bool(workspace.read(connection, "later_stage_runs", period=period.key, stage=stage, as_at=as_at))

    if not is_superseded:
        place_files(files, settings)
    summary = Reported(len(editions), len(files), str(folder), is_superseded)
    # Nobody is sent to files that already hold something newer.
    letters = [] if is_superseded else _delivery(workspace, period, files, measures, as_at=as_at)
    with workspace.engine.begin() as connection:
        for edition in editions:
            key = {"organisation": workspace.organisation, "period": period.key, "document_id": edition.document_id, "as_at": as_at}
            replace_partition(connection, document, key, [row for row in rows if row["document_id"] == edition.document_id])
        append_new(connection, mail_queue, queue_rows(letters))
        workspace.finish(connection, stage, period, as_at=as_at, summary={"documents": len(editions), "files": len(files)})
    return summary


def _delivery(
    workspace: Workspace, period: Month | Quarter, files: Sequence[FinishedFile], measures: Sequence[Measure], *, as_at: datetime
) -> list[Letter]:
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
