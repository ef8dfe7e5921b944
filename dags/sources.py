"""**Ask the sources** - every working morning, each of one council's declared sources for the month in collection.

| task | does |
|---|---|
| `list_sources` | names the sources that are asked: SQL, web services, folders |
| `pull` | one square for each source: asks it, stores what it gives and reads it; what is known already changes nothing |

A source that cannot be asked is a red square of its own; the others, and the month's cycle, go on without it. A run is about
one month: parameter `period`, else the one whose collection was opened last. There is no such DAG where the council's folder
has no sources.yaml.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

from airflow.sdk import CronTriggerTimetable, dag, task

from pmf.orchestration.callbacks import mail_engineers
from pmf.orchestration.councils import first_day, readable_profiles
from pmf.orchestration.defaults import default_args, run_parameters, with_parameters
from pmf.orchestration.stage import Returned
from pmf.orchestration.subject import month_in_collection
from pmf.orchestration.timetables import Kind
from pmf.register import Profile
from pmf.settings import read_settings


def ask_sources(profile: Profile) -> None:
    """Build the DAG of one council."""
    council, at = profile.slug, profile.calendar.at

    @dag(
        dag_id=f"{council}_sources",
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
    def sources() -> None:
        @task
        def list_sources() -> list[dict[str, Any]]:
            from pmf.cycle.pull import sources_to_pull
            from pmf.orchestration.connections import settings_for_tasks

            return [{"asked": source} for source in sources_to_pull(council, settings_for_tasks())]

        @task(map_index_template="{{ source_name }}")
        def pull(asked: dict[str, str]) -> Returned:
            from airflow.sdk import get_current_context

            from pmf.cycle.pull import pull_source
            from pmf.orchestration.connections import settings_for_source

            get_current_context()["source_name"] = asked["source_id"]  # type: ignore[typeddict-unknown-key]
            month, as_at = month_in_collection(profile)
            settings = settings_for_source(asked["connection"])
            return pull_source(council, month, source_id=asked["source_id"], as_at=as_at, settings=settings).as_dict()

        pull.expand_kwargs(list_sources())

    with_parameters(sources(), run_parameters(Kind.MONTH))


installation = read_settings(os.environ)
for council_profile in readable_profiles(installation):
    if (installation.organisations / council_profile.slug / "sources.yaml").exists():
        ask_sources(council_profile)
