"""A production installation on one machine: the processes and the environment of ``docker-compose.yaml``, on loopback.

PostgreSQL and Redis are Debian's. For trying the real thing where no container engine is, and for testing it; not for production, where
databases have machines, backups and people of their own.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pmf.orchestration.production import SERVERS, Place, environment, make_secrets, read_secret
from pmf.orchestration.servers import EmbeddedError, Server, Servers, run_process, serving, start_process, until_interrupted
from pmf.settings import Settings

_USER, _GROUP = "nobody", "nogroup"
_START_SECONDS = 30
_PACE_SECONDS = 0.1
# How often a look is taken at whether everything still runs: a program that dies at once is not started sixty times a minute.
_KEEP_SECONDS = 3
_HOST = "127.0.0.1"


@dataclass(frozen=True)
class Ports:
    """The ports of this machine that an installation listens on."""

    api: int = 8080
    postgres: int = 15432
    redis: int = 16379
    mail: int = 11025


def place_of(settings: Settings, ports: Ports) -> Place:
    """Say where everything is when it is all on this machine, under the home folder."""
    return Place(
        home=settings.home,
        project=settings.project_root,
        secrets=settings.home / "secrets",
        database=f"{_HOST}:{ports.postgres}",
        broker=f"{_HOST}:{ports.redis}",
        mail=f"{_HOST}:{ports.mail}",
        api=f"{_HOST}:{ports.api}",
        address=f"http://{_HOST}:{ports.api}",
    )


@dataclass(frozen=True)
class Installation:
    """Everything that runs: Airflow's servers, and what they need beside them."""

    airflow: Servers
    beside: Servers

    def keep(self, stopping: threading.Event, *, say: Callable[[str], None]) -> None:
        """Wait until asked to stop; whatever stops by itself meanwhile is started again, as ``docker-compose.yaml`` has it."""
        while not stopping.wait(_KEEP_SECONDS):
            self.beside.revive(say)
            self.airflow.revive(say)


@contextmanager
def distributed(
    settings: Settings, ports: Ports, *, say: Callable[[str], None], stopping: threading.Event | None = None
) -> Iterator[Installation]:
    """Start everything, hand it over once all is healthy, and stop everything when the block is left.

    Raises:
        EmbeddedError: when a program is missing, a port is taken, or something does not come up.
    """
    programs, place = _find_programs(), place_of(settings, ports)
    make_secrets(place)
    own = _environment(settings, place)
    beside = Servers(ports.api, [])
    try:
        beside.members.append(_start_postgres(programs, settings, place, ports))
        beside.members.append(_start_redis(programs, settings, place, ports))
        beside.members.append(_start_mail_catcher(settings, ports))
        say("  postgres, redis and mail-catcher are ready")
        _run(["bash", str(settings.project_root / "deploy" / "migrate.sh")], own | {"SECRETS": str(place.secrets)}, settings, "migrate")
        say("  migrate is done")
        with serving(own, port=ports.api, say=say, stopping=stopping, commands=SERVERS) as airflow:
            yield Installation(airflow, beside)
    finally:
        beside.stop()


def up_distributed(settings: Settings, ports: Ports, *, say: Callable[[str], None] = print) -> None:
    """Run it until interrupted; every process it started is gone then.

    Raises:
        EmbeddedError: as ``distributed`` does.
    """
    with until_interrupted() as stopping, distributed(settings, ports, say=say, stopping=stopping) as installation:
        if not stopping.is_set():
            secret = settings.home / "secrets" / "admin_password"
            say(f"Airflow is at http://{_HOST}:{ports.api}   user admin   password in {secret}")
            say("Ctrl-C stops everything.")
        installation.keep(stopping, say=say)
        say("Stopping …")


def _environment(settings: Settings, place: Place) -> dict[str, str]:
    """Give the common environment, bound to this machine, and the programs of this Python first on the path."""
    here = {
        "AIRFLOW__API__HOST": _HOST,
        "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}",
        "PMF_ORGANISATIONS": str(settings.organisations),
        "PMF_OVERLAY": str(settings.overlay or ""),
    }
    if os.geteuid() == 0:
        here["C_FORCE_ROOT"] = "true"  # Celery warns of a worker that is root; a container's is not
    return environment(place) | here


def _find_programs() -> Mapping[str, Path]:
    versions = {float(path.parts[-3]): path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")}
    redis = shutil.which("redis-server")
    if not versions or redis is None:
        raise EmbeddedError("PostgreSQL or Redis is missing: apt-get install --no-install-recommends postgresql redis-server")
    return {"postgres": versions[max(versions)], "redis": Path(redis)}


def _start_postgres(programs: Mapping[str, Path], settings: Settings, place: Place, ports: Ports) -> Server:
    """Start PostgreSQL, making its databases and roles the first time."""
    folder, bin_folder = settings.home / "postgres", programs["postgres"]
    is_new = not (folder / "PG_VERSION").exists()
    if is_new:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        if os.geteuid() == 0:
            shutil.chown(folder, _USER, _GROUP)
        password = place.secrets / "postgres_password"
        options = ["--username=postgres", "--auth=scram-sha-256", f"--pwfile={password}", "--encoding=UTF8", "--locale=C.UTF-8"]
        _run([*_as_user(), str(bin_folder / "initdb"), "-D", str(folder), *options], {}, settings, "initdb")
    listening = ["-c", f"listen_addresses={_HOST}", "-p", str(ports.postgres), "-c", "unix_socket_directories="]
    server = start_process(
        "postgres", [*_as_user(), str(bin_folder / "postgres"), "-D", str(folder), *listening], {}, settings.airflow_home / "logs"
    )
    account = {"PGHOST": _HOST, "PGPORT": str(ports.postgres), "PGPASSWORD": read_secret(place, "postgres_password")}
    probe = [str(bin_folder / "pg_isready"), "-q", "-h", _HOST, "-p", str(ports.postgres)]
    _wait_until(lambda: subprocess.run(probe, capture_output=True, check=False).returncode == 0, server)  # noqa: S603 - written above
    if is_new:
        deploy = settings.project_root / "deploy"
        _run(
            ["bash", str(deploy / "postgres-init.sh")],
            account | {"SECRETS": str(place.secrets), "ROLES": str(deploy / "roles.sql")},
            settings,
            "postgres-init",
        )
    return server


def _start_redis(programs: Mapping[str, Path], settings: Settings, place: Place, ports: Ports) -> Server:
    folder = settings.home / "redis"
    folder.mkdir(parents=True, exist_ok=True)
    configuration = folder / "redis.conf"  # a password on the command line could be read by everybody
    configuration.touch(mode=0o600)
    configuration.write_text(
        f"bind {_HOST}\nport {ports.redis}\ndir {folder}\nappendonly yes\nrequirepass {read_secret(place, 'redis_password')}\n",
        encoding="utf-8",
    )
    server = start_process("redis", [str(programs["redis"]), str(configuration)], {}, settings.airflow_home / "logs")
    _wait_until(lambda: _listens(ports.redis), server)
    return server


def _start_mail_catcher(settings: Settings, ports: Ports) -> Server:
    handler = ["-c", "aiosmtpd.handlers.Mailbox", str(settings.mail)]
    server = start_process(
        "mail-catcher",
        [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"{_HOST}:{ports.mail}", *handler],
        {},
        settings.airflow_home / "logs",
    )
    _wait_until(lambda: _listens(ports.mail), server)
    return server


def _as_user() -> list[str]:
    """Let PostgreSQL, which refuses to be root, be nobody; it may still walk through root's folders to its own."""
    if os.geteuid() != 0:
        return []
    rights = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    return ["setpriv", f"--reuid={_USER}", f"--regid={_GROUP}", "--clear-groups", *rights]


def _run(command: Sequence[str], own: Mapping[str, str], settings: Settings, name: str) -> None:
    run_process(name, command, own, settings.airflow_home / "logs" / f"{name}.log")


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection((_HOST, port), timeout=1):
        return True
    return False


def _wait_until(is_up: Callable[[], bool], server: Server) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not is_up():
        if server.process.poll() is not None or time.monotonic() > deadline:
            raise EmbeddedError(f"{server.name} did not come up: see {server.log}")
        time.sleep(_PACE_SECONDS)
