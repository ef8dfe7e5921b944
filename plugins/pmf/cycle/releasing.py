"""Release: the service's manager says that a return may count, where the council asks for that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pmf.cycle.tracker import write_tracker
from pmf.cycle.workspace import Summary, open_workspace
from pmf.period import Month
from pmf.settings import Settings
from pmf.warehouse.access import append_new
from pmf.warehouse.engine import reading
from pmf.warehouse.tables import return_release


class NothingToReleaseError(Exception):
    """There is no return that waits for this release; the message says why."""


@dataclass(frozen=True)
class Released(Summary):
    """The file whose figures count from now on."""

    service_id: str
    period: str
    file_name: str


def release_return(organisation: str, month: Month, *, service_id: str, post: str, as_at: datetime, settings: Settings) -> Released:
    """Let a service's last return of a month count.

    Raises:
        NothingToReleaseError: when none is waiting, or the post is not the one that releases.
    """
    workspace = open_workspace(organisation, settings)
    wanted = workspace.profile.releasing_post(service_id)
    if wanted is None:
        raise NothingToReleaseError(f"{workspace.profile.name} asks for no release of the returns of {service_id!r}")
    if post not in (wanted, workspace.profile.performance_team):
        raise NothingToReleaseError(f"the returns of {service_id} are released by {wanted} or the performance team, not by {post!r}")
    with reading(workspace.engine) as connection:
        files = workspace.read(connection, "received_files", period=month.key, as_at=as_at)
    waiting = [row for row in files if row["service_id"] == service_id and row["needs_release"] and not row["is_released"]]
    if not waiting:
        raise NothingToReleaseError(f"no return of {service_id} for {month.label} waits for release")
    last = waiting[-1]
    key = {name: last[name] for name in ("organisation", "file_hash", "period")}
    with workspace.engine.begin() as connection:
        append_new(connection, return_release, [key | {"post": post, "released_at": as_at}])
    write_tracker(organisation, month, as_at=as_at, settings=settings)
    return Released(service_id=service_id, period=month.key, file_name=last["file_name"])
