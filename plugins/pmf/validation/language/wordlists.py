"""Lists of words known to be wrong here: American forms, and misspellings so common that they are listed.

The lists are those of typos, a program that comes with the package of that name, with no interface but its command line.
"""

from __future__ import annotations

import json
import subprocess
import sysconfig
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

# Seconds. It answers within a tenth of one; a program that hangs must not hang the month.
_PATIENCE = 20
# It ends with 2 when it found something.
_ENDS_WELL = (0, 2)


class WordLists:
    """What typos says of words: ``american`` maps each American one to its British form, ``misspelt`` to the right one.

    The program is asked once for each word; ask about a whole batch to have it started once only.
    """

    def __init__(self, program: Path) -> None:
        self._program = program
        self._asked: set[str] = set()
        self.american: dict[str, str] = {}
        self.misspelt: dict[str, str] = {}

    def ask(self, words: Iterable[str]) -> None:
        """Learn what the lists say of words not asked about before.

        Raises:
            CalledProcessError, TimeoutExpired: when the program fails.
        """
        new = sorted(set(words) - self._asked)
        if not new:
            return
        in_british, in_any_english = self._corrections(new, "en-gb"), self._corrections(new, "en")
        self.misspelt |= in_any_english
        self.american |= {word: right for word, right in in_british.items() if word not in in_any_english}
        self._asked.update(new)

    def _corrections(self, words: Sequence[str], locale: str) -> Mapping[str, str]:
        done = subprocess.run(  # noqa: S603 - a program of our own environment; the words go to its input
            [self._program, "--isolated", "--locale", locale, "--format", "json", "-"],
            input="\n".join(words),
            capture_output=True,
            encoding="utf-8",
            timeout=_PATIENCE,
            check=False,
        )
        if done.returncode not in _ENDS_WELL:
            raise subprocess.CalledProcessError(done.returncode, done.args, done.stdout, done.stderr)
        entries = [json.loads(line) for line in done.stdout.splitlines()]
        # Of a word it takes for two ("SpreadSheat") the entry is about one of them: not what was asked.
        found = [(words[entry["line_num"] - 1], entry) for entry in entries if entry["type"] == "typo" and entry["corrections"]]
        return {word: entry["corrections"][0] for word, entry in found if entry["typo"] == word}


def open_word_lists() -> WordLists | None:
    """Find the program beside this interpreter. None: it is not there."""
    program = Path(sysconfig.get_path("scripts")) / "typos"
    return WordLists(program) if program.exists() else None
