"""Corrected editions: a document that differs from its published edition says so, before it is rendered."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from pmf.cycle.documents import JSON, Edition
from pmf.cycle.publications import live_publications
from pmf.cycle.releases import publications_so_far
from pmf.cycle.reminder import printed_day
from pmf.cycle.workspace import Workspace
from pmf.period import Period
from pmf.reporting.correctededition import corrected_edition
from pmf.store import get
from pmf.website.manifest import Publication


def name_corrections(workspace: Workspace, period: Period, editions: Sequence[Edition], *, as_at: datetime) -> list[Edition]:
    """Have each edition that replaces one published by a moment say so; the others are left as they are.

    Raises:
        StoreError: when a published file is missing from the store or has changed there.
    """
    published = (item for item in live_publications(publications_so_far(workspace, on=as_at)) if item.period == period.key)
    live = {item.document_id: item for item in published}
    return [_replacing(workspace, edition, live[edition.document_id]) if edition.document_id in live else edition for edition in editions]


def _replacing(workspace: Workspace, edition: Edition, published: Publication) -> Edition:
    kept = published.hashes.get(JSON)
    before = json.loads(get(workspace.settings.store, kept)) if kept else None
    on = printed_day(published.published_at, workspace.profile)
    return replace(edition, document=corrected_edition(edition.document, before, on))
