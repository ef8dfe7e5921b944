"""A small council and what its services send in, built in the shapes of the register and of the warehouse's tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from pmf.period import Month
from pmf.register import DataQualityTemplate, Kpi, Profile, Register, Target
from pmf.register.source import Source
from pmf.register.template import QUESTIONS
from pmf.validation.inputs import ReturnInputs
from pmf.validation.language import Lexicon
from pmf.validation.language.wordlists import WordLists


class EveryWord:
    """A dictionary that has every word, so that a test about something else need not be spelt."""

    def check(self, word: str) -> bool:  # noqa: ARG002 - it has them all
        return True

    def suggest(self, word: str) -> list[str]:  # noqa: ARG002
        return []


class NoLists(WordLists):
    """Word lists with nothing in them."""

    def __init__(self) -> None:
        super().__init__(Path())

    def ask(self, words: Iterable[str]) -> None:
        """Learn nothing."""


A_LEXICON = Lexicon(dictionary=EveryWord(), word_lists=NoLists())
SUITES = Path(__file__).parents[2] / "expectations"
SEPTEMBER = Month(2024, 9)
DEADLINE = datetime(2024, 10, 8, 16, 0, tzinfo=UTC)
AS_AT = DEADLINE + timedelta(days=1)
SINCE = date(2024, 4, 1)

COLUMNS = {"value": "G", "numerator": "H", "denominator": "I", "not_available": "J", "reason": "K", "comment": "L", "forecast": "M"}


def a_profile(**changes: Any) -> Profile:
    posts = (
        "performance-team",
        "data-engineers",
        "leadership-team",
        "head-of-libraries",
        "libraries-officer",
        "head-of-highways",
        "highways-officer",
    )
    content: dict[str, Any] = {
        "slug": "fenshire",
        "name": "Fenshire County Council",
        "short_name": "Fenshire",
        "first_month": "2024-04",
        "vision": "A county to live in.",
        "calendar": {"open_working_day": 1, "deadline_working_day": 6, "cycle_working_day": 8, "export_working_day": 10},
        "posts": [{"id": post, "title": post.replace("-", " ").capitalize(), "email": f"{post}@fenshire.example.org"} for post in posts],
        "performance_team": "performance-team",
        "data_engineers": "data-engineers",
        "leadership_team": "leadership-team",
        "directorates": [
            {
                "id": "place",
                "name": "Place",
                "director": "leadership-team",
                "services": [
                    {
                        "id": "libraries",
                        "name": "Libraries",
                        "holder": "libraries-officer",
                        "deputy": "head-of-libraries",
                        "head": "head-of-libraries",
                    },
                    {
                        "id": "highways",
                        "name": "Highways",
                        "holder": "head-of-highways",
                        "deputy": "highways-officer",
                        "head": "head-of-highways",
                    },
                ],
            }
        ],
        "headline_policies": [{"policy_id": "ccc-framework-2024", "since": "2024-04-01"}],
        "paper_policies": [{"policy_id": "ccc-q2-2024", "since": "2021-04-01"}],
        "quality": {"withheld_share_max_pct": "25"},
    }
    return Profile.model_validate(content | changes)


def a_kpi(kpi_ref: str, **fields: Any) -> Kpi:
    content = {
        "title": f"Indicator {kpi_ref}",
        "directorate_id": "place",
        "service_id": "libraries",
        "level": "strategic",
        "direction": "higher",
        "aggregation": "sum",
        "valid_from": SINCE,
    }
    return Kpi.model_validate(content | {"kpi_ref": kpi_ref} | fields)


def a_template(kpi_ref: str, **answers: Any) -> DataQualityTemplate:
    """A template with every question answered, and without a limit but those given."""
    posts = dict.fromkeys(("forecaster_post", "commentator_post", "cover_post"), "head-of-libraries")
    given = dict.fromkeys(QUESTIONS, "Told in a sentence.") | posts | {"collector_post": "libraries-officer", "access_confirmed": True}
    return DataQualityTemplate.model_validate({"kpi_ref": kpi_ref, "valid_from": SINCE} | given | answers)


def a_target(kpi_ref: str, target: str = "100") -> Target:
    return Target.model_validate({"kpi_ref": kpi_ref, "valid_from": SINCE, "target": target})


def a_register(
    kpis: Iterable[Kpi],
    templates: Iterable[DataQualityTemplate] = (),
    targets: Iterable[Target] | None = None,
    profile: Profile | None = None,
    sources: Iterable[Source] = (),
) -> Register:
    kpis = tuple(kpis)
    targets = tuple(a_target(kpi.kpi_ref) for kpi in kpis) if targets is None else tuple(targets)
    return Register(profile or a_profile(), kpis, targets, tuple(templates), sources=tuple(sources), digest="0" * 64)


def a_source(source_id: str, *kpi_refs: str) -> Source:
    """A source of the libraries whose files lie in the inbox."""
    content = {"id": source_id, "title": "the loans system", "service_id": "libraries", "kpi_refs": kpi_refs}
    place = {"file": {"names": ["loans-*.csv"]}, "columns": {"kpi_ref": "Indicator", "value": "Actual"}}
    return Source.model_validate(content | place)


def a_file(service_id: str | None = "libraries", **fields: Any) -> dict[str, Any]:
    """One row of ``received_file``."""
    row = {
        "file_hash": f"hash-of-{service_id}",
        "file_name": f"{service_id}.xlsx",
        "received_at": DEADLINE - timedelta(days=1),
        "sequence": 0,
        "outcome": "accepted",
        "problem": None,
        "message": None,
        "fix": None,
        "period": SEPTEMBER.key,
        "service_id": service_id,
        "is_late": False,
        "channel": "form",
        "needs_release": False,
        "is_released": True,
    }
    return row | fields


def a_line(kpi_ref: str, row: int = 6, **fields: Any) -> dict[str, Any]:
    """One row of ``returned_line``; figures may be given as text. The year is forecast to end with the figure."""
    line = {
        "file_hash": "hash-of-libraries",
        "line_number": row,
        "kpi_ref": kpi_ref,
        "period": SEPTEMBER.key,
        "service_id": "libraries",
        "sheet": "Return",
        "value": None,
        "numerator": None,
        "denominator": None,
        "forecast": fields.get("value"),
        "not_available": False,
        "is_withdrawn": False,
        "reason": "",
        "is_provisional": False,
        "comment": "",
        "cells": {field: f"{column}{row}" for field, column in COLUMNS.items()},
        "raw": {},
    } | fields
    return line | {name: _figure(line[name]) for name in ("value", "numerator", "denominator", "forecast")}


def a_problem(kpi_ref: str | None, field: str, **fields: Any) -> dict[str, Any]:
    """One row of ``cell_problem``."""
    row = {
        "file_hash": "hash-of-libraries",
        "cell": f"{COLUMNS.get(field, 'O')}6",
        "code": "not_a_figure",
        "service_id": "libraries",
        "sheet": "Return",
        "field": field,
        "kpi_ref": kpi_ref,
        "found": "see email",
        "message": "The cell holds text where a figure should stand.",
        "fix": "Type one number in the cell and send the form in again.",
    }
    return row | fields


def a_past(kpi_ref: str, value: str | None, period: str = "2024-08") -> dict[str, Any]:
    """One row of ``observation``."""
    return {"kpi_ref": kpi_ref, "period": period, "value": _figure(value), "absence": None if value else "nil_return", "comment": ""}


def a_return(register: Register, lines: Sequence[Mapping[str, Any]], **inputs: Any) -> ReturnInputs:
    """The month of September 2024 as validated the day after the deadline, with the libraries' return in."""
    given: dict[str, Any] = {"month": SEPTEMBER, "as_at": AS_AT, "deadline": DEADLINE, "files": [a_file()]}
    return ReturnInputs(register=register, lines=lines, **(given | inputs))


def a_rating(kpi_ref: str, status: str = "green", **fields: Any) -> dict[str, Any]:
    """One row of ``rating``."""
    row = {
        "kpi_ref": kpi_ref,
        "status": status,
        "value": Decimal(101),
        "target": "100",
        "off_target_pct": Decimal(-1),
        "reason": "On target.",
        "flags": "",
        "comment": "More visits than last year.",
        "numerator": None,
        "denominator": None,
        "forecast": None,
        "previous_period": "2024-08",
        "previous_value": Decimal(98),
        "change": "improved",
        "moved": "up",
    }
    return row | fields


def _figure(figure: Any) -> Decimal | None:
    return None if figure is None else Decimal(figure)
