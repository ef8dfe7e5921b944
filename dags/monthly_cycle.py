"""**Collect, validate, rate, report** - one council's month.

| in the grid | means |
|---|---|
| every task green, `flagged` skipped | the month passed |
| `flagged` green, one square for each thing flagged | the month passed with something to look at |
| `gate` or `gate_ratings` red, all after it not run | the data failed: nothing downstream changed, the last good outputs stay |
| any other task red | a breakdown: the data engineers were mailed |

A run is about one month: parameter `period`, else the month the run was scheduled for. Its clock is that month's cycle
date unless `as_at` says otherwise. Any run can be repeated: the same files give the same bytes, and no mail goes twice.
`look_into` answers reds that persist: a deep-dive pack, an intervention form, as the council's profile says.
`alert` runs whatever the gates say: services are told what is wrong either way.
"""

from __future__ import annotations

import os
from datetime import timedelta

from airflow.sdk import TriggerRule, dag, task

from pmf.orchestration.callbacks import mail_engineers
from pmf.orchestration.councils import first_day, readable_profiles
from pmf.orchestration.defaults import HEAVY_POOL, default_args, run_parameters, with_parameters
from pmf.orchestration.lineage import Product, asset
from pmf.orchestration.stage import Returned, perform, perform_at, perform_telling
from pmf.orchestration.subject import this_run
from pmf.orchestration.timetables import Kind, WorkingDayTimetable
from pmf.orchestration.verdict import flag_from, gate_on
from pmf.register import Profile
from pmf.settings import read_settings


def monthly_cycle(profile: Profile) -> None:
    """Build the DAG of one council."""
    council = profile.slug
    timetable = WorkingDayTimetable.of(profile, Kind.MONTH, profile.calendar.cycle_working_day)

    @dag(
        dag_id=f"{council}_monthly_cycle",
        # For example 07:00 on the tenth working day after the month, by the council's calendar and clock.
        schedule=timetable,
        start_date=first_day(profile),
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=timedelta(hours=3),
        default_args=default_args(mail_engineers(council, timetable)),
        tags=[council, "monthly cycle"],
        doc_md=__doc__,
    )
    def cycle() -> None:
        @task(outlets=[asset(council, Product.RETURNS)])
        def collect() -> Returned:
            from pmf.cycle.collect import collect_month

            return perform(collect_month, council, this_run(timetable))

        @task(pool=HEAVY_POOL)
        def validate_returns() -> Returned:
            from pmf.cycle.validate import validate_returns as verb

            return perform_telling(verb, council, this_run(timetable))

        @task(trigger_rule=TriggerRule.ALL_DONE)
        def alert() -> Returned:
            from pmf.cycle.send import send_mail

            return perform_at(send_mail, council, this_run(timetable).as_at)

        @task(outlets=[asset(council, Product.RATINGS)])
        def rate() -> Returned:
            from pmf.cycle.rate import rate_month

            return perform(rate_month, council, this_run(timetable))

        @task(pool=HEAVY_POOL)
        def validate_ratings() -> Returned:
            from pmf.cycle.validate import validate_ratings as verb

            return perform_telling(verb, council, this_run(timetable))

        @task(outlets=[asset(council, Product.SCORECARDS)], pool=HEAVY_POOL)
        def report() -> Returned:
            from pmf.cycle.report import report_month

            return perform(report_month, council, this_run(timetable))

        @task(pool=HEAVY_POOL)
        def look_into() -> Returned:
            from pmf.cycle.lookinto import look_into_reds

            return perform(look_into_reds, council, this_run(timetable))

        @task
        def deliver() -> Returned:
            from pmf.cycle.send import send_mail

            return perform_at(send_mail, council, this_run(timetable).as_at)

        returns, ratings = validate_returns(), validate_ratings()
        collect() >> returns
        gate_on(returns) >> rate() >> ratings
        gate_on(ratings, task_id="gate_ratings") >> report() >> look_into() >> deliver()
        # People are told what was found whatever the gates say. That makes no failed run a success: deliver is a leaf too.
        [returns, ratings] >> alert()
        flag_from(returns, ratings)

    with_parameters(cycle(), run_parameters(Kind.MONTH))


for council_profile in readable_profiles(read_settings(os.environ)):
    monthly_cycle(council_profile)
