"""A PostgreSQL server of the tests' own: on a Unix socket in a temporary folder, gone when the tests are, however they end."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from itertools import count
from pathlib import Path

import psycopg

_START_SECONDS = 30
_ROOM_BYTES = 2_000_000_000
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "60",
    # No crash of the machine needs surviving here, only of the server, and that does not need fsync.
    "fsync": "off",
    "full_page_writes": "off",
    # In its own folder, so that nothing stays in the machine's shared memory when the server is killed.
    "dynamic_shared_memory_type": "mmap",
}


def find_programs() -> Path | None:
    """Find the newest installed server programs, or None. Before 15 a database could not sort by ICU's rules."""
    versions = {float(path.parts[-3]): path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")}
    return versions[max(versions)] if versions and max(versions) >= 15 else None


def fastest_folder() -> str:
    """Choose memory where there is plenty: nothing waits for a disk there. Both paths are short, as a socket's must be."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > _ROOM_BYTES else "/tmp"


class Cluster:
    """A running server with databases made on demand."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="pmf-pg-", dir=fastest_folder()))
        self._names = count(1)
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(self._folder, "nobody", "nogroup")
        # Sorting by English rules, as many an installed server does: what leans on the database's order shows.
        collation = ["--locale=C", "--locale-provider=icu", "--icu-locale=en-GB"]
        options = ["--username=pmf", "--auth=trust", "--encoding=UTF8", "--no-sync", *collation]
        subprocess.run(
            [*self._as_user(), programs / "initdb", "-D", self._data, *options], check=True, capture_output=True, cwd=self._folder
        )
        self.start()

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def url(self, database: str) -> str:
        """Name a database of this server as a SQLAlchemy URL."""
        return f"postgresql://pmf@/{database}?host={self._folder}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        command = [*self._as_user(), self._programs / "postgres", "-D", self._data, "-k", self._folder, *settings]
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            with (self._folder / "log").open("ab") as log:
                self._server = subprocess.Popen(command, stdout=log, stderr=log, cwd=self._folder)
            while self._server.poll() is None and time.monotonic() < deadline:
                try:
                    self.execute("SELECT 1")
                except psycopg.OperationalError:
                    time.sleep(0.05)
                else:
                    return
            time.sleep(0.1)  # what is left of a killed server holds the folder for a moment
        self.remove()
        raise RuntimeError(f"PostgreSQL did not start within {_START_SECONDS} s")

    def execute(self, statement: str) -> None:
        """Run one statement as the administrator."""
        with psycopg.connect(user="pmf", dbname="postgres", host=str(self._folder), autocommit=True) as connection:
            connection.execute(statement.encode())

    def create_database(self, template: str = "template1") -> str:
        """Make a database as a copy of another and return its name."""
        name = f"test_{next(self._names)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")  # half the work where nothing is synchronised
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database, whoever is connected."""
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def kill(self) -> None:
        """Kill the server as a power cut would."""
        self._server.kill()
        self._server.wait()

    def remove(self) -> None:
        """Stop the server and delete all it has written."""
        if self._server.poll() is None:
            self._server.send_signal(signal.SIGQUIT)
            self._server.wait(timeout=_START_SECONDS)
        shutil.rmtree(self._folder)

    def _as_user(self) -> list[str]:
        """Drop root's rights, and have the kernel stop the server when the tests' process dies."""
        rights = ["--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []
        return ["setpriv", "--pdeathsig=QUIT", *rights]
