"""Report: scorecards each month, committee papers each quarter, finished files and a letter that says where they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pmf.cycle.delivery import delivery_letters
from pmf.cycle.documents import Edition, document_rows, finish_files, place_files
from pmf.cycle.inforce import Standing, load_standing
from pmf.cycle.measures import fills_of, load_measures
from pmf.cycle.papers import paper_editions
from pmf.cycle.scorecards import scorecard_editions
from pmf.cycle.workspace import Summary, Workspace, open_workspace
from pmf.mail import queue_rows
from pmf.period import Month, Quarter
from pmf.rating.policy import Policy, load_policy
from pmf.register.papertext import load_paper_text
from pmf.reporting.measure import Measure
from pmf.reporting.scorecard import ScorecardSetting
from pmf.settings import Settings
from pmf.validation.checks import EVERY_ROW
from pmf.warehouse.access import append_new, replace_partition
from pmf.warehouse.engine import reading
from pmf.warehouse.tables import document, mail_queue


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
    measures = load_measures(workspace, month, policy, standing, as_at=as_at)

    setting = ScorecardSetting(
        profile=workspace.profile,
        month=month,
        as_at=as_at,
        policy_title=policy.title,
        criteria=policy.criteria,
        fills=fills_of(policy),
        waivers=standing.waivers.get(EVERY_ROW, ()),
    )
    editions = list(scorecard_editions(workspace, measures, setting))
    return _issue(workspace, month, editions, measures, stage="report", policy=policy, as_at=as_at)


def export_papers(organisation: str, quarter: Quarter, *, as_at: datetime, settings: Settings) -> Reported:
    """Build each committee's paper of a quarter, as web page, PDF, Word, spreadsheets and data."""
    workspace = open_workspace(organisation, settings)
    policy = load_policy(settings.policies / f"{workspace.profile.policy_id(quarter)}.yaml")
    standing = _standing(workspace, quarter, as_at=as_at)
    measures = load_measures(workspace, quarter, policy, standing, as_at=as_at)

    words = load_paper_text(settings.organisations / organisation)
    waivers = standing.waivers.get(EVERY_ROW, ())
    editions = list(paper_editions(workspace, quarter, measures, words=words, policy=policy, waivers=waivers, as_at=as_at))
    return _issue(workspace, quarter, editions, measures, stage="export", policy=policy, as_at=as_at)


def _standing(workspace: Workspace, period: Month | Quarter, *, as_at: datetime) -> Standing:
    with reading(workspace.engine) as connection:
        return load_standing(workspace, connection, period, as_at=as_at)


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
    letters = [] if is_superseded else delivery_letters(workspace, period, files, measures, as_at=as_at)
    with workspace.engine.begin() as connection:
        for edition in editions:
            key = {"organisation": workspace.organisation, "period": period.key, "document_id": edition.document_id, "as_at": as_at}
            replace_partition(connection, document, key, [row for row in rows if row["document_id"] == edition.document_id])
        append_new(connection, mail_queue, queue_rows(letters))
        workspace.finish(connection, stage, period, as_at=as_at, summary={"documents": len(editions), "files": len(files)})
    return summary
