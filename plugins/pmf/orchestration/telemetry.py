"""What a task tells those who watch over it: fields on every line of its log, and measurements through Airflow's own metrics.

Whether measurements go to StatsD, Datadog or OpenTelemetry, or nowhere, is Airflow's ``[metrics]``. Neither log nor
measurement says more than organisation, period, run, stage and counts: no names, addresses or comments.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import structlog
from airflow.listeners import hookimpl
from airflow.sdk.observability import stats

from pmf.operations.measurement import Kind, Measurement, measurements
from pmf.orchestration.councils import council_of

# The log of the task itself, as Airflow names it.
log = structlog.get_logger(logger_name="task")


@hookimpl
def on_task_instance_running(previous_state: object, task_instance: Any) -> None:  # noqa: ARG001 - Airflow's signature
    """Put organisation, run and stage on every line that the task's process logs from here on, tracebacks included."""
    organisation = council_of(task_instance.dag_id)
    structlog.contextvars.unbind_contextvars("period")
    structlog.contextvars.bind_contextvars(organisation=organisation, run=task_instance.run_id, stage=task_instance.task_id)


def measured(stage: str, organisation: str, period: str | None, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do a stage's work with its period on every line of the log, and measure it; what it returns is handed on."""
    if period is not None:
        structlog.contextvars.bind_contextvars(period=period)
    began = time.monotonic()
    summary = work()
    seconds = time.monotonic() - began
    for measurement in measurements(stage, summary, seconds=seconds):
        _emit(measurement, organisation)
    counts = {name: value for name, value in summary.items() if isinstance(value, int)}
    log.info("stage done", seconds=round(seconds, 3), **counts)
    return summary


def _emit(measurement: Measurement, organisation: str) -> None:
    tags = {"organisation": organisation, **measurement.tags}
    if measurement.kind is Kind.COUNTER:
        stats.incr(measurement.name, int(measurement.value), tags=tags)
    elif measurement.kind is Kind.GAUGE:
        stats.gauge(measurement.name, measurement.value, tags=tags)
    else:
        stats.timing(measurement.name, measurement.value, tags=tags)
