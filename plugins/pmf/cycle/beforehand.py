"""What a stage opens once for a process and takes long, opened before a server forks its task processes."""

from __future__ import annotations

from pmf.validation.language.dictionary import british_dictionary
from pmf.validation.language.grammar import open_grammar_engine


def open_beforehand() -> None:
    """Open the dictionary and the grammar engine, where this machine has them: a tenth of a second, and nearly a whole one."""
    british_dictionary()
    open_grammar_engine()
