"""Pull: one declared source is asked for a month's figures; what it gives is stored and read like a file that came in.

A source that cannot be reached fails its own task and nobody else's: the month's cycle then says which KPIs await it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote, urlsplit, urlunsplit

from pmf.connector import ConnectorError
from pmf.connector.endpoint import fetch_json
from pmf.connector.folder import list_files
from pmf.connector.query import run_query
from pmf.cycle.admission import Arrival, admit, arrival, renew_trackers
from pmf.cycle.workspace import Summary, Workspace, open_workspace
from pmf.form.model import Problem, Unreadable
from pmf.period import Month
from pmf.register.source import STATEMENTS_FOLDER, Source
from pmf.settings import Settings
from pmf.source.lines import read_source
from pmf.store import put


@dataclass(frozen=True)
class Pulled(Summary):
    """What a source gave: files by outcome, and how many held what is known already."""

    source_id: str
    period: str
    files: int
    accepted: int
    refused: int
    already_received: int


def sources_to_pull(organisation: str, settings: Settings) -> list[dict[str, str | None]]:
    """List the declared sources that are asked, with the name of the connection each needs (None: none)."""
    sources = open_workspace(organisation, settings).register.sources
    return [{"source_id": source.id, "connection": connection_of(source)} for source in sources if source.file is None]


def connection_of(source: Source) -> str | None:
    """Name the connection a source is asked through. None: it needs none, or is not asked."""
    asked = source.query or source.endpoint
    return asked.connection if asked else None


def pull_source(organisation: str, month: Month, *, source_id: str, as_at: datetime, settings: Settings) -> Pulled:
    """Ask a declared source for a month's figures and take in what it gives; it may have none yet.

    Raises:
        ConnectorError: when it cannot be asked, or gives nothing that can be taken in; the message says what to do.
        KeyError: when the register declares no such source.
    """
    workspace = open_workspace(organisation, settings)
    source = {item.id: item for item in workspace.register.sources}[source_id]
    given = (_arrival(workspace, source, month, name, content) for name, content in _ask(workspace, source, month).items())
    arrivals = [item for item in given if item is not None]
    intakes = admit(workspace, arrivals, as_at=as_at)
    renew_trackers(workspace, as_at=as_at)
    accepted = sum(intake.is_accepted for intake in intakes)
    summary = Pulled(
        source_id=source.id,
        period=month.key,
        files=len(arrivals),
        accepted=accepted,
        refused=len(intakes) - accepted,
        already_received=len(arrivals) - len(intakes),
    )
    with workspace.engine.begin() as connection:
        workspace.finish(connection, f"pull:{source.id}", month, as_at=as_at, summary=summary.as_dict())
    return summary


def _arrival(workspace: Workspace, source: Source, month: Month, name: str, content: bytes) -> Arrival | None:
    """Keep what a source gave, then read it. None: it has nothing for the month yet, which is no fault of anybody's."""
    put(workspace.settings.store, content)
    read = read_source(content, source, organisation=workspace.organisation, period=month)
    if isinstance(read, Unreadable) and read.problem is Problem.EMPTY:
        return None
    return arrival(name, content, period=month, read=read, channel=f"{source.id}/{name}" if source.folder else source.id)


def _ask(workspace: Workspace, source: Source, month: Month) -> Mapping[str, bytes]:
    """Give what a source says of a month, by file name."""
    urls = workspace.settings.connection_urls
    if source.query is not None:
        statement = (workspace.settings.organisations / workspace.organisation / STATEMENTS_FOLDER / source.query.statement).read_text(
            "utf-8"
        )
        return {f"{source.id}-{month.key}.csv": run_query(_url(urls, source.query.connection), statement, period=month)}
    if source.endpoint is not None:
        base_url, token = _address(_url(urls, source.endpoint.connection))
        return {f"{source.id}-{month.key}.json": fetch_json(base_url, source.endpoint.path_for(month), token=token)}
    if source.folder is not None:
        return dict(list_files(source.folder.url_for(month)))
    raise ConnectorError(f"source {source.id} is a file somebody sends: it is not asked")


def _url(urls: Mapping[str, str], name: str) -> str:
    try:
        return urls[name]
    except KeyError:
        variable = f"PMF_CONNECTION_{name.upper().replace('-', '_')}"
        raise ConnectorError(f"there is no connection {name!r}: add it to Airflow's connections as pmf_{name}, or set {variable}") from None


def _address(url: str) -> tuple[str, str | None]:
    """Part the address of a web service from the token, which stands where a URL has its password."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", "")), unquote(parts.password) if parts.password else None
