"""What a post has been told: read from the mail queue, where such a letter names in its subject each thing it is about."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from pmf.cycle.workspace import Workspace


def subject_naming(things: Iterable[str]) -> str:
    """Write the things a letter is about, for its occasion; none may hold a comma or a colon."""
    return ",".join(sorted(things))


def things_told(workspace: Workspace, connection: Connection, event: str) -> dict[str, set[str]]:
    """Map each address to all it has been told of by letters of an event."""
    told: dict[str, set[str]] = {}
    for row in workspace.read(connection, "letters_of_event", event=event):
        told.setdefault(row["recipient"], set()).update(row["event_subject"].partition(":")[2].split(","))
    return told
