"""**Open the month** - one council's forms go out. What is missing is chased by `<council>_chase`.

`open` writes the month's forms and queues their mail; `send` delivers it. A run is about one month: parameter `period`,
else the month the run was scheduled for. Its clock is the day collection opens unless `as_at` says otherwise.
"""

from __future__ import annotations

import os
from datetime import timedelta

from airflow.sdk import dag, task

from pmf.orchestration.callbacks import mail_engineers
from pmf.orchestration.councils import first_day, readable_profiles
from pmf.orchestration.defaults import default_args, run_parameters, with_parameters
from pmf.orchestration.stage import Returned, perform, perform_at
from pmf.orchestration.subject import this_run
from pmf.orchestration.timetables import Kind, WorkingDayTimetable
from pmf.register import Profile
from pmf.settings import read_settings


def collection_round(profile: Profile) -> None:
    """Build the DAG of one council."""
    council = profile.slug
    timetable = WorkingDayTimetable.of(profile, Kind.MONTH, profile.calendar.open_working_day)

    @dag(
        dag_id=f"{council}_collection_round",
        # For example 07:00 on the first working day after the month, by the council's calendar and clock.
        schedule=timetable,
        start_date=first_day(profile),
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=timedelta(hours=1),
        default_args=default_args(mail_engineers(council, timetable)),
        tags=[council, "collection"],
        doc_md=__doc__,
    )
    def open_round() -> None:
        @task(task_id="open")
        def open_forms() -> Returned:
            from pmf.cycle.open import open_month

            return perform(open_month, council, this_run(timetable))

        @task
        def send() -> Returned:
            from pmf.cycle.send import send_mail

            return perform_at(send_mail, council, this_run(timetable).as_at)

        open_forms() >> send()

    with_parameters(open_round(), run_parameters(Kind.MONTH))


for council_profile in readable_profiles(read_settings(os.environ)):
    collection_round(council_profile)
