"""The British dictionary: hunspell's en_GB, through enchant."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

# Words that tell a British dictionary from what enchant may offer in its place: aspell's, or hunspell's American one.
_BRITISH, _NOT_BRITISH = ("colour", "programme", "Cambridgeshire"), ("color", "honor")


class Dictionary(Protocol):
    """What is asked of a dictionary: whether it has a word, and which words it has that are like it, best first."""

    def check(self, word: str, /) -> bool:
        """Tell whether the dictionary has a word, in the given case or a smaller one."""

    def suggest(self, word: str, /) -> list[str]:
        """List words like the one given."""


@lru_cache(maxsize=1)
def british_dictionary() -> Dictionary | None:
    """Open hunspell's en_GB, once for the process. None: this machine does not have it.

    Enchant takes aspell before hunspell for English unless told otherwise, and another language's dictionary where it has
    none of this one; both know other words, so neither is taken.
    """
    try:
        import enchant
    except ImportError:  # pyenchant is there and the library it speaks to is not
        return None
    broker = enchant.Broker()
    broker.set_ordering("en_GB", "hunspell")
    broker.set_ordering("en", "hunspell")
    try:
        dictionary = broker.request_dict("en_GB")
    except enchant.errors.DictNotFoundError:
        return None
    is_british = all(map(dictionary.check, _BRITISH)) and not any(map(dictionary.check, _NOT_BRITISH))
    return dictionary if is_british and "hunspell" in dictionary.provider.name.lower() else None
