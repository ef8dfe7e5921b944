"""What the grid shows of a validation: the gate that ends a run failed, and the leaf that names what was flagged.

A validation task succeeds whatever it finds, so that its alerts go out; the verdict is tasks of their own.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import TriggerRule, XComArg, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException

_FAIL = "fail"
# Each is a process of its own that does nothing: dozens at once would hold up the report, which starts beside them.
_FLAGGED_AT_ONCE = 2


def gate_on(validation: Any, *, task_id: str = "gate") -> XComArg:
    """Add a gate to the DAG being built: red, and never retried, when the data failed; what comes after it then stays undone.

    ``validation`` is the called task whose summary holds ``outcome`` and ``reason``.
    """

    @task(task_id=task_id)
    def gate(summary: Any) -> str:
        reason = str(summary["reason"])
        if summary["outcome"] == _FAIL:
            raise AirflowFailException(reason)
        return reason

    return gate(validation)


def flag_from(*validations: Any) -> None:
    """Add ``flagged`` to the DAG being built: one task instance for each label of the validations, named by it.

    Skipped when nothing was flagged, when the data failed, or when a validation never ran.
    """
    task_ids = [validation.operator.task_id for validation in validations]

    @task(trigger_rule=TriggerRule.ALL_DONE)
    def list_flags() -> list[str]:
        return labels_of(task_ids)

    @task(map_index_template="{{ label }}", max_active_tis_per_dagrun=_FLAGGED_AT_ONCE)
    def flagged(label: str) -> None:
        get_current_context()["label"] = label  # type: ignore[typeddict-unknown-key]  # the template reads it

    flags = list_flags()
    list(validations) >> flags
    flagged.expand(label=flags)


def labels_of(task_ids: list[str]) -> list[str]:
    """List the labels that validations of the run left, each once; none when one of them failed the data or left no summary."""
    labels: list[str] = []
    for task_id in task_ids:
        summary = get_current_context()["ti"].xcom_pull(task_ids=task_id)
        if summary is None or summary["outcome"] == _FAIL:
            return []
        labels += [label for label in summary["labels"] if label not in labels]
    return labels
