"""The Jinja2 environments: one that escapes for pages and HTML mail, one for plain text, one for Word.

All are strict (a name a template uses must be given) and print no character that XML forbids: a workbook cell can hold a
backspace, and Word would call the whole document damaged.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment

from pmf.page.plot import plot
from pmf.page.sparkline import trace

# XML 1.0, section 2.2: everything below a space but tab and newline, lone surrogates, and the two non-characters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def printable(value: object) -> object:
    """Drop the characters that no page may hold; anything that is not text passes unchanged."""
    # A page has a hundred thousand texts, and hardly one holds any: asking whether one does is quicker than dropping them.
    if not isinstance(value, str) or value.isprintable() or not _FORBIDDEN.search(value):
        return value
    return type(value)(_FORBIDDEN.sub("", value))


def one_line(value: object) -> object:
    """Put text on one line: the line breaks of a workbook cell must not start new lines of a plain-text mail."""
    return " ".join(value.split()) if isinstance(value := printable(value), str) else value


@lru_cache(maxsize=8)
def html_environment(folder: Path) -> Environment:
    """Build the environment of pages and HTML mail, once for a folder: everything printed is escaped."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["trace"] = trace
    environment.filters["plot"] = plot
    return environment


@lru_cache(maxsize=8)
def text_environment(folder: Path) -> Environment:
    """Build the environment of plain text, once for a folder: nothing is escaped, and every value stays on its line."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=False,  # noqa: S701 - plain text has no markup to escape
        undefined=StrictUndefined,
        finalize=one_line,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def compile_templates(templates: Path) -> None:
    """Compile the templates of pages and mail for this process and those forked from it; one that is edited is compiled anew.

    Raises:
        jinja2.TemplateSyntaxError: when one of them is wrong.
    """
    for environment, endings in (
        (html_environment(templates / "report"), ("html", "svg", "css", "xml")),
        (html_environment(templates / "mail"), ("html", "css")),
        (text_environment(templates / "mail"), ("txt",)),
    ):
        for name in environment.list_templates(extensions=endings):
            environment.get_template(name)


class _WordEnvironment(SandboxedEnvironment):
    """Compiles a source once: docxtpl asks for each part of a template anew with every document."""

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined, finalize=printable)
        self._compiled = lru_cache(maxsize=64)(super().from_string)

    def from_string(self, source: Any, *_: Any, **__: Any) -> Template:
        return self._compiled(source)


@lru_cache(maxsize=1)
def word_environment() -> SandboxedEnvironment:
    """Build the environment of Word templates, once: what clerks edit is escaped, and confined to printing what it is given."""
    return _WordEnvironment()
