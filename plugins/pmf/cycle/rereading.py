"""Finished files of editions out of the store, held by the linter against what was known and defined when they were made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from pmf.assurance.block import UnreadableFileError
from pmf.assurance.confidential import INTERNAL, mention_mismatches, unsearchable
from pmf.assurance.everyword import every_word
from pmf.assurance.known import load_known
from pmf.assurance.linter import READERS, lint_document, lint_looked_into
from pmf.assurance.lookedinto import LookedInto, load_looked_into
from pmf.assurance.problem import Problem
from pmf.cycle.pastregister import register_of
from pmf.cycle.reported import reported_at
from pmf.cycle.workspace import Workspace
from pmf.period import Month, Period, Quarter
from pmf.register import Register
from pmf.store import get


def problems_of(
    workspace: Workspace, connection: Connection, period: Period, editions: Mapping[str, Sequence[Mapping[str, Any]]]
) -> tuple[Problem, ...]:
    """List the problems of editions (rows of ``document`` by document_id), each held against what was known and defined when it was made.

    A document that is neither scorecard nor paper has nothing to be held against. Where files cannot be read the linter says so.
    """
    problems: list[Problem] = []
    moments = {rows[0]["as_at"] for rows in editions.values()}
    reported = {moment: _reported_before(workspace, period, as_at=moment) for moment in moments}
    for document_id, rows in editions.items():
        register = register_of(workspace, connection, rows[0]["register_digest"])
        looked_into = _looked_into(workspace, connection, period, register, rows)
        if looked_into is not None:
            files = {row["format"]: get(workspace.settings.store, row["content_hash"]) for row in rows if row["format"] in READERS}
            problems += lint_looked_into(files, looked_into)
            continue
        known = load_known(
            connection,
            register,
            period,
            document_id=document_id,
            as_at=rows[0]["as_at"],
            sql_root=workspace.settings.sql,
            since=reported[rows[0]["as_at"]].get(document_id.removesuffix(INTERNAL)),
        )
        if known is not None:
            files = {row["format"]: get(workspace.settings.store, row["content_hash"]) for row in rows}
            problems += lint_document({name: content for name, content in files.items() if name in READERS}, known)
            if not known.is_internal:
                problems += _confidential(document_id, files, workspace.register, register, period)
    return tuple(problems)


def _looked_into(
    workspace: Workspace, connection: Connection, period: Period, register: Register, rows: Sequence[Mapping[str, Any]]
) -> LookedInto | None:
    """Load what a deep-dive pack or an intervention form is held against. None: the document is neither."""
    if not isinstance(period, Month):
        return None
    document_id, as_at, sql_root = rows[0]["document_id"], rows[0]["as_at"], workspace.settings.sql
    return load_looked_into(connection, register, period, document_id=document_id, as_at=as_at, sql_root=sql_root)


def _confidential(document_id: str, files: Mapping[str, bytes], now: Register, then: Register, period: Period) -> list[Problem]:
    """Find what is internal, by the register of now or of when the files were made, anywhere in files for the public."""
    problems = []
    for name, content in files.items():
        try:
            words = every_word(name, content)
        except UnreadableFileError as error:
            problems.append(Problem(document_id, name, unsearchable(str(error))))
            continue
        found = dict.fromkeys(mismatch for register in (now, then) for mismatch in mention_mismatches(words, register, period))
        problems += [Problem(document_id, name, mismatch) for mismatch in found]
    return problems


def _reported_before(workspace: Workspace, period: Period, *, as_at: datetime) -> dict[str, datetime]:
    """Map each paper of the quarter before to the moment of its edition; none of a period that is no quarter."""
    return reported_at(workspace, period.previous, as_at=as_at) if isinstance(period, Quarter) else {}
