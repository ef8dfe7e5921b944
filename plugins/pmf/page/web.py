"""The web page of a report: one self-contained HTML file that can be published, e-mailed or printed."""

from __future__ import annotations

from pathlib import Path

from pmf.page.document import Document
from pmf.page.environment import html_environment
from pmf.page.palette import NEUTRAL, TINTS


def render_html(document: Document, *, templates: Path) -> bytes:
    """Print the document as HTML in UTF-8, to WCAG 2.2 AA, with its stylesheet inside and no address outside.

    ``templates`` is the folder ``include/templates``; the page is made from its ``report/report.html``.
    """
    environment = html_environment(templates / "report")
    return environment.get_template("report.html").render(document=document, tints=TINTS, neutral=NEUTRAL).encode()
