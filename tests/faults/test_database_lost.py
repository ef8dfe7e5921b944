"""Fault 5: the database goes away in the middle: committed is all or nothing, and the task's next try finishes the work."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from faults.database import cut_every_stage
from faults.fresh import Fresh
from faults.homes import Installation
from faults.invariants import differences
from faults.size import only_in_make_faults
from faults.stages import APRIL, STAGES
from pmf.warehouse.engine import connect
from postgresql_cluster import Cluster

pytestmark = [pytest.mark.postgresql, pytest.mark.slow]
# Stages that set no page: they can be done in the process of the tests.
_HERE = ("open", "scan", "collect", "rate")


@only_in_make_faults
def test_connections_dropped_at_a_statement_leave_all_or_nothing(
    fresh: Fresh, server: Installation, record_property: Callable[[str, object], None]
) -> None:
    """Whichever statement it is, the stage fails in the way that is retried, no promise is broken, and the next try ends as ever."""
    cuts, wrong = fresh.do(cut_every_stage, server)
    found = server.check()
    record_property("saw", f"connections dropped at {cuts} statements; {found}")
    assert (wrong, found.breaches) == ([], ())
    assert cuts >= len(STAGES)


def test_a_server_killed_at_the_commit_leaves_all_or_nothing(
    server: Installation, postgres: Cluster, record_property: Callable[[str, object], None]
) -> None:
    """PostgreSQL killed -9 just before a stage commits: nothing of it is there after the restart, and the next try ends as ever."""
    struck = []

    def strike(name: str, *_: object) -> None:
        if name not in struck:
            struck.append(name)
            postgres.kill()
            postgres.start()

    for name in _HERE:
        if name == "scan":
            server.council.deliver(APRIL)
        stage = partial(STAGES[name], server.council)
        put_back = server.keep()
        stage()
        undisturbed = server.fingerprint()
        put_back()
        before = server.fingerprint()
        listener = partial(strike, name)
        event.listen(connect(server.url), "commit", listener)
        try:
            with pytest.raises(OperationalError):
                stage()
            tables = [what for what in differences(before, server.fingerprint()) if what.startswith("table")]
            assert tables == [], name
            stage()
        finally:
            event.remove(connect(server.url), "commit", listener)
        assert differences(undisturbed, server.fingerprint()) == [], name
    found = server.check()
    record_property("saw", f"the server killed -9 at {len(struck)} commits; {found}")
    assert (found.breaches, len(struck)) == ((), len(_HERE))
