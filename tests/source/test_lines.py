"""One month's figures of a source: exact, attributed to the right KPI or to none."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmf.form.model import Problem, ReturnedForm, ReturnedLine, Unreadable
from pmf.period import Month
from pmf.register.source import Source
from pmf.source import read_source
from pmf.value import plain

Reader = Callable[..., ReturnedForm]
Refused = Callable[..., Unreadable]
HEAD = "Indicator,Month,Actual\n"


def codes(form: ReturnedForm) -> list[tuple[str, str, str | None]]:
    return [(problem.code, problem.cell, problem.kpi_ref) for problem in form.problems]


def test_a_source_reads_as_a_return(source: Source, read: Reader) -> None:
    """What a source states is the same value as a returned form: whose, which month, which version, and its lines."""
    form = read(HEAD + "36,Sep 2024,95.10\n", source)
    assert (form.organisation, form.period, form.service_id, form.form_version, form.sheet) == (
        "exampleshire", "2024-09", "libraries", "source:visits", "",
    )  # fmt: skip
    assert form.lines == (
        ReturnedLine(
            kpi_ref="36",
            row=2,
            value=Decimal("95.10"),
            numerator=None,
            denominator=None,
            forecast=None,
            not_available=False,
            reason="",
            comment="",
            cells={"value": "line 2, column Actual"},
            raw={},
        ),
    )


def test_other_months_are_left_out(source: Source, read: Reader) -> None:
    """A file of the whole year states the month asked for and nothing else, whatever indicators the other rows name."""
    form = read(HEAD + "36,Aug 2024,1\n36,Sep 2024,2\n36,Oct 2024,3\nOthers,Aug 2024,4\n", source)
    assert [(line.kpi_ref, line.value) for line in form.lines] == [("36", 2)]
    assert form.problems == ()


def test_a_file_without_the_month_is_refused(source: Source, refused: Refused) -> None:
    """A file of another month states nothing and is not taken in silence for a return."""
    result = refused(HEAD + "36,Aug 2024,1\n", source)
    assert (result.problem, result.message) == (Problem.EMPTY, "There is no row for September 2024 in it.")


def test_without_a_month_column_everything_counts(declare: Callable[..., Source], read: Reader) -> None:
    """A source that is always of one month needs no column for it."""
    source = declare(columns={"kpi_ref": "Indicator", "value": "Actual"})
    assert [line.value for line in read("Indicator,Actual\n36,1\n37,2\n", source).lines] == [1, 2]


def test_a_month_that_is_not_clear_is_a_problem_of_its_row(source: Source, read: Reader) -> None:
    """A row that may be this month's or not is never counted and never dropped in silence."""
    form = read(HEAD + "36,03/09/2024,1\n37,Sep 2024,2\n37,,3\n", source)
    assert [(line.kpi_ref, line.value) for line in form.lines] == [("37", 2)]
    assert codes(form) == [
        ("unreadable_period", "line 2, column Month", "36"),
        ("unreadable_period", "line 4, column Month", "37"),
    ]
    assert (
        form.problems[0].message
        == 'Line 2, column Month says "03/09/2024", which is not clearly one month, so nothing in its row was read.'
    )


def test_what_the_source_does_not_declare_is_never_a_figure(source: Source, read: Reader) -> None:
    """Rows of other indicators, totals and nameless rows are problems with their place, whoever's KPI they may be."""
    form = read(HEAD + "36,Sep 2024,1\n38,Sep 2024,2\nTotal,Sep 2024,3\n,Sep 2024,4\n", source)
    assert [line.kpi_ref for line in form.lines] == ["36"]
    assert codes(form) == [("unknown_row", f"line {line}, column Indicator", None) for line in (3, 4, 5)]


def test_an_indicator_twice_is_read_neither_time(source: Source, read: Reader) -> None:
    """Two rows for a KPI and month contradict each other even when they agree: neither counts, both are named."""
    form = read(HEAD + "36,Sep 2024,1\n37,Sep 2024,5\n36,2024-09,1\n", source)
    assert [line.kpi_ref for line in form.lines] == ["37"]
    assert codes(form) == [("repeated_row", f"line {line}, column Indicator", "36") for line in (2, 4)]


def test_indicators_are_known_by_what_the_source_calls_them(declare: Callable[..., Source], read: Reader) -> None:
    """A mapped name is found whatever its capitals and gaps; the reference it stands for is then no other name of it."""
    source = declare(kpi_ref_by={"Visits to  libraries": "37"})
    form = read(HEAD + "visits TO libraries ,Sep 2024,7\n36,Sep 2024,6\n37,Sep 2024,1\n", source)
    assert [(line.kpi_ref, line.value) for line in form.lines] == [("37", 7), ("36", 6)]
    assert codes(form) == [("unknown_row", "line 4, column Indicator", None)]


@pytest.mark.parametrize(
    ("written", "figure"),
    [
        ("1,234", "1234"),
        ("95%", "95"),
        ("£2,074.50", "2074.50"),
        ("−5", "-5"),
        (" 12.5 ", "12.5"),
        ("0", "0"),
        ("1e3", "1E+3"),
        ("95.10", "95.10"),
    ],
)
def test_figures_are_read_as_on_the_form(written: str, figure: str, source: Source, read: Reader) -> None:
    """Thousands, signs and units are read as an officer means them, exactly."""
    (line,) = read(HEAD + f'36,Sep 2024,"{written}"\n', source).lines
    assert str(line.value) == figure
    assert line.raw == ({} if written.strip() == figure else {"value": written.strip()})


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("n/a", "no_figure_word"),
        ("TBC", "no_figure_word"),
        ("twelve", "not_a_number"),
        ("12..5", "not_a_number"),
        ("1,23", "not_a_number"),
        ("5 to 6", "not_a_number"),
    ],
)
def test_what_is_no_figure_is_a_problem_of_its_cell(written: str, code: str, source: Source, read: Reader) -> None:
    """A word or a slip in place of a figure leaves the KPI without one, and says so."""
    form = read(HEAD + f'36,Sep 2024,"{written}"\n', source)
    assert codes(form) == [(code, "line 2, column Actual", "36")]
    assert (form.lines[0].value, form.lines[0].raw) == (None, {"value": written})


def test_rows_about_something_else_are_no_rows(source: Source, read: Reader) -> None:
    """Notes under the table, in columns that are not declared, are neither figures nor problems."""
    form = read("Indicator,Month,Actual,Note\n36,Sep 2024,1,\n,,,Source: counters\n", source)
    assert (len(form.lines), form.problems) == (1, ())


def test_a_number_without_end_is_no_figure(source: Source, read: Reader) -> None:
    """A number of more digits than the warehouse takes is a problem of its cell, not of the whole month."""
    form = read(HEAD + f"36,Sep 2024,{'9' * 101}\n37,Sep 2024,{'9' * 100}\n", source)
    assert [problem.message for problem in form.problems] == [
        "Line 2, column Actual holds a number of more than 100 digits, which is not one figure."
    ]
    assert [line.value for line in form.lines] == [None, Decimal("9" * 100)]


def test_an_empty_cell_says_nothing(source: Source, read: Reader) -> None:
    """An empty figure is neither zero nor a problem of its own: validation misses it."""
    form = read(HEAD + "36,Sep 2024,\n", source)
    assert (form.lines[0].value, form.lines[0].raw, form.problems) == (None, {"value": ""}, ())


def test_formulas_errors_and_merged_cells_are_problems(workbook: Callable[..., bytes], source: Source, read: Reader) -> None:
    """In a workbook a formula, an error or a merged cell is no figure, as on the form."""
    rows = [["Indicator", "Month", "Actual", "x"], ["36", "2024-09", "=1+1"], ["37", "2024-09", "#N/A"]]
    form = read(workbook(rows), source)
    assert codes(form) == [("formula", "C2", "36"), ("formula_error", "C3", "37")]
    assert [line.value for line in form.lines] == [None, None]
    rows = [["Indicator", "Month", "Actual", "x"], ["36", "2024-09", 5], ["37", "2024-09", None]]
    assert codes(read(workbook(rows, merged=("C2:C3",)), source)) == [("merged_cells", "C2", "36"), ("merged_cells", "C3", "37")]


def test_a_calculated_month_or_indicator_is_a_problem(workbook: Callable[..., bytes], source: Source, read: Reader) -> None:
    """What a row is about must be written there, not worked out from other cells."""
    rows = [["Indicator", "Month", "Actual"], ["36", "=B3", 1], ['="3"&"7"', "2024-09", 2]]
    form = read(workbook(rows), source)
    assert form.lines == ()
    assert codes(form) == [("unreadable_period", "B2", "36"), ("unknown_row", "A3", None)]


def test_every_column_of_a_return_can_be_declared(declare: Callable[..., Source], read: Reader) -> None:
    """Numerator, denominator, forecast, comment, "not available" with its reason and "provisional" come from their columns."""
    columns = {
        "kpi_ref": "kpi", "numerator": "n", "denominator": "d", "forecast": "f", "comment": "c",
        "not_available": "na", "reason": "why", "provisional": "p", "value": "v",
    }  # fmt: skip
    text = "kpi,n,d,f,c,na,why,p,v\n36,1,3,40,fine,no,,yes,33.3\n37,,,,,Yes,system down,,n/a\n"
    first, second = read(text, declare(columns=columns)).lines
    assert (first.numerator, first.denominator, first.forecast, first.comment) == (1, 3, 40, "fine")
    assert (first.is_provisional, second.is_provisional) == (True, False)
    assert (second.not_available, second.reason, second.value) == (True, "system down", None)
    assert read(text, declare(columns=columns)).problems == ()


def test_an_answer_that_is_neither_yes_nor_no_is_a_problem(declare: Callable[..., Source], read: Reader) -> None:
    """A "perhaps" makes no figure provisional."""
    source = declare(columns={"kpi_ref": "kpi", "value": "v", "provisional": "p"})
    assert codes(read("kpi,v,p\n36,1,perhaps\n", source)) == [("not_yes", "line 2, column p", "36")]


def test_a_wide_table_has_a_column_for_each_kpi(declare: Callable[..., Source], read: Reader) -> None:
    """Each KPI's figure comes from its own column of the month's row, and has a number of its own."""
    source = declare(columns={"period": "Month"}, values={"37": "Visits", "36": "Members"})
    form = read("Month,Members,Loans,Visits\nAug 2024,1,2,3\nSep 2024,4,5,6\n", source)
    assert [(line.kpi_ref, line.value, line.row, line.cells["value"]) for line in form.lines] == [
        ("37", 6, 4, "line 3, column Visits"),
        ("36", 4, 2, "line 3, column Members"),
    ]


def test_a_month_twice_in_a_wide_table_states_nothing(declare: Callable[..., Source], read: Reader) -> None:
    """Two rows for the month contradict each other for every KPI."""
    source = declare(columns={"period": "Month"}, values={"37": "Visits", "36": "Members"})
    form = read("Month,Members,Visits\nSep 2024,4,6\n2024-09,4,6\n", source)
    assert form.lines == ()
    assert {(problem.code, problem.kpi_ref) for problem in form.problems} == {("repeated_row", "36"), ("repeated_row", "37")}
    assert len({(problem.cell, problem.code) for problem in form.problems}) == 4


ENDPOINT = {"file": None, "endpoint": {"connection": "a", "path": "/kpis", "records": "data.items"}}
COLUMNS = {"kpi_ref": "kpi", "period": "month", "value": "actual"}


def answer(records: Any) -> bytes:
    return json.dumps({"data": {"items": records}}).encode()


def test_json_records_go_the_same_way(declare: Callable[..., Source], read: Reader) -> None:
    """Records of an endpoint are rows: figures exact as they are written, nulls empty, texts read as an officer's."""
    content = (
        b'{"data": {"items": [{"kpi": "36", "month": "2024-09", "actual": 0.10, "x": {"y": [1]}},'
        b' {"kpi": 37, "month": "2024-09", "actual": "1,234"}, {"kpi": "36", "month": "2024-08", "actual": null}]}}'
    )
    form = read(content, declare(columns=COLUMNS, **ENDPOINT))
    assert [(line.kpi_ref, str(line.value), line.row, line.cells["value"]) for line in form.lines] == [
        ("36", "0.10", 1, "record 1, actual"),
        ("37", "1234", 2, "record 2, actual"),
    ]


def test_a_figure_in_json_must_be_one_number(declare: Callable[..., Source], read: Reader) -> None:
    """True, a list or a number without end is no figure."""
    records = [{"kpi": "36", "month": "2024-09", "actual": True}, {"kpi": "37", "month": "2024-09", "actual": [1]}]
    assert [problem.code for problem in read(answer(records), declare(columns=COLUMNS, **ENDPOINT)).problems] == ["not_a_number"] * 2
    huge = b'{"data": {"items": [{"kpi": "36", "month": "2024-09", "actual": 1e999999999}]}}'
    assert [problem.code for problem in read(huge, declare(columns=COLUMNS, **ENDPOINT)).problems] == ["not_a_number"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "no JSON"),
        (b"[]", "no list of records under data.items"),
        (b'{"data": {"items": [1]}}', "no list of records under data.items"),
        (b'{"data": {"items": [{"kpi": "36", "kpi": "37"}]}}', '"kpi" twice'),
        (b'{"data": {"items": [{"kpi": "36", "month": "2024-09", "actual": NaN}]}}', "says NaN"),
        (b'{"data": {"items": [{"kpi": "36", "month": "2024-09"}]}}', 'no column "actual"'),
        (b"[" * 200_000, "without end"),
        (answer([{}] * 5001), "more than 5000 records"),
        (b"<html>Please log in</html>", "web page"),
        (answer([]), "no row for September 2024"),
    ],
)
def test_an_answer_that_is_not_as_declared_is_refused(content: bytes, said: str, declare: Callable[..., Source], refused: Refused) -> None:
    """An answer without the declared records is refused, saying what was found."""
    assert said in refused(content, declare(columns=COLUMNS, **ENDPOINT)).message


figures = st.decimals(allow_nan=False, allow_infinity=False, places=None).filter(lambda figure: abs(figure.adjusted()) < 40)
texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs")), max_size=40)


@given(
    rows=st.dictionaries(st.from_regex(r"[A-Za-z0-9]{1,6}", fullmatch=True).map(str.casefold), st.tuples(figures, texts), min_size=1),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_any_table_of_exact_figures_reads_back_exactly(rows: dict[str, tuple[Decimal, str]], delimiter: str, encoding: str) -> None:
    """Whatever figures and comments a system writes, each KPI gets its own, to the last digit."""
    written = StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter)
    writer.writerow(["kpi", "month", "actual", "comment"])
    writer.writerows([ref, "2024-09", plain(figure), comment] for ref, (figure, comment) in rows.items())
    source = Source.model_validate(
        {
            "id": "any",
            "title": "Any system",
            "service_id": "any",
            "kpi_refs": tuple(rows),
            "file": {"names": ("any*",)},
            "columns": {"kpi_ref": "kpi", "period": "month", "value": "actual", "comment": "comment"},
        }
    )
    form = read_source(written.getvalue().encode(encoding), source, organisation="any", period=Month(2024, 9))
    assert isinstance(form, ReturnedForm), form
    read = {line.kpi_ref: plain(line.value) for line in form.lines if line.value is not None}
    assert read == {ref: plain(figure) for ref, (figure, _) in rows.items()}
    assert [line.comment for line in form.lines] == [comment.strip() for _, comment in rows.values()]
    assert form.problems == ()
