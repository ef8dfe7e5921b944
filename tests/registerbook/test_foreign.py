"""Another organisation's register: read by a map, each row clean, doubtful or refused in words; no traceback, whatever the file."""

from __future__ import annotations

import csv
import io
from collections import Counter
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmf.register import load_register
from pmf.registerbook.columnmap import ColumnMapError, parse_column_map
from pmf.registerbook.examination import Examination, examine
from pmf.registerbook.foreign import read_foreign
from pmf.registerbook.foreignreport import ForeignReport, foreign_report
from pmf.registerbook.foreignsheet import read_foreign_sheet
from pmf.registerbook.guess import guessed_map
from pmf.registerbook.incoming import UnusableFileError
from pmf.registerbook.saving import save
from pmf.registerbook.written import against_path, against_sign, read_written
from registerbook.revenue import MAP, revenue_at


@pytest.fixture(scope="module")
def theirs(reference_data: Path) -> bytes:
    """The tax authority's register as it was published: 258 KPIs."""
    return (reference_data / "tra_register" / "kpis.csv").read_bytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return revenue_at(tmp_path / "revenue")


def taken_in(folder: Path, content: bytes) -> tuple[ForeignReport, Examination]:
    sheet = read_foreign_sheet(content)
    incoming = read_foreign(sheet, parse_column_map(MAP.read_bytes(), header=sheet.header))
    found = examine(incoming, register=load_register(folder), folder=folder, until=None)
    return foreign_report(incoming, found), found


def test_the_counts_of_the_tax_authoritys_register(theirs: bytes, folder: Path) -> None:
    """Of 258 rows 223 are read cleanly, 12 are worth a look and 23 are refused; these are facts about the file."""
    report, found = taken_in(folder, theirs)
    assert (report.rows, report.clean, len(report.doubtful), len(report.refused)) == (258, 223, 12, 23)
    assert not found.is_right
    assert found.texts == {}
    reasons = Counter(_reason(sentence) for sentences in report.refused.values() for sentence in sentences)
    assert reasons == {
        "no service of that name": 11,
        "no such frequency": 4,
        "no direction": 3,
        "sign against direction": 2,
        "a percentage of a number": 5,
        "a range about nought": 4,
        "words after the figure": 1,
    }


def _reason(sentence: str) -> str:
    words = {
        "is no service": "no service of that name",
        "frequency": "no such frequency",
        "needs a direction": "no direction",
        "contradicts direction": "sign against direction",
        "is a percentage": "a percentage of a number",
        "about nought": "a range about nought",
        "after the figure": "words after the figure",
    }
    return next(reason for word, reason in words.items() if word in sentence)


def test_each_row_says_what_stands_in_the_way(theirs: bytes, folder: Path) -> None:
    """A row is named by number and reference, with the columns, what stands there, and the right form."""
    report, _ = taken_in(folder, theirs)
    by_ref = {report.refs[number]: sentences for number, sentences in {**report.refused, **report.doubtful}.items()}
    years = "y1_2026_27, y2_2027_28, y3_2028_29, y4_2029_30, y5_2030_31"
    (sign,) = by_ref["kpa1-011"]
    assert sign.startswith(f'{years} "≤3%": is read as 3, and lower is better; that contradicts direction higher: write lower under')
    assert by_ref["kpa1-025"][0] == 'y1_2026_27 "± 4.5%": is a range about nought: write -4.5..4.5, and range under direction'
    assert by_ref["kpa1-029"][0].startswith(f'{years} "924,067.67 Mlls": says "Mlls" after the figure, but the unit is number')
    assert by_ref["kpa1-003"] == ("lower is better, but the target is 100% in every year",)
    assert by_ref["kpa2-029"] == ("higher is better, but the way from baseline to targets falls: 0 -> 21 -> 16 -> 13 -> 10 -> 7",)
    assert by_ref["kpa4-036"][0].startswith('service_id "HRMD": is no service of this council; the nearest is hrmad')
    assert len(by_ref["kpa1-039"]) == 2
    assert report.lines[0] == "258 rows: 223 read cleanly, 12 to look at, 23 refused."


def test_what_stands_in_the_way_of_all_is_told_once(theirs: bytes, folder: Path) -> None:
    """A slip in the map that refuses every row takes one line of the report, not 258."""
    sheet = read_foreign_sheet(theirs)
    wrong = MAP.read_bytes().replace(b"directorate_id: revenue", b"directorate_id: revenues")
    incoming = read_foreign(sheet, parse_column_map(wrong, header=sheet.header))
    report = foreign_report(incoming, examine(incoming, register=load_register(folder), folder=folder, until=None))
    assert (report.clean, len(report.refused)) == (0, 258)
    told = [line for line in report.lines if "directorate_id" in line]
    assert [line.split(";")[0] for line in told] == [
        'refused 258 rows, from row 2 on: directorate_id "revenues": is no directorate of this council'
    ]


def test_what_is_clean_goes_into_the_register(theirs: bytes, folder: Path) -> None:
    """Without its refused rows the register is taken in, loads, and is the same when it is imported again."""
    report, _ = taken_in(folder, theirs)
    lines = list(csv.reader(io.StringIO(theirs.decode(), newline="")))
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(line for number, line in enumerate(lines, start=1) if number not in report.refused)
    content = buffer.getvalue().encode()

    _, found = taken_in(folder, content)
    assert (found.is_right, found.refusals, found.contradictions) == (True, (), ())
    save(folder, found.texts)
    register = load_register(folder)
    assert (len(register.kpi_versions), len(register.template_versions)) == (235, 235)
    days = {kpi.kpi_ref: kpi.unit for kpi in register.kpi_versions}
    assert days["kpa1-036"] == "days"
    target = next(target for target in register.target_versions if target.kpi_ref == "kpa1-036")
    assert (target.target, target.set_by, str(target.period_kind)) == ("8", "Corporate Plan 7", "year")
    _, again = taken_in(folder, content)
    assert (again.is_right, again.is_change) == (True, False)


def test_without_a_map_one_is_drafted(theirs: bytes) -> None:
    """The draft names every column, guesses the likely fields and their words, and is a map once its gaps are filled."""
    sheet = read_foreign_sheet(theirs)
    draft = guessed_map(sheet, file="kpis.csv", organisation="revenue")
    assert all(name in draft for name in sheet.header)
    given = parse_column_map(draft.encode(), header=sheet.header)
    assert given.kpis.columns | given.templates.columns == {
        "kpi_ref": "id",
        "title": "kpi_name",
        "description": "definition",
        "unit": "unit",
        "direction": "direction",
        "frequency": "frequency",
        "service_id": "responsible_dept",
        "level": "level",
        "ambition_ids": "objective_id",
        "method": "calculation_method",
        "systems": "means_of_verification",
    }
    assert given.kpis.values["direction"] == {"grow": "higher", "reduce": "lower"}
    assert given.kpis.values["frequency"]["Annually"] == "annual"
    assert [target.column for target in given.targets] == [name for name in sheet.header if name.startswith("y")]
    assert given.baseline == "baseline"


@pytest.mark.parametrize(
    ("text", "unit", "figure", "problem"),
    [
        ("95", "%", "95", ""),
        ("95.5 %", "%", "95.5", ""),
        ("1,234", "number", "1234", ""),
        ("£2,000", "£", "2000", ""),
        ("8 days", "days", "8", ""),
        ("1 Day", "days", "1", ""),
        ("10 Billion TZS", "TZS billion", "10", ""),
        ("<=3%", "%", "3", ""),
        ("≥ 70%", "%", "70", ""),
        ("−5", "number", "-5", ""),
        ("-", "number", None, ""),
        ("TBC", "number", None, ""),
        ("", "number", None, ""),
        ("+/- 4.5%", "%", None, "write -4.5..4.5"),
        ("752,886.79 Mlls", "number", None, '"Mlls"'),
        ("8 days", "hours", None, '"days"'),
        ("60%", "number", None, "is a percentage"),
        ("12..5", "number", None, "is not one number"),
        ("better than last year", "%", None, "is not one number"),
        ("3 to 5", "number", None, '"to 5"'),
    ],
)
def test_targets_as_people_write_them(text: str, unit: str, figure: str | None, problem: str) -> None:
    """A figure with its unit or a sign is read; no figure is none; anything else is refused with the right form."""
    written = read_written(text, unit=unit)
    assert written.figure == (None if figure is None else Decimal(figure))
    assert problem in written.problem
    assert bool(written.problem) == bool(problem)


def test_a_sign_speaks_of_a_direction() -> None:
    """At most is for lower, at least for higher; less than a figure is told apart from at most."""
    assert against_sign(read_written("<=3", unit="number"), "lower") == ""
    assert "contradicts direction higher" in against_sign(read_written("<=3", unit="number"), "higher")
    assert "contradicts direction lower" in against_sign(read_written(">3", unit="number"), "lower")
    assert [read_written(text, unit="number").is_strict for text in ("<3", "<=3", "3")] == [True, False, False]


@pytest.mark.parametrize(
    ("baseline", "targets", "direction", "said"),
    [
        ("9.5", ["10", "11"], "higher", ""),
        ("90", ["100", "100"], "higher", ""),
        ("10", ["11", "10.5"], "higher", "falls"),
        ("5", ["4", "4.5"], "lower", "rises"),
        ("4", ["4", "2"], "maintain", "does not stay"),
        ("100", ["100", "100"], "lower", "stay where they are"),
        (None, ["100", "100"], "lower", "100% in every year"),
        (None, ["5"], "higher", ""),
    ],
)
def test_the_way_from_the_baseline_fits_the_direction(baseline: str | None, targets: list[str], direction: str, said: str) -> None:
    """Targets that go against the direction, or do not move where they should, are doubtful."""
    found = against_path(Decimal(baseline) if baseline else None, [Decimal(text) for text in targets], direction=direction, unit="%")
    assert said in found
    assert bool(found) == bool(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kpis: [", "not readable as YAML"),
        ("", "the map: must have columns"),
        ("kpis: {columns: {titel: Name}}", "titel is no field of KPIs; the nearest is title"),
        ("kpis: {columns: {title: Nam}}", "the column 'Nam', which the file does not have; the nearest is Name"),
        ("kpis: {columns: {title: Name}}", "nothing says where kpi_ref, valid_from, level"),
        ("kpis: {}\ncolumns: {}", "columns: is not part of a map"),
        ("kpis: {columns: title}", "kpis.columns: must be a list of pairs"),
        ("kpis: {}\ntargets: [{column: Name, valid_from: soon}]", "targets.1.valid_from: must be a date"),
        ("kpis: {}\ntargets: [{column: Name, valid_from: 2025-04-01, period_kind: week}]", "targets.1.period_kind: must be month, quarter"),
    ],
)
def test_a_wrong_map_is_refused_in_words(text: str, said: str) -> None:
    """A slip in the map is told by its place and the nearest right name."""
    with pytest.raises(ColumnMapError) as refused:
        parse_column_map(text.encode(), header=("Ref", "Name"))
    assert any(said in problem for problem in refused.value.problems), refused.value.problems


def test_workbooks_and_other_delimiters_are_read_alike(folder: Path, theirs: bytes) -> None:
    """The same register as a workbook, with semicolons or as Windows text gives the same report."""
    report, _ = taken_in(folder, theirs)
    lines = list(csv.reader(io.StringIO(theirs.decode(), newline="")))
    book = openpyxl.Workbook()
    for line in lines:
        book.worksheets[0].append(line)
    workbook, semicolons = io.BytesIO(), io.StringIO(newline="")
    book.save(workbook)
    csv.writer(semicolons, delimiter=";").writerows(lines)
    for content in (workbook.getvalue(), semicolons.getvalue().encode(), semicolons.getvalue().encode("utf-16")):
        assert taken_in(folder, content)[0] == report


def test_no_file_brings_it_down(reference_data: Path) -> None:
    """Every nasty file there is, is read as a table or refused in words; none ends in anything else."""
    outcomes = Counter(_outcome(path.read_bytes()) for path in sorted((reference_data / "nasty_files").rglob("*")) if path.is_file())
    assert outcomes["table"] > 0
    assert outcomes["refused"] > 0


@given(st.one_of(st.binary(max_size=400), st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass"))))
@settings(max_examples=200, deadline=None)
def test_no_bytes_bring_it_down(content: bytes) -> None:
    """Whatever bytes are given as a CSV, there is a table or a refusal in words."""
    if not content.startswith((b"PK", b"\xd0\xcf")):
        assert _outcome(content) in ("table", "refused")


def _outcome(content: bytes) -> str:
    try:
        sheet = read_foreign_sheet(content)
    except UnusableFileError:
        return "refused"
    guessed_map(sheet, file="x.csv", organisation="x")
    return "table"
