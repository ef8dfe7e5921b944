"""**Committee papers** - one council's financial quarter, once each of its months has a finished cycle.

| in the grid | means |
|---|---|
| `wait_for_months` waiting (turquoise) | a month's cycle has failed or not run yet: correct the return, or waive the figure |
| every task green, `flagged` skipped | the papers are ready to be signed off |
| `flagged` green, one square for each thing flagged | ready, with something to look at |
| `gate` red | the data failed: no paper was made |
| `rate_quarters` and what follows it skipped (pink) | the year goes on: it is rated and reported with its fourth quarter |
| any other task red | a breakdown: the data engineers were mailed |

A run is about one quarter: parameter `period`, else the quarter the run was scheduled for. Its clock is the quarter's
export date; a run that had to wait takes the moment the last month was ready. A run that is given `as_at` does not wait.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from typing import Any

from airflow.sdk import PokeReturnValue, dag, task

from pmf.orchestration.callbacks import mail_engineers
from pmf.orchestration.councils import first_day, readable_profiles
from pmf.orchestration.defaults import HEAVY_POOL, default_args, run_parameters, with_parameters
from pmf.orchestration.lineage import Product, asset
from pmf.orchestration.patience import ready_at
from pmf.orchestration.stage import Returned, perform, perform_at, perform_telling
from pmf.orchestration.subject import this_run
from pmf.orchestration.timetables import Kind, WorkingDayTimetable
from pmf.orchestration.verdict import flag_from, gate_on
from pmf.register import Profile
from pmf.settings import read_settings

# How often and how long an export asks whether its months are done, in seconds.
_EVERY_QUARTER_OF_AN_HOUR = 15 * 60
_FOUR_WEEKS = 28 * 24 * 3600


def quarterly_export(profile: Profile) -> None:
    """Build the DAG of one council."""
    council = profile.slug
    timetable = WorkingDayTimetable.of(profile, Kind.QUARTER, profile.calendar.export_working_day)

    @dag(
        dag_id=f"{council}_quarterly_export",
        # For example 07:00 on the twelfth working day after the quarter, by the council's calendar and clock.
        schedule=timetable,
        start_date=first_day(profile),
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=timedelta(days=29),
        default_args=default_args(mail_engineers(council, timetable)),
        tags=[council, "quarterly export"],
        doc_md=__doc__,
    )
    def export_quarter() -> None:
        @task.sensor(mode="reschedule", poke_interval=_EVERY_QUARTER_OF_AN_HOUR, timeout=_FOUR_WEEKS)
        def wait_for_months() -> PokeReturnValue:
            from pmf.cycle.rate import months_ended

            moment = ready_at(months_ended, council, timetable)
            return PokeReturnValue(is_done=moment is not None, xcom_value=moment and moment.isoformat())

        @task(outlets=[asset(council, Product.RATINGS)])
        def rate(moment: str) -> Returned:
            from pmf.cycle.rate import rate_quarter

            return perform(rate_quarter, council, this_run(timetable).at(datetime.fromisoformat(moment)))

        @task(pool=HEAVY_POOL)
        def validate_ratings(moment: str) -> Returned:
            from pmf.cycle.validate import validate_ratings as verb

            return perform_telling(verb, council, this_run(timetable).at(datetime.fromisoformat(moment)))

        @task(outlets=[asset(council, Product.RATINGS)])
        def rate_quarters(moment: str) -> Returned:
            from pmf.cycle.rate import rate_quarters as verb

            return perform(verb, council, this_run(timetable).at(datetime.fromisoformat(moment)).year_ended())

        @task(outlets=[asset(council, Product.RATINGS)])
        def rate_year(moment: str) -> Returned:
            from pmf.cycle.rate import rate_year as verb

            return perform(verb, council, this_run(timetable).at(datetime.fromisoformat(moment)).year_ended())

        @task(outlets=[asset(council, Product.PAPERS)], pool=HEAVY_POOL)
        def report_year(moment: str) -> Returned:
            from pmf.cycle.report import report_year as verb

            return perform(verb, council, this_run(timetable).at(datetime.fromisoformat(moment)).year_ended())

        @task(outlets=[asset(council, Product.PAPERS)], pool=HEAVY_POOL)
        def export(moment: str) -> Returned:
            from pmf.cycle.report import export_papers

            return perform(export_papers, council, this_run(timetable).at(datetime.fromisoformat(moment)))

        @task
        def deliver(moment: str) -> Returned:
            from pmf.cycle.send import send_mail

            return perform_at(send_mail, council, datetime.fromisoformat(moment))

        moment: Any = wait_for_months()
        ratings = validate_ratings(moment)
        rate(moment) >> ratings
        gate = gate_on(ratings)
        gate >> export(moment) >> deliver(moment)
        deliver_year: Any = deliver.override(task_id="deliver_year")(moment)
        gate >> rate_quarters(moment) >> rate_year(moment) >> report_year(moment) >> deliver_year
        flag_from(ratings)

    with_parameters(export_quarter(), run_parameters(Kind.QUARTER))


for council_profile in readable_profiles(read_settings(os.environ)):
    quarterly_export(council_profile)
