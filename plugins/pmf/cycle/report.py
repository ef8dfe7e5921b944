"""Report: scorecards each month, papers each quarter, a report each year; finished files and a letter that takes them out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pmf.cycle.annual import annual_edition
from pmf.cycle.audiences import Builder, for_both
from pmf.cycle.boardreports import board_editions, outcome_editions
from pmf.cycle.corrected import name_corrections
from pmf.cycle.delivery import delivery_letters
from pmf.cycle.disclosure import suppressions_for
from pmf.cycle.documents import Edition, FinishedFile, RenderingError, document_rows, finish_files, place_together
from pmf.cycle.drafts import handed_out
from pmf.cycle.inforce import Standing, load_standing
from pmf.cycle.measures import load_measures
from pmf.cycle.papers import paper_editions
from pmf.cycle.scorecards import heard, quarter_scorecard_editions, scorecard_editions, scorecard_setting
from pmf.cycle.withheld import suppression_rows
from pmf.cycle.workspace import Summary, Workspace, open_workspace
from pmf.mail import queue_rows
from pmf.period import FinancialYear, Month, Period, Quarter
from pmf.rating.policy import Policy, load_policy
from pmf.register.papertext import load_paper_text
from pmf.reporting.disclosure.edition import Audience
from pmf.reporting.measure import Measure
from pmf.settings import Settings
from pmf.validation.checks import EVERY_ROW
from pmf.warehouse.access import append_new, replace_partition
from pmf.warehouse.engine import reading
from pmf.warehouse.tables import document, mail_queue, suppression

# Where in a period's folder of the outbox what each stage makes is placed.
_FOLDERS = {"report": "scorecards", "export": "papers", "report_year": "annual-report"}


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
    """Build the scorecards, and the reports of boards and of outcome measures, as web page, PDF, spreadsheets and data."""
    workspace = open_workspace(organisation, settings)
    policy = load_policy(settings.policies / f"{workspace.profile.policy_id(month)}.yaml")
    standing = _standing(workspace, month, as_at=as_at)
    measures = load_measures(workspace, month, policy, standing, as_at=as_at)

    setting = scorecard_setting(workspace, month, policy=policy, waivers=standing.waivers.get(EVERY_ROW, ()), as_at=as_at)

    def build(own: Sequence[Measure], audience: Audience) -> Iterator[Edition]:
        yield from scorecard_editions(workspace, own, heard(setting, audience))
        yield from outcome_editions(workspace, month, own, setting)
        if audience == Audience():  # a board's report is for nobody else
            yield from board_editions(workspace, month, own, setting)

    return _issue(workspace, month, build, measures, stage="report", policy=policy, as_at=as_at)


def export_papers(organisation: str, quarter: Quarter, *, as_at: datetime, settings: Settings) -> Reported:
    """Build each committee's paper of a quarter, and the organisation's scorecard that one receives with it."""
    workspace = open_workspace(organisation, settings)
    policy = load_policy(settings.policies / f"{workspace.profile.policy_id(quarter)}.yaml")
    standing = _standing(workspace, quarter, as_at=as_at)
    measures = load_measures(workspace, quarter, policy, standing, as_at=as_at)

    words = load_paper_text(settings.organisations / organisation)
    waivers = standing.waivers.get(EVERY_ROW, ())
    setting = scorecard_setting(workspace, quarter, policy=policy, waivers=waivers, as_at=as_at)

    def build(own: Sequence[Measure], audience: Audience) -> Iterator[Edition]:
        yield from paper_editions(workspace, quarter, own, words=words, policy=policy, waivers=waivers, as_at=as_at, audience=audience)
        yield from quarter_scorecard_editions(workspace, own, heard(setting, audience))

    return _issue(workspace, quarter, build, measures, stage="export", policy=policy, as_at=as_at)


def report_year(organisation: str, year: FinancialYear, *, as_at: datetime, settings: Settings) -> Reported:
    """Build a council's annual report from the ratings of a year and of its quarters, in the formats of papers.

    Raises:
        QuartersNotRatedError: when no quarter of the year was rated by then.
    """
    workspace = open_workspace(organisation, settings)
    policy = load_policy(settings.policies / f"{workspace.profile.policy_id(year)}.yaml")
    standing = _standing(workspace, year, as_at=as_at)
    measures = load_measures(workspace, year, policy, standing, as_at=as_at)
    printed = [measure for measure in measures if measure.kpi.committee_id is not None]
    waivers = standing.waivers.get(EVERY_ROW, ())

    def build(own: Sequence[Measure], _: Audience) -> Iterator[Edition]:
        yield annual_edition(workspace, year, own, policy=policy, waivers=waivers, as_at=as_at)

    return _issue(workspace, year, build, printed, stage="report_year", policy=policy, as_at=as_at)


def _standing(workspace: Workspace, period: Period, *, as_at: datetime) -> Standing:
    with reading(workspace.engine) as connection:
        return load_standing(workspace, connection, period, as_at=as_at)


def _issue(
    workspace: Workspace,
    period: Period,
    build: Builder,
    measures: Sequence[Measure],
    *,
    stage: str,
    policy: Policy,
    as_at: datetime,
) -> Reported:
    """Build for both audiences, render, keep, place and announce; the outbox keeps what a run with a later clock has placed.

    Raises:
        RenderingError: when a document could not be rendered, after all others have been issued.
    """
    settings = workspace.settings
    withheld = suppressions_for(workspace, period, as_at=as_at)
    folder = Path("outbox") / workspace.organisation / period.key / _FOLDERS[stage]
    built = name_corrections(workspace, period, for_both(workspace, period, measures, withheld, build), as_at=as_at)
    files, broken = _finished(built, folder, settings)
    made = {file.edition.document_id for file in files}
    editions = [edition for edition in built if edition.document_id in made]
    rows = document_rows(workspace, files, period, as_at=as_at, policy_digest=policy.digest)
    with reading(workspace.engine) as connection:
        is_superseded = bool(workspace.read(connection, "later_stage_runs", period=period.key, stage=stage, as_at=as_at))

    handed = files if is_superseded else handed_out(workspace, period, files, rows)
    if not is_superseded:
        place_together(handed, settings)
    summary = Reported(len(editions), len(files), str(folder), is_superseded)
    # Nobody is sent to files that already hold something newer.
    letters = [] if is_superseded else delivery_letters(workspace, period, handed, measures, as_at=as_at)
    with workspace.engine.begin() as connection:
        for edition in editions:
            key = {"organisation": workspace.organisation, "period": period.key, "document_id": edition.document_id, "as_at": as_at}
            replace_partition(connection, document, key, [row for row in rows if row["document_id"] == edition.document_id])
        left_out = {"organisation": workspace.organisation, "period": period.key, "as_at": as_at}
        replace_partition(connection, suppression, left_out, suppression_rows(workspace, period, withheld, as_at=as_at))
        append_new(connection, mail_queue, queue_rows(letters))
        if broken is None:
            workspace.finish(connection, stage, period, as_at=as_at, summary={"documents": len(editions), "files": len(files)})
    if broken is not None:
        raise broken
    return summary


def _finished(editions: Sequence[Edition], folder: Path, settings: Settings) -> tuple[list[FinishedFile], RenderingError | None]:
    """Finish what can be, and say what could not: one page that breaks keeps no other document back."""
    try:
        return finish_files(editions, folder, settings), None
    except RenderingError as broken:
        return broken.finished, broken
