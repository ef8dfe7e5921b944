"""Finished files of editions out of the store, held by the linter against what was known and defined when they were made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from pmf.assurance.known import load_known
from pmf.assurance.linter import READERS, lint_document
from pmf.assurance.problem import Problem
from pmf.cycle.pastregister import register_of
from pmf.cycle.workspace import Workspace
from pmf.period import Month, Quarter
from pmf.store import get


def problems_of(
    workspace: Workspace, connection: Connection, period: Month | Quarter, editions: Mapping[str, Sequence[Mapping[str, Any]]]
) -> tuple[Problem, ...]:
    """List the problems of editions (rows of ``document`` by document_id), each held against what was known and defined when it was made.

    A document that is neither scorecard nor paper has nothing to be held against.
    """
    problems: list[Problem] = []
    for document_id, rows in editions.items():
        known = load_known(
            connection,
            register_of(workspace, connection, rows[0]["register_digest"]),
            period,
            document_id=document_id,
            as_at=rows[0]["as_at"],
            sql_root=workspace.settings.sql,
        )
        if known is not None:
            files = {row["format"]: get(workspace.settings.store, row["content_hash"]) for row in rows if row["format"] in READERS}
            problems += lint_document(files, known)
    return tuple(problems)
