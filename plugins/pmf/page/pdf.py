"""The PDF of a report: tagged to PDF/UA-1 by Typst, which refuses a missing title, alternative text or heading level."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from pmf.page.document import Chart, Document
from pmf.page.draft import WATERMARK
from pmf.page.environment import html_environment, printable
from pmf.page.palette import NEUTRAL, TINTS
from pmf.status import Status

# Best first. Typst carries the last of them, and the font of the shapes and arrows, with it.
_TEXT_FONTS = ("Liberation Sans", "DejaVu Sans", "Libertinus Serif")
_SYMBOL_FONT = "DejaVu Sans Mono"
# What the fonts Typst carries can show: Latin, Greek, Cyrillic, punctuation, currencies, arrows, mathematics and shapes.
_BEYOND_OUR_FONTS = re.compile(
    "[^\t\n -~\u00a0-\u036f\u0391-\u03a1\u03a3-\u04ff\u1e00-\u1eff\u2010-\u2027\u2030-\u2040\u20a0-\u20ba\u2190-\u22ff\u2500-\u25ff\u2605]+"
)


def render_pdf(document: Document, *, templates: Path) -> bytes:
    """Print the document as PDF/UA-1; the same document gives the same bytes.

    ``templates`` is the folder ``include/templates``; the layout is its ``report/report.typ``. Text reaches Typst as JSON
    and never as markup, and the file holds no time of its making. PDF/UA has no place for a character that no font can
    show (a flag typed into a comment): when there is one, those beyond our fonts print as "�".

    Raises:
        typst.TypstError: when the document cannot be made accessible.
    """
    report = _with_drawings(document, templates)
    try:
        return _compile(report, templates)
    except typst.TypstError:
        return _compile(_every_text(report, _shown), templates)


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Search this machine's fonts, once for a process."""
    return typst.Fonts()


def _compile(report: dict[str, Any], templates: Path) -> bytes:
    fonts = _fonts()
    inputs = {
        "document": report,
        "fonts": [family for family in _TEXT_FONTS if family in fonts.families()],
        "symbols": _SYMBOL_FONT,
        "watermark": WATERMARK,
        "statuses": {status: {"shape": status.shape, **asdict(TINTS[status])} for status in Status},
        "neutral": asdict(NEUTRAL),
    }
    return typst.compile(
        templates / "report" / "report.typ",
        root=templates,
        font_paths=fonts,
        sys_inputs={"report": json.dumps(inputs)},
        pdf_standards=["ua-1"],
    )


def _with_drawings(document: Document, templates: Path) -> dict[str, Any]:
    """Turn the document into JSON, each cell with the drawing of its sparkline ("" for none) and each chart with its own."""
    environment = html_environment(templates / "report")
    sparkline, chart = environment.get_template("sparkline.svg"), environment.get_template("chart.svg")
    report: dict[str, Any] = _every_text(document.as_json(), printable)
    blocks = [block for section in report["sections"] for block in section["blocks"]]
    for cell in (cell for block in blocks if block["kind"] == "table" for row in block["rows"] for cell in row):
        cell["drawing"] = sparkline.render(points=cell["points"], title=cell["text"]) if cell["points"] else ""
    for block, source in zip(blocks, (block for section in document.sections for block in section.blocks), strict=True):
        if isinstance(source, Chart):
            block["drawing"] = chart.render(chart=source)
    return report


def _every_text(tree: Any, change: Any) -> Any:
    """Apply ``change`` to each string of a tree of dictionaries and sequences."""
    if isinstance(tree, dict):
        return {key: _every_text(value, change) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [_every_text(value, change) for value in tree]
    return change(tree) if isinstance(tree, str) else tree


def _shown(words: str) -> str:
    return _BEYOND_OUR_FONTS.sub("\N{REPLACEMENT CHARACTER}", words)
