"""The performance team's pages in Airflow's own API application: who gets in, what they see, and that nothing else can be reached."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cycle.shown import NOW, PAGE, QUARTER, SLUG, shown_council
from pmf.orchestration.embedded import password
from pmf.settings import Settings, read_settings
from pmf.warehouse.access import dump
from pmf.warehouse.engine import connect

ROOT = "/performance"
DESK = f"{ROOT}/{SLUG}"
PAGES = ["/", "/returns", "/findings", "/queries", "/sign-offs", "/reports"]
# What is there, what is not, and what FastAPI would show of itself.
EVERYWHERE = [
    f"{ROOT}/",
    DESK,
    *(DESK + page for page in PAGES),
    f"{DESK}/calendar",
    f"{DESK}/files/{QUARTER.key}/paper-adults-and-health.pdf",
]
EVERYWHERE += [
    f"{ROOT}/{name}" for name in ("docs", "redoc", "openapi.json", "nowhere", "nowhere/", "docs/oauth2-redirect", "a/b/c/d/e", "%2e%2e/x")
]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A council to look at."""
    return shown_council(tmp_path_factory.mktemp("shown"))


@pytest.fixture
def settings(shown: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The council in the environment the API server has."""
    monkeypatch.setenv("PMF_HOME", str(shown.home))
    monkeypatch.delenv("PMF_ORGANISATIONS", raising=False)
    monkeypatch.delenv("PMF_WAREHOUSE_URL", raising=False)
    return shown


@pytest.fixture(scope="module")
def application(airflow_database: Path) -> Any:
    """Airflow's API application with the plugin in it."""
    from airflow.api_fastapi.app import create_app

    assert airflow_database.exists()
    return create_app(apps="core")


@pytest.fixture
def client(application: Any, settings: Settings) -> Iterator[Any]:
    """A browser that is not signed in, on the day after the quarter's papers were made."""
    from airflow import plugins_manager
    from starlette.testclient import TestClient

    from pmf.orchestration.pages.visit import clock

    assert settings.home.exists()
    (pages,) = (entry["app"] for entry in plugins_manager.get_fastapi_plugins()[0] if entry["url_prefix"] == ROOT)
    pages.dependency_overrides[clock] = lambda: NOW
    yield TestClient(application, follow_redirects=False)
    pages.dependency_overrides.clear()


@pytest.fixture
def signed_in(client: Any, airflow_database: Path) -> Any:
    """The same browser after signing in, with Airflow's cookie."""
    secret = password(read_settings({"PMF_HOME": str(airflow_database.parent)}))
    answer = client.post("/auth/token", json={"username": "admin", "password": secret})
    client.cookies.set("_token", answer.json()["access_token"])
    return client


def token_of(role: str | None) -> str:
    """A token of a user of that role, as Airflow would have given it."""
    from airflow.api_fastapi.app import get_auth_manager
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser

    return str(get_auth_manager().generate_jwt(SimpleAuthManagerUser(username="visitor", role=role)))


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer "}, {"Authorization": "Basic YWRtaW46YWRtaW4="}])
def test_nothing_is_reached_without_a_login(client: Any, headers: dict[str, str]) -> None:
    """Every address asks for a login first, those that do not exist included, and says nothing of any council."""
    for path in EVERYWHERE:
        answer = client.get(path, headers=headers)
        assert answer.status_code == 401, path
        assert "Cambridgeshire" not in answer.text


def test_a_forged_login_is_refused(client: Any) -> None:
    """A token Airflow did not sign opens nothing, neither as a header nor as a cookie."""
    for path in EVERYWHERE:
        assert client.get(path, headers={"Authorization": "Bearer forged"}).status_code == 403, path
    client.cookies.set("_token", "forged")
    for path in EVERYWHERE:
        assert client.get(path).status_code in (401, 403), path


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
def test_pages_can_only_be_got(signed_in: Any, method: str) -> None:
    """No other method is answered, whoever asks."""
    for path in EVERYWHERE:
        assert signed_in.request(method, path).status_code == 405, path


def test_a_user_without_a_role_sees_no_council(client: Any) -> None:
    """Signed in is not enough: without the right to read a council's DAG its pages and its files are refused, and it is not named."""
    client.headers["Authorization"] = f"Bearer {token_of(None)}"
    for path in EVERYWHERE[1 : len(PAGES) + 4]:
        answer = client.get(path)
        assert answer.status_code == 403, path
        assert "Cambridgeshire" not in answer.text
    assert client.get(f"{ROOT}/nowhere/returns").status_code == 403
    councils = client.get(f"{ROOT}/")
    assert (councils.status_code, "You may look at none" in councils.text, "Cambridgeshire" in councils.text) == (200, True, False)


def test_whoever_may_read_one_council_s_dag_sees_that_council(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The right is asked for council by council, of Airflow's auth manager, as the right to read the DAG of its monthly cycle."""
    from airflow.api_fastapi.app import get_auth_manager

    asked = set()

    def is_authorized(*, method: str, details: Any, user: Any, **_: Any) -> bool:
        asked.add((method, details.id, user.username))
        return bool(details.id == f"{SLUG}_monthly_cycle")

    monkeypatch.setattr(get_auth_manager(), "is_authorized_dag", is_authorized)
    client.headers["Authorization"] = f"Bearer {token_of('viewer')}"
    assert client.get(f"{DESK}/").status_code == 200
    assert client.get(f"{ROOT}/huntingdonshire/").status_code == 403
    entrance = client.get(f"{ROOT}/")
    assert (entrance.status_code, entrance.headers["location"]) == (307, f"{SLUG}/")
    assert "../" not in client.get(f"{DESK}/").text
    assert asked == {("GET", f"{council}_monthly_cycle", "visitor") for council in (SLUG, "huntingdonshire")}


def test_every_page_shows_its_council(signed_in: Any) -> None:
    """With Airflow's cookie every page is there, marked in the navigation, for the month that was opened last."""
    for page in PAGES:
        answer = signed_in.get(DESK + page)
        assert answer.status_code == 200, answer.text
        assert "Cambridgeshire County Council" in answer.text
        assert answer.text.count('aria-current="true"') == 1
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "September 2024" in signed_in.get(f"{DESK}/").text
    assert "August 2024</p>" in signed_in.get(f"{DESK}/", params={"period": "2024-08"}).text
    assert "returns?period=2024-08" in signed_in.get(f"{DESK}/findings", params={"period": "2024-08"}).text
    councils = signed_in.get(f"{ROOT}/").text
    assert f'href="{SLUG}/"' in councils
    assert 'href="huntingdonshire/"' in councils
    assert signed_in.get(DESK).headers["location"] == f"{SLUG}/"


def test_what_a_browser_may_do_with_an_answer(signed_in: Any) -> None:
    """No answer may load, run, send or frame anything foreign, guess its type or stay in a cache; refusals no more than pages."""
    for path in (*EVERYWHERE, f"{ROOT}/none/returns"):
        headers = signed_in.get(path).headers
        policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
        assert (policy["default-src"], policy["frame-ancestors"]) == ("'none'", "'self'"), path
        assert "script-src" not in policy
        assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "no-store")
        assert headers["referrer-policy"] == headers["cross-origin-resource-policy"] == "same-origin"


def test_files_are_handed_out(signed_in: Any) -> None:
    """A document's page is shown as if from nowhere, without scripts; every other format is to be saved, its name saying what it is."""
    page = signed_in.get(f"{DESK}/files/{QUARTER.key}/paper-adults-and-health.html")
    assert (page.status_code, page.content) == (200, PAGE + b" DRAFT")
    assert page.headers["content-security-policy"].startswith("sandbox; default-src 'none';")
    assert "content-disposition" not in page.headers
    pdf = signed_in.get(f"{DESK}/files/{QUARTER.key}/paper-adults-and-health.pdf")
    assert (pdf.headers["content-type"], pdf.content) == ("application/pdf", b"%PDF-1.7 DRAFT")
    assert pdf.headers["content-disposition"] == f'attachment; filename="{SLUG}-{QUARTER.key}-paper-adults-and-health.pdf"'


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/returns?period=2024-25-Q2", 400),
        ("/?period=soon", 400),
        ("/returns?period=1999-01", 404),
        ("/?period=9999-12", 404),
        ("/files/soon/paper-adults-and-health.pdf", 400),
        (f"/files/{QUARTER.key}/paper-adults-and-health.docx", 404),
        (f"/files/{QUARTER.key}/..%2f..%2f..%2fsigning.key", 404),
        ("/calendar", 404),
        ("/nowhere", 404),
    ],
)
def test_what_is_not_there_is_said_in_words(signed_in: Any, path: str, status: int) -> None:
    """A wrong period, a file that is none and an address that leads nowhere are answered by a page that says so."""
    answer = signed_in.get(DESK + path)
    assert answer.status_code == status
    assert "<h1>" in answer.text
    assert signed_in.get(f"{ROOT}/nowhere/").status_code == 404


def test_the_calendar_of_the_morning_is_shown(signed_in: Any, settings: Settings) -> None:
    """The page that the calendar's DAG left in the outbox is shown as any report is."""
    page = settings.outbox / SLUG / "calendar.html"
    page.write_bytes(PAGE)
    answer = signed_in.get(f"{DESK}/calendar")
    page.unlink()
    assert (answer.content, answer.headers["content-security-policy"][:7]) == (PAGE, "sandbox")


def test_an_installation_that_is_not_ready_says_so(signed_in: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a warehouse, or with a wrong register, the page says what is wrong; looking makes no warehouse."""
    monkeypatch.setenv("PMF_HOME", str(tmp_path / "new"))
    answer = signed_in.get(f"{DESK}/")
    assert (answer.status_code, "not there yet" in answer.text) == (503, True)
    assert not (tmp_path / "new").exists()
    (tmp_path / "councils" / SLUG).mkdir(parents=True)
    (tmp_path / "councils" / SLUG / "organisation.yaml").write_text("slug: other\n")
    monkeypatch.setenv("PMF_ORGANISATIONS", str(tmp_path / "councils"))
    answer = signed_in.get(f"{DESK}/")
    assert (answer.status_code, "organisation.yaml" in answer.text) == (503, True)


def test_getting_changes_nothing(signed_in: Any, settings: Settings) -> None:
    """After every address was got, every row of the warehouse and every file of the outbox is as it was."""
    engine = connect(settings.warehouse_url)
    before = dump(engine), {path: path.read_bytes() for path in settings.outbox.rglob("*") if path.is_file()}
    for path in EVERYWHERE:
        signed_in.get(path)
    assert before == (dump(engine), {path: path.read_bytes() for path in settings.outbox.rglob("*") if path.is_file()})


def test_only_the_api_server_pays_for_the_pages(airflow_database: Path) -> None:
    """Whoever loads the plugin for its timetable loads no page and no security of the API, and the pages bring nothing that validates."""
    code = """
import sys
from airflow import plugins_manager
plugins_manager.get_timetables_plugins()
views = plugins_manager._get_ui_plugins()[0]
print([name for name in sys.modules if name.startswith(("pmf.orchestration.pages", "airflow.api_fastapi.core_api.security"))])
print([(view["href"], view["url_route"], view["nav_top_level"]) for view in views])
plugins_manager.get_fastapi_plugins()
print("pmf.orchestration.pages.app" in sys.modules, "great_expectations" in sys.modules)
"""
    environment = {**os.environ, "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment, cwd=airflow_database)
    assert done.stdout.splitlines()[-3:] == ["[]", "[('performance/', 'performance', True)]", "True False"], done.stderr
