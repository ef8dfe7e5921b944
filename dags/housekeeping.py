"""**Housekeeping** - every Sunday night, what nobody needs any more goes. Of the whole installation, all councils together.

| task | does |
|---|---|
| `tidy` | removes files left half-written, files of the store that nothing speaks of, and what is older than the installation keeps it |

Kept for a time are refused files, e-mails that brought nothing else, inboxes of months that were taken in, and outboxes. What a
figure, a rating, a document, a release or a decision traces to is never removed. `pmf housekeeping` lists beforehand what would go.
Airflow's own history is not for a task to shorten: `pmf housekeeping --airflow-days 365 --apply` does it, from cron.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from airflow.sdk import CronTriggerTimetable, dag, task

from pmf.orchestration.callbacks import mail_every_engineer
from pmf.orchestration.defaults import default_args, run_parameters
from pmf.orchestration.stage import Returned
from pmf.orchestration.subject import this_moment

_ZONE = "Europe/London"


@dag(
    # Sundays at 03:30, by the clock in summer and winter.
    schedule=CronTriggerTimetable("30 3 * * 0", timezone=_ZONE),
    start_date=datetime(2024, 4, 1, tzinfo=ZoneInfo(_ZONE)),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=3),
    default_args=default_args(mail_every_engineer),
    params=run_parameters(None),
    tags=["operations"],
    doc_md=__doc__,
)
def housekeeping() -> None:
    """Build the installation's DAG."""

    @task
    def tidy() -> Returned:
        from pmf.operations.housekeeping import tidy as verb
        from pmf.orchestration.connections import settings_for_tasks

        return verb(settings_for_tasks(), now=this_moment()).as_dict()

    tidy()


housekeeping()
