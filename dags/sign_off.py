"""**Ask for sign-off** - every working morning, one council's finished documents that nothing stands against are put to who may sign.

| task | does |
|---|---|
| `ask` | writes to the posts that may sign off about what newly waits; a reply with the letter's codes signs |
| `send` | delivers the letters |
| `list_waiting` | names the documents that wait |
| `sign.decide` | one square for each, waiting: open *Required Actions*, read the draft, choose Sign off or Not yet |
| `sign.record` | records the sign-off, and who gave it, as soon as it is given; red: a newer edition has been made since |

Nothing else waits for this run, and it publishes nothing: that is `<council>_publication`. What nobody signs within 22 hours is shown
again the next morning. Whoever does not use Airflow replies to the letter, or signs with `pmf sign-off`; all three write the same record.
"""

from __future__ import annotations

import os
from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, dag, get_current_context, task

from pmf.orchestration.callbacks import mail_engineers
from pmf.orchestration.councils import first_day, readable_profiles
from pmf.orchestration.defaults import default_args, run_parameters, with_parameters
from pmf.orchestration.signing import sign_each
from pmf.orchestration.stage import Returned, perform_at
from pmf.orchestration.subject import started_at, this_moment
from pmf.register import Profile
from pmf.settings import read_settings


def sign_off(profile: Profile) -> None:
    """Build the DAG of one council."""
    council, at = profile.slug, profile.calendar.at

    @dag(
        dag_id=f"{council}_sign_off",
        # For example 07:00 from Monday to Friday, by the council's clock in summer and winter.
        schedule=CronTriggerTimetable(f"{at.minute} {at.hour} * * 1-5", timezone=profile.timezone),
        start_date=first_day(profile),
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=timedelta(hours=23),
        default_args=default_args(mail_engineers(council)),
        tags=[council, "publication"],
        doc_md=__doc__,
    )
    def sign_documents() -> None:
        @task
        def ask() -> Returned:
            from pmf.cycle.askingsignoff import ask_for_sign_off

            return perform_at(ask_for_sign_off, council, started_at(get_current_context()))

        @task
        def send() -> Returned:
            from pmf.cycle.send import send_mail

            return perform_at(send_mail, council, started_at(get_current_context()))

        @task
        def list_waiting() -> list[dict[str, str]]:
            from pmf.cycle.askingsignoff import documents_to_sign

            return list(perform_at(documents_to_sign, council, this_moment())["documents"])

        ask() >> send()
        sign_each(council, list_waiting())

    with_parameters(sign_documents(), run_parameters(None))


for council_profile in readable_profiles(read_settings(os.environ)):
    sign_off(council_profile)
