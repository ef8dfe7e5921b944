"""What the performance team is shown of answered queries in Airflow: one question each, and what is done with its decision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Param, get_current_context, task, task_group
from airflow.sdk.exceptions import AirflowFailException

from pmf.orchestration.connections import settings_for_tasks
from pmf.orchestration.stage import Returned, perform_at
from pmf.orchestration.subject import this_moment

# A decision that nobody takes today is asked for again tomorrow: the run is over before the next one starts.
PATIENCE = timedelta(hours=22)
ACCEPT, ASK_AGAIN, LEAVE = "Accept", "Ask again", "Leave for now"
_WORDS, _UNTIL = "words", "let_through_until"


def review_each(council: str, queries: Any) -> None:
    """Add to the DAG being built, for each query of a list, a task that waits for a person, and what is done with the decision.

    ``queries`` is the called task that lists them, each with ``query_id``, ``subject`` and ``body``.
    """

    @task_group
    def review(query_id: str, subject: str, body: str) -> None:
        decide = HITLOperator(
            task_id="decide",
            subject=subject,
            body=body,
            options=[ACCEPT, ASK_AGAIN, LEAVE],
            defaults=[LEAVE],
            params=_form(),
            response_timeout=PATIENCE,
            map_index_template="{{ task.subject }}",
        )

        @task(map_index_template="{{ query_id }}")
        def record(query_id: str, decided: Any) -> Returned:
            get_current_context()["query_id"] = query_id  # type: ignore[typeddict-unknown-key]  # the template reads it
            return _record(council, query_id, decided)

        @task
        def tell() -> Returned:
            from pmf.cycle.send import send_mail

            return perform_at(send_mail, council, this_moment())

        record(query_id, decide.output) >> tell()

    review.expand_kwargs(queries)


def _form() -> dict[str, Param]:
    return {
        _WORDS: Param(
            "",
            type="string",
            title="In words",
            description="Accept: why; it is kept for the auditors. Ask again: what; the service is sent these words.",
        ),
        _UNTIL: Param(
            None,
            type=["null", "string"],
            format="date",
            title="Let through until",
            description="To accept a figure that is withheld: the last day on which it may be used. It is a waiver.",
        ),
    }


def _record(council: str, query_id: str, decided: Mapping[str, Any]) -> dict[str, Any]:
    """Record what was decided, by whom and when; what cannot be recorded so fails this square alone, and is asked again."""
    from pmf.cycle.judging import JudgementError, judge

    said, user = decided["params_input"], decided["responded_by_user"]
    try:
        judged = judge(
            council,
            query_id,
            decision=decided["chosen_options"][0],
            words=said.get(_WORDS) or "",
            let_through_until=said.get(_UNTIL) or "",
            user=user["name"] if user else "",
            as_at=this_moment(),
            settings=settings_for_tasks(),
        )
    except JudgementError as error:
        raise AirflowFailException(str(error)) from error
    return judged.as_dict()
