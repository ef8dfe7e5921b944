"""A production installation: which processes it is made of, and the environment they all share.

``docker-compose.yaml`` and ``deploy/helm-values.yaml`` say the same in their own words, and ``distributed`` runs it on one
machine; a test holds the three to this page. Secrets never stand in the environment, only the files they are read from.
"""

from __future__ import annotations

import base64
import os
import secrets as chance
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

# Airflow's own processes, by the name of their service, each with the arguments of ``airflow``. The API server reads the
# logs in the shared folder, so nobody else need serve them.
SERVERS: Mapping[str, tuple[str, ...]] = {
    "api-server": ("api-server",),
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
    "triggerer": ("triggerer", "--skip-serve-logs"),
    "worker-1": ("celery", "worker", "--skip-serve-logs"),
    "worker-2": ("celery", "worker", "--skip-serve-logs"),
}
# What they need beside them, and what is run once before they start.
BESIDE = ("postgres", "redis", "mail-catcher")
FIRST = "migrate"

# The roles that ``deploy/roles.sql`` makes; ``warehouse.rights`` says what each may do.
LOADER, PUBLISHER = "pmf_loader", "pmf_publisher"
_AIRFLOW_DATABASE, _WAREHOUSE = "airflow", "pmf"

_PRIVATE, _READABLE = 0o600, 0o444


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the parts of an installation are: folders as the processes see them, servers as ``host:port``.

    ``address`` is where people find the web page, ``api`` where the processes find it. ``broker`` is None where no Celery worker
    is: Kubernetes starts a pod for each task. ``slots`` is how many tasks one worker runs at a time.
    """

    home: Path
    project: Path
    secrets: Path
    database: str
    broker: str | None
    mail: str
    api: str
    address: str
    slots: int = 2


IN_CONTAINERS = Place(
    home=Path("/var/lib/pmf"),
    project=Path("/opt/pmf"),
    secrets=Path("/run/secrets"),
    database="postgres:5432",
    broker="redis:6379",
    mail="mail-catcher:1025",
    api="api-server:8080",
    address="http://localhost:8080",
)
# PostgreSQL and mail are the cluster's own: their addresses come with the Secret.
IN_CLUSTER = replace(IN_CONTAINERS, broker=None, api="pmf-api-server:8080", address="https://performance.example.org")


def environment(place: Place) -> dict[str, str]:
    """Give the environment that every process of the installation has, tasks included."""
    home, secret = place.home / "airflow", _read_from(place.secrets)
    executor = {"AIRFLOW__CORE__EXECUTOR": "KubernetesExecutor"} if place.broker is None else _celery(place, secret)
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(place.project / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(place.project / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__AUTH_MANAGER": "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager",
        "AIRFLOW__CORE__FERNET_KEY_CMD": secret("fernet_key"),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://{place.api}/execution/",
        "AIRFLOW__CORE__HOSTNAME_CALLABLE": "socket.gethostname",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD": secret("airflow_database_url"),
        # Airflow would look for asyncpg; psycopg does both.
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC_CMD": secret("airflow_database_url"),
        "AIRFLOW__API__PORT": place.api.rpartition(":")[2],
        "AIRFLOW__API__BASE_URL": place.address,
        "AIRFLOW__API__INSTANCE_NAME": "Performance management",
        "AIRFLOW__API__SECRET_KEY_CMD": secret("api_secret_key"),
        "AIRFLOW__API__ENABLE_SWAGGER_UI": "False",
        "AIRFLOW__API_AUTH__JWT_SECRET_CMD": secret("jwt_secret"),
        # DAGs follow from profiles, which change seldom; sixty councils' files take a core half a minute to parse.
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "300",
        # One council's run never takes every worker.
        "AIRFLOW__CORE__MAX_ACTIVE_TASKS_PER_DAG": "4",
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
        # A running task beats every second. Half a minute of silence and its worker is taken for dead: the task starts again
        # elsewhere, which does no harm where the first still lives.
        "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "30",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        "PMF_HOME": str(place.home),
        "PMF_PROJECT_ROOT": str(place.project),
        "PMF_WAREHOUSE_URL_FILE": str(place.secrets / "warehouse_url"),
        "PMF_WAREHOUSE_PUBLISHER_URL_FILE": str(place.secrets / "warehouse_publisher_url"),
        "PMF_SMTP_URL_FILE": str(place.secrets / "smtp_url"),
        "PMF_AIRFLOW_URL": place.address,
        **executor,
    }


def make_secrets(place: Place, *, for_containers: bool = False) -> tuple[str, ...]:
    """Make every secret that is not there yet, each in a file of its own; return the names of those made.

    Only the owner may enter the folder; files ``for_containers`` may be read by whoever a container runs as. Whoever has
    servers of their own writes the ``…_url`` files first: what is there is left alone.
    """
    place.secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
    mode = _READABLE if for_containers else _PRIVATE
    makers: Mapping[str, Callable[[], str]] = {
        "postgres_password": _word,
        "airflow_password": _word,
        "pmf_password": _word,
        "loader_password": _word,
        "publisher_password": _word,
        "reader_password": _word,
        "redis_password": _word,
        "admin_password": lambda: chance.token_urlsafe(12),
        "fernet_key": lambda: base64.urlsafe_b64encode(chance.token_bytes(32)).decode(),
        "api_secret_key": lambda: chance.token_urlsafe(32),
        "jwt_secret": lambda: chance.token_urlsafe(64),
        "airflow_database_url": lambda: _database(place, _AIRFLOW_DATABASE, "airflow", "airflow_password"),
        "result_backend_url": lambda: "db+" + _database(place, _AIRFLOW_DATABASE, "airflow", "airflow_password"),
        # Who owns the tables migrates them and nothing else; tasks add to them; one account alone records what is published.
        "warehouse_owner_url": lambda: _database(place, _WAREHOUSE, "pmf", "pmf_password"),
        "warehouse_url": lambda: _database(place, _WAREHOUSE, LOADER, "loader_password"),
        "warehouse_publisher_url": lambda: _database(place, _WAREHOUSE, PUBLISHER, "publisher_password"),
        "broker_url": lambda: f"redis://:{quote(read_secret(place, 'redis_password'), safe='')}@{place.broker}/0",
        "smtp_url": lambda: f"smtp://{place.mail}?security=none",
    }
    return tuple(name for name, make in makers.items() if _made(place.secrets / name, make, mode))


def _celery(place: Place, secret: Callable[[str], str]) -> dict[str, str]:
    return {
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "AIRFLOW__CELERY__BROKER_URL_CMD": secret("broker_url"),
        "AIRFLOW__CELERY__RESULT_BACKEND_CMD": secret("result_backend_url"),
        "AIRFLOW__CELERY__WORKER_CONCURRENCY": str(place.slots),
        "AIRFLOW__CELERY__EXTRA_CELERY_CONFIG": '{"imports": ["pmf.orchestration.celery_worker"]}',
        # A message that a dead worker had not begun on goes to another after this; no task of ours runs longer than half an hour.
        "AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT": "2400",
    }


def read_secret(place: Place, name: str) -> str:
    """Read a secret of the installation."""
    return (place.secrets / name).read_text(encoding="utf-8").strip()


def _read_from(folder: Path) -> Callable[[str], str]:
    return lambda name: f"cat {folder / name}"


def _database(place: Place, name: str, role: str, password: str) -> str:
    return f"postgresql+psycopg://{role}:{quote(read_secret(place, password), safe='')}@{place.database}/{name}"


def _word() -> str:
    return chance.token_urlsafe(24)


def _made(path: Path, make: Callable[[], str], mode: int) -> bool:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(make())
        os.fchmod(file.fileno(), mode)
    return True
