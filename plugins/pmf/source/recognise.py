"""Which declared source a file from the inbox or a mail is. Of two that fit, neither: nobody guesses whose figures they are."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from pmf.register.source import Source
from pmf.source.table import Table, read_table


def named_like(file_name: str, sources: Iterable[Source]) -> tuple[Source, ...]:
    """Find the file sources that a file's name fits. Of a single one, ``read_source`` says what is wrong with the file."""
    name = PurePosixPath(file_name).name.casefold()
    return tuple(
        source
        for source in sources
        if source.file is not None and any(fnmatchcase(name, pattern.casefold()) for pattern in source.file.names)
    )


def recognise(content: bytes, file_name: str, sources: Iterable[Source]) -> Source | None:
    """Find the one source whose name pattern fits the file and whose declared columns are all there. None: none, or more than one."""
    fitting = [source for source in named_like(file_name, sources) if isinstance(read_table(content, source), Table)]
    return fitting[0] if len(fitting) == 1 else None
