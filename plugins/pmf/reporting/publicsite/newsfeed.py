"""What the feed says: each document that went out, and each that was replaced by a corrected edition."""

from __future__ import annotations

from pmf.page.feed import Feed, FeedEntry
from pmf.reporting.publicsite.content import Content, Item, period_path
from pmf.reporting.publicsite.frontpage import TITLE
from pmf.reporting.wording import sentence_case


def site_feed(content: Content) -> Feed:
    """Build the feed, the last published first."""
    slug = content.profile.slug
    newest = sorted(content.items, key=lambda item: (item.published_at, item.period.last_day, item.document_id), reverse=True)
    return Feed(
        name=slug,
        title=f"{content.profile.name}: {TITLE.lower()}",
        author=content.profile.name,
        updated_at=content.moment,
        entries=tuple(_entry(item, content, slug) for item in newest),
    )


def _entry(item: Item, content: Content, slug: str) -> FeedEntry:
    page = next((file.path for file in item.downloads if file.path.endswith(".html")), period_path(item.period))
    summary = f"{sentence_case(item.period.label)}, published on {content.day(item.first_published_at)}"
    if item.is_corrected:
        summary += f"; replaced by a corrected edition on {content.day(item.published_at)}"
    return FeedEntry(
        name=f"{slug}/{item.period.key}/{item.document_id}",
        title=f"Corrected: {item.title}" if item.is_corrected else item.title,
        summary=f"{summary}.",
        address=page,
        published_at=item.first_published_at,
        updated_at=item.published_at,
    )
