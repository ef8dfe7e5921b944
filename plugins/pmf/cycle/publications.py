"""Publications: which edition of which document went onto the site when."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pmf.cycle.editions import digest_of_edition, editions_at, signed_editions
from pmf.cycle.printed import is_internal
from pmf.cycle.workspace import Workspace
from pmf.period import Period, parse_period
from pmf.warehouse.engine import reading
from pmf.website.manifest import Provenance, Publication

_PUBLISH = "publish"


def publications_logged(workspace: Workspace, *, on: datetime) -> tuple[Publication, ...]:
    """Work out from the log book what had been published by a moment: for a site that was made before releases were recorded."""
    with reading(workspace.engine) as connection:
        runs = [row for row in workspace.read(connection, "stage_runs", as_at=on) if row["stage"] == _PUBLISH]
    published: tuple[Publication, ...] = ()
    for run in sorted(runs, key=lambda run: run["as_at"]):
        period = parse_period(run["period"])
        signed = signed_editions(workspace, period, editions_at(workspace, period, run["as_at"]), run["as_at"])
        blocked = json.loads(run["summary"])["blocked"]
        published = with_new(published, period, {key: files for key, files in signed.items() if key not in blocked}, at=run["as_at"])
    return published


def with_new(
    published: tuple[Publication, ...], period: Period, editions: Mapping[str, Sequence[Mapping[str, Any]]], *, at: datetime
) -> tuple[Publication, ...]:
    """Add editions of a period's documents that go out at a moment: those that are not live already, nor older than what is live.

    An internal edition never goes out.
    """
    live = {item.document_id: item for item in live_publications(published) if item.period == period.key}
    at = at.astimezone(UTC).replace(microsecond=0)
    new = (_publication(files, at) for document_id, files in editions.items() if not is_internal(document_id))
    return published + tuple(item for item in new if _is_news(item, live.get(item.document_id)))


def live_publications(published: Iterable[Publication]) -> tuple[Publication, ...]:
    """Choose what is live: of each document the edition that went out last."""
    return tuple({(item.period, item.document_id): item for item in published}.values())


def _publication(files: Sequence[Mapping[str, Any]], at: datetime) -> Publication:
    first = files[0]
    return Publication(
        period=first["period"],
        document_id=first["document_id"],
        title=first["title"],
        content_digest=digest_of_edition(files),
        hashes={file["format"]: file["content_hash"] for file in files},
        made_at=first["as_at"],
        published_at=at,
        made_by=Provenance(
            code_version=first["code_version"],
            lock_digest=first["lock_digest"],
            register_digest=first["register_digest"],
            policy_digests=(first["policy_digest"],),
        ),
    )


def _is_news(item: Publication, live: Publication | None) -> bool:
    return live is None or (item.content_digest != live.content_digest and item.published_at >= live.published_at)
