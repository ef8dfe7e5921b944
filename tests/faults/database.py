"""Taking the database away from a stage at one of its statements, and letting the task be tried again."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from faults.fresh import well_done
from faults.homes import Installation
from faults.invariants import differences
from faults.size import some_of
from faults.stages import APRIL, STAGES, Stage
from pmf.warehouse.engine import connect


def cut_every_stage(installation: Installation) -> tuple[int, list[str]]:
    """Live through all stages; cut each off at some of its statements, try again and compare. Gives how often, and what was wrong."""
    cuts, wrong = 0, []
    for name, stage in STAGES.items():
        if name == "scan":
            installation.council.deliver(APRIL)
        put_back = installation.keep()
        statements = well_done(lambda stage=stage: _statements(installation, stage))
        undisturbed = installation.fingerprint()
        for number in some_of(range(1, statements + 1), few=1, many=3):
            put_back()
            failure = well_done(lambda stage=stage, number=number: _cut(installation, stage, number))
            cuts += 1
            at = f"{name}, cut off at statement {number} of {statements}"
            wrong += [f"{at}: {failure}"] * (failure != "OperationalError")
            wrong += [f"{at}: {breach}" for breach in installation.check(at_rest=False).breaches]
            well_done(lambda stage=stage: stage(installation.council) and None)
            wrong += [f"{at}, tried again: {what}" for what in differences(undisturbed, installation.fingerprint())]
    return cuts, wrong


def _statements(installation: Installation, stage: Stage) -> int:
    count = 0

    def tick() -> None:
        nonlocal count
        count += 1

    _before_each_statement(installation, tick)
    stage(installation.council)
    return count


def _cut(installation: Installation, stage: Stage, number: int) -> str:
    """Run a stage whose connections the server drops at the n-th statement; name what it failed with. Tasks are tried again after that."""
    left = number

    def tick() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            drop_connections(installation.url)

    _before_each_statement(installation, tick)
    try:
        stage(installation.council)
    except DBAPIError as error:
        return type(error).__name__
    return "it did not fail"


def _before_each_statement(installation: Installation, tick: Callable[[], None]) -> None:
    event.listen(connect(installation.url), "before_cursor_execute", lambda *_: tick())


def drop_connections(url: str) -> None:
    """Have the server end every connection to a database but this one."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
