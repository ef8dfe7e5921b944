"""The settings of a task: the environment's, with mail and warehouse from Airflow connections where they are defined."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from airflow.sdk import Connection
from sqlalchemy import make_url

from pmf.orchestration import connections
from pmf.orchestration.connections import (
    mailbox_url,
    settings_for_mailbox,
    settings_for_source,
    settings_for_tasks,
    smtp_url,
    source_url,
    warehouse_url,
)


@pytest.fixture(autouse=True)
def _no_memory() -> Iterator[None]:
    connections._connection.cache_clear()
    yield
    connections._connection.cache_clear()


def test_without_connections_the_embedded_defaults_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing defined: mail goes to the Maildir and the warehouse is SQLite under the home."""
    monkeypatch.setenv("PMF_HOME", "/srv/pmf")
    settings = settings_for_tasks()
    assert (settings.smtp_url, settings.warehouse_url) == (None, "sqlite:////srv/pmf/warehouse.db")


def test_connections_win_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is defined in Airflow is what tasks use."""
    monkeypatch.setenv("PMF_SMTP_URL", "smtp://elsewhere.example.org:25")
    monkeypatch.setenv("AIRFLOW_CONN_PMF_SMTP", '{"conn_type": "smtp", "host": "mail.example.org", "port": 465}')
    monkeypatch.setenv("AIRFLOW_CONN_PMF_WAREHOUSE", '{"conn_type": "sqlite", "host": "/srv/pmf/other.db"}')
    settings = settings_for_tasks()
    assert (settings.smtp_url, settings.warehouse_url) == ("smtps://mail.example.org:465", "sqlite:////srv/pmf/other.db")


def test_a_connection_is_looked_up_once_in_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second task run in the same process asks Airflow nothing: each look-up is a request to its API."""
    asked: list[str] = []

    def get(conn_id: str) -> Connection:
        asked.append(conn_id)
        return Connection(conn_id=conn_id, conn_type="sqlite", host="mail.example.org")

    monkeypatch.setattr(Connection, "get", get)
    settings_for_tasks()
    settings_for_tasks()
    assert asked == ["pmf_smtp", "pmf_warehouse"]


def test_mail_is_encrypted_from_the_first_byte_unless_told_otherwise() -> None:
    """As Airflow's own mail provider has it: TLS unless ``disable_ssl``; names and passwords may hold any character."""
    plain = Connection(conn_id="m", conn_type="smtp", host="mail.example.org", port=2525, extra='{"disable_ssl": true}')
    secure = Connection(conn_id="m", conn_type="smtp", host="mail.example.org", login="pmf@example.org", password="a/b:c")  # noqa: S106
    assert smtp_url(plain) == "smtp://mail.example.org:2525"
    assert smtp_url(secure) == "smtps://pmf%40example.org:a%2Fb%3Ac@mail.example.org:465"


def test_a_mail_connection_without_a_host_is_refused() -> None:
    """A half-defined connection is an error that names it, not mail to nowhere."""
    with pytest.raises(ValueError, match="connection pmf_smtp names no host"):
        smtp_url(Connection(conn_id="pmf_smtp", conn_type="smtp"))


def test_a_postgresql_connection_names_its_driver() -> None:
    """Every part reaches SQLAlchemy unchanged, the password with its odd characters, extras as the query."""
    connection = Connection(
        conn_id="w",
        conn_type="postgres",
        host="db.example.org",
        port=5433,
        login="pmf",
        password="p@ss/word",  # noqa: S106
        schema="performance",
        extra='{"sslmode": "require"}',
    )
    url = make_url(warehouse_url(connection))
    assert (url.drivername, url.username, url.password, url.host, url.port, url.database) == (
        "postgresql+psycopg",
        "pmf",
        "p@ss/word",
        "db.example.org",
        5433,
        "performance",
    )
    assert dict(url.query) == {"sslmode": "require"}


def test_another_kind_of_warehouse_is_refused() -> None:
    """The warehouse is PostgreSQL or SQLite; anything else is named and refused."""
    with pytest.raises(ValueError, match="'mysql': the warehouse is postgres or sqlite"):
        warehouse_url(Connection(conn_id="w", conn_type="mysql", host="db.example.org"))


def test_a_councils_mailbox_is_its_own_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each council's mailbox is a connection of its own; without one the environment's holds, with the council's name in it."""
    monkeypatch.setenv("PMF_MAILBOX_URL", "maildir:///srv/mail/{organisation}")
    monkeypatch.setenv(
        "AIRFLOW_CONN_PMF_MAILBOX_NORTH_FEN",
        '{"conn_type": "imap", "host": "imap.example.org", "login": "pmf@example.org", "password": "a/b", "schema": "Returns", '
        '"extra": {"done": "Processed"}}',
    )
    assert (
        settings_for_mailbox("north-fen").mailbox_url_of("north-fen")
        == "imaps://pmf%40example.org:a%2Fb@imap.example.org/Returns?done=Processed"
    )
    assert settings_for_mailbox("south-fen").mailbox_url_of("south-fen") == "maildir:///srv/mail/south-fen"


def test_a_mailbox_connection_without_a_host_is_refused() -> None:
    """A half-defined connection is an error that names it."""
    with pytest.raises(ValueError, match="connection pmf_mailbox_x names no host"):
        mailbox_url(Connection(conn_id="pmf_mailbox_x", conn_type="imap"))


def test_a_source_is_asked_through_its_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database's connection becomes its URL, a web service's one with the token where a password stands; else the environment's holds."""
    monkeypatch.setenv("PMF_CONNECTION_WASTE_SYSTEM", "sqlite:////elsewhere.db")
    monkeypatch.setenv("AIRFLOW_CONN_PMF_COUNTERS", '{"conn_type": "http", "host": "counters.example.org", "password": "s/1"}')
    assert settings_for_source("waste-system").connection_urls["waste-system"] == "sqlite:////elsewhere.db"
    assert settings_for_source("counters").connection_urls["counters"] == "https://:s%2F1@counters.example.org"
    assert settings_for_source(None).connection_urls == {"waste-system": "sqlite:////elsewhere.db"}
    database = Connection(conn_id="d", conn_type="postgres", host="db.example.org", login="reader", schema="waste")
    assert source_url(database) == "postgresql+psycopg://reader@db.example.org/waste"
