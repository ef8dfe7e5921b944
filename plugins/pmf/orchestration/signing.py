"""What is shown in Airflow of documents that wait for a sign-off: one question each, and what is done with its answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Param, get_current_context, task, task_group
from airflow.sdk.exceptions import AirflowFailException

from pmf.orchestration.connections import settings_for_tasks
from pmf.orchestration.stage import Returned
from pmf.orchestration.subject import this_moment

# What nobody signs today is asked about again tomorrow: the run is over before the next one starts.
PATIENCE = timedelta(hours=22)
SIGN_OFF, LEAVE = "Sign off", "Not yet"
_WORDS = "words"


def sign_each(council: str, documents: Any) -> None:
    """Add to the DAG being built, for each document of a list, a task that waits for a person, and one that records the answer.

    ``documents`` is the called task that lists them, each with ``document_id``, ``digest``, ``subject`` and ``body``.
    """

    @task_group
    def sign(document_id: str, digest: str, subject: str, body: str) -> None:
        decide = HITLOperator(
            task_id="decide",
            subject=subject,
            body=body,
            options=[SIGN_OFF, LEAVE],
            defaults=[LEAVE],
            params=_form(),
            response_timeout=PATIENCE,
            map_index_template="{{ task.subject }}",
        )

        @task(map_index_template="{{ document_id }}")
        def record(document_id: str, digest: str, decided: Any) -> Returned:
            get_current_context()["document_id"] = document_id  # type: ignore[typeddict-unknown-key]  # the template reads it
            return _record(council, document_id, digest, decided)

        record(document_id, digest, decide.output)

    sign.expand_kwargs(documents)


def _form() -> dict[str, Param]:
    description = "What was looked at, and why it may go out; it is kept for the auditors."
    return {_WORDS: Param("", type="string", title="In words", description=description)}


def _record(council: str, document_id: str, digest: str, decided: Mapping[str, Any]) -> dict[str, Any]:
    """Record what was decided, by whom and when; an edition that has been replaced since fails this square alone."""
    from pmf.cycle.askingsignoff import NotSignableError
    from pmf.cycle.askingsignoff import decide as verb

    said, user = decided["params_input"], decided["responded_by_user"]
    try:
        result = verb(
            council,
            document_id,
            digest=digest,
            decision=decided["chosen_options"][0],
            words=said.get(_WORDS) or "",
            user=user["name"] if user else "",
            as_at=this_moment(),
            settings=settings_for_tasks(),
        )
    except NotSignableError as error:
        raise AirflowFailException(str(error)) from error
    return result.as_dict()
