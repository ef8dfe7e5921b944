"""The names a council's documents use, turned into the ids its files use; an unknown name is told with the nearest one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from pmf.register import structure
from pmf.register.council import Profile
from pmf.register.source import Source

# Below this likeness a suggestion would be a guess.
_ALIKE = 0.6
_NAMES_SHOWN = 300


class UnknownNameError(ValueError):
    """A name nobody has, or that more than one has; the message is the rest of a sentence about it."""


@dataclass(frozen=True)
class Entry:
    """Something that can be named: its id, the name it is printed by, and the other names documents give it."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()

    @property
    def known_as(self) -> tuple[str, ...]:
        """Every name of it."""
        return (self.id, self.name, *self.aliases)


class Names:
    """Everything of one council that a cell may name, by what it is: "service", "post", "committee", ..."""

    def __init__(self, profile: Profile, sources: Sequence[Source] = ()) -> None:
        self.entries: dict[str, tuple[Entry, ...]] = {
            "directorate": tuple(Entry(item.id, item.name, item.aliases) for item in profile.directorates),
            "service": tuple(Entry(item.id, item.name, item.aliases) for item in profile.services),
            "committee": tuple(Entry(item.id, item.name, item.aliases) for item in profile.committees),
            "post": tuple(Entry(item.id, item.title, item.aliases) for item in profile.posts),
            "ambition": tuple(Entry(item.id, item.text) for item in profile.ambitions),
            "criterion": tuple(Entry(item.id, item.text) for item in profile.selection_criteria),
            "source": tuple(Entry(item.id, item.title) for item in sources),
        }
        self._called = {"ambition": profile.ambition_term.lower(), "criterion": "selection criterion"}
        self._by_name = {kind: _by_name(entries) for kind, entries in self.entries.items()}

    def id_of(self, kind: str, name: str) -> str:
        """Find the id of what is called by a name: its id, its canonical name or an alias.

        Raises:
            UnknownNameError: when nothing, or more than one thing, is called that.
        """
        ids = self._by_name[kind].get(folded(name), ())
        if len(ids) == 1:
            return ids[0]
        called = self._called.get(kind, kind)
        if ids:
            raise UnknownNameError(f"is the name of more than one {called}; write one of the ids {', '.join(ids)}")
        raise UnknownNameError(f"is no {called} of this council; {self._way_out(kind, name)}")

    def _way_out(self, kind: str, name: str) -> str:
        by_name = self._by_name[kind]
        nearest = get_close_matches(folded(name), by_name, n=1, cutoff=_ALIKE)
        if nearest:
            entry = next(entry for entry in self.entries[kind] if entry.id == by_name[nearest[0]][0])
            return f"the nearest is {entry.id}" + (f" ({entry.name})" if folded(entry.name) != folded(entry.id) else "")
        known = ", ".join(entry.id for entry in self.entries[kind])
        return f"write one of {known if len(known) <= _NAMES_SHOWN else f'{known[:_NAMES_SHOWN]}...'}" if known else "there is none yet"


def folded(name: str) -> str:
    """Compare names as the profile does, and as they are typed into cells: hyphens and underscores make no other name of one either."""
    return structure.folded(name.replace("-", " ").replace("_", " "))


def _by_name(entries: Sequence[Entry]) -> dict[str, tuple[str, ...]]:
    ids: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        for name in dict.fromkeys(folded(name) for name in entry.known_as):
            ids[name] = (*ids.get(name, ()), entry.id)
    # An id means what has it, whoever else is called so.
    return ids | {folded(entry.id): (entry.id,) for entry in entries}
