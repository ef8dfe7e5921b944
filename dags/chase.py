"""**Chase what is missing** - every working morning, one digest to each officer whose returns are due or late.

| task | does |
|---|---|
| `chase` | reminds officers of missing returns, as far up as the council's steps have come by then, and renews the trackers |
| `send` | delivers the letters |

Who is reminded when stands in the council's profile under `chase`. The clock of a run is the moment it was scheduled for
or started unless `as_at` says otherwise. A run can be repeated: nobody is told twice, and what a failed morning left
undone the next one does. On bank holidays and closure days nobody is written to.
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
from pmf.register import Profile
from pmf.settings import read_settings


def chase(profile: Profile) -> None:
    """Build the DAG of one council."""
    council, at = profile.slug, profile.calendar.at

    @dag(
        dag_id=f"{council}_chase",
        # For example 07:00 from Monday to Friday, by the council's clock in summer and winter.
        schedule=CronTriggerTimetable(f"{at.minute} {at.hour} * * 1-5", timezone=profile.timezone),
        start_date=first_day(profile),
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=timedelta(hours=1),
        default_args=default_args(mail_engineers(council)),
        tags=[council, "collection"],
        doc_md=__doc__,
    )
    def chase_returns() -> None:
        @task(task_id="chase")
        def remind() -> Returned:
            from pmf.cycle.chase import chase as verb

            return perform_at(verb, council, started_at(get_current_context()))

        @task
        def send() -> Returned:
            from pmf.cycle.send import send_mail

            return perform_at(send_mail, council, started_at(get_current_context()))

        remind() >> send()

    with_parameters(chase_returns(), run_parameters(None))


for council_profile in readable_profiles(read_settings(os.environ)):
    chase(council_profile)
