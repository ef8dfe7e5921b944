"""The pages outside any one council's desk: which councils there are, and why something is not shown."""

from __future__ import annotations

from collections.abc import Sequence

from pmf.page.document import Block, BulletList, Document, Link, ListItem, Section, paragraph
from pmf.register import Profile

_NAME = "Performance management"


def councils_page(profiles: Sequence[Profile]) -> Document:
    """Lay out the councils somebody may look at, each with a link to its desk."""
    items = tuple(ListItem((Link(profile.name, f"{profile.slug}/"),)) for profile in profiles)
    nothing = paragraph("You may look at none. Whoever may read a council's DAGs in Airflow may look at its pages.")
    return _page("Councils", "Choose a council", BulletList(items) if items else nothing)


def refusal_page(title: str, words: Sequence[str]) -> Document:
    """Lay out why a page is not shown, a paragraph each."""
    return _page(title, "Why", *(paragraph(sentence) for sentence in words))


def _page(title: str, heading: str, *blocks: Block) -> Document:
    return Document(title=title, organisation=_NAME, subtitle="", header=(), sections=(Section(heading, blocks),), footer=_NAME)
