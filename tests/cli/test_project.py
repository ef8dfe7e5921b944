"""``pmf project``: a table of figures as people keep them, with rows for the figures to come."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

import pytest

from cli.running import Run
from pmf.period import FinancialYear, Month, Period, Quarter

HEADER = "series,period,value\n"
YEAR = [80, 82, 91, 95, 99, 120, 118, 104, 97, 90, 85, 81]


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def lines(series: str, first: Period, figures: Iterable[object]) -> str:
    made, period = [], first
    for figure in figures:
        made.append(f'{series},{period.key},"{figure}"\n')
        period = period.next
    return "".join(made)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "figures.csv"
    months = lines("Visits", Month(2020, 4), [f"{1000 + figure:,}" for figure in YEAR * 4])
    quarters = lines("Debt", Quarter(2020, 1), ["£10.50", "£12.50", "N/A", "£11.20", "£10.90", "£12.70", "£13.00"])
    years = lines("Homes", FinancialYear(2015), [500, 520, 540])
    path.write_text(HEADER + months + quarters + years, encoding="utf-8")
    return path


def test_rows_are_added_for_the_periods_to_come(pmf: Run, table: Path) -> None:
    """Every series that can be forecast gets a row per period after its last figure, with band and method."""
    result = pmf("project", table, "--horizon", 3)
    assert result.exit_code == 0
    added = [row for row in rows(result.stdout) if row["forecast"]]
    assert [(row["series"], row["period"], row["method"]) for row in added] == [
        *(("Visits", f"2024-{month:02d}", "theta and damped") for month in (4, 5, 6)),
        *(("Debt", f"2021-22-Q{quarter}", added[-1]["method"]) for quarter in (4,)),
        *(("Debt", f"2022-23-Q{quarter}", added[-1]["method"]) for quarter in (1, 2)),
    ]
    assert [float(row["forecast"]) for row in added[:3]] == pytest.approx([1080, 1082, 1091], rel=0.001)
    assert all(float(row["low_80"]) <= float(row["forecast"]) <= float(row["high_80"]) for row in added)
    assert all(row["value"] == "" for row in added)


def test_every_row_is_kept_as_it_stood(pmf: Run, table: Path) -> None:
    """What was in the table comes first, in its order, with the four new columns blank."""
    made, original = rows(pmf("project", table, "--horizon", 2).stdout), rows(table.read_text(encoding="utf-8"))
    assert list(made[0]) == [*original[0], "forecast", "low_80", "high_80", "method"]
    assert made[: len(original)] == [{**row, "forecast": "", "low_80": "", "high_80": "", "method": ""} for row in original]


def test_a_series_without_forecast_is_named(pmf: Run, table: Path) -> None:
    """On standard error, with the reason; the others are forecast all the same."""
    result = pmf("project", table, "--horizon", 1)
    assert result.exit_code == 0
    assert "Homes: no forecast shown: 3 figures, and 6 are needed" in result.stderr


def test_only_what_a_report_would_show(pmf: Run, table: Path, tmp_path: Path) -> None:
    """With --only-shown a series whose past does not speak for a forecast gets none, and is named with the reason."""
    flat = tmp_path / "flat.csv"
    flat.write_text(table.read_text(encoding="utf-8") + lines("Flat", Month(2023, 1), [7] * 12), encoding="utf-8")
    result = pmf("project", flat, "--horizon", 1, "--only-shown")
    assert {row["series"] for row in rows(result.stdout) if row["forecast"]} <= {"Visits", "Debt"}
    assert "Flat: no forecast shown: the last value did as well" in result.stderr


def test_a_row_waiting_for_its_figure_gets_the_forecast(pmf: Run, tmp_path: Path) -> None:
    """A period listed without a value is not listed twice."""
    path = tmp_path / "figures.csv"
    path.write_text(HEADER + lines("A", Month(2023, 1), [*range(10, 22), "TBC"]), encoding="utf-8")
    made = rows(pmf("project", path, "--horizon", 2).stdout)
    assert [(row["period"], bool(row["forecast"])) for row in made[-3:]] == [("2023-12", False), ("2024-01", True), ("2024-02", True)]
    assert len(made) == 14


def test_a_line_is_drawn_when_asked(pmf: Run, tmp_path: Path) -> None:
    """A method named is used and named; percentages stay within 100; undated months of year 1 are months too."""
    path = tmp_path / "figures.csv"
    path.write_text(HEADER + lines("A", Month(1, 1), [f"{figure}%" for figure in range(88, 100)]), encoding="utf-8")
    made = rows(pmf("project", path, "--horizon", 3, "--method", "linear").stdout)[-3:]
    assert [(row["period"], row["forecast"], row["method"]) for row in made] == [
        ("0002-01", "100.0", "linear"),
        ("0002-02", "100.0", "linear"),
        ("0002-03", "100.0", "linear"),
    ]


def test_year_to_date_figures_start_anew(pmf: Run, tmp_path: Path) -> None:
    """With --cumulative, a running figure goes on to March and starts again in April."""
    path = tmp_path / "figures.csv"
    running = [sum(YEAR[: month % 12 + 1]) for month in range(4 * 12 + 11)]
    path.write_text(HEADER + lines("A", Month(2020, 4), running), encoding="utf-8")
    made = rows(pmf("project", path, "--horizon", 2, "--cumulative").stdout)[-2:]
    assert [float(row["forecast"]) for row in made] == pytest.approx([sum(YEAR), YEAR[0]], rel=0.005)


def test_the_output_goes_into_a_file_when_asked(pmf: Run, table: Path, tmp_path: Path) -> None:
    """With --output the table is written there, and one line counts the series by method."""
    output = tmp_path / "ahead.csv"
    result = pmf("project", table, "--horizon", 2, "--output", output)
    assert result.exit_code == 0
    assert result.stdout.startswith("2 series forecast (")
    assert result.stdout.endswith(f"written to {output}\n")
    assert output.read_text(encoding="utf-8") == pmf("project", table, "--horizon", 2).stdout


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("series,value\nA,1\n", "column period is missing: the table needs series, period, value"),
        (HEADER.strip() + ",forecast\nA,2024-01,1,2\n", "column forecast is there already"),
        (HEADER + "A,2024-01,soon\n", "line 2 (series A): column value has 'soon': write a number, or leave it blank"),
        (HEADER + "A,January,1\n", "line 2 (series A): column period: 'January' is not a period: write 2024-09, 2024-25-Q2 or FY2024-25"),
        (HEADER + ",2024-01,1\n", "line 2 (series without a name): column series is blank"),
        (
            HEADER + "A,2024-01,1\nB,2024-01,1\nA,2024-01,2\n",
            "line 4 (series A): column period: 2024-01 is there already, in line 2: keep one",
        ),
        (HEADER + "A,2024-01,1\nA,FY2024-25,1\n", "line 3 (series A): column period: FY2024-25 is another kind of period than in line 2"),
        (HEADER + "A,2024-01,1,2\n", "line 2 has more cells than the header has columns"),
        (b"PK\x03\x04\xff\xfe\x00", "no CSV in UTF-8"),
    ],
)
def test_a_bad_table_ends_with_2_and_says_where(pmf: Run, tmp_path: Path, content: str | bytes, told: str) -> None:
    """A table that cannot be read is refused with file, line and the way out; nothing is printed as forecast."""
    path = tmp_path / "figures.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    result = pmf("project", path, "--horizon", 1)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr
    assert str(path) in result.stderr


def test_every_bad_row_is_named_at_once(pmf: Run, tmp_path: Path) -> None:
    """All lines that cannot be read are listed, so that one run is enough to put them right."""
    path = tmp_path / "figures.csv"
    path.write_text(HEADER + "A,2024-01,soon\nA,2024-02,1\nA,2024-13,1\n", encoding="utf-8")
    told = pmf("project", path, "--horizon", 1).stderr.splitlines()
    assert [line.rpartition(" (series A)")[0].rpartition(": ")[2] for line in told] == ["line 2", "line 4"]


def test_columns_are_found_however_they_are_written(pmf: Run, tmp_path: Path) -> None:
    """Capitals and spaces around a heading do no harm; columns of the table's own are kept, and blank where rows are added."""
    path = tmp_path / "figures.csv"
    body = lines("A", Month(2024, 1), [5] * 6).replace("\n", ",library\n")
    path.write_text("Series, Period,VALUE,place\n" + body, encoding="utf-8")
    made = rows(pmf("project", path, "--horizon", 1).stdout)
    assert [row["place"] for row in made] == ["library"] * 6 + [""]
    assert (made[-1]["Series"], made[-1][" Period"], made[-1]["forecast"]) == ("A", "2024-07", "5.0")


def test_what_is_odd_is_forecast_without_a_stumble(pmf: Run, tmp_path: Path) -> None:
    """One figure, none, always the same, always nought, and one with gaps: each has its forecast or its reason."""
    path = tmp_path / "figures.csv"
    gaps = [7, "", 9, "n/a", 8, 7, 9, "", 8, 8]
    odd = {"One": [3], "None": ["", "TBC"], "Same": [4] * 40, "Nought": [0] * 12, "Gaps": gaps}
    path.write_text(HEADER + "".join(lines(name, Month(2021, 4), figures) for name, figures in odd.items()), encoding="utf-8")
    result = pmf("project", path, "--horizon", 1)
    made = {row["series"]: (row["forecast"], row["low_80"], row["high_80"]) for row in rows(result.stdout) if row["forecast"]}
    assert (made["Same"], made["Nought"]) == (("4.0",) * 3, ("0.0",) * 3)
    assert set(made) == {"Same", "Nought", "Gaps"}
    assert "One: no forecast shown: 1 figure, and 6 are needed" in result.stderr
    assert "None: no forecast shown: 0 figures, and 6 are needed" in result.stderr


def test_a_long_list_of_problems_is_cut_short(pmf: Run, tmp_path: Path) -> None:
    """Fifty are named and the rest counted: of lines that cannot be read, and of series left out."""
    bad, short = tmp_path / "bad.csv", tmp_path / "short.csv"
    bad.write_text(HEADER + "A,2024-01,soon\n" * 2000, encoding="utf-8")
    short.write_text(HEADER + "".join(f"S{number},2024-01,1\n" for number in range(70)), encoding="utf-8")
    for path, last in ((bad, "and 1,950 more"), (short, "and 20 more")):
        told = pmf("project", path, "--horizon", 1).stderr.splitlines()
        assert (len(told), told[-1]) == (51, last)


def test_progress_never_gets_into_the_table(pmf: Run, table: Path) -> None:
    """What is not a terminal is told nothing of how far it is: standard output is the table, standard error the reasons."""
    result = pmf("project", table, "--horizon", 1)
    assert "reading" not in result.stdout + result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_no_horizon_is_refused(pmf: Run, table: Path) -> None:
    """The number of periods ahead must be given, and be one or more."""
    assert pmf("project", table).exit_code == 2
    assert pmf("project", table, "--horizon", 0).exit_code == 2


def test_a_missing_file_or_folder_ends_with_2(pmf: Run, table: Path, tmp_path: Path) -> None:
    """What cannot be read or written is named."""
    for arguments, named in (([tmp_path / "no.csv"], "no.csv"), ([table, "--output", tmp_path / "no" / "ahead.csv"], "ahead.csv")):
        result = pmf("project", *arguments, "--horizon", 1)
        assert result.exit_code == 2
        assert named in result.stderr
