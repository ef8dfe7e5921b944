"""A word planted in every secret is in nothing that a command says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pmf.settings import read_settings

PLANTED = "xyzzy-plugh"
URLS = {
    "PMF_WAREHOUSE_URL": f"postgresql://pmf:{PLANTED}@127.0.0.1:1/pmf",
    "PMF_WAREHOUSE_OWNER_URL": f"postgresql://owner:{PLANTED}@127.0.0.1:1/pmf",
    "PMF_WAREHOUSE_PUBLISHER_URL": f"postgresql://publisher:{PLANTED}@127.0.0.1:1/pmf",
    "PMF_SMTP_URL": f"smtp://user:{PLANTED}@127.0.0.1:1",
    "PMF_MAILBOX_URL": f"imaps://user:{PLANTED}@127.0.0.1:1/INBOX",
    "PMF_CONNECTION_WASTE_SYSTEM": f"https://:{PLANTED}@127.0.0.1:1",
}


@pytest.mark.parametrize(
    ("command", "changed"),
    [
        (["migrate"], {}),
        (["migrate"], {"PMF_WAREHOUSE_OWNER_URL": f"mysql://owner:{PLANTED}@127.0.0.1/pmf"}),
        (["migrate"], {"PMF_WAREHOUSE_OWNER_URL": f"owner:{PLANTED}@127.0.0.1/pmf"}),
        (["verify", "-o", "cambridgeshire"], {}),
        (["doctor"], {}),
    ],
    ids=["no-server", "other-database", "no-url", "verify", "doctor"],
)
def test_what_fails_tells_no_secret(command: list[str], changed: dict[str, str], tmp_path: Path) -> None:
    """Servers that do not answer and URLs that are none are complained of without a password, tracebacks included."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PMF_", "AIRFLOW"))}
    own |= {"PMF_HOME": str(tmp_path)} | URLS | changed
    done = subprocess.run([Path(sys.executable).with_name("pmf"), *command], capture_output=True, text=True, check=False, env=own)
    assert done.returncode != 0
    assert (done.stdout + done.stderr).strip()
    assert PLANTED not in done.stdout + done.stderr


def test_settings_print_without_secrets(tmp_path: Path) -> None:
    """Whoever prints settings, in a log or a traceback, prints no URL that may hold a password."""
    assert PLANTED not in repr(read_settings(URLS | {"PMF_HOME": str(tmp_path)}))
