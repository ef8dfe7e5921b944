"""The web page of a report: one self-contained HTML file that can be published, e-mailed or printed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pmf.page.document import Document
from pmf.page.draft import WATERMARK
from pmf.page.environment import html_environment
from pmf.page.palette import NEUTRAL, TINTS


@dataclass(frozen=True)
class Navigation:
    """The links above a page that is part of a site: label and relative address each; ``current`` is the label of the page's own.

    ``feed`` is the relative address of the site's Atom feed. None: it has none.
    """

    links: tuple[tuple[str, str], ...]
    current: str
    feed: str | None = None


def render_html(document: Document, *, templates: Path, navigation: Navigation | None = None) -> bytes:
    """Print the document as HTML in UTF-8, to WCAG 2.2 AA, with its stylesheet inside and no address outside.

    ``templates`` is the folder ``include/templates``; the page is made from its ``report/report.html``. ``navigation`` None: the
    page stands alone, as a report does that can be sent and printed.
    """
    template = html_environment(templates / "report").get_template("report.html")
    return template.render(document=document, navigation=navigation, watermark=WATERMARK, tints=TINTS, neutral=NEUTRAL).encode()
