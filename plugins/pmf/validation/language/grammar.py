"""Simple grammar, by an engine that may or may not be installed (the extra ``grammar``)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Protocol

# Of Harper's 917 rules those for slips that officers make and that hardly ever mark what is right: a and an, its and it's,
# to and too, their and there, than and then, "could of", "will been", "they was", a space before a comma. The others are off:
# many are about American usage or style, and all together they marked right words on prose nobody had tuned them for more
# often than everything else here (docs/decisions/0009-commentary-checks.md).
_RULES = (
    *("AnA", "ItsContraction", "ItsPossessive", "PronounContraction"),
    *("ToTwoToo", "TooTo", "ToTooIdioms", "ThenThan", "ThatThan", "WereWhere", "PrincipleToPrincipalRoleNoun"),
    *("TheirToThere", "TheirToTheyre", "TheyreToTheir", "ThereOwn", "ThereToTheir"),
    *("ModalOf", "HadOf", "DoubleModal", "WillNonLemma", "PronounVerbAgreement", "CommaFixes"),
)
_MOST_CHARACTERS = 4_000


class GrammarEngine(Protocol):
    """What is asked of a grammar checker."""

    def points(self, text: str) -> list[str]:
        """List what is wrong with a text, each in a few printable words with what is suggested."""


class Harper:
    """Harper, an offline checker, with those of its rules that suit officers' comments. For one thread at a time."""

    def __init__(self) -> None:
        import harper

        linter: Any = harper.Linter(dialect=harper.Dialect.BRITISH)
        linter.set_lint_config(dict.fromkeys(linter.get_default_lint_config(), False) | dict.fromkeys(_RULES, True))
        self._linter = linter

    def points(self, text: str) -> list[str]:
        """List what is wrong with a text: the words in question, and what Harper would write or else says of them.

        Only the first 4,000 characters are read: on longer strings of anything Harper takes seconds.
        """
        # "A" is a grade more often than an article: "streets graded A or B".
        return [_point(lint) for lint in self._linter.lint(text[:_MOST_CHARACTERS]) if lint.problem_text != "A"]


def _point(lint: Any) -> str:
    written = " ".join(str(lint.problem_text).split())
    suggested = next((item.replacement_text.strip() for item in lint.suggestions), "")
    if written and suggested:
        return f"{written} ({suggested}?)"
    return f"{written}: {lint.message}" if written else str(lint.message)


@lru_cache(maxsize=1)
def open_grammar_engine() -> GrammarEngine | None:
    """Open Harper, once for the process: it takes a second. None: the extra is not installed."""
    try:
        return Harper()
    except ImportError:
        return None
