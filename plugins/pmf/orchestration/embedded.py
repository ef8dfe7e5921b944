"""Airflow as it comes out of the box: SQLite, tasks on this machine, one user, nothing listening beyond it.

``airflow_environment`` is the whole configuration; ``prepare`` puts it in place for DAGs run inside this process,
``up`` starts the four servers. Production sets the same variables itself (``docker-compose.yaml``) and uses neither.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from pmf.orchestration.servers import EmbeddedError, run_to_end, serving, until_interrupted
from pmf.settings import Settings

PORT = 8080
USER = "admin"
_SECRETS_FILE = "secrets.json"
_PASSWORDS_FILE = "passwords.json"
_MIGRATED_FILE = "database-of-airflow.txt"


def airflow_environment(settings: Settings, *, port: int = PORT) -> dict[str, str]:
    """Give every environment variable an embedded Airflow and its tasks need, ``PMF_…`` included.

    ``port`` is where the API server listens and links point. The first call for a home makes its secrets and its
    password (mode 0600); every later one reads them.
    """
    home = settings.airflow_home
    keys = _secrets(home)
    address = f"http://127.0.0.1:{port}"
    return _own_variables(settings, address) | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(settings.project_root / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(settings.project_root / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__AUTH_MANAGER": "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / _PASSWORDS_FILE),
        "AIRFLOW__CORE__FERNET_KEY": keys["fernet"],
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        # The full name is looked up in the network at every task; the short one is known.
        "AIRFLOW__CORE__HOSTNAME_CALLABLE": "socket.gethostname",
        # A council's DAGs do nothing by the clock until somebody switches them on.
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": address,
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__INSTANCE_NAME": "Performance management",
        # The description of Airflow's API is open to whoever asks, and its page loads from elsewhere.
        "AIRFLOW__API__ENABLE_SWAGGER_UI": "False",
        "AIRFLOW__API__SECRET_KEY": keys["api"],
        "AIRFLOW__API_AUTH__JWT_SECRET": keys["jwt"],
        # Seen within half a minute of saving, instead of five.
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "30",
        # The default of a second is most of what a short task takes; a fifth costs little idle processor time.
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
        # A task that ends badly otherwise lingers five seconds.
        "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
    }


def password(settings: Settings) -> str:
    """Give the embedded user's password, making it when it does not exist yet."""
    path = settings.airflow_home / _PASSWORDS_FILE
    return _kept(path, lambda: {USER: secrets.token_urlsafe(12)})[USER]


def prepare(settings: Settings) -> None:
    """Make this process one that runs DAGs: environment set, metadata database there and at this version.

    Raises:
        EmbeddedError: when Airflow was imported before, for another home; it reads its configuration only once.
    """
    environment = airflow_environment(settings)
    if "airflow" in sys.modules and os.environ.get("AIRFLOW_HOME") != environment["AIRFLOW_HOME"]:
        raise EmbeddedError(f"Airflow is already running in this process with its home in {os.environ.get('AIRFLOW_HOME')!r}")
    # In process there is a person at the other end: errors, not the diary of every task, which its log keeps.
    os.environ.update(environment | {"AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR", "AIRFLOW__LOGGING__NAMESPACE_LEVELS": "task=INFO"})
    if _is_migrated(settings):
        return
    from airflow.utils import db

    db.initdb()
    _note_migrated(settings)


def up(settings: Settings, *, port: int = PORT, say: Callable[[str], None] = print) -> None:
    """Run Airflow until interrupted: scheduler, DAG processor, triggerer and API server, their logs under its home.

    Returns after SIGINT, SIGTERM or SIGHUP, with every process it started gone.

    Raises:
        EmbeddedError: when the port is taken, or a server stops by itself; the others are stopped first.
    """
    with until_interrupted() as stopping:
        environment = airflow_environment(settings, port=port)
        secret = password(settings)
        if not _is_migrated(settings):
            say("Making Airflow's database …")
            run_to_end(("db", "migrate"), environment, settings.airflow_home / "logs")
            _note_migrated(settings)
        with serving(environment, port=port, say=say, stopping=stopping) as servers:
            if not stopping.is_set():
                say(f"Airflow is at http://127.0.0.1:{port}   user {USER}   password {secret}")
                say("Ctrl-C stops it.")
            servers.watch(stopping)
            say("Stopping …")


def _own_variables(settings: Settings, address: str) -> dict[str, str]:
    """Write the settings back as the variables they are read from, so that tasks work with exactly these."""
    return {
        "PMF_HOME": str(settings.home),
        "PMF_PROJECT_ROOT": str(settings.project_root),
        "PMF_WAREHOUSE_URL": settings.warehouse_url,
        "PMF_ORGANISATIONS": str(settings.organisations),
        "PMF_REFERENCE_DATA": str(settings.reference_data),
        "PMF_OVERLAY": str(settings.overlay or ""),
        "PMF_SMTP_URL": settings.smtp_url or "",
        "PMF_AIRFLOW_URL": settings.run_link_base or address,
        "PMF_HEAVY_TASKS": str(settings.heavy_tasks),
    }


def _secrets(home: Path) -> dict[str, str]:
    return _kept(
        home / _SECRETS_FILE,
        lambda: {
            "fernet": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "jwt": secrets.token_urlsafe(64),
            "api": secrets.token_urlsafe(32),
        },
    )


def _kept(path: Path, make: Callable[[], dict[str, str]]) -> dict[str, str]:
    """Read a JSON file only its owner may read, writing it first when it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    content = make()
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file)
    return content


def _is_migrated(settings: Settings) -> bool:
    note = settings.airflow_home / _MIGRATED_FILE
    database = settings.airflow_home / "airflow.db"
    return database.exists() and note.exists() and note.read_text(encoding="utf-8") == version("apache-airflow-core")


def _note_migrated(settings: Settings) -> None:
    (settings.airflow_home / _MIGRATED_FILE).write_text(version("apache-airflow-core"), encoding="utf-8")
