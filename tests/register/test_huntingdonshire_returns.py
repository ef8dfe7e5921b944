"""The second sample council's history and returns, and its first quarter lived through without Airflow.

The arithmetic of the quick tests is its own: a few lines of fractions, nothing of ``series`` or ``rating``.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from cycle import council as at_work
from cycle.desk import rendered_as
from pmf.cycle import documents
from pmf.cycle.collect import collect_month, scan_inbox
from pmf.cycle.rate import rate_month, rate_quarter
from pmf.cycle.report import export_papers
from pmf.cycle.validate import validate_returns
from pmf.period import Month, Quarter, parse_month
from pmf.register import Kpi, Register, Target, load_register
from pmf.register.kpi import Aggregation, Frequency, StatusType

Rows = dict[tuple[str, str], dict[str, str]]

SLUG = "huntingdonshire"
FOLDER = Path(__file__).parents[2] / "include" / "organisations" / SLUG
FIRST = Month(2022, 4)
APRIL, MAY, JUNE = SAMPLE = Quarter(2025, 1).months
Q1 = Quarter(2025, 1)
PANEL = "overview-and-scrutiny-performance-and-growth"
NOT_COLLECTED = (StatusType.IN_DEVELOPMENT, StatusType.SUSPENDED)
# The table of the folder's README: red, amber, green.
COLOURS = {APRIL: (2, 11, 22), MAY: (2, 13, 20), JUNE: (4, 8, 24)}
_EXPLAINED = re.compile(r"\bbecause\b.+\nPath to green: .+ Owner: (?P<owner>[^.]+)\. By (?P<by>\d{1,2} [A-Z][a-z]+ 20\d\d)\.$", re.DOTALL)


@pytest.fixture(scope="module")
def hdc() -> Register:
    """The council's register."""
    return load_register(FOLDER)


def _rows(name: str) -> Rows:
    with (FOLDER / name).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    by_place = {(row["kpi_ref"], row["period"]): row for row in rows}
    assert len(by_place) == len(rows), f"{name} names a KPI twice for one month"
    return by_place


@pytest.fixture(scope="module")
def history() -> Rows:
    """The earlier figures by KPI and month."""
    return _rows("history.csv")


@pytest.fixture(scope="module")
def returns() -> Rows:
    """What the services return, by KPI and month."""
    return _rows("sample_returns.csv")


@pytest.fixture(scope="module")
def incident() -> dict[str, Any]:
    """The one thing that goes wrong."""
    (only,) = yaml.safe_load((FOLDER / "sample_incidents.yaml").read_text(encoding="utf-8"))["incidents"]
    found: dict[str, Any] = only
    return found


def _exact(kpi: Kpi, row: dict[str, str]) -> Fraction:
    if kpi.aggregation is Aggregation.RATIO:
        return Fraction(row["numerator"]) / Fraction(row["denominator"]) * kpi.ratio_multiplier
    return Fraction(row["value"])


def _share(target: Target, month: Month) -> Fraction:
    """Say how much of a year's target is to be reached by a month: all of one that is not spread."""
    number = month.financial_year.months.index(month) + 1
    if not target.profile:
        return Fraction(1)
    if target.profile == ("even",):
        return Fraction(number, 12)
    return Fraction(target.profile[(number if len(target.profile) == 12 else number // 3) - 1]) / 100


def _colour(register: Register, kpi: Kpi, month: Month, figures: Rows) -> str | None:
    """Rate a KPI for a month by its own last due figure, as the framework does. None: it has no colour."""
    while not kpi.is_due(month):
        month = month.previous
    row = figures.get((kpi.kpi_ref, month.key))
    if kpi.status_type is not StatusType.RATED or row is None or not row["value"]:
        return None
    (target,) = (target for target in register.target_versions if target.kpi_ref == kpi.kpi_ref and target.holds_on(month.last_day))
    assert target.intervention_level is not None
    share, figure = _share(target, month), _exact(kpi, row)
    (low, high), level = (Fraction(bound) * share for bound in target.bounds), Fraction(target.intervention_level) * share
    is_short = figure < low if kpi.direction == "higher" else figure > high
    is_beyond = figure < level if kpi.direction == "higher" else figure > level
    return "red" if is_beyond else "amber" if is_short else "green"


def _day(text: str) -> date:
    """Read a day as comments write it: "31 July 2025"."""
    day, name, year = text.split()
    number = next(month for month in range(1, 13) if Month(int(year), month).label == f"{name} {year}")
    return date(int(year), number, int(day))


def test_history_covers_three_years_of_every_kpi(hdc: Register, history: Rows) -> None:
    """Each KPI that is not in development has a figure for every due month of the three years, all marked illustrative."""
    expected = {
        (kpi.kpi_ref, month.key)
        for month in FIRST.up_to(Month(2025, 3))
        for kpi in hdc.due(month)
        if kpi.status_type is not StatusType.IN_DEVELOPMENT
    }
    assert set(history) == expected
    assert {row["provenance"] for row in history.values()} == {"illustrative"}


def test_a_ratio_is_its_numerator_over_its_denominator(hdc: Register, history: Rows, returns: Rows) -> None:
    """Every percentage and rate can be worked out again from whole counts, to the last printed digit."""
    for (ref, month), row in (history | returns).items():
        kpi = hdc.kpi(ref, parse_month(month))
        assert kpi is not None
        if kpi.aggregation is not Aggregation.RATIO:
            assert (row["numerator"], row["denominator"]) == ("", "")
        elif row["value"]:
            assert row["numerator"].isdigit()
            assert row["denominator"].isdigit()
            assert abs(_exact(kpi, row) - Fraction(row["value"])) <= Fraction(1, 2 * 10**kpi.decimals), (ref, month)


def test_year_to_date_figures_grow(hdc: Register, history: Rows, returns: Rows) -> None:
    """A figure that runs up through the year is larger each time it is due, until April begins again."""
    figures = history | returns
    for kpi in hdc.kpis(JUNE):
        due = [month for month in FIRST.up_to(JUNE) if kpi.is_due(month) and kpi.is_cumulative]
        for earlier, later in pairwise(due):
            if earlier.financial_year == later.financial_year:
                assert _exact(kpi, figures[kpi.kpi_ref, later.key]) > _exact(kpi, figures[kpi.kpi_ref, earlier.key])


@pytest.mark.parametrize("month", SAMPLE, ids=lambda month: month.key)
def test_every_due_kpi_is_returned_once(hdc: Register, returns: Rows, month: Month) -> None:
    """A month's returns hold exactly the KPIs due, in register order, with a figure and a forecast, or a reason; all illustrative."""
    assert [ref for ref, key in returns if key == month.key] == [kpi.kpi_ref for kpi in hdc.due(month)]
    for kpi in hdc.due(month):
        row = returns[kpi.kpi_ref, month.key]
        assert row["provenance"] == "illustrative"
        assert bool(row["value"]) == bool(row["forecast"])
        assert bool(row["not_available"]) == bool(row["reason"])
        is_collected = kpi.status_type not in NOT_COLLECTED
        assert [bool(row["value"]), bool(row["reason"])].count(True) == int(is_collected), kpi.kpi_ref
        if kpi.is_cumulative:
            assert Decimal(row["forecast"]) > Decimal(row["value"])


def test_two_figures_are_not_available_and_say_why(returns: Rows) -> None:
    """Food ratings lack April and environmental health requests May, each for a reason of its own."""
    assert [place for place, row in returns.items() if row["not_available"]] == [("PI-02", "2025-04"), ("PI-22", "2025-05")]


@pytest.mark.parametrize("month", SAMPLE, ids=lambda month: month.key)
def test_the_returns_as_meant_hold_nothing_to_query(hdc: Register, history: Rows, returns: Rows, month: Month) -> None:
    """No figure lies outside its template's limits or has too many decimals, and every large movement is explained."""
    figures = history | returns
    for kpi in hdc.due(month):
        row, template = returns[kpi.kpi_ref, month.key], hdc.template(kpi.kpi_ref, month.last_day)
        assert template is not None
        if not row["value"]:
            continue
        assert (template.minimum or 0) <= Decimal(row["value"]) <= (template.maximum or 0), kpi.kpi_ref
        assert len(row["value"].partition(".")[2]) <= (template.max_decimals or 0)
        earlier = [m for m in FIRST.up_to(month.previous) if figures.get((kpi.kpi_ref, m.key), {}).get("value")]
        before, now = _exact(kpi, figures[kpi.kpi_ref, earlier[-1].key]), _exact(kpi, row)
        if template.large_movement_pct is not None and before and abs(now - before) / before * 100 > Fraction(template.large_movement_pct):
            assert row["comment"], kpi.kpi_ref


@pytest.mark.parametrize("month", SAMPLE, ids=lambda month: month.key)
def test_the_colours_are_those_of_the_readme(hdc: Register, history: Rows, returns: Rows, month: Month) -> None:
    """Each month has the reds, ambers and greens its README names, by targets and intervention levels alone."""
    figures = history | returns
    counts = Counter(_colour(hdc, kpi, month, figures) for kpi in hdc.kpis(month))
    assert tuple(counts[colour] for colour in ("red", "amber", "green")) == COLOURS[month]


@pytest.mark.parametrize("month", SAMPLE, ids=lambda month: month.key)
def test_every_red_and_amber_has_cause_action_owner_and_date(hdc: Register, history: Rows, returns: Rows, month: Month) -> None:
    """Whatever falls short comes with the way back: why, what, a post of the council, and a day after the month."""
    titles = {post.title for post in hdc.profile.posts}
    explained = set()
    for kpi in hdc.due(month):
        comment = returns[kpi.kpi_ref, month.key]["comment"]
        path = _EXPLAINED.search(comment)
        if _colour(hdc, kpi, month, history | returns) in ("red", "amber"):
            assert path, (kpi.kpi_ref, comment)
            assert path["owner"] in titles
            assert _day(path["by"]) >= month.next.last_day
            explained.add(kpi.kpi_ref)
        else:
            assert "Path to green" not in comment, kpi.kpi_ref
    assert explained


def test_no_comment_is_used_twice(returns: Rows) -> None:
    """Nobody sends last month's comment again."""
    comments = Counter(row["comment"] for row in returns.values() if row["comment"])
    assert set(comments.values()) == {1}
    assert len(comments) > 60


def test_the_incident_withholds_less_than_is_tolerated(hdc: Register, returns: Rows, incident: dict[str, Any]) -> None:
    """May's return of housing swaps two cells of one KPI: one of 32 figures due, put right after the cycle and before the export."""
    assert (incident["period"], incident["service_id"]) == (MAY.key, "housing")
    typed = {cell["field"]: cell["text"] for cell in incident["typed"]}
    meant = returns["PI-08", MAY.key]
    assert typed == {"numerator": meant["denominator"], "denominator": meant["numerator"]}
    assert len(hdc.due(MAY)) == 32
    assert Fraction(100, 32) < Fraction(hdc.profile.quality.withheld_share_max_pct)
    delivered, corrected = (datetime.fromisoformat(incident[name]) for name in ("delivered_at", "corrected_at"))
    assert hdc.profile.opens_at(MAY) < delivered < hdc.profile.deadline(MAY)
    assert hdc.profile.cycle_at(MAY) < corrected < hdc.profile.export_at(Q1)


def test_quarterly_and_yearly_kpis_are_returned_when_due(hdc: Register, returns: Rows) -> None:
    """Quarterly figures come in June; yearly ones, outcome measures among them, in none of the three months."""
    frequencies = {kpi.kpi_ref: kpi.frequency for kpi in hdc.kpis(JUNE)}
    assert {key for ref, key in returns if frequencies[ref] is Frequency.QUARTERLY} == {JUNE.key}
    assert not {ref for ref, _ in returns if frequencies[ref] is Frequency.ANNUAL}


class Lived:
    """The quarter as it was lived: what each month's run made of it, and the statuses it was rated with."""

    def __init__(self, home: Path) -> None:
        self.council = at_work.council_at(home)
        self.outcomes: dict[Month, tuple[str, int, int]] = {}
        self.statuses: dict[Month | Quarter, dict[str, int]] = {}

    def live(self) -> None:
        """Import history, run three months with the correction of May, rate and export the quarter."""
        profile, settings = self.council.teller.profile, self.council.settings
        self.council.begin()
        for month in SAMPLE:
            validated = self.council.whole_month(month)
            self.outcomes[month] = (validated.outcome, validated.due, validated.withheld)
            as_at = profile.cycle_at(month)
            for incident in self.council.teller.sample.corrections(month):
                as_at = incident.corrected_at or incident.delivered_at
                self.council.teller.deliver(month, [incident.service_id], at=as_at, corrected=True)
                scan_inbox(SLUG, as_at=as_at, settings=settings)
                collect_month(SLUG, month, as_at=as_at, settings=settings)
                validate_returns(SLUG, month, as_at=as_at, settings=settings)
            self.statuses[month] = rate_month(SLUG, month, as_at=as_at, settings=settings).statuses
        self.statuses[Q1] = rate_quarter(SLUG, Q1, as_at=profile.export_at(Q1), settings=settings).statuses
        export_papers(SLUG, Q1, as_at=profile.export_at(Q1), settings=settings)

    def paper(self, committee_id: str) -> dict[str, Any]:
        """Read a body's paper of the quarter as data, as its members get it."""
        path = self.council.settings.outbox / SLUG / Q1.key / "papers" / f"paper-{committee_id}-internal.json"
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return content


@pytest.fixture(scope="module")
def quarter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """The council's first quarter, every document made as data."""
    with pytest.MonkeyPatch.context() as patched, rendered_as(documents.JSON):
        patched.setattr(at_work, "SLUG", SLUG)
        lived = Lived(tmp_path_factory.mktemp(SLUG) / "home")
        lived.live()
        yield lived


@pytest.mark.slow
def test_the_months_end_as_expected(quarter: Lived) -> None:
    """April and June pass with nothing to say; May withholds one figure of 32 and is flagged."""
    assert quarter.outcomes == {APRIL: ("pass", 32, 0), MAY: ("flag", 32, 1), JUNE: ("pass", 39, 0)}


@pytest.mark.slow
@pytest.mark.parametrize("period", [*SAMPLE, Q1], ids=lambda period: period.key)
def test_the_cycle_gives_the_colours_of_the_readme(quarter: Lived, period: Month | Quarter) -> None:
    """Through forms, checks and policy the months, and the quarter of all of them, get the colours written down."""
    counts = quarter.statuses[period]
    expected = COLOURS | {Q1: (3, 14, 19)}
    assert tuple(counts.get(colour, 0) for colour in ("red", "amber", "green")) == expected[period]
    assert (counts["contextual"], counts["baseline"], counts["in_development"], counts["suspended"]) == (7, 1, 1, 1)
    assert "awaiting_data" not in counts
    assert "under_query" not in counts


def _blocks(paper: dict[str, Any], number: str) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = next(part["blocks"] for part in paper["sections"] if part["number"] == number)
    return blocks


@pytest.mark.slow
def test_the_panel_gets_the_quarters_report(quarter: Lived) -> None:
    """The Corporate Performance Report has the Panel's meeting, the status table of its 38 KPIs and the three reds told in full."""
    paper = quarter.paper(PANEL)
    assert paper["title"] == "Corporate Performance Report – Quarter 1 2025-26 (internal edition)"
    header = dict(paper["header"])
    assert (header["To"], header["Meeting Date"]) == ("Overview and Scrutiny Panel (Performance and Growth)", "3 September 2025")
    issues = _blocks(paper, "3")
    (table,) = [block for block in issues if block["kind"] == "table"]
    assert {row[0]["text"]: row[1]["text"] for row in table["rows"]} == {
        "Red": "3",
        "Amber": "12",
        "Green": "13",
        "Baseline": "1",
        "Contextual": "7",
        "In Development": "1",
        "Suspended": "1",
    }
    told = [block["text"].partition(":")[0] for block in issues if block["kind"] == "heading"]
    assert told[-3:] == ["Indicator PI-09", "Indicator PI-10", "Indicator PI-12"]
    words = json.dumps(issues)
    assert "No explanation supplied" not in words
    assert "No path to green supplied" not in words
