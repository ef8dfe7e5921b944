"""The glossary: words the dictionary lacks and a council uses, from its register and from lists that people keep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pmf.register import Committee, Directorate, Profile, Register, Service
from pmf.register.structure import Board
from pmf.validation.language.words import words_of

# A remark in a list of words.
_REMARK = "#"


def glossary_of(register: Register, lists: Iterable[Path] = ()) -> frozenset[str]:
    """Collect the words that are right whatever the dictionary says, in small letters.

    From the register: the names and titles of the council, its bodies, posts and services, its ambitions, what defines its
    KPIs and plan actions, and the systems its templates name, in every version. ``lists`` are text files, one word or
    name a line, "#" before a remark; one that is not there adds nothing.
    """
    # Each text once: most versions of a KPI repeat those of the version before.
    texts = {*_texts(register), *(line for path in lists if path.exists() for line in _lines(path))}
    return frozenset(form.casefold() for text in texts for word in words_of(text) for form in (word.stem, *word.parts))


def _texts(register: Register) -> Iterator[str]:
    yield from _names(register.profile)
    for kpi in register.kpi_versions:
        yield from (kpi.title, kpi.description, kpi.numerator_definition, kpi.denominator_definition)
        yield from (kpi.national_definition, kpi.benchmark_source)
    for action in register.action_versions:
        yield from (action.title, action.description)
    for template in register.template_versions:
        yield template.systems


def _names(profile: Profile) -> Iterator[str]:
    yield from (profile.name, profile.short_name, profile.vision, profile.ambition_term)
    yield from (ambition.text for ambition in profile.ambitions)
    yield from (post.title for post in profile.posts)
    bodies: tuple[Directorate | Service | Committee | Board, ...] = (
        *profile.directorates,
        *profile.services,
        *profile.committees,
        *profile.boards,
    )
    for body in bodies:
        yield from (body.name, *body.aliases)


def _lines(path: Path) -> list[str]:
    return [line.partition(_REMARK)[0] for line in path.read_text(encoding="utf-8-sig").splitlines()]
