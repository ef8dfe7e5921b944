"""Reading a council's folder, and saying file, line, field and right form when something in it is wrong."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from pmf.register.action import PlanAction
from pmf.register.benchmark import Benchmark
from pmf.register.contradictions import Definitions, contradictions, target_contradictions
from pmf.register.council import Profile
from pmf.register.kpi import Kpi
from pmf.register.panel import PanelItem
from pmf.register.source import STATEMENTS_FOLDER, parse_sources
from pmf.register.structure import Definition, Post
from pmf.register.target import Target
from pmf.register.template import DataQualityTemplate
from pmf.register.versions import Register
from pmf.register.wording import worded
from pmf.register.yamlfile import parse_yaml

PROFILE_FILE = "organisation.yaml"
# What defines a council's register; those from actions.csv on may be left out. Everything else in its folder is words or sample.
REGISTER_FILES = (
    PROFILE_FILE,
    "kpis.csv",
    "targets.csv",
    "data_quality_templates.csv",
    "actions.csv",
    "benchmarks.csv",
    "panels.csv",
    "sources.yaml",
)
_NEVER_BLANK = ("kpi_ref", "action_ref", "line_ref", "valid_from")
Row = TypeVar("Row", bound=Definition)


class RegisterError(Exception):
    """A council's files are wrong. ``problems`` holds one sentence each, naming file, line and field."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def organisation_slugs(organisations: Path) -> tuple[str, ...]:
    """List the councils that have a folder with a profile, in alphabetical order."""
    return tuple(sorted(path.parent.name for path in organisations.glob(f"*/{PROFILE_FILE}")))


def known_policies(policies: Path) -> tuple[str, ...]:
    """List the ids of the rating policies of a folder, in alphabetical order."""
    return tuple(sorted(path.stem for path in policies.glob("*.yaml")))


def problems_of(path: Path, error: ValidationError, line: int | None = None) -> list[str]:
    """Word what is wrong with an entry of a file: one sentence a field, with what was found."""
    place = f"{path}" if line is None else f"{path} line {line}"
    sentences = []
    for item in error.errors():
        field = ".".join(str(part) for part in item["loc"]) or "the whole entry"
        given = "" if isinstance(item["input"], dict) else f" (found {item['input']!r})"
        sentences.append(f"{place}, field {field}{given}: {worded(item)}")
    return sentences


def load_profile(folder: Path, *, overlay: Path | None = None, policies: Path | None = None) -> Profile:
    """Read ``organisation.yaml``; with ``overlay``, replace addresses by those of ``<overlay>/<slug>/posts.csv``.

    The domains that mail may go to are then those of ``mail_domains.txt`` beside it, one a line, where there is one. ``policies`` is
    the folder of the rating policies that it may name. None: whether they exist is not looked at.

    Raises:
        RegisterError: naming file and field, when the file is missing, is no YAML or breaks a rule, or names a policy that has no file.
    """
    path = folder / PROFILE_FILE
    try:
        content = parse_yaml(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RegisterError([f"{path} does not exist: a council's folder needs an {PROFILE_FILE}"]) from None
    except UnicodeDecodeError:
        raise RegisterError([_not_utf8(path)]) from None
    except yaml.YAMLError as error:
        raise RegisterError([f"{path} is not readable as YAML: {' '.join(str(error).split())}"]) from error
    if not isinstance(content, dict):
        raise RegisterError([f"{path} is empty: copy one of the shipped councils' files and edit it"])
    if overlay is not None:
        _use_addresses(content, overlay / folder.name / "posts.csv")
        _use_domains(content, overlay / folder.name / "mail_domains.txt")
    try:
        profile = Profile.model_validate(content)
    except ValidationError as error:
        raise RegisterError(problems_of(path, error)) from error
    if profile.slug != folder.name:
        raise RegisterError([f"{path}, field slug (found {profile.slug!r}): must be the name of its folder, {folder.name!r}"])
    if policies is not None and (unknown := _unknown_policies(path, profile, policies)):
        raise RegisterError(unknown)
    return profile


def _unknown_policies(path: Path, profile: Profile, policies: Path) -> list[str]:
    """Say which rating policies a council names that there is no file of, before a month's rating stumbles over it."""
    known = known_policies(policies)
    return [
        f"{path}, field {field} (found {policy.policy_id!r}): there is no such rating policy in {policies}; there are {', '.join(known)}"
        for field, named in (("headline_policies", profile.headline_policies), ("paper_policies", profile.paper_policies))
        for policy in named
        if policy.policy_id not in known
    ]


def _use_addresses(content: dict[str, Any], path: Path) -> None:
    """Replace the example addresses of posts by an installation's own, from a CSV with the columns id and email."""
    if not path.exists():
        return
    posts = {post["id"]: post for post in content.get("posts") or () if isinstance(post, dict) and "id" in post}
    problems = []
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines, restval="")
        if not {"id", "email"} <= set(reader.fieldnames or ()):
            raise RegisterError([f"{path} line 1: the columns are id and email (found: {', '.join(reader.fieldnames or ())})"])
        for row in reader:
            try:
                posts[row["id"]]["email"] = Post.model_validate({"id": row["id"], "title": "overlay", "email": row["email"]}).email
            except KeyError:
                problems.append(f"{path} line {reader.line_num}, field id (found {row['id']!r}): {PROFILE_FILE} has no such post")
            except ValidationError as error:
                problems.extend(problems_of(path, error, reader.line_num))
    if problems:
        raise RegisterError(problems)


def _use_domains(content: dict[str, Any], path: Path) -> None:
    """Replace the domains that letters may go to by an installation's own."""
    if path.exists():
        content["mail_domains"] = path.read_text(encoding="utf-8").split()


def _rows(path: Path, model: type[Row], problems: list[str]) -> tuple[Row, ...]:
    if not path.exists():
        problems.append(f"{path} does not exist")
        return ()
    rows: list[Row] = []
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        problems.append(_not_utf8(path))
        return ()
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="columns beyond the header", restval="")
    if problem := _header_problem(path, reader.fieldnames or (), model):
        problems.append(problem)
        return ()
    for record in reader:
        try:
            rows.append(model.model_validate({k: v for k, v in record.items() if v != "" or k in _NEVER_BLANK}))
        except ValidationError as error:
            problems.extend(problems_of(path, error, reader.line_num))
    return tuple(rows)


def _header_problem(path: Path, header: Sequence[str], model: type[Row]) -> str | None:
    """Say once what is wrong with the columns of a file, instead of once a line. None: nothing is."""
    wrong = {
        "unknown": [name for name in header if name and name not in model.model_fields],
        "missing": [name for name, field in model.model_fields.items() if field.is_required() and name not in header],
    }
    said = "; ".join(f"{kind}: {', '.join(names)}" for kind, names in wrong.items() if names)
    known = ", ".join(model.model_fields)
    return f"{path} line 1, columns {said}. They are separated by commas; there can be {known}" if said else None


def _not_utf8(path: Path) -> str:
    return f'{path} is not UTF-8 text: save it from the spreadsheet as "CSV UTF-8", or from the editor as UTF-8'


def load_register(folder: Path, *, overlay: Path | None = None, policies: Path | None = None) -> Register:
    """Read a council's whole folder; ``overlay`` and ``policies`` are as for ``load_profile``.

    Raises:
        RegisterError: listing every problem of every file, not only the first. What the files say against each other is
            told once all their lines can be read: a KPI on a line that cannot be would seem unknown to the other files.
    """
    profile = load_profile(folder, overlay=overlay, policies=policies)
    problems: list[str] = []
    kpis = _rows(folder / "kpis.csv", Kpi, problems)
    targets = _rows(folder / "targets.csv", Target, problems)
    templates = _rows(folder / "data_quality_templates.csv", DataQualityTemplate, problems)
    actions = _rows(folder / "actions.csv", PlanAction, problems) if (folder / "actions.csv").exists() else ()
    benchmarks = _rows(folder / "benchmarks.csv", Benchmark, problems) if (folder / "benchmarks.csv").exists() else ()
    panels = _rows(folder / "panels.csv", PanelItem, problems) if (folder / "panels.csv").exists() else ()
    sources = parse_sources(folder / "sources.yaml", problems)
    if not problems:
        problems.extend(contradictions(folder, profile, Definitions(kpis, targets, templates, actions, sources, benchmarks, panels)))
    if problems:
        raise RegisterError(problems)
    digest = digest_of(folder, register_files(folder))
    return Register(profile, kpis, targets, templates, actions, sources, benchmarks, panels, digest=digest)


def load_targets(path: Path, *, kpis: Sequence[Kpi]) -> tuple[Target, ...]:
    """Read a file of targets by itself, in the form of ``targets.csv``, for the KPIs of a register.

    Raises:
        RegisterError: listing every problem of the file, with line and field.
    """
    problems: list[str] = []
    targets = _rows(path, Target, problems)
    problems.extend(problems or target_contradictions(path, targets, kpis))
    if problems:
        raise RegisterError(list(dict.fromkeys(problems)))
    return targets


def digest_of(folder: Path, names: Sequence[str], *, overlay: Path | None = None, policy_ids: Sequence[str] = ()) -> str:
    """Name what stands in files of a council's folder, in what an installation lays over it, and the rating policies there are.

    ``overlay`` is as for ``load_profile``.

    Raises:
        OSError: when a file is missing or cannot be read.
    """
    laid_over = sorted(path for path in (overlay / folder.name).glob("*") if path.is_file()) if overlay else []
    read = [*((name, folder / name) for name in names), *((path.name, path) for path in laid_over)]
    parts = [part for name, path in read for part in (name.encode(), path.read_bytes())]
    return hashlib.sha256(b"\0".join((*parts, *(policy_id.encode() for policy_id in policy_ids)))).hexdigest()


def register_files(folder: Path) -> tuple[str, ...]:
    """Name the files that define a council's register, the statements of its query sources included, as far as they are there."""
    statements = sorted(path.relative_to(folder).as_posix() for path in (folder / STATEMENTS_FOLDER).glob("*.sql"))
    return (*(name for name in REGISTER_FILES if (folder / name).exists()), *statements)
