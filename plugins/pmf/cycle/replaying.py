"""Replay a council's past: what its ratings would have been under another policy or other targets. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from pmf.cycle.figures import Figures, load_figures
from pmf.cycle.rated.standing import Rater
from pmf.cycle.rated.window import window_of
from pmf.cycle.workspace import Workspace, open_workspace
from pmf.period import Month, Quarter
from pmf.rating.policy import Policy, load_policies
from pmf.rating.replay import Case, Replay, Replayed, replay
from pmf.register import Kpi, Register
from pmf.register.load import load_targets
from pmf.settings import Settings
from pmf.status import Status
from pmf.value import Absence
from pmf.warehouse.engine import reading

_ABSENCES = {Status.AWAITING_DATA: Absence.NO_RETURN, Status.NIL_RETURN: Absence.NIL_RETURN, Status.UNDER_QUERY: Absence.UNDER_QUERY}


class ReplayError(Exception):
    """What was asked for cannot be replayed; the message says what could be."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is to be replayed: months, with the quarters that lie among them or without.

    ``policy_id`` None: the policies that rate each period anyway. ``targets`` None: those of the register; else a file in the
    form of ``targets.csv``, whose rows stand for the register's of the same KPI and kind of period wherever they hold.
    """

    first: Month
    last: Month
    policy_id: str | None = None
    targets: Path | None = None
    with_quarters: bool = False

    @property
    def periods(self) -> tuple[Month | Quarter, ...]:
        """The months, each quarter after its last one."""
        periods: list[Month | Quarter] = []
        for month in self.first.up_to(self.last):
            periods += [month, *self._quarters(month)]
        return tuple(periods)

    def _quarters(self, month: Month) -> tuple[Quarter, ...]:
        quarter = month.quarter
        is_whole = month == quarter.months[-1] and quarter.months[0] >= self.first
        return (quarter,) if self.with_quarters and is_whole else ()


def replay_past(organisation: str, question: Question, *, as_at: datetime, settings: Settings) -> Replay:
    """Hold a council's ratings, as last made, against what another policy or other targets make of the same figures.

    A period that was never rated is held against what the policy in force makes of the figures known.

    Raises:
        ReplayError: for a policy there is not, or months nothing is known of.
        RegisterError: naming line and field, when the council's files or the targets are wrong.
        PolicyError: when a policy's file is wrong.
    """
    workspace = open_workspace(organisation, settings)
    policies = load_policies(settings.policies)
    if question.policy_id is not None:
        _known_policy(policies, question.policy_id)
    register = _with_targets(workspace.register, question.targets)
    if question.first > question.last:
        raise ReplayError(f"{question.first.key} comes after {question.last.key}: the first month stands before the last")
    with reading(workspace.engine) as connection:
        past = _Past(workspace, connection, register, policies, as_at)
        cases = tuple(past.cases(question))
    return replay(cases)


@dataclass(frozen=True)
class _Past:
    """What is known at one moment, and the register it is judged by instead."""

    workspace: Workspace
    connection: Connection
    register: Register
    policies: Mapping[str, Policy]
    as_at: datetime

    def cases(self, question: Question) -> Iterator[Replayed]:
        """Yield every KPI of every period, a financial year's figures loaded at a time."""
        for _, periods in groupby(question.periods, key=lambda period: period.financial_year):
            year = list(periods)
            last = year[-1].months[-1]
            figures = load_figures(self.workspace, self.connection, last, as_at=self.as_at)
            _check_known(figures, year[0].months[0], last)
            for period in year:
                yield from self._period(period, figures, question.policy_id)

    def _period(self, period: Month | Quarter, figures: Figures, policy_id: str | None) -> Iterator[Replayed]:
        try:
            policy = _known_policy(self.policies, self.workspace.profile.policy_id(period))
        except LookupError as error:
            raise ReplayError(str(error)) from None
        other = self.policies[policy_id] if policy_id else policy
        rows = self.workspace.read(self.connection, "ratings_at", period=period.key, policy_id=policy.id, as_at=self.as_at)
        rated = {row["kpi_ref"]: row for row in rows}
        asks_last_year = policy.asks_last_year or other.asks_last_year
        rater, otherwise = (Rater(register, figures, policy) for register in (self.workspace.register, self.register))
        for kpi in self.workspace.register.kpis(period):
            row = rated.get(kpi.kpi_ref)
            before = _case(rater, kpi, period, row, asks_last_year=asks_last_year)
            is_same = self.register is self.workspace.register
            yield Replayed(
                kpi_ref=kpi.kpi_ref,
                title=kpi.title,
                period=period.key,
                before=before,
                after=before if is_same else _case(otherwise, kpi, period, row, asks_last_year=asks_last_year),
                policy_before=policy,
                policy_after=other,
                rated=Status(row["status"]) if row else None,
                target_before=(row["target"] or "") if row else before.target_text,
            )


def _case(rater: Rater, kpi: Kpi, period: Month | Quarter, row: Mapping[str, Any] | None, *, asks_last_year: bool) -> Case:
    """Collect what a KPI is judged by; where it was rated, by the figure it was rated with."""
    window = window_of(kpi, period)
    found = rater.measured(kpi, window)
    figure, target, absence = found.figure, found.target, found.absence
    if row is not None:
        figure, absence = replace(figure, value=row["value"]), _ABSENCES.get(Status(row["status"]))
    return Case(
        actual=figure.value,
        target=target.bounds if target else None,
        target_text=target.target if target else "",
        direction=kpi.direction,
        status_type=kpi.status_type,
        absence=absence,
        intervention_level=target.intervention_level if target else None,
        tolerance_pct=target.tolerance_pct if target else None,
        since_last_year=rater.since_last_year(kpi, window, figure, target).verdict if asks_last_year else None,
        unit=kpi.unit,
        decimals=kpi.decimals,
        suspended_reason=kpi.suspended_reason or None,
    )


def _known_policy(policies: Mapping[str, Policy], policy_id: str) -> Policy:
    if policy_id not in policies:
        raise ReplayError(f"There is no rating policy {policy_id!r}. There are: {', '.join(sorted(policies))}.")
    return policies[policy_id]


def _with_targets(register: Register, path: Path | None) -> Register:
    """Put the targets of a file before the register's own: the first that holds on a day is the one in force."""
    if path is None:
        return register
    return replace(register, target_versions=(*load_targets(path, kpis=register.kpi_versions), *register.target_versions))


def _check_known(figures: Figures, first: Month, last: Month) -> None:
    known = sorted({month for _, month in figures.rows})
    if not known:
        raise ReplayError(f"Nothing is known of {first.label}, nor of the four years before {last.label}.")
    if first < known[0] or last > known[-1]:
        unknown = first if first < known[0] else last
        raise ReplayError(f"Nothing is known of {unknown.label}: there are figures from {known[0].label} to {known[-1].label}.")
