"""The register as it was read when something was made: its files are kept with every stage (rulings 9)."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from sqlalchemy import Connection

from pmf.cycle.workspace import Workspace
from pmf.register import Register, RegisterError, load_register


def register_of(workspace: Workspace, connection: Connection, digest: str) -> Register:
    """Load the register that had a digest; that of now where its files were not kept, or the rules of today cannot read them."""
    if digest == workspace.register.digest:
        return workspace.register
    for row in workspace.read(connection, "register_by_digest", digest=digest):
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder) / workspace.organisation
            for name, text in json.loads(row["files"]).items():
                path = home / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(text.encode())
            try:
                return load_register(home)
            except RegisterError:
                break
    return workspace.register
