"""The doctor's look at Airflow: are its settings those that this product needs, and does its API answer?

Airflow is imported only where the environment is that of an Airflow: it would make itself a home otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx

from pmf.operations.diagnosis import Diagnosis, doubtful, well, wrong
from pmf.settings import Settings

_TIMEOUT_SECONDS = 5
_SECRETS = (("core", "fernet_key"), ("api", "secret_key"), ("api_auth", "jwt_secret"))
_BROKEN = "unhealthy"


def examine_airflow(settings: Settings, environment: Mapping[str, str]) -> Iterator[Diagnosis]:
    """Look at Airflow as this environment sets it up; where none is set up, `pmf up` does that itself."""
    if "AIRFLOW_HOME" not in environment:
        way_out = "Nothing with `pmf up`. In production run this where a worker runs, in its environment"
        yield doubtful("Airflow", "AIRFLOW_HOME is not set: Airflow's settings were not looked at", way_out)
        return
    from airflow.configuration import conf

    yield from _settings(settings, conf)
    yield _api(conf)


def _settings(settings: Settings, conf: Any) -> Iterator[Diagnosis]:
    folders = (("dags_folder", settings.project_root / "dags"), ("plugins_folder", settings.project_root / "plugins"))
    for name, folder in folders:
        if Path(conf.get("core", name)).resolve() != folder.resolve():
            way_out = f"Set AIRFLOW__CORE__{name.upper()} to {folder}"
            yield wrong("Airflow folders", f"[core] {name} is {conf.get('core', name)}", way_out)
    yield _database(conf)
    missing = [f"[{section}] {name}" for section, name in _SECRETS if not conf.get(section, name, fallback="")]
    if missing:
        yield wrong(
            "Airflow secrets", f"{', '.join(missing)} not set", "`pmf make-secrets` makes them; set the …_CMD variables to read them"
        )
    else:
        yield well("Airflow secrets", "set")
    yield from _open_doors(conf)


def _database(conf: Any) -> Diagnosis:
    executor, url = conf.get("core", "executor"), conf.get("database", "sql_alchemy_conn")
    kind = url.partition(":")[0]
    if kind.startswith("sqlite") and "LocalExecutor" not in executor:
        way_out = "Set AIRFLOW__DATABASE__SQL_ALCHEMY_CONN to PostgreSQL: several machines cannot share SQLite"
        return wrong("Airflow database", f"{executor} with {kind}", way_out)
    return well("Airflow database", f"{executor} with {kind}")


def _open_doors(conf: Any) -> Iterator[Diagnosis]:
    if conf.getboolean("api", "enable_swagger_ui", fallback=True):
        yield doubtful("Airflow API", "its description is open to whoever asks", "AIRFLOW__API__ENABLE_SWAGGER_UI=False")
    if conf.get("api", "expose_config", fallback="False").lower() not in ("false", "non-sensitive-only"):
        yield wrong("Airflow API", "[api] expose_config shows passwords", "AIRFLOW__API__EXPOSE_CONFIG=False")


def _api(conf: Any) -> Diagnosis:
    """Ask the health page of the API server how scheduler, DAG processor and triggerer are."""
    address = conf.get("core", "execution_api_server_url", fallback="").removesuffix("execution/") or conf.get(
        "api", "base_url", fallback=""
    )
    if not address:
        return doubtful("Airflow health", "the address of its API server is not set", "Set AIRFLOW__CORE__EXECUTION_API_SERVER_URL")
    try:
        answer = httpx.get(f"{address.rstrip('/')}/api/v2/monitor/health", timeout=_TIMEOUT_SECONDS).json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return wrong(
            "Airflow health", f"{address} does not answer ({type(error).__name__})", "Start the API server, or correct the address"
        )
    if not isinstance(answer, dict):
        return wrong("Airflow health", f"{address} is no API server of Airflow", "Correct AIRFLOW__CORE__EXECUTION_API_SERVER_URL")
    ill = sorted(name for name, part in answer.items() if isinstance(part, dict) and part.get("status") == _BROKEN)
    if ill:
        return wrong("Airflow health", f"{', '.join(ill)}: no heartbeat", "Start it again; its own log says why it ended")
    return well("Airflow health", ", ".join(sorted(answer)))
