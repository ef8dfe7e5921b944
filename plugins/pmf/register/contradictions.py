"""What the files of a council's folder say against each other: names nobody has, versions that overlap, useless targets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from pmf.register.council import Profile
from pmf.register.kpi import DataQualityTemplate, Dated, Kpi, Target
from pmf.value import Direction

_TEMPLATE_POSTS = ("collector_post", "forecaster_post", "commentator_post", "cover_post")
Row = TypeVar("Row", bound=Dated)


def contradictions(
    folder: Path, profile: Profile, kpis: Sequence[Kpi], targets: Sequence[Target], templates: Sequence[DataQualityTemplate]
) -> Iterator[str]:
    """Say, sentence by sentence, where the files of a council's folder do not fit each other."""
    refs = {kpi.kpi_ref for kpi in kpis}
    for kpi in kpis:
        yield from _unknown_names(f"{folder / 'kpis.csv'}, KPI {kpi.kpi_ref}", kpi, profile, refs)
    for name, rows in (("targets.csv", targets), ("data_quality_templates.csv", templates)):
        for row in rows:
            if row.kpi_ref not in refs:
                yield f"{folder / name}, field kpi_ref: {row.kpi_ref!r} is not a KPI of kpis.csv"
    directions = {kpi.kpi_ref: kpi.direction for kpi in kpis}
    for target in targets:
        yield from _unusable_target(folder / "targets.csv", target, directions.get(target.kpi_ref))
    posts = {None, *(post.id for post in profile.posts)}
    for template in templates:
        for role in _TEMPLATE_POSTS:
            if (post_id := getattr(template, role)) not in posts:
                place = f"{folder / 'data_quality_templates.csv'}, KPI {template.kpi_ref}, field {role}"
                yield f"{place}: {post_id!r} is not a post of {profile.name}; add it to organisation.yaml, or name one that is there"
    yield from _overlaps(folder / "kpis.csv", kpis, lambda kpi: kpi.kpi_ref)
    yield from _overlaps(folder / "targets.csv", targets, lambda target: f"{target.kpi_ref} ({target.period_kind})")
    yield from _overlaps(folder / "data_quality_templates.csv", templates, lambda template: template.kpi_ref)


def _unknown_names(place: str, kpi: Kpi, profile: Profile, refs: set[str]) -> Iterator[str]:
    known: dict[str, tuple[Sequence[str | None], set[str | None], str]] = {
        "service_id": ((kpi.service_id,), {item.id for item in profile.services}, f"a service of {profile.name}"),
        "directorate_id": ((kpi.directorate_id,), {item.id for item in profile.directorates}, f"a directorate of {profile.name}"),
        "committee_id": ((kpi.committee_id,), {None, *(item.id for item in profile.committees)}, f"a committee of {profile.name}"),
        "ambition_ids": (kpi.ambition_ids, {item.id for item in profile.ambitions}, f"a known {profile.ambition_term.lower()}"),
        "part_of": ((kpi.part_of,), {None, *refs}, "a KPI of the register"),
    }
    for field, (given, allowed, what) in known.items():
        names = ", ".join(sorted(item for item in allowed if item))[:300]
        for name in given:
            if name not in allowed:
                yield f"{place}, field {field}: {name!r} is not {what}; write one of {names}"


def _unusable_target(path: Path, target: Target, direction: Direction | None) -> Iterator[str]:
    """Say why no figure could be rated by a target, here where it can be put right and not in the middle of a month."""
    place = f"{path}, KPI {target.kpi_ref} from {target.valid_from}"
    low, high = target.bounds
    if low != high and direction is not Direction.RANGE:
        yield f"{place}, field target: {target.target!r} is a range, but the direction is {direction or 'not given'}; write one figure"
    level = target.intervention_level
    is_better = (direction is Direction.HIGHER and level is not None and level > low) or (
        direction is Direction.LOWER and level is not None and level < high
    )
    if is_better:
        yield f"{place}, field intervention_level: {level} is better than the target {target.target}; it must be worse"


def _overlaps(path: Path, rows: Sequence[Row], name: Callable[[Row], str]) -> Iterator[str]:
    by_name: dict[str, list[Row]] = {}
    for row in rows:
        by_name.setdefault(name(row), []).append(row)
    for key, versions in by_name.items():
        ordered = sorted(versions, key=lambda row: row.valid_from)
        for earlier, later in pairwise(ordered):
            if earlier.valid_to is None or earlier.valid_to > later.valid_from:
                yield (
                    f"{path}, {key}: the version from {earlier.valid_from} still holds when the one from {later.valid_from} "
                    f"begins; set its valid_to to {later.valid_from}"
                )
