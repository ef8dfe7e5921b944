"""The doctor: looks at everything an installation needs and says of each how it is and what to do. It makes and changes nothing."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from pmf.mail.transport import SmtpTransport, transport_for
from pmf.operations import machine
from pmf.operations.diagnosis import Diagnosis, doubtful, well, wrong
from pmf.register import RegisterError, load_register, organisation_slugs
from pmf.settings import Settings
from pmf.store import StoreError, load_signing_key
from pmf.warehouse.access import read
from pmf.warehouse.engine import WarehouseError, connect, newest_version, reading, schema_version

_TIMEOUT_SECONDS = 5
_MAIL_WAITS = timedelta(days=1)
_PORTS: Mapping[str, int] = {
    "https": 443,
    "http": 80,
    "imaps": 993,
    "imap": 143,
    "postgresql": 5432,
    "mysql": 3306,
    "mssql": 1433,
    "sftp": 22,
}
_READ_FROM = ("dags", "expectations", "include", "sql")


def examine(settings: Settings, *, now: datetime) -> tuple[Diagnosis, ...]:
    """Look at everything there is to look at without Airflow, the clock first."""
    return (
        machine.clock(settings, now=now),
        project(settings),
        machine.rights(settings),
        machine.file_system(settings),
        machine.disk(settings),
        *warehouse(settings, now=now),
        signing_key(settings),
        *councils(settings),
        *connections(settings),
        mail_server(settings),
        machine.fonts(),
        machine.dictionary(),
    )


def project(settings: Settings) -> Diagnosis:
    """See whether all that is read from the project is there."""
    missing = [name for name in _READ_FROM if not (settings.project_root / name).is_dir()]
    if missing:
        found = f"{settings.project_root} has no {', '.join(missing)}"
        return wrong("project", found, "Set PMF_PROJECT_ROOT to the folder of the installed release")
    return well("project", f"{settings.project_root}, home {settings.home}")


def warehouse(settings: Settings, *, now: datetime) -> Iterator[Diagnosis]:
    """See whether the warehouse answers, whether its schema is this release's, and what waits in its mail queue."""
    url = make_url(settings.warehouse_url)
    where = url.render_as_string(hide_password=True)
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        yield doubtful("warehouse", f"{where} is not there yet", "Nothing: `pmf migrate`, or the first run, makes it")
        return
    try:
        engine = connect(settings.warehouse_url)
        with reading(engine) as connection:
            version = schema_version(connection)
    except (SQLAlchemyError, WarehouseError, OSError) as error:
        words = str(error).splitlines()[0]
        yield wrong("warehouse", f"{where} does not answer: {words}", "See that it is up, and that PMF_WAREHOUSE_URL is right")
        return
    yield well("warehouse", where)
    newest = newest_version(settings.sql)
    if version == newest:
        yield well("migrations", f"schema {version}")
        yield from _queue(engine, settings, now=now)
    elif version is not None and version > newest:
        yield wrong("migrations", f"the warehouse has schema {version}, this release knows {newest}", "Install the newer release")
    else:
        yield doubtful(
            "migrations", f"the warehouse has schema {version or 'none'}, this release {newest}", "Back up, then run `pmf migrate`"
        )


def signing_key(settings: Settings) -> Diagnosis:
    """See whether the key that signs forms is there and nobody else's."""
    if not settings.signing_key_path.exists():
        way_out = "Nothing before the first form goes out. Restore it from the backup if forms are out: a new one would disown them"
        return doubtful("signing key", f"{settings.signing_key_path} is not there", way_out)
    try:
        load_signing_key(settings.signing_key_path)
    except (StoreError, OSError) as error:
        return wrong("signing key", str(error), "As it says")
    return well("signing key", f"{settings.signing_key_path}, its owner's alone")


def councils(settings: Settings) -> Iterator[Diagnosis]:
    """See whether every council's folder can be read, all of it."""
    slugs = organisation_slugs(settings.organisations)
    if not slugs:
        yield wrong("councils", f"{settings.organisations} has no council's folder", "Set PMF_ORGANISATIONS, or add a council")
    for slug in slugs:
        try:
            load_register(settings.organisations / slug, overlay=settings.overlay, policies=settings.policies)
        except RegisterError as error:
            more = f" (and {len(error.problems) - 1} more)" if len(error.problems) > 1 else ""
            yield wrong(f"council {slug}", f"{error.problems[0]}{more}", "Edit that file; it has no DAGs until then")
        else:
            yield well(f"council {slug}", "its register can be read")


def connections(settings: Settings) -> Iterator[Diagnosis]:
    """See whether the mailbox and the declared sources' servers can be reached; neither is logged in to."""
    urls = dict(settings.connection_urls)
    if settings.mailbox_url is not None:
        urls["mailbox"] = settings.mailbox_url
    for name, url in sorted(urls.items()):
        parts = urlsplit(url)
        if not parts.hostname:
            continue  # a file or folder: whoever reads it says what is wrong
        port = parts.port or _PORTS.get(parts.scheme.partition("+")[0], 0)
        server = f"{parts.hostname}:{port}"
        try:
            socket.create_connection((parts.hostname, port), timeout=_TIMEOUT_SECONDS).close()
        except OSError as error:
            yield wrong(
                f"connection {name}", f"{server} cannot be reached: {error}", "See that it is up and that the firewall lets us through"
            )
        else:
            yield well(f"connection {name}", f"{server} answers; its password was not tried")


def mail_server(settings: Settings) -> Diagnosis:
    """See whether mail can leave: the SMTP server answers, or the Maildir can be written to. Nothing is sent."""
    try:
        transport = transport_for(settings)
    except ValueError as error:
        return wrong("mail", str(error), "Correct PMF_SMTP_URL")
    if not isinstance(transport, SmtpTransport):
        return doubtful("mail", f"no mail server is set: mail goes into {settings.mail}", "Set PMF_SMTP_URL when people are to receive it")
    server = f"{transport.host}:{transport.port}"
    kind = smtplib.SMTP_SSL if transport.security == "tls" else smtplib.SMTP
    try:
        with kind(transport.host, transport.port, timeout=_TIMEOUT_SECONDS) as session:
            code, _ = session.ehlo()
    except (smtplib.SMTPException, OSError) as error:
        return wrong("mail", f"{server} does not answer: {error}", "See that it is up; until then messages stay queued")
    return well("mail", f"{server} answers ({code}); its password was not tried")


def _queue(engine: Engine, settings: Settings, *, now: datetime) -> Iterator[Diagnosis]:
    with reading(engine) as connection:
        waiting = read(connection, "mail_waiting", sql_root=settings.sql, as_at=now - _MAIL_WAITS)
    for row in waiting:
        what = f"{row['messages']} messages have been {row['state']}"
        way_out = (
            "The next run of any DAG tries again; the log of its task send says what the server answers"
            if row["state"] == "queued"
            else "Correct the posts' addresses"
        )
        yield doubtful("mail queue", f"{what} for over a day" if row["state"] == "queued" else what, way_out)
