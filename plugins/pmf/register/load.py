"""Reading a council's folder, and saying file, line, field and right form when something in it is wrong."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import ValidationError

from pmf.period import Month, Period
from pmf.register.kpi import Aggregation, DataQualityTemplate, Dated, Kpi, PeriodKind, Target
from pmf.register.profile import Profile
from pmf.value import exact_sum, plain

_PROFILE_FILE = "organisation.yaml"
Row = TypeVar("Row", bound=Dated)


class RegisterError(Exception):
    """A council's files are wrong. ``problems`` holds one sentence each, naming file, line and field."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def organisation_slugs(organisations: Path) -> tuple[str, ...]:
    """List the councils that have a folder with a profile, in alphabetical order."""
    return tuple(sorted(path.parent.name for path in organisations.glob(f"*/{_PROFILE_FILE}")))


def problems_of(path: Path, error: ValidationError, line: int | None = None) -> list[str]:
    """Word what is wrong with an entry of a file: one sentence a field, with what was found."""
    place = f"{path}" if line is None else f"{path} line {line}"
    sentences = []
    for item in error.errors():
        field = ".".join(str(part) for part in item["loc"]) or "the whole entry"
        given = "" if isinstance(item["input"], dict) else f" (found {item['input']!r})"
        sentences.append(f"{place}, field {field}{given}: {item['msg'].removeprefix('Value error, ')}")
    return sentences


def load_profile(folder: Path, *, overlay: Path | None = None) -> Profile:
    """Read ``organisation.yaml``; with ``overlay``, replace addresses by those of ``<overlay>/<slug>/posts.csv``.

    Raises:
        RegisterError: naming file and field, when the file is missing, is no YAML or breaks a rule.
    """
    path = folder / _PROFILE_FILE
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RegisterError([f"{path} does not exist: a council's folder needs an {_PROFILE_FILE}"]) from None
    except yaml.YAMLError as error:
        raise RegisterError([f"{path} is not readable as YAML: {' '.join(str(error).split())}"]) from error
    if not isinstance(content, dict):
        raise RegisterError([f"{path} is empty: copy one of the shipped councils' files and edit it"])
    addresses = _overlay_addresses(overlay / folder.name / "posts.csv") if overlay else {}
    for post in content.get("posts") or ():
        if isinstance(post, dict) and post.get("id") in addresses:
            post["email"] = addresses[post["id"]]
    try:
        profile = Profile.model_validate(content)
    except ValidationError as error:
        raise RegisterError(problems_of(path, error)) from error
    if profile.slug != folder.name:
        raise RegisterError([f"{path}, field slug (found {profile.slug!r}): must be the name of its folder, {folder.name!r}"])
    return profile


def _overlay_addresses(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return {row["id"]: row["email"] for row in csv.DictReader(lines)}


def _rows(path: Path, model: type[Row], problems: list[str]) -> tuple[Row, ...]:
    if not path.exists():
        problems.append(f"{path} does not exist")
        return ()
    rows: list[Row] = []
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines, restkey="columns beyond the header", restval="")
        for record in reader:
            try:
                rows.append(model.model_validate({k: v for k, v in record.items() if v != "" or k in ("kpi_ref", "valid_from")}))
            except ValidationError as error:
                problems.extend(problems_of(path, error, reader.line_num))
    return tuple(rows)


@dataclass(frozen=True)
class Register:
    """A council's profile with every version of its KPIs, targets and templates."""

    profile: Profile
    kpi_versions: tuple[Kpi, ...]
    target_versions: tuple[Target, ...]
    template_versions: tuple[DataQualityTemplate, ...]
    digest: str

    def kpis(self, period: Period) -> tuple[Kpi, ...]:
        """List the KPIs in force on the last day of a period, one version each, in register order."""
        return tuple(kpi for kpi in self.kpi_versions if kpi.holds_on(period.last_day))

    def kpi(self, kpi_ref: str, period: Period) -> Kpi | None:
        """Find one KPI as it was in force on the last day of a period."""
        return next((kpi for kpi in self.kpis(period) if kpi.kpi_ref == kpi_ref), None)

    @cached_property
    def combined_refs(self) -> frozenset[str]:
        """KPIs that are worked out from the directorates' figures and never collected."""
        return frozenset(kpi.part_of for kpi in self.kpi_versions if kpi.part_of)

    def due(self, month: Month, service_id: str | None = None) -> tuple[Kpi, ...]:
        """List the KPIs a figure is due for in a month, optionally of one service."""
        return tuple(
            kpi
            for kpi in self.kpis(month)
            if kpi.is_due(month) and kpi.kpi_ref not in self.combined_refs and service_id in (None, kpi.service_id)
        )

    def template(self, kpi_ref: str, day: date) -> DataQualityTemplate | None:
        """Find the data-quality template in force on a day. None: there is none."""
        return next((t for t in self.template_versions if t.kpi_ref == kpi_ref and t.holds_on(day)), None)

    def target(self, kpi_ref: str, period: Period) -> Target | None:
        """Find the target a period is judged by: its own, or the months' targets by the KPI's aggregation rule.

        A quarter without its own target takes the sum of its months' targets for sums, else the last month's.
        None: the KPI has no target in that period.
        """
        kind = PeriodKind.of(period)
        own = self._target_row(kpi_ref, kind, period.last_day)
        if own is not None or kind is PeriodKind.MONTH:
            return own
        months = [self._target_row(kpi_ref, PeriodKind.MONTH, month.last_day) for month in period.months]
        known = [target for target in months if target is not None]
        kpi = self.kpi(kpi_ref, period)
        if kpi is None or len(known) != len(months):
            return None
        if kpi.aggregation is not Aggregation.SUM:
            return known[-1]
        bounds = [target.bounds for target in known]
        low, high = exact_sum(b[0] for b in bounds), exact_sum(b[1] for b in bounds)
        text = plain(low) if low == high else f"{plain(low)}..{plain(high)}"
        return known[-1].model_copy(update={"period_kind": kind, "target": text})

    def _target_row(self, kpi_ref: str, kind: PeriodKind, day: date) -> Target | None:
        return next((t for t in self._targets.get((kpi_ref, kind), ()) if t.holds_on(day)), None)

    @cached_property
    def _targets(self) -> dict[tuple[str, PeriodKind], list[Target]]:
        index: dict[tuple[str, PeriodKind], list[Target]] = {}
        for target in self.target_versions:
            index.setdefault((target.kpi_ref, target.period_kind), []).append(target)
        return index


def load_register(folder: Path, *, overlay: Path | None = None) -> Register:
    """Read a council's whole folder.

    Raises:
        RegisterError: listing every problem of every file, not only the first.
    """
    profile = load_profile(folder, overlay=overlay)
    problems: list[str] = []
    kpis = _rows(folder / "kpis.csv", Kpi, problems)
    targets = _rows(folder / "targets.csv", Target, problems)
    templates = _rows(folder / "data_quality_templates.csv", DataQualityTemplate, problems)
    problems.extend(_contradictions(folder, profile, kpis, targets, templates))
    if problems:
        raise RegisterError(problems)
    return Register(profile, kpis, targets, templates, digest=_digest(folder))


def _digest(folder: Path) -> str:
    names = (_PROFILE_FILE, "kpis.csv", "targets.csv", "data_quality_templates.csv")
    return hashlib.sha256(b"\0".join((folder / name).read_bytes() for name in names)).hexdigest()


def _contradictions(
    folder: Path, profile: Profile, kpis: Sequence[Kpi], targets: Sequence[Target], templates: Sequence[DataQualityTemplate]
) -> Iterator[str]:
    refs = {kpi.kpi_ref for kpi in kpis}
    for kpi in kpis:
        yield from _unknown_names(f"{folder / 'kpis.csv'}, KPI {kpi.kpi_ref}", kpi, profile, refs)
    for name, rows in (("targets.csv", targets), ("data_quality_templates.csv", templates)):
        for row in rows:
            if row.kpi_ref not in refs:
                yield f"{folder / name}, field kpi_ref: {row.kpi_ref!r} is not a KPI of kpis.csv"
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
