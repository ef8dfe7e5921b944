"""What figures tell about numbers of people, and how a measure looks without what may not be told."""

from __future__ import annotations

import csv
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from pmf.period import FinancialYear, Month, Quarter
from pmf.register import Kpi, load_register
from pmf.register.kpi import AboutPeople
from pmf.register.load import RegisterError
from pmf.reporting.disclosure.counts import counts_of, secrets_of
from pmf.reporting.disclosure.edition import HEADING, internal_edition, public_edition
from pmf.reporting.disclosure.fact import Figure, number_of
from pmf.reporting.disclosure.redaction import COMMENT_LEFT_OUT, EVERY_PART, public_measures, redacted
from pmf.reporting.paper import committee_paper
from pmf.series.point import Point
from pmf.status import Status
from reporting.samples import FOLDER, IN_DEPTH, a_kpi, a_measure, a_paper_setting

APRIL, MAY, JUNE = Quarter(2024, 1).months
SHARE = {"aggregation": "ratio", "unit": "%", "ratio_multiplier": 100}


def about(ref: str = "1", **changes: Any) -> Kpi:
    return a_kpi(ref, **{"about_people": "yes", "is_public": True, "aggregation": "sum"} | changes)


def points(*values: int | tuple[int, int]) -> list[Point]:
    made = []
    for month, value in zip((APRIL, MAY, JUNE), values, strict=False):
        top, bottom = value if isinstance(value, tuple) else (value, None)
        pair = {} if bottom is None else {"numerator": Decimal(top), "denominator": Decimal(bottom)}
        made.append(Point(period=month, value=Decimal(top), **pair))
    return made


def told(kpi: Kpi, series: list[Point], *months: Month) -> list[int]:
    figure = counts_of([kpi], {kpi.kpi_ref: series}).figure(kpi, months)
    return [int(number_of(fact)) for fact in figure.facts] if figure else []


@pytest.mark.parametrize(
    ("changes", "series", "expected"),
    [
        ({}, points(20, 3, 30), [53]),
        ({"aggregation": "last"}, points(20, 3, 30), [30]),
        ({"is_cumulative": True, "aggregation": "last"}, points(20, 23, 53), [53]),
        (SHARE, points((40, 50), (45, 47), (30, 30)), [115, 12]),
        (SHARE | {"unit": "per 10,000"}, points((40, 50), (45, 47), (30, 30)), [115, 127]),
        ({}, [], []),
    ],
)
def test_a_quarter_tells_what_its_months_add_up_to(changes: dict[str, Any], series: list[Point], expected: list[int]) -> None:
    """Counts add up, stocks are their last month's, running totals themselves; a share tells of both groups, a rate what it is out of."""
    assert told(about(**changes), series, APRIL, MAY, JUNE) == expected


def test_a_running_total_is_made_of_what_each_month_added() -> None:
    """Three more than the month before are three people, although neither total is small."""
    kpi = about(is_cumulative=True, aggregation="last")
    counts = counts_of([kpi], {"1": points(20, 23, 53)})
    assert [int(number_of(secret.fact)) for secret in counts.secrets(kpi, APRIL)] == [3]


def test_a_combined_figure_is_made_of_its_parts() -> None:
    """A council's month is the sum of its directorates', and there is none where one of them is missing."""
    kpis = [about("W"), about("A", part_of="W"), about("B", part_of="W")]
    counts = counts_of(kpis, {"A": points(3, 10), "B": points(20)})
    assert [int(number_of(fact)) for fact in counts.figure(kpis[0], [APRIL]).facts] == [23]
    assert counts.figure(kpis[0], [MAY]) is None


@pytest.mark.parametrize(
    ("number", "is_small", "is_small_and_sensitive"),
    [(0, False, True), (1, True, True), (4, True, True), (5, False, False), (500, False, False)],
)
def test_how_few_are_too_few(number: int, is_small: bool, is_small_and_sensitive: bool) -> None:
    """One to four by default; of a sensitive matter nought says something too."""
    assert about().is_small(Decimal(number)) is is_small
    assert about(about_people=AboutPeople.SENSITIVE).is_small(Decimal(number)) is is_small_and_sensitive


@pytest.mark.parametrize(("before", "says"), [(12, ""), (10, "differs"), (16, "differs"), (6, ""), (30, "")])
def test_a_figure_restated_by_a_few_tells_of_those_few(before: int, says: str) -> None:
    """Published as 10 and now 12 tells of two people; as 6 or 30 of no few; as 12 of nobody."""
    kpi = about()
    earlier = Figure("1", (APRIL,), counts_of([kpi], {"1": points(before)}).figure(kpi, [APRIL]).facts)
    statement = counts_of([kpi], {"1": points(12)}).statement(kpi, "value", [[APRIL]], told=[earlier])
    assert says in statement.why_small
    assert bool(statement.why_small) is bool(says)
    assert [(secret.low, secret.high) for secret in secrets_of(kpi, statement)] == ([(7, 17)] if says else [])


@pytest.mark.parametrize(
    "changes", [{"aggregation": "mean"}, {"aggregation": "last", "unit": "%"}, {"aggregation": "last", "unit": "per 10,000"}]
)
def test_a_kpi_about_people_says_how_many(changes: dict[str, Any]) -> None:
    """What does not say how many people stand behind it cannot be guarded, and is refused."""
    with pytest.raises(ValidationError, match="the number of people must be known"):
        about(**changes)


def test_a_part_about_people_has_a_whole_about_people(tmp_path: Path) -> None:
    """A register in which only one of them is guarded is refused: the other would give it away."""
    folder = shutil.copytree(FOLDER, tmp_path / FOLDER.name)
    path = folder / "kpis.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(row | ({"about_people": "yes"} if row["kpi_ref"] == "C3-SP" else {}) for row in rows)
    with pytest.raises(RegisterError, match=r"KPI C3-SP, field about_people: it is combined into C3; write the same for both"):
        load_register(folder)


def test_a_redacted_measure_keeps_no_column_that_is_not_named() -> None:
    """With everything withheld only target, periods and what made it are left; a column of the table that is new goes too."""
    measure = a_measure("1", comment="Three families.", **IN_DEPTH)
    row = redacted(measure, EVERY_PART).rating | {}
    assert (row["status"], row["value"], row["comment"]) == (Status.CONFIDENTIAL, None, COMMENT_LEFT_OUT)
    kept = {name for name, value in row.items() if value is not None and value == measure.rating[name] and value != ""}
    assert kept <= {
        *("target", "target_version", "previous_target", "year_target"),
        *("period", "previous_period", "last_year_period", "months_used", "months_missing", "is_provisional"),
    }
    unheard = redacted(a_measure("1", invented_column="three"), frozenset({"comment"}))
    assert unheard.rating["invented_column"] is None


def test_the_public_reads_of_no_internal_kpi() -> None:
    """Internal measures are gone, and so are their names where a whole says what it is made of."""
    public = a_measure("1", kpi=a_kpi("1", is_public=True))
    internal = a_measure("2", kpi=a_kpi("2"))
    assert [measure.ref for measure in public_measures([public, internal], {})] == ["1"]


def test_a_year_without_its_quarters_says_so() -> None:
    """The part for the quarters of an annual report marks the measure, whatever its row."""
    assert "quarters" in redacted(a_measure("1"), frozenset({"quarters"})).confidential
    assert FinancialYear(2024).months[0] == APRIL


def test_each_edition_says_which_it_is() -> None:
    """The internal one on every page, the public one in a last section with the count and the list of what it concerns."""
    measure = redacted(a_measure("1"), EVERY_PART)
    document = committee_paper([measure], a_paper_setting())
    assert internal_edition(document).banner.startswith("Internal edition: not for publication.")
    last = public_edition(document, [measure], kpis=2, lines=1).sections[-1]
    assert last.heading == HEADING
    lead, named, rest, lines = last.blocks
    assert lead.runs[0].text.startswith("1 KPI prints [c] where a figure is left out")
    assert [item.runs[0].text for item in named.items] == [measure.name]
    assert rest.runs[0].text == "2 KPIs are not for publication and not in this edition."
    assert lines.runs[0].text == "1 line of the risk, finance and change panels is not for publication and not in this edition."
