"""**Watch the inbox** - every few minutes, one council's new e-mails and files; each accepted one starts its month's cycle again.

| task | does |
|---|---|
| `fetch` | takes what is attached to unread e-mails in |
| `mailbox` | orange where the mailbox could not be read: the run has failed, though files were still looked for |
| `scan` | stores and reads what has come in, and names the months whose cycle is due again |
| `start_cycle` | starts `monthly_cycle`, one square for each month; skipped when nothing came in |
| `alert` | mails whoever sent a file that could not be read |

The clock of a run is the time of day unless `as_at` says otherwise. A cycle that is due at two scans is one run.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import TriggerRule, dag, get_current_context, task

from pmf.orchestration.callbacks import mail_engineers
from pmf.orchestration.councils import first_day, readable_profiles
from pmf.orchestration.defaults import default_args, run_parameters, with_parameters
from pmf.orchestration.restart import cycles_to_start
from pmf.orchestration.stage import Returned, perform_at
from pmf.orchestration.subject import this_moment
from pmf.register import Profile
from pmf.settings import read_settings


def inbox(profile: Profile) -> None:
    """Build the DAG of one council."""
    council = profile.slug

    @dag(
        dag_id=f"{council}_inbox",
        # Every five minutes, day and night.
        schedule="*/5 * * * *",
        start_date=first_day(profile),
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=timedelta(minutes=30),
        default_args=default_args(mail_engineers(council)),
        tags=[council, "collection"],
        doc_md=__doc__,
    )
    def watch() -> None:
        @task
        def fetch() -> Returned:
            from pmf.cycle.fetch import fetch_mail
            from pmf.orchestration.connections import settings_for_mailbox

            return perform_at(fetch_mail, council, this_moment(), settings=settings_for_mailbox(council))

        @task(trigger_rule=TriggerRule.ALL_DONE)
        def scan() -> list[dict[str, Any]]:
            from pmf.cycle.collect import scan_inbox

            summary = perform_at(scan_inbox, council, this_moment())
            get_current_context()["ti"].xcom_push("summary", summary)
            return cycles_to_start(summary["cycles_due"])

        @task
        def alert() -> Returned:
            from pmf.cycle.send import send_mail

            return perform_at(send_mail, council, this_moment())

        fetched, cycles = fetch(), scan()
        # Files are looked for whether or not the mailbox can be read; a leaf of its own then fails the run all the same.
        fetched >> [cycles, EmptyOperator(task_id="mailbox")]
        TriggerDagRunOperator.partial(
            task_id="start_cycle",
            trigger_dag_id=f"{council}_monthly_cycle",
            skip_when_already_exists=True,
            map_index_template="{{ task.conf.period }}",
        ).expand_kwargs(cycles)
        cycles >> alert()

    with_parameters(watch(), run_parameters(None))


for council_profile in readable_profiles(read_settings(os.environ)):
    inbox(council_profile)
