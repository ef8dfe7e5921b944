"""The Atom feed of a site (RFC 4287): what was published when. Addresses are relative, so that it works wherever the site lies."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pmf.page.environment import html_environment


@dataclass(frozen=True, kw_only=True)
class FeedEntry:
    """A document in the feed. ``name`` tells it from every other, for good; ``address`` is its page, relative to the feed."""

    name: str
    title: str
    summary: str
    address: str
    published_at: datetime
    updated_at: datetime

    @property
    def id(self) -> str:
        """The entry's IRI, the same wherever the feed is served from."""
        return _iri(self.name)

    @property
    def published(self) -> str:
        """When it first went out (RFC 3339)."""
        return _moment(self.published_at)

    @property
    def updated(self) -> str:
        """When it last changed (RFC 3339)."""
        return _moment(self.updated_at)


@dataclass(frozen=True, kw_only=True)
class Feed:
    """The feed, its entries newest first; ``name`` as of an entry."""

    name: str
    title: str
    author: str
    updated_at: datetime
    entries: Sequence[FeedEntry]

    @property
    def id(self) -> str:
        """The feed's IRI."""
        return _iri(self.name)

    @property
    def updated(self) -> str:
        """When anything in it last changed (RFC 3339)."""
        return _moment(self.updated_at)


def render_feed(feed: Feed, *, templates: Path) -> bytes:
    """Print the feed in UTF-8; ``templates`` is the folder ``include/templates``."""
    return html_environment(templates / "site").get_template("feed.xml").render(feed=feed).encode()


def _iri(name: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"pmf:{name}").urn


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
