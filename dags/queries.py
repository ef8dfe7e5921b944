"""**Follow up on queries** - every working morning, one council's answered queries are put to its performance team.

| task | does |
|---|---|
| `escalate` | puts queries that stay unresolved too long on the list of the council's board, and renews the page of queries |
| `send` | delivers the letter to the board |
| `list_answered` | names the queries that services have answered |
| `review.decide` | one square for each, waiting: open *Required Actions*, read the thread, choose Accept, Ask again or Leave for now |
| `review.record` | records the decision, and who took it, as soon as it is taken; red: it could not be, and the log says why |
| `review.tell` | delivers the letter about what was decided |

Nothing else waits for this run. What nobody decides within 22 hours is left for now and shown again in the next one. Whoever
does not use Airflow decides with `pmf query`; a query decided there is no longer shown.
"""

from __future__ import annotations

import os
from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, dag, get_current_context, task

from pmf.orchestration.callbacks import mail_engineers
from pmf.orchestration.councils import first_day, readable_profiles
from pmf.orchestration.defaults import default_args, run_parameters, with_parameters
from pmf.orchestration.review import review_each
from pmf.orchestration.stage import Returned, perform_at
from pmf.orchestration.subject import started_at, this_moment
from pmf.register import Profile
from pmf.settings import read_settings


def queries(profile: Profile) -> None:
    """Build the DAG of one council."""
    council, at = profile.slug, profile.calendar.at

    @dag(
        dag_id=f"{council}_queries",
        # For example 07:00 from Monday to Friday, by the council's clock in summer and winter.
        schedule=CronTriggerTimetable(f"{at.minute} {at.hour} * * 1-5", timezone=profile.timezone),
        start_date=first_day(profile),
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=timedelta(hours=23),
        default_args=default_args(mail_engineers(council)),
        tags=[council, "queries"],
        doc_md=__doc__,
    )
    def follow_up() -> None:
        @task
        def escalate() -> Returned:
            from pmf.cycle.boardlist import escalate_queries

            return perform_at(escalate_queries, council, started_at(get_current_context()))

        @task
        def send() -> Returned:
            from pmf.cycle.send import send_mail

            return perform_at(send_mail, council, started_at(get_current_context()))

        @task
        def list_answered() -> list[dict[str, str]]:
            from pmf.cycle.judging import queries_to_judge

            return list(perform_at(queries_to_judge, council, this_moment())["queries"])

        escalate() >> send()
        review_each(council, list_answered())

    with_parameters(follow_up(), run_parameters(None))


for council_profile in readable_profiles(read_settings(os.environ)):
    queries(council_profile)
