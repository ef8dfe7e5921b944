"""What the tests themselves stand on: no network, and no server left behind."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pytest_socket import SocketBlockedError

from postgresql_cluster import find_programs


def test_a_test_cannot_reach_the_network() -> None:
    """Opening a socket is an error, unless a test asks for the loopback by its marker."""
    with pytest.warns(UserWarning, match="tried to use socket"), pytest.raises(SocketBlockedError):
        socket.create_connection(("192.0.2.1", 25))


STARTER = """
import sys
from pathlib import Path
from postgresql_cluster import Cluster, find_programs
cluster = Cluster(find_programs())
print(cluster._server.pid, cluster._folder, flush=True)
sys.stdin.read()
"""


@pytest.mark.postgresql
@pytest.mark.skipif(find_programs() is None, reason="no PostgreSQL server programs")
def test_the_postgresql_server_dies_with_the_tests() -> None:
    """Even tests that are killed with -9 leave no server running."""
    starter = [sys.executable, "-c", STARTER]
    tests = subprocess.Popen(starter, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent)
    assert tests.stdout is not None
    server, folder = tests.stdout.readline().split()
    assert Path("/proc", server).exists()
    tests.kill()
    tests.communicate()
    deadline = time.monotonic() + 20
    while is_running(server) and time.monotonic() < deadline:
        time.sleep(0.05)
    shutil.rmtree(folder)
    assert not is_running(server)


def is_running(process: str) -> bool:
    try:
        os.kill(int(process), 0)
        return "State:\tZ" not in Path("/proc", process, "status").read_text()
    except (ProcessLookupError, FileNotFoundError):
        return False
