"""Declared sources: a file somebody sends, a database, a web service and a folder state figures beside the form."""

from __future__ import annotations

import http.server
import json
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cycle.council import SLUG, Council, council_at
from cycle.desk import APRIL, drop, edited, filled, mail, post_of, send_in, table
from pmf.connector import ConnectorError
from pmf.cycle.asof import figures_as_known
from pmf.cycle.collect import scan_inbox
from pmf.cycle.fetch import fetch_mail
from pmf.cycle.pull import pull_source, sources_to_pull
from pmf.form.layout import FieldName

HOUR = timedelta(hours=1)
SOURCES = """
sources:
  - id: loans-system
    title: the library management system
    service_id: libraries
    kpi_refs: ["36"]
    query: {connection: loans, statement: active_borrowers.sql}
    columns: {kpi_ref: kpi, value: figure}
  - id: door-counters
    title: the door counters
    service_id: libraries
    kpi_refs: ["37"]
    endpoint: {connection: counters, path: "/visits?month={period}", records: data.items}
    columns: {kpi_ref: indicator, period: month, value: visits, comment: note}
  - id: visits-by-file
    title: the monthly visits file
    service_id: libraries
    kpi_refs: ["37"]
    file: {names: ["visits-*.csv"]}
    columns: {kpi_ref: Indicator, period: Month, value: Visits}
    kpi_ref_by: {"Visits to libraries": "37"}
  - id: share
    title: the shared folder
    service_id: libraries
    kpi_refs: ["37"]
    folder: {url: "FOLDER/{period}/*.csv"}
    columns: {kpi_ref: Indicator, value: Visits}
"""
STATEMENT = "SELECT '36' AS kpi, count(DISTINCT card) AS figure FROM loan WHERE day BETWEEN :first_day AND :last_day"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Council:
    """April opened, to be copied; nothing lies in the shared folder."""
    return april_opened(tmp_path_factory.mktemp("pull"))


@pytest.fixture
def council(opened: Council, tmp_path: Path) -> Council:
    """The same in a home of the test's own."""
    shutil.copytree(opened.settings.home, tmp_path / "home")
    return at_home(tmp_path / "home", opened.settings.organisations.parent)


def at_home(home: Path, folder: Path) -> Council:
    return council_at(home, organisations=folder / "organisations", PMF_CONNECTION_LOANS=f"sqlite:///{folder}/loans.db")


def april_opened(folder: Path) -> Council:
    """Open April at a council with four declared sources in a folder; KPI 36 comes from its library management system alone."""
    database = folder / "loans.db"
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE loan (card TEXT, day TEXT)")
        connection.executemany(
            "INSERT INTO loan VALUES (?, ?)", [("a", "2024-04-03"), ("b", "2024-04-30"), ("a", "2024-04-09"), ("c", "2024-05-01")]
        )
    edited(
        folder,
        kpis=_name_the_source,
        extra={"sources.yaml": SOURCES.replace("FOLDER", f"file://{folder}/share"), "sources/active_borrowers.sql": STATEMENT},
    )
    council = at_home(folder / "home", folder)
    council.begin()
    council.open(APRIL)
    return council


def _name_the_source(kpis: str) -> str:
    """Give the register a column source_id that names the system for KPI 36."""
    header, *lines = kpis.splitlines()
    return "\n".join([f"{header},source_id", *(f"{line},{'loans-system' if line.startswith('36,') else ''}" for line in lines)]) + "\n"


def in_time(council: Council) -> datetime:
    return council.teller.profile.deadline(APRIL) - 2 * HOUR


def pull(council: Council, source_id: str, at: datetime | None = None):
    return pull_source(SLUG, APRIL, source_id=source_id, as_at=at or in_time(council), settings=council.settings)


def known(council: Council, at: datetime | None = None):
    return figures_as_known(SLUG, APRIL, on=at or in_time(council) + HOUR, settings=council.settings)


def test_a_query_states_a_figure_with_a_file_behind_it(council: Council) -> None:
    """The database is asked for the month's days; its answer is a file in the store and the figure's source."""
    pulled = pull(council, "loans-system")
    assert (pulled.files, pulled.accepted) == (1, 1)
    figure = known(council)["36"]
    assert (figure.value, figure.source, figure.status) == (2, "source", "final")
    (row,) = table(council, "received_file", channel="loans-system")
    assert (row["file_hash"], row["service_id"], row["period"]) == (figure.file_hash, "libraries", APRIL.key)
    assert pull(council, "loans-system", in_time(council) + HOUR).already_received == 1


def test_the_form_asks_no_figure_of_a_source_and_takes_none(council: Council) -> None:
    """The row of a sourced KPI asks for comment and forecast alone; a figure typed there does not count, the comment does."""
    pull(council, "loans-system")
    typed = filled(council, APRIL, "libraries", k36={FieldName.VALUE: "999999", FieldName.COMMENT: "Steady.", FieldName.FORECAST: "3"})
    drop(council, APRIL, "libraries.xlsx", typed)
    scan_inbox(SLUG, as_at=in_time(council) + HOUR, settings=council.settings)
    assert known(council)["36"].value == 2
    from cycle.desk import ask

    (row,) = [
        row
        for row in ask(council, "observations_as_known", first_period="2024-04", last_period="2024-04", as_at=in_time(council) + HOUR)
        if row["kpi_ref"] == "36"
    ]
    assert (row["comment"], row["forecast"]) == ("Steady.", 3)


def test_a_source_that_gave_nothing_is_named(council: Council) -> None:
    """Without its source's figure a KPI awaits data, and the finding names the source; the service's return is not at fault."""
    drop(council, APRIL, "libraries.xlsx", filled(council, APRIL, "libraries"))
    council.collect(APRIL)
    council.validate(APRIL)
    (finding,) = table(council, "finding", rule_id="observation.source_missing")
    assert finding["kpi_ref"] == "36"
    assert "the library management system" in finding["message"]


@pytest.mark.parametrize("by_mail", [True, False])
def test_a_declared_file_is_known_by_name_and_columns(council: Council, by_mail: bool) -> None:
    """A csv the register declares counts, from the inbox or by mail; later than the form, it is what counts for its KPI."""
    drop(council, APRIL, "libraries.xlsx", filled(council, APRIL, "libraries"))
    scan_inbox(SLUG, as_at=in_time(council), settings=council.settings)
    before = known(council, in_time(council))
    content = "Indicator;Month;Visits\nVisits to libraries;Apr 2024;120,500\nVisits to libraries;Mar 2024;110,000\n".encode("utf-16")
    if by_mail:
        send_in(council, post_of(council, "head-of-libraries"), ("visits-april.csv", content))
        fetch_mail(SLUG, as_at=in_time(council) + HOUR, settings=council.settings)
    else:
        drop(council, APRIL, "visits-april.csv", content)
        scan_inbox(SLUG, as_at=in_time(council) + HOUR, settings=council.settings)
    now = known(council)
    assert (now["37"].value, now["37"].cell) != (before["37"].value, before["37"].cell)
    assert now["37"].value == 120500
    assert now["37"].sheet is not None
    assert {ref for ref in now if now[ref] != before.get(ref)} == {"37"}


def test_a_csv_nobody_declared_is_refused_with_the_way_out(council: Council) -> None:
    """Figures in a file of no declared source are quarantined: its sender is told to use the form."""
    send_in(council, post_of(council, "head-of-libraries"), ("loans.csv", b"Indicator,Visits\n37,12\n"))
    assert fetch_mail(SLUG, as_at=in_time(council), settings=council.settings).quarantined == 1
    assert post_of(council, "head-of-libraries") in {letter.recipient for letter in mail(council, "unreadable")}
    assert "37" not in {ref for ref, figure in known(council).items() if figure.source != "import"}


def test_a_declared_file_without_its_columns_says_which_are_missing(council: Council) -> None:
    """A file named like a declared one whose columns have changed is refused naming the column, not guessed at."""
    drop(council, APRIL, "visits-april.csv", b"Indicator,Month,Number\nVisits to libraries,2024-04,5\n")
    assert scan_inbox(SLUG, as_at=in_time(council), settings=council.settings).quarantined == 1
    (row,) = table(council, "received_file")
    assert "Visits" in row["message"]


def test_every_file_of_a_folder_counts(tmp_path: Path) -> None:
    """A folder's files are taken in each for itself, and a changed one replaces what it said."""
    council, share = april_opened(tmp_path), tmp_path / "share" / APRIL.key
    share.mkdir(parents=True)
    (share / "visits.csv").write_text("Indicator,Visits\n37,100\n")
    assert pull(council, "share").accepted == 1
    (share / "visits.csv").write_text("Indicator,Visits\n37,101\n")
    assert pull(council, "share", in_time(council) + HOUR).accepted == 1
    assert known(council)["37"].value == 101


class _Counters(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        is_known = self.headers["Authorization"] == "Bearer let-me-in" and self.path == "/visits?month=2024-04"
        body = json.dumps({"data": {"items": [{"indicator": "37", "month": "2024-04", "visits": 118000, "note": "A dry month."}]}}).encode()
        self.send_response(200 if is_known else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def counters() -> Iterator[str]:
    """A web service on this machine that wants a token."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Counters) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.enable_socket
def test_a_web_service_is_asked_with_its_token(council: Council, counters: str) -> None:
    """The month's page is asked for with the token of the connection; its records become figures, with their comments."""
    from dataclasses import replace

    settings = replace(council.settings, connection_urls={"counters": f"http://:let-me-in@{counters}"})
    pulled = pull_source(SLUG, APRIL, source_id="door-counters", as_at=in_time(council), settings=settings)
    assert pulled.accepted == 1
    assert known(council)["37"].value == 118000
    wrong = replace(council.settings, connection_urls={"counters": f"http://:wrong-token@{counters}"})
    with pytest.raises(ConnectorError, match="renew") as refused:
        pull_source(SLUG, APRIL, source_id="door-counters", as_at=in_time(council) + HOUR, settings=wrong)
    assert "wrong-token" not in str(refused.value)


def test_a_source_with_nothing_yet_is_no_fault(council: Council) -> None:
    """A folder or table without a row for the month leaves nothing behind and tells nobody off."""
    before = len(mail(council))
    assert pull(council, "share").files == 0
    assert (table(council, "received_file"), len(mail(council))) == ([], before)


def test_a_connection_that_is_not_there_is_named(council: Council) -> None:
    """The sentence says which connection to add, and where."""
    with pytest.raises(ConnectorError, match="PMF_CONNECTION_COUNTERS"):
        pull(council, "door-counters")


def test_the_sources_that_are_asked_are_listed_with_their_connections(council: Council) -> None:
    """A file somebody sends is not asked for; the others are, each with the connection it needs."""
    assert sources_to_pull(SLUG, council.settings) == [
        {"source_id": "loans-system", "connection": "loans"},
        {"source_id": "door-counters", "connection": "counters"},
        {"source_id": "share", "connection": None},
    ]
