"""The settings of a task: those of the environment, with mail, warehouse and sources taken from Airflow connections where defined.

``pmf_smtp`` and ``pmf_warehouse`` are optional, and so are a council's ``pmf_mailbox_<slug>`` and a source's ``pmf_<name>``:
without them the environment holds, and without that the embedded defaults (Maildirs, SQLite).
"""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cache
from urllib.parse import quote

from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowNotFoundException

from pmf.settings import Settings, read_settings

SMTP_CONNECTION = "pmf_smtp"
MAILBOX_CONNECTION = "pmf_mailbox"
WAREHOUSE_CONNECTION = "pmf_warehouse"

# Airflow's connection types, and the driver written out: a bare ``postgresql`` means whatever driver SQLAlchemy prefers.
_DRIVERS = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg", "sqlite": "sqlite"}


def settings_for_tasks() -> Settings:
    """Read the settings a task works with: one look-up of each connection, so call it once in a task."""
    settings = read_settings(os.environ)
    smtp, warehouse = _connection(SMTP_CONNECTION), _connection(WAREHOUSE_CONNECTION)
    return replace(
        settings,
        smtp_url=smtp_url(smtp) if smtp else settings.smtp_url,
        warehouse_url=warehouse_url(warehouse) if warehouse else settings.warehouse_url,
    )


def settings_for_mailbox(organisation: str) -> Settings:
    """Read the settings for fetching a council's mail, with its own mailbox (``pmf_mailbox_<slug>``) where Airflow has one."""
    settings = settings_for_tasks()
    mailbox = _connection(f"{MAILBOX_CONNECTION}_{organisation.replace('-', '_')}")
    return replace(settings, mailbox_url=mailbox_url(mailbox)) if mailbox else settings


def settings_for_source(connection_name: str | None) -> Settings:
    """Read the settings for asking a declared source, with its connection (``pmf_<name>``) where Airflow has one."""
    settings = settings_for_tasks()
    if connection_name is None:
        return settings
    connection = _connection(f"pmf_{connection_name.replace('-', '_')}")
    if connection is None:
        return settings
    return replace(settings, connection_urls={**settings.connection_urls, connection_name: source_url(connection)})


def source_url(connection: Connection) -> str:
    """Write the connection of a declared source as a URL: a database's, or a web service's with its token as password."""
    if connection.conn_type in _DRIVERS:
        return warehouse_url(connection)
    scheme = connection.schema or ("https" if connection.conn_type in ("http", "https", None) else connection.conn_type)
    account = f":{quote(connection.password, safe='')}@" if connection.password else ""
    port = f":{connection.port}" if connection.port else ""
    return f"{scheme}://{account}{(connection.host or '').removeprefix(f'{scheme}://')}{port}"


def smtp_url(connection: Connection) -> str:
    """Write an SMTP connection as a URL: ``smtps`` unless its extra says ``disable_ssl``.

    Raises:
        ValueError: when the connection names no host.
    """
    plain = _is_plain(connection)
    return f"{'smtp' if plain else 'smtps'}://{_server(connection)}:{connection.port or (587 if plain else 465)}"


def mailbox_url(connection: Connection) -> str:
    """Write a mailbox connection as a URL: ``imaps`` unless its extra says ``disable_ssl``, the folder being its schema.

    Raises:
        ValueError: when the connection names no host.
    """
    port = f":{connection.port}" if connection.port else ""
    done = connection.extra_dejson.get("done")
    options = f"?done={quote(str(done), safe='')}" if done else ""
    folder = quote(connection.schema or "INBOX", safe="")
    return f"{'imap' if _is_plain(connection) else 'imaps'}://{_server(connection)}{port}/{folder}{options}"


def _is_plain(connection: Connection) -> bool:
    return bool(connection.extra_dejson.get("disable_ssl", False))


def _server(connection: Connection) -> str:
    """Write account and host of a mail connection."""
    if not connection.host:
        raise ValueError(f"connection {connection.conn_id} names no host: give the mail server's name")
    if not connection.login:
        return connection.host
    return f"{quote(connection.login, safe='')}:{quote(connection.password or '', safe='')}@{connection.host}"


def warehouse_url(connection: Connection) -> str:
    """Write a warehouse connection as a SQLAlchemy URL, extras becoming the query (``sslmode``).

    SQLite is a file named by ``host``: ``{"conn_type": "sqlite", "host": "/var/pmf/warehouse.db"}``.

    Raises:
        ValueError: when the connection is of another type than PostgreSQL or SQLite.
    """
    from sqlalchemy.engine import URL

    driver = _DRIVERS.get(connection.conn_type or "")
    if driver is None:
        raise ValueError(f"connection {connection.conn_id} is of type {connection.conn_type!r}: the warehouse is postgres or sqlite")
    if driver == "sqlite":
        return f"sqlite:///{connection.host}"
    url = URL.create(
        driver,
        username=connection.login,
        password=connection.password,
        host=connection.host,
        port=connection.port,
        database=connection.schema,
        query={key: str(value) for key, value in connection.extra_dejson.items()},
    )
    return url.render_as_string(hide_password=False)


# Once for a process: a task is a process of its own, and DAGs run in process would ask at every task for the same answer.
@cache
def _connection(conn_id: str) -> Connection | None:
    try:
        connection: Connection = Connection.get(conn_id)
        return connection
    except AirflowNotFoundException:
        return None
