"""Who hears of a breakdown: when a task fails for another reason than data, the data engineers are mailed.

A gate that closes is a verdict on data; its mail goes to services and the performance team by the ordinary way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from airflow.sdk.exceptions import AirflowFailException

from pmf.orchestration.address import task_link
from pmf.orchestration.connections import settings_for_tasks
from pmf.orchestration.councils import all_readable_profiles
from pmf.orchestration.subject import started_at, subject_of
from pmf.orchestration.timetables import WorkingDayTimetable


def mail_engineers(organisation: str, timetable: WorkingDayTimetable | None = None) -> Callable[[Mapping[str, Any]], None]:
    """Make the failure callback of a council's tasks. Without a timetable the run is about a day, not a period.

    What goes wrong in the callback itself Airflow writes to the task's log as an error.
    """

    # Airflow reads the callback's own lines from its file for each DAG it stores, so they are few.
    def report(context: Mapping[str, Any]) -> None:
        _report(context, organisation, timetable)

    return report


def mail_every_engineer(context: Mapping[str, Any]) -> None:
    """Be the failure callback of what concerns every council: each one's data engineers are mailed."""
    for profile in all_readable_profiles(settings_for_tasks()):
        mail_engineers(profile.slug)(context)


def describe(exception: object) -> str:
    """Put an exception into one line: its kind and what it says. None: the process ended without a word."""
    if exception is None:
        return "the task's process ended without an exception (killed, or out of memory)"
    if isinstance(exception, BaseException):
        return f"{type(exception).__name__}: {exception}"
    return str(exception)


def _report(context: Mapping[str, Any], organisation: str, timetable: WorkingDayTimetable | None) -> None:
    if isinstance(context.get("exception"), AirflowFailException):
        return
    from pmf.cycle.send import report_breakdown

    settings, instance = settings_for_tasks(), context["ti"]
    subject = subject_of(context, timetable) if timetable else None
    as_at = subject.as_at if subject else started_at(context)
    report_breakdown(
        organisation,
        subject.period.key if subject else as_at.date().isoformat(),
        dag_id=instance.dag_id,
        task_id=instance.task_id,
        exception=describe(context.get("exception")),
        run_link=task_link(settings, instance),
        as_at=as_at,
        settings=settings,
    )
