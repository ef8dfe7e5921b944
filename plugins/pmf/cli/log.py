"""The log of a command: nothing unless it is asked for, then one line for each thing that happened, on standard error.

Every line has the run (one call of ``pmf``), the stage (the command) and, once they are known, organisation and period, as
the log of a task in Airflow has them.
"""

from __future__ import annotations

import logging
import secrets
import sys
import time
from enum import StrEnum

import structlog
import typer

log = logging.getLogger("pmf.stage")


class LogForm(StrEnum):
    """How a line of the log is written: for machines, or for people."""

    JSON = "json"
    TEXT = "text"


def start_log(context: typer.Context, form: LogForm) -> None:
    """Log this command, its end included, in a form."""
    before: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer = structlog.processors.JSONRenderer() if form is LogForm.JSON else structlog.processors.LogfmtRenderer()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("pmf").setLevel(logging.INFO)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(run=f"pmf-{secrets.token_hex(4)}", stage=context.invoked_subcommand)
    began = time.monotonic()
    log.info("stage begins")
    context.call_on_close(lambda: log.info("stage ended after %.1f s", time.monotonic() - began))
