"""**Watch the calendar** - every working morning, one council's coming meetings: is each paper where it must be by now?

| in the grid | means |
|---|---|
| `flagged` skipped | every date of every meeting in view was kept, or can still be |
| `flagged` green, one square for each meeting | a date was missed, will be, or is near with nothing done: the square says which |

`watch` counts back from each meeting (data, comments, draft, clearance, sign-off, publication; the profile's `back_plan`), holds the dates
against what is in the warehouse, renews `outbox/<council>/calendar.html` and writes to the performance team about what it has not told it
of; `send` delivers the letter. The clock of a run is the moment it was scheduled for unless `as_at` says otherwise.
"""

from __future__ import annotations

import os
from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, dag, get_current_context, task

from pmf.orchestration.callbacks import mail_engineers
from pmf.orchestration.councils import first_day, readable_profiles
from pmf.orchestration.defaults import default_args, run_parameters, with_parameters
from pmf.orchestration.stage import Returned, perform_at
from pmf.orchestration.subject import started_at
from pmf.orchestration.verdict import flag_from
from pmf.register import Profile
from pmf.settings import read_settings


def meeting_calendar(profile: Profile) -> None:
    """Build the DAG of one council."""
    council, at = profile.slug, profile.calendar.at

    @dag(
        dag_id=f"{council}_calendar",
        # For example 07:00 from Monday to Friday, by the council's clock in summer and winter.
        schedule=CronTriggerTimetable(f"{at.minute} {at.hour} * * 1-5", timezone=profile.timezone),
        start_date=first_day(profile),
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=timedelta(hours=1),
        default_args=default_args(mail_engineers(council)),
        tags=[council, "publication"],
        doc_md=__doc__,
    )
    def watch_meetings() -> None:
        @task
        def watch() -> Returned:
            from pmf.cycle.calendarwatch import watch_calendar

            return perform_at(watch_calendar, council, started_at(get_current_context()))

        @task
        def send() -> Returned:
            from pmf.cycle.send import send_mail

            return perform_at(send_mail, council, started_at(get_current_context()))

        watched = watch()
        watched >> send()
        flag_from(watched)

    with_parameters(watch_meetings(), run_parameters(None))


for council_profile in readable_profiles(read_settings(os.environ)):
    meeting_calendar(council_profile)
