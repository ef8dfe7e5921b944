"""**Watch the deadlines** - every hour: is one council's month rated in time, are its papers through, does Airflow still work?

| task | does |
|---|---|
| `watch` | looks for months not rated in time, and for papers that missed clearance, sign-off or publication |
| `send` | delivers what it wrote to the performance team and the data engineers; nobody is told twice |
| `flagged` | one square for each thing that is overdue; skipped when there is none |
| `beat` | notes that all this has run, and asks for the heartbeat address where there is one |

The last task is half of a dead-man's switch. The other half is outside Airflow: `pmf watch` from cron or systemd fails when the note is
old, and a heartbeat service raises the alarm when it has not been asked. The clock of a run is the moment it was scheduled for unless
`as_at` says otherwise.
"""

from __future__ import annotations

import os
from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, dag, get_current_context, task

from pmf.orchestration.callbacks import mail_engineers
from pmf.orchestration.councils import first_day, readable_profiles
from pmf.orchestration.defaults import default_args, run_parameters, with_parameters
from pmf.orchestration.stage import Returned, perform_at
from pmf.orchestration.subject import started_at, this_moment
from pmf.orchestration.verdict import flag_from
from pmf.register import Profile
from pmf.settings import read_settings


def watch(profile: Profile) -> None:
    """Build the DAG of one council."""
    council = profile.slug

    @dag(
        dag_id=f"{council}_watch",
        # Twenty to every hour: past the hours at which the other DAGs of a council begin.
        schedule=CronTriggerTimetable("40 * * * *", timezone=profile.timezone),
        start_date=first_day(profile),
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=timedelta(minutes=50),
        default_args=default_args(mail_engineers(council)),
        tags=[council, "operations"],
        doc_md=__doc__,
    )
    def watch_deadlines() -> None:
        @task(task_id="watch")
        def look() -> Returned:
            from pmf.operations.watch import watch_deadlines as verb

            return perform_at(verb, council, started_at(get_current_context()))

        @task
        def send() -> Returned:
            from pmf.cycle.send import send_mail

            return perform_at(send_mail, council, started_at(get_current_context()))

        @task
        def beat() -> None:
            from pmf.operations.pulse import beat as note
            from pmf.orchestration.connections import settings_for_tasks

            note(council, now=this_moment(), settings=settings_for_tasks())

        looked = look()
        looked >> send() >> beat()
        flag_from(looked)

    with_parameters(watch_deadlines(), run_parameters(None))


for council_profile in readable_profiles(read_settings(os.environ)):
    watch(council_profile)
