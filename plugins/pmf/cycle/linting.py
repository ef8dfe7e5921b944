"""Lint: re-read the finished files of a period's documents and hold them against the warehouse, before anybody signs or publishes them."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pmf.assurance.linter import READERS
from pmf.assurance.problem import LINTER_RULE, Problem
from pmf.cycle.editions import editions_at
from pmf.cycle.inforce import DOCUMENT_BLOCKED
from pmf.cycle.rereading import problems_of
from pmf.cycle.workspace import Summary, open_workspace
from pmf.period import Period
from pmf.settings import Settings
from pmf.validation.checks import EVERY_ROW
from pmf.warehouse.engine import reading


@dataclass(frozen=True)
class Linted(Summary):
    """How many documents and files were read again, and every problem found in them (as ``Problem.as_dict`` gives it).

    Each problem also says whether a waiver in force lets it through (``is_waived``).
    """

    documents: int
    files: int
    problems: tuple[dict[str, Any], ...]

    @property
    def standing(self) -> tuple[dict[str, Any], ...]:
        """The problems that no waiver lets through."""
        return tuple(problem for problem in self.problems if not problem["is_waived"])


def lint_documents(organisation: str, period: Period, *, as_at: datetime, settings: Settings) -> Linted:
    """Read the last edition of each scorecard or paper of a period again, in every format, and list what is not so in it.

    Raises:
        StoreError: when a file is missing from the store or has changed there.
    """
    workspace = open_workspace(organisation, settings)
    editions = editions_at(workspace, period, as_at, with_working_papers=True)
    with reading(workspace.engine) as connection:
        problems = problems_of(workspace, connection, period, editions)
        waivers = workspace.read(connection, "waivers_at", period=period.key, as_at=as_at)
    waived = {(row["rule_id"], row["kpi_ref"]) for row in waivers}
    files = sum(row["format"] in READERS for rows in editions.values() for row in rows)
    return Linted(len(editions), files, tuple(problem.as_dict() | {"is_waived": _is_waived(problem, waived)} for problem in problems))


def _is_waived(problem: Problem, waived: Set[tuple[str, str]]) -> bool:
    mismatch = problem.mismatch
    rules = (LINTER_RULE,) if mismatch.rule_id == LINTER_RULE else (mismatch.rule_id, DOCUMENT_BLOCKED)
    return any((rule_id, mismatch.kpi_ref or EVERY_ROW) in waived for rule_id in rules)
