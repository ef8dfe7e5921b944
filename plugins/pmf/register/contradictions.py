"""What the files of a council's folder say against each other: names nobody has, versions that overlap, useless targets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from pmf.register.action import PlanAction
from pmf.register.benchmark import Benchmark, BenchmarkKind
from pmf.register.council import Profile
from pmf.register.dated import InForce
from pmf.register.fitness import wrong_rebases
from pmf.register.kpi import Aggregation, Kpi
from pmf.register.panel import PanelItem
from pmf.register.source import Source
from pmf.register.structure import folded
from pmf.register.target import Target
from pmf.register.template import DataQualityTemplate
from pmf.value import Direction

# How much of a list of allowed names a sentence can carry.
_NAMES_SHOWN = 300
_TEMPLATE_POSTS = ("collector_post", "forecaster_post", "commentator_post", "cover_post")
_KPI_POSTS = ("holder_post", "deputy_post", "portfolio_holder_post")
Row = TypeVar("Row", bound=InForce)


@dataclass(frozen=True)
class Definitions:
    """Everything a council's tables define."""

    kpis: tuple[Kpi, ...]
    targets: tuple[Target, ...]
    templates: tuple[DataQualityTemplate, ...]
    actions: tuple[PlanAction, ...] = ()
    sources: tuple[Source, ...] = ()
    benchmarks: tuple[Benchmark, ...] = ()
    panels: tuple[PanelItem, ...] = ()


def contradictions(folder: Path, profile: Profile, given: Definitions) -> Iterator[str]:
    """Say, sentence by sentence, where the files of a council's folder do not fit each other."""
    kpis, targets, templates = given.kpis, given.targets, given.templates
    refs = {kpi.kpi_ref for kpi in kpis}
    for kpi in kpis:
        yield from _unknown_names(f"{folder / 'kpis.csv'}, KPI {kpi.kpi_ref}", kpi, profile, given)
    about_kpis = (("data_quality_templates.csv", templates), ("benchmarks.csv", given.benchmarks))
    for name, rows in about_kpis:
        for row in rows:
            if row.kpi_ref not in refs:
                yield f"{folder / name}, field kpi_ref: {row.kpi_ref!r} is not a KPI of kpis.csv"
    yield from target_contradictions(folder / "targets.csv", targets, kpis)
    yield from _uncombinable(folder / "kpis.csv", kpis)
    yield from _half_guarded(folder / "kpis.csv", kpis)
    posts = _post_fields(_TEMPLATE_POSTS, profile)
    for template in templates:
        yield from _unknown(f"{folder / 'data_quality_templates.csv'}, KPI {template.kpi_ref}", template, posts)
    for action in given.actions:
        yield from _unknown(f"{folder / 'actions.csv'}, action {action.action_ref}", action, _place_fields(profile, "ambition_id"))
    yield from _wrong_panels(folder / "panels.csv", profile, given.panels)
    yield from _wrong_sources(folder / "sources.yaml", profile, given)
    yield from _repeated(folder / "benchmarks.csv", given.benchmarks)
    yield from _strangers(folder / "benchmarks.csv", profile, given.benchmarks)
    yield from _wrong_neighbours(folder / "organisation.yaml", profile, refs)
    yield from wrong_rebases(folder / "organisation.yaml", profile, kpis)
    yield from _overlaps(folder / "kpis.csv", kpis, lambda kpi: kpi.kpi_ref)
    yield from _overlaps(folder / "data_quality_templates.csv", templates, lambda template: template.kpi_ref)
    yield from _overlaps(folder / "actions.csv", given.actions, lambda action: action.action_ref)
    yield from _overlaps(folder / "panels.csv", given.panels, lambda item: item.line_ref)


def target_contradictions(path: Path, targets: Sequence[Target], kpis: Sequence[Kpi]) -> Iterator[str]:
    """Say, sentence by sentence, where a file of targets does not fit the KPIs, or itself."""
    by_ref = {kpi.kpi_ref: kpi for kpi in kpis}
    for target in targets:
        if target.kpi_ref not in by_ref:
            yield f"{path}, field kpi_ref: {target.kpi_ref!r} is not a KPI of kpis.csv"
        yield from _unusable_target(path, target, by_ref.get(target.kpi_ref))
    yield from _overlaps(path, targets, lambda target: f"{target.kpi_ref} ({target.period_kind})")


# What a field may name, and what that is called.
_Known = Mapping[str, tuple[AbstractSet[str], str]]


def _unknown(place: str, row: InForce, known: _Known) -> Iterator[str]:
    """Say which fields of a row name what there is not. An empty field names nothing."""
    for field, (allowed, what) in known.items():
        given = getattr(row, field)
        for name in given if isinstance(given, tuple) else (given,):
            if name is not None and name not in allowed:
                names = ", ".join(sorted(allowed))
                shown = names if len(names) <= _NAMES_SHOWN else f"{names[:_NAMES_SHOWN]}..."
                yield f"{place}, field {field}: {name!r} is not {what}; write one of {shown or 'none: there is none yet'}"


def _post_fields(fields: Sequence[str], profile: Profile) -> _Known:
    return dict.fromkeys(fields, ({post.id for post in profile.posts}, f"a post of {profile.name}"))


def _place_fields(profile: Profile, ambition_field: str) -> _Known:
    return {
        "service_id": ({item.id for item in profile.services}, f"a service of {profile.name}"),
        "committee_id": ({item.id for item in profile.committees}, f"a committee of {profile.name}"),
        ambition_field: ({item.id for item in profile.ambitions}, f"a known {profile.ambition_term.lower()}"),
    }


def _unknown_names(place: str, kpi: Kpi, profile: Profile, given: Definitions) -> Iterator[str]:
    known: dict[str, tuple[AbstractSet[str], str]] = {
        **_place_fields(profile, "ambition_ids"),
        **_post_fields(_KPI_POSTS, profile),
        "directorate_id": ({item.id for item in profile.directorates}, f"a directorate of {profile.name}"),
        "part_of": ({item.kpi_ref for item in given.kpis}, "a KPI of the register"),
        "criteria": ({item.id for item in profile.selection_criteria}, f"one of the selection criteria of {profile.name}"),
        "source_id": ({item.id for item in given.sources}, "a source declared in sources.yaml"),
    }
    yield from _unknown(place, kpi, known)


def _wrong_panels(path: Path, profile: Profile, panels: Sequence[PanelItem]) -> Iterator[str]:
    known = {
        "directorate_id": ({item.id for item in profile.directorates}, f"a directorate of {profile.name}"),
        **_post_fields(("holder_post",), profile),
    }
    returned = {item.id for item in profile.directorates if item.panels_service}
    for item in panels:
        yield from _unknown(f"{path}, line {item.line_ref}", item, known)
    for directorate in profile.directorates:
        refs = [item.line_ref for item in panels if item.directorate_id == directorate.id]
        if refs and directorate.id not in returned:
            yield (
                f"{path}, line {', '.join(refs)}: nobody returns the panels of {directorate.name}; name one of its services in "
                "organisation.yaml as its panels_service"
            )


def _wrong_sources(path: Path, profile: Profile, given: Definitions) -> Iterator[str]:
    services, owners = {item.id for item in profile.services}, {kpi.kpi_ref: kpi.service_id for kpi in given.kpis}
    for source in given.sources:
        place = f"{path}, source {source.id}"
        if source.service_id not in services:
            yield f"{place}, field service_id: {source.service_id!r} is not a service of {profile.name}"
        for ref in source.kpi_refs:
            if owners.get(ref) != source.service_id:
                whose = f"of the service {owners[ref]}" if ref in owners else "not in kpis.csv"
                yield f"{place}, field kpi_refs: KPI {ref} is {whose}; a source states the KPIs of its own service, {source.service_id}"
    weightless = {source.id for source in given.sources if source.columns.denominator is None}
    for kpi in given.kpis:
        if kpi.aggregation is Aggregation.WEIGHTED and kpi.source_id in weightless:
            yield f"{path}, source {kpi.source_id}, field columns: KPI {kpi.kpi_ref} is weighted; name its weight's column as denominator"
    stated = {source.id: source.kpi_refs for source in given.sources}
    for kpi in given.kpis:
        if kpi.source_id in stated and kpi.kpi_ref not in stated[kpi.source_id]:
            yield f"{path}, source {kpi.source_id}, field kpi_refs: KPI {kpi.kpi_ref} names this source in kpis.csv; add it here"


def _uncombinable(path: Path, kpis: Sequence[Kpi]) -> Iterator[str]:
    """Say which combined KPIs have a rule that says nothing about directorates, before a month's rating stumbles over it."""
    combined = {kpi.part_of for kpi in kpis if kpi.part_of}
    for kpi in kpis:
        if kpi.kpi_ref in combined and kpi.aggregation is Aggregation.LAST:
            place = f"{path}, KPI {kpi.kpi_ref}, field aggregation"
            yield f"{place}: other KPIs are combined into this one, which 'last' says nothing about; write sum, ratio, weighted or mean"


def _half_guarded(path: Path, kpis: Sequence[Kpi]) -> Iterator[str]:
    """Say which KPIs are about people where what they are combined into is not, or the other way round: one would give the other away."""
    wholes = {kpi.kpi_ref: kpi for kpi in kpis}
    for kpi in kpis:
        whole = wholes.get(kpi.part_of or "")
        if whole is not None and whole.is_about_people != kpi.is_about_people:
            yield f"{path}, KPI {kpi.kpi_ref}, field about_people: it is combined into {whole.kpi_ref}; write the same for both"


def _unusable_target(path: Path, target: Target, kpi: Kpi | None) -> Iterator[str]:
    """Say why no figure could be rated by a target, here where it can be put right and not in the middle of a month."""
    place = f"{path}, KPI {target.kpi_ref} from {target.valid_from}"
    low, high = target.bounds
    direction = kpi.direction if kpi else None
    if target.profile and kpi is not None and not (kpi.is_cumulative or kpi.aggregation is Aggregation.SUM):
        yield f"{place}, field profile: only the target of a cumulative KPI or of a sum can be spread over the year; leave it empty"
    if low != high and direction is not Direction.RANGE:
        yield f"{place}, field target: {target.target!r} is a range, but the direction is {direction or 'not given'}; write one figure"
    level = target.intervention_level
    is_better = (direction is Direction.HIGHER and level is not None and level > low) or (
        direction is Direction.LOWER and level is not None and level < high
    )
    if is_better:
        yield f"{place}, field intervention_level: {level} is better than the target {target.target}; it must be worse"


def _repeated(path: Path, benchmarks: Sequence[Benchmark]) -> Iterator[str]:
    rows = Counter((row.kpi_ref, row.area, row.period) for row in benchmarks)
    for (ref, area, period), count in rows.items():
        if count > 1:
            yield f"{path}, KPI {ref}: there are {count} rows of {area} for {period}; keep one"
    single: dict[tuple[str, str, str], dict[str, None]] = {}
    for row in benchmarks:
        if row.kind is not BenchmarkKind.NEIGHBOUR:
            single.setdefault((row.kpi_ref, row.kind.value, row.period), {})[row.area] = None
    for (ref, kind, period), areas in single.items():
        if len(areas) > 1:
            yield f"{path}, KPI {ref}: {' and '.join(areas)} are both of the kind {kind} for {period}; a report has room for one, keep one"


def _strangers(path: Path, profile: Profile, benchmarks: Sequence[Benchmark]) -> Iterator[str]:
    """Say which neighbours' figures nothing is compared with, area by area."""
    refs: dict[str, list[str]] = {}
    for row in benchmarks:
        sets = [item for item in profile.neighbour_sets if not item.kpi_refs or row.kpi_ref in item.kpi_refs]
        if row.kind is BenchmarkKind.NEIGHBOUR and folded(row.area) not in {folded(area) for item in sets for area in item.areas}:
            refs.setdefault(row.area, []).append(row.kpi_ref)
    for area, named in refs.items():
        yield (
            f"{path}, KPI {', '.join(dict.fromkeys(named))}, field area: {area!r} is in no set of neighbours for it; name it in "
            "organisation.yaml under neighbour_sets, written as it is here, or take its rows out"
        )


def _wrong_neighbours(path: Path, profile: Profile, refs: AbstractSet[str]) -> Iterator[str]:
    own = {folded(profile.name), folded(profile.short_name)}
    for neighbours in profile.neighbour_sets:
        place = f"{path}, neighbour_sets, {neighbours.id}, field areas"
        for ref in neighbours.kpi_refs:
            if ref not in refs:
                yield f"{path}, neighbour_sets, {neighbours.id}, field kpi_refs: {ref!r} is not a KPI of kpis.csv"
        times = Counter(folded(area) for area in neighbours.areas)
        for name, area in {folded(area): area for area in neighbours.areas}.items():
            if name in own:
                yield f"{place}: {area!r} is the council itself, which is compared with the others; take it out"
            if times[name] > 1:
                yield f"{place}: {area!r} is there {times[name]} times; keep one"


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
