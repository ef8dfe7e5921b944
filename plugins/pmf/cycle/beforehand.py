"""What a stage opens or makes once for a process and takes long, done before a server forks its task processes."""

from __future__ import annotations

from pathlib import Path

from pmf.validation.language.dictionary import british_dictionary
from pmf.validation.language.grammar import open_grammar_engine
from pmf.validation.suites import build, load_suites


def open_beforehand(suites: Path) -> None:
    """Open the dictionary and the grammar engine, where this machine has them, and make the expectations of every suite.

    That is a tenth of a second, nearly a whole one, and nearly another. What is missing is looked for again by each task.

    Raises:
        SuiteError: when a suite is wrong.
    """
    for opened in (british_dictionary, open_grammar_engine):
        if opened() is None:
            opened.cache_clear()
    for suite in load_suites(suites):
        build(suite, suite.rules)
