"""A task's body: one verb of the cycle, called for what its run is about, answered with a plain summary."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from airflow.sdk import get_current_context

from pmf.orchestration.address import run_link
from pmf.orchestration.connections import settings_for_tasks
from pmf.orchestration.subject import Subject
from pmf.orchestration.telemetry import measured
from pmf.settings import Settings

# What a task returns: a summary as plain JSON. Written as a dict, Airflow would store each of its keys as an XCom of its
# own as well, which takes longer than most stages do.
Returned = Any


class Summary(Protocol):
    """What every verb returns: counts and paths, never a frame."""

    def as_dict(self) -> dict[str, Any]:
        """Give the summary as plain JSON."""
        ...


def perform(verb: Callable[..., Summary], organisation: str, subject: Subject) -> dict[str, Any]:
    """Call a verb for an organisation and a period; the summary it returns goes to XCom."""

    def work() -> dict[str, Any]:
        return verb(organisation, subject.period, as_at=subject.as_at, settings=settings_for_tasks()).as_dict()

    return measured(_stage(), organisation, subject.period.key, work)


def perform_telling(verb: Callable[..., Summary], organisation: str, subject: Subject) -> dict[str, Any]:
    """Call a verb whose letters say where the run that it is part of can be seen."""

    def work() -> dict[str, Any]:
        settings = settings_for_tasks()
        link = run_link(settings, get_current_context()["ti"])
        return verb(organisation, subject.period, as_at=subject.as_at, settings=settings, run_link=link).as_dict()

    return measured(_stage(), organisation, subject.period.key, work)


def perform_at(verb: Callable[..., Summary], organisation: str, as_at: datetime, *, settings: Settings | None = None) -> dict[str, Any]:
    """Call a verb that concerns an organisation at a moment and no period (mail, the inbox).

    ``settings`` None: those every task works with.
    """

    def work() -> dict[str, Any]:
        return verb(organisation, as_at=as_at, settings=settings or settings_for_tasks()).as_dict()

    return measured(_stage(), organisation, None, work)


def _stage() -> str:
    return str(get_current_context()["ti"].task_id)
