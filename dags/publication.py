"""**Publish what is signed off** - one council's papers of one financial quarter, or the report of one financial year, all at once.

Started by hand, or by whatever records the last sign-off. A run is about one quarter or year: parameter `period`, else the
latest quarter whose export date has passed. Its clock is the moment it was started unless `as_at` says otherwise.
Papers that are not signed off are left as they are and named in the summary of `publish`.

| in the grid | means |
|---|---|
| `flagged` green, one square for each paper held back | something must be cleared or waived first; what was live of it stays |
| `gate` red | a validation of the period or its months failed: nothing new is published, the site stays as it was |
"""

from __future__ import annotations

import os
from datetime import timedelta

from airflow.sdk import dag, get_current_context, task

from pmf.orchestration.callbacks import mail_engineers
from pmf.orchestration.councils import readable_profiles
from pmf.orchestration.defaults import HEAVY_POOL, default_args, run_parameters, with_parameters
from pmf.orchestration.stage import Returned, perform, perform_at
from pmf.orchestration.subject import started_at, this_run
from pmf.orchestration.timetables import Kind, WorkingDayTimetable
from pmf.orchestration.verdict import flag_from, gate_on
from pmf.register import Profile
from pmf.settings import read_settings


def publication(profile: Profile) -> None:
    """Build the DAG of one council."""
    council = profile.slug
    timetable = WorkingDayTimetable.of(profile, Kind.QUARTER, profile.calendar.export_working_day)

    @dag(
        dag_id=f"{council}_publication",
        # Never by the clock: people decide when.
        schedule=None,
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=timedelta(hours=1),
        default_args=default_args(mail_engineers(council, timetable)),
        tags=[council, "publication"],
        doc_md=__doc__,
    )
    def publish_papers() -> None:
        @task(pool=HEAVY_POOL)
        def publish() -> Returned:
            from pmf.cycle.publish import publish_signed_off

            return perform(publish_signed_off, council, this_run(timetable).at(started_at(get_current_context())))

        @task
        def deliver() -> Returned:
            from pmf.cycle.send import send_mail

            return perform_at(send_mail, council, started_at(get_current_context()))

        published = publish()
        published >> deliver()
        gate_on(published)
        flag_from(published)

    with_parameters(publish_papers(), run_parameters(Kind.QUARTER, or_year=True))


for council_profile in readable_profiles(read_settings(os.environ)):
    publication(council_profile)
