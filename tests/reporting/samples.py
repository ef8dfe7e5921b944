"""Measures built by hand: a KPI with a rating row of the shape of table ``rating``, and what reports need besides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from pmf.page.document import BulletList, Document, Heading, Note, Paragraph, Section, Table
from pmf.period import Month, Quarter
from pmf.register import Kpi, Profile, load_profile
from pmf.register.papertext import PaperText, load_paper_text
from pmf.reporting.measure import Measure
from pmf.reporting.movements import MovementGroup
from pmf.reporting.papersetting import PaperSetting
from pmf.reporting.scorecard import ScorecardSetting
from pmf.status import Status

FOLDER = Path(__file__).resolve().parents[2] / "include" / "organisations" / "cambridgeshire"
Q2, SEPTEMBER = Quarter(2024, 2), Month(2024, 9)
AS_AT = datetime(2024, 10, 14, 6, tzinfo=UTC)
PROFILE: Profile = load_profile(FOLDER)
WORDS: PaperText = load_paper_text(FOLDER)
CRITERIA = ("Red – current performance is 10% or more from target.", "Green – on target or better.")


def a_kpi(kpi_ref: str = "36", **changes: Any) -> Kpi:
    content: dict[str, Any] = {
        "kpi_ref": kpi_ref,
        "valid_from": date(2021, 4, 1),
        "title": f"Number of things counted as {kpi_ref}",
        "directorate_id": "strategy-partnerships",
        "service_id": "libraries",
        "level": "strategic",
        "direction": "higher",
        "aggregation": "last",
        "ambition_ids": ("6",),
    }
    return Kpi.model_validate(content | changes)


# Columns that rows made before there were any have null.
DEPTH = dict.fromkeys(
    (
        *("last_year_period", "last_year_value", "last_year_change", "reds_in_a_row", "is_deep_dive"),
        *("year_target", "year_end", "year_end_low", "year_end_high", "year_end_status", "year_end_reason"),
        *("forecast_count", "forecast_mean_miss", "forecast_bias"),
        *("variation", "assurance", "variation_reason", "centre_line", "lower_limit", "upper_limit"),
    )
)
# The same columns, each with something to print.
IN_DEPTH: dict[str, Any] = {
    "change": "declined",
    "projection": Decimal("98.4"),
    "forecast": Decimal(99),
    "forecast_status": "green",
    "last_year_period": "2023-24-Q2",
    "last_year_value": Decimal(91),
    "last_year_change": "improved",
    "reds_in_a_row": 4,
    "is_deep_dive": True,
    "year_target": "96",
    "year_end": Decimal("93.4"),
    "year_end_low": Decimal("90.2"),
    "year_end_high": Decimal("98.8"),
    "year_end_status": "amber",
    "year_end_reason": "made from 36 months by the mean of two methods, which missed by 21% less than no change",
    "forecast_count": 2,
    "forecast_mean_miss": Decimal("3.14"),
    "forecast_bias": Decimal("3.14"),
    "variation": "concerning",
    "assurance": "hit_or_miss",
    "variation_reason": "The last seven figures are on one side of their mean.",
    "centre_line": Decimal("94.2"),
    "lower_limit": Decimal("89.1"),
    "upper_limit": Decimal("99.3"),
}
COMPARISON: dict[str, Any] = {
    "kind": "neighbours",
    "about": "2023-24",
    "name": "CIPFA nearest neighbours",
    "own_value": Decimal(97),
    "others": 15,
    "median": Decimal(94),
    "quartile": 1,
    "place": 2,
    "better_by": Decimal(3),
    "is_other_period": True,
    "words": "Best quartile of 15 neighbours in 2023/24 (place 2 of 16): 97, 3 better than their median of 94.",
    "source": "LG Inform, 2 July 2024",
    "definition": "People who borrowed in the last twelve months",
}


def a_measure(
    kpi_ref: str = "36", status: Status = Status.GREEN, *, kpi: Kpi | None = None, recent: Sequence[float | None] = (), **rating: Any
) -> Measure:
    """Make a measure of quarter 2; ``rating`` changes columns of its row, in which everything that may be null is."""
    row: dict[str, Any] = DEPTH | {
        "period": "2024-25-Q2",
        "status": status.value,
        "value": Decimal(97) if status.is_rated or status in (Status.CONTEXTUAL, Status.BASELINE) else None,
        "target": "95",
        "target_version": "month:2024-04-01:95",
        "reason": "97 against a target of 95: 2.1% better than target.",
        "comment": "",
        "is_provisional": False,
        "months_used": "2024-07,2024-08,2024-09",
        "months_missing": "",
        "previous_period": "2024-25-Q1",
        "previous_value": Decimal(96),
        "previous_status": "green",
        "previous_target": "95",
        "change": None,
        "trend": "No clear trend",
        "projection": None,
        "forecast": None,
        "forecast_status": None,
    }
    return Measure(kpi or a_kpi(kpi_ref), row | rating, tuple(recent))


def a_paper_setting(movements: Sequence[MovementGroup] = (), **changes: Any) -> PaperSetting:
    content: dict[str, Any] = {
        "profile": PROFILE,
        "committee": PROFILE.committee("communities-social-mobility-inclusion"),
        "quarter": Q2,
        "as_at": AS_AT,
        "words": WORDS,
        "criteria": CRITERIA,
        "movements": tuple(movements),
        "meeting_date": date(2024, 12, 5),
    }
    return PaperSetting(**(content | changes))


def a_scorecard_setting(profile: Profile = PROFILE, as_at: datetime = AS_AT) -> ScorecardSetting:
    return ScorecardSetting(profile=profile, period=SEPTEMBER, as_at=as_at, policy_title="Framework", criteria=CRITERIA)


def section(document: Document, heading: str) -> Section:
    """Find a section by what its heading begins with."""
    return next(item for item in document.sections if item.heading.startswith(heading))


def words_of(block: Paragraph | Note) -> str:
    return "".join(run.text for run in block.runs)


def paragraphs(part: Section) -> dict[str, str]:
    """Give a section's numbered paragraphs by number."""
    return {block.number: words_of(block) for block in part.blocks if isinstance(block, Paragraph) and block.number}


def numbers(document: Document) -> list[str]:
    """List every printed number of paragraphs and headings, in the order they stand."""
    blocks = [block for part in document.sections for block in part.blocks]
    return [block.number for block in blocks if isinstance(block, Paragraph | Heading) and block.number]


def tables(document: Document) -> list[Table]:
    return [block for part in document.sections for block in part.blocks if isinstance(block, Table)]


def listed(blocks: BulletList) -> list[tuple[str, tuple[str, ...]]]:
    """Give each item of a list with the items below it."""
    return [
        ("".join(run.text for run in item.runs), tuple("".join(run.text for run in below.runs) for below in item.items))
        for item in blocks.items
    ]
