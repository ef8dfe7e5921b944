"""What the register would have judged otherwise that has been judged: the files as they are, against those last rated by."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection

from pmf.cycle.workspace import Workspace
from pmf.period import parse_month
from pmf.register import RegisterError, load_register
from pmf.register.past import rewritten


def rewritten_past(workspace: Workspace, connection: Connection, *, as_at: datetime) -> tuple[str, ...]:
    """Say, sentence by sentence, what earlier months would now be judged by instead; nothing where the files are the same.

    The workbook's import refuses such an edit; this finds the one made in the files themselves.
    """
    found = workspace.read(connection, "register_last_rated", as_at=as_at)
    if not found or found[0]["digest"] == workspace.register.digest or found[0]["period"] is None:
        return ()
    with TemporaryDirectory() as folder:
        council = Path(folder) / workspace.organisation
        for name, text in json.loads(found[0]["files"]).items():
            (council / name).parent.mkdir(parents=True, exist_ok=True)
            (council / name).write_text(text, encoding="utf-8")
        try:
            before = load_register(council)
        except RegisterError as error:
            # A release that reads files more strictly: it cannot be compared, which is said and not passed over.
            return (f"The register that was last rated by cannot be read by this release, so it was not compared: {error.problems[0]}",)
    return tuple(rewritten(before, workspace.register, until=parse_month(found[0]["period"])))
