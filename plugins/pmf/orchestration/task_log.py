"""What tasks run in process say: each one's log in the file Airflow's pages read it from, errors on the screen as well.

A scheduler's worker does both; ``dag.test`` alone prints everything and keeps nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, BinaryIO

import structlog
from airflow.listeners import hookimpl
from airflow.sdk.exceptions import AirflowFailException
from airflow.sdk.listener import get_listener_manager
from airflow.sdk.log import init_log_file, logging_processors
from airflow.utils.helpers import log_filename_template_renderer

# The name under which Airflow logs what happens to a task.
_TASK = "task"
_SHOWN = frozenset({"error", "exception", "critical"})


class TaskLogs:
    """A listener that opens a task's log when it starts, and a structlog processor that writes to it."""

    def __init__(self) -> None:
        self._file: BinaryIO | None = None
        self._log: Any = None

    @hookimpl
    def on_task_instance_running(self, previous_state: object, task_instance: Any) -> None:  # noqa: ARG002 - Airflow's signature
        """Begin the log of a task instance; one of an earlier run in its place is overwritten."""
        self.close()
        path = init_log_file(log_filename_template_renderer()(ti=task_instance, try_number=task_instance.try_number))
        self._file = path.open("wb")
        *processors, write = logging_processors(json_output=True)
        self._log = structlog.wrap_logger(
            structlog.BytesLogger(self._file), processors=[*processors, _name_traceback, write], logger_name=_TASK
        ).bind()

    def close(self) -> None:
        """End the log of the task that ran last."""
        if self._file is not None:
            self._file.close()
        self._file = self._log = None

    def __call__(self, _logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Write what a task says to its log, and let on to the screen only what is an error."""
        if self._log is not None and event.get("logger_name") == _TASK:
            getattr(self._log, method)(**event)
        if method not in _SHOWN or _is_expected(event):
            raise structlog.DropEvent
        return event


@contextmanager
def task_logs() -> Iterator[None]:
    """Keep the logs of the tasks run inside the block."""
    logs = TaskLogs()
    processors = structlog.get_config()["processors"]
    listeners = get_listener_manager()
    processors.insert(0, logs)
    listeners.pm.register(logs)
    try:
        yield
    finally:
        listeners.pm.unregister(logs)
        processors.remove(logs)
        logs.close()


def _is_expected(event: MutableMapping[str, Any]) -> bool:
    """Tell what Airflow calls an error and is none: a gate's verdict on data, and an XCom that was never set."""
    return isinstance(sys.exc_info()[1], AirflowFailException) or event.get("event") == "XCom not found"


def _name_traceback(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put a traceback under the name by which Airflow's pages find it, as its supervisor does."""
    if "exception" in event:
        event["error_detail"] = event.pop("exception")
    return event
