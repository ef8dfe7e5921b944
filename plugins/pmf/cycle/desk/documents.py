"""Where the documents of a period stand, and their files, as lines of the desk."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from pmf.cycle.documents import FORMAT_LABELS, QUALITY_REPORT
from pmf.cycle.documentstates import DocumentState, deadlines_of, document_states
from pmf.cycle.editions import editions_at
from pmf.cycle.letters import printed_moment
from pmf.cycle.releases import publications_so_far
from pmf.cycle.reminder import local_day
from pmf.cycle.workspace import Workspace
from pmf.page.document import Document
from pmf.period import Period, Quarter, parse_period
from pmf.reporting.desk.address import Place, file_address, with_periods
from pmf.reporting.desk.documents import DocumentLine, reports_page, sign_offs_page
from pmf.warehouse.engine import reading


def sign_offs_document(workspace: Workspace, period: Period | None, *, as_at: datetime) -> Document:
    """Lay out where the documents of a period stand. None: of the last quarter that has some, else of the last period that has."""
    periods = documented_periods(workspace, as_at=as_at)
    shown = period or next((item for item in periods if isinstance(item, Quarter)), None) or next(iter(periods), None)
    lines = load_lines(workspace, shown, as_at=as_at) if shown else ()
    with reading(workspace.engine) as connection:
        looked_at = last_look(workspace.read(connection, "stage_runs", as_at=as_at), shown)[0] if shown else None
    page = sign_offs_page(
        lines,
        profile=workspace.profile,
        period=shown,
        as_at=printed_moment(as_at, workspace.profile),
        looked_at=printed_moment(looked_at, workspace.profile) if looked_at else "",
    )
    return with_periods(page, periods, current=(shown,) if shown else (), place=Place.SIGN_OFFS)


def reports_document(workspace: Workspace, period: Period | None, *, as_at: datetime) -> Document:
    """Lay out the files of a period's documents. None: of the last month, quarter and year that have some."""
    periods = documented_periods(workspace, as_at=as_at)
    latest = {type(item): item for item in reversed(periods)}
    shown = [item for item in periods if item == (period or latest[type(item)])]
    shelves = [(item, (*load_lines(workspace, item, as_at=as_at), *_quality_reports(workspace, item, as_at=as_at))) for item in shown]
    page = reports_page(shelves, profile=workspace.profile, as_at=printed_moment(as_at, workspace.profile))
    return with_periods(page, periods, current=shown, place=Place.REPORTS)


def documented_periods(workspace: Workspace, *, as_at: datetime) -> list[Period]:
    """List the periods that have documents, the one that ended last first."""
    with reading(workspace.engine) as connection:
        rows = workspace.read(connection, "document_periods", as_at=as_at)
    return sorted((parse_period(row["period"]) for row in rows), key=lambda period: (period.last_day, period.key), reverse=True)


def load_lines(workspace: Workspace, period: Period, *, as_at: datetime) -> tuple[DocumentLine, ...]:
    """Load where each document of a period stands. What stands against it is as it was last looked at: reading every file takes seconds."""
    editions = editions_at(workspace, period, as_at)
    with reading(workspace.engine) as connection:
        sign_offs = workspace.read(connection, "sign_offs_at", period=period.key, as_at=as_at)
        runs = workspace.read(connection, "stage_runs", as_at=as_at)
    states = document_states(
        editions,
        sign_offs,
        [item for item in publications_so_far(workspace, on=as_at) if item.period == period.key],
        obstacles=last_look(runs, period)[1],
        deadlines=deadlines_of(workspace, period, editions),
        needs_sign_off=workspace.profile.sign_off.is_needed(period),
    )
    return tuple(_line(workspace, period, state, editions[state.document_id], as_at) for state in states)


def last_look(runs: Iterable[Mapping[str, Any]], period: Period) -> tuple[datetime | None, dict[str, tuple[str, ...]]]:
    """Say when a stage last looked at what stands against a period's documents, and what did (rows of ``stage_run``, oldest first)."""
    at, blocked = None, {}
    for row in runs:
        if row["period"] == period.key and "blocked" in (summary := json.loads(row["summary"])):
            at, blocked = row["as_at"], {document_id: tuple(why) for document_id, why in summary["blocked"].items()}
    return at, blocked


def _line(workspace: Workspace, period: Period, state: DocumentState, files: Sequence[Mapping[str, Any]], as_at: datetime) -> DocumentLine:
    profile = workspace.profile
    titles, zone = {post.id: post.title for post in profile.posts}, ZoneInfo(profile.timezone)
    return DocumentLine(
        document_id=state.document_id,
        title=state.title,
        state=state.state.value,
        newer=state.newer.value if state.newer else "",
        made_at=state.made_at.astimezone(zone),
        signed_by=titles.get(state.signed_by or "", state.signed_by or ""),
        signed_at=state.signed_at.astimezone(zone) if state.signed_at else None,
        published_at=state.published_at.astimezone(zone) if state.published_at else None,
        publish_by=state.publish_by,
        is_late=state.is_late(local_day(as_at, profile)),
        obstacles=state.obstacles,
        files=_files(period, files),
    )


def _quality_reports(workspace: Workspace, period: Period, *, as_at: datetime) -> tuple[DocumentLine, ...]:
    """List a period's data-quality reports: for the team and auditors, never signed off or published."""
    with reading(workspace.engine) as connection:
        rows = workspace.read(connection, "document_editions", period=period.key, as_at=as_at)
    own = [row for row in rows if row["document_id"].startswith(QUALITY_REPORT)]
    return tuple(
        DocumentLine(
            document_id=document_id,
            title=files[0]["title"],
            state="",
            newer="",
            made_at=files[0]["as_at"].astimezone(ZoneInfo(workspace.profile.timezone)),
            signed_by="",
            signed_at=None,
            published_at=None,
            publish_by=None,
            is_late=False,
            obstacles=(),
            files=_files(period, files),
        )
        for document_id, files in ((key, list(group)) for key, group in groupby(own, key=lambda row: str(row["document_id"])))
    )


def _files(period: Period, files: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    made = {row["format"]: file_address(period.key, row["document_id"], row["format"]) for row in files}
    return tuple((label, made[format_name]) for format_name, label in FORMAT_LABELS.items() if format_name in made)


def file_of(workspace: Workspace, period: Period, name: str, *, as_at: datetime) -> bytes | None:
    """Give a document's last edition by its file name ("paper-highways.pdf"), as it is handed out: a draft carries its mark.

    None: there is no such document, or somebody has taken it out of the outbox.
    """
    document_id, _, format_name = name.rpartition(".")
    with reading(workspace.engine) as connection:
        rows = workspace.read(connection, "document_editions", period=period.key, as_at=as_at)
    found = [row["path"] for row in rows if (row["document_id"], row["format"]) == (document_id, format_name)]
    return read_outbox(workspace, found[0]) if found else None


def read_outbox(workspace: Workspace, path: str) -> bytes | None:
    """Read a file the pipeline put into the outbox, by its path relative to the home folder. None: it is not there."""
    with suppress(FileNotFoundError):
        return (workspace.settings.home / path).read_bytes()
    return None
