"""``pmf register``: the register out as a workbook, edited and back in, another's by a map, and a check of it all."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from pmf.cli.register import app
from pmf.settings import read_settings
from pmf.warehouse.access import append_new
from pmf.warehouse.engine import open_warehouse
from pmf.warehouse.tables import rating
from registerbook.conftest import council_at
from registerbook.revenue import MAP, revenue_at
from table_rows import row

Register = Callable[..., Result]


@pytest.fixture
def organisations(tmp_path: Path) -> Path:
    """A folder of councils: a small one with a register, and one to take another organisation's in."""
    council_at(tmp_path / "organisations" / "smallshire")
    revenue_at(tmp_path / "organisations" / "revenue")
    return tmp_path / "organisations"


@pytest.fixture
def register(organisations: Path, tmp_path: Path) -> Register:
    """Run ``pmf register`` on these councils; a traceback of any kind fails the test."""

    def run(*arguments: object, council: str = "smallshire") -> Result:
        variables = {"PMF_HOME": str(tmp_path / "home"), "PMF_ORGANISATIONS": str(organisations), "COLUMNS": "160"}
        result = CliRunner().invoke(app, [*map(str, arguments), "-o", council], env=variables)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "Traceback" not in result.output
        return result

    return run


@pytest.fixture
def book(register: Register, tmp_path: Path) -> Path:
    """The small council's register, exported."""
    path = tmp_path / "register.xlsx"
    assert register("export", "--output", path).exit_code == 0
    return path


def retitle(book: Path, title: str, *, direction: str = "higher") -> None:
    """Type another title, and perhaps direction, over the first KPI's."""
    workbook = openpyxl.load_workbook(book)
    sheet = workbook["KPIs"]
    fields = {cell.value: cell.column for cell in sheet[3]}
    sheet.cell(4, fields["title"]).value = title
    sheet.cell(4, fields["direction"]).value = direction
    workbook.save(book)


def test_exporting_says_what_was_written(register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --output the workbook is written beside one, under the council's name."""
    monkeypatch.chdir(tmp_path)
    result = register("export")
    assert (result.exit_code, result.stdout) == (0, "5 KPIs of Smallshire Council written to register-smallshire.xlsx\n")
    assert (tmp_path / "register-smallshire.xlsx").read_bytes().startswith(b"PK")


def test_without_edits_nothing_changes(register: Register, book: Path, organisations: Path) -> None:
    """Importing what was exported says so, and --apply leaves every byte."""
    before = {path.name: path.read_bytes() for path in (organisations / "smallshire").iterdir()}
    result = register("import", book, "--apply")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "Nothing changed."
    assert {path.name: path.read_bytes() for path in (organisations / "smallshire").iterdir()} == before


def test_a_trial_writes_nothing_and_apply_does(register: Register, book: Path, organisations: Path) -> None:
    """A run without --apply says what would change; with it the file changes, and once more nothing does."""
    retitle(book, "Visits to libraries")
    kpis = organisations / "smallshire" / "kpis.csv"
    before = kpis.read_bytes()
    trial = register("import", book)
    assert 'changed   KPIs row 4 (1, 2024-04-01): title: "Library visits" -> "Visits to libraries"' in trial.stdout
    assert "With --apply the files change." in trial.stdout
    assert (trial.exit_code, kpis.read_bytes()) == (0, before)
    applied = register("import", book, "--apply")
    assert (applied.exit_code, applied.stdout.splitlines()[-1]) == (0, "Written: kpis.csv.")
    assert b"Visits to libraries" in kpis.read_bytes()
    assert register("import", book, "--apply").stdout.splitlines()[-1] == "Nothing changed."


def test_a_refused_row_keeps_everything_out(register: Register, book: Path, organisations: Path) -> None:
    """One wrong cell: exit code 1, the sentence, and no file written although another row is right."""
    retitle(book, "Vis", direction="up")
    before = (organisations / "smallshire" / "kpis.csv").read_bytes()
    result = register("import", book, "--apply")
    assert result.exit_code == 1
    assert 'refused   KPIs row 4, direction (found "up"): write one of higher, lower, range, maintain' in result.stdout
    assert 'refused   KPIs row 4, title (found "Vis"): is too short: write at least 5 characters' in result.stdout
    assert (organisations / "smallshire" / "kpis.csv").read_bytes() == before


def test_the_past_is_rewritten_only_with_a_reason(register: Register, book: Path, organisations: Path, tmp_path: Path) -> None:
    """Once June is rated, turning a direction round where it stands is refused; with a reason it is done, and printed."""
    settings = read_settings({"PMF_HOME": str(tmp_path / "home"), "PMF_ORGANISATIONS": str(organisations)})
    rated = [row(rating, organisation="smallshire", period=period) for period in ("2024-05", "2024-06", "2024-25-Q1")]
    with open_warehouse(settings).begin() as connection:
        append_new(connection, rating, rated)
    retitle(book, "Library visits", direction="lower")

    refused = register("import", book, "--apply")
    assert refused.exit_code == 1
    assert "KPI 1, direction: was higher, would be lower, for April 2024 to June 2024, already judged." in refused.stdout
    assert "--rewrite-past takes the reason" in refused.stdout
    assert register("import", book, "--rewrite-past", " ").exit_code == 2

    done = register("import", book, "--apply", "--rewrite-past", "It was entered the wrong way round")
    assert done.exit_code == 0
    assert "The past is rewritten, because: It was entered the wrong way round" in done.stdout
    assert "Written: kpis.csv." in done.stdout


def test_json_says_the_same(register: Register, book: Path) -> None:
    """--json gives changes, refusals, counts and what was written as values."""
    retitle(book, "Visits to libraries")
    values = json.loads(register("import", book, "--apply", "--json").stdout)
    assert values["changes"] == [
        {
            "what": "changed",
            "sheet": "KPIs",
            "row": 4,
            "key": "1, 2024-04-01",
            "fields": [{"field": "title", "old": "Library visits", "new": "Visits to libraries"}],
        }
    ]
    assert (values["counts"]["KPIs"]["unchanged"], values["written"], values["is_right"]) == (5, ["kpis.csv"], True)


def test_what_cannot_be_used_is_refused(register: Register, tmp_path: Path) -> None:
    """A file that is not there, no workbook, an unknown council, a wrong map: exit code 2 and what to do."""
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 and no more")
    assert "damaged" in _refused(register("import", broken))
    assert "No such file" in _refused(register("import", tmp_path / "nothing.xlsx"))
    assert "there is no council" in _refused(register("import", broken, council="nowhere"))
    table, wrong = tmp_path / "theirs.csv", tmp_path / "map.yaml"
    table.write_text("Ref,Name\nA1,Visits to libraries\n", encoding="utf-8")
    wrong.write_text("kpis: {columns: {titel: Name}}", encoding="utf-8")
    assert "titel is no field of KPIs; the nearest is title" in _refused(register("import", table, "--columns", wrong))


def _refused(result: Result) -> str:
    assert result.exit_code == 2, result.output
    return re.sub(r"\s+", " ", result.output)


def test_without_a_map_one_is_printed(register: Register, tmp_path: Path) -> None:
    """A CSV without a map is not imported: standard output is a map to start from, the rest says so."""
    table = tmp_path / "theirs.csv"
    table.write_text("Ref,Name,Aim,Target 2025\nA1,Visits to libraries,Increase,95\n", encoding="utf-8")
    result = register("import", table)
    assert result.exit_code == 2
    assert '    kpi_ref: "Ref"\n    title: "Name"\n' in result.stdout
    assert "nothing was imported" in re.sub(r"\s+", " ", result.stderr)


def test_another_organisations_register_is_reported_row_by_row(register: Register, tmp_path: Path) -> None:
    """By a map each row is clean, doubtful or refused; when none is refused, --apply takes them in."""
    head = "id,kpi_name,definition,level,unit,direction,frequency,responsible_dept,calculation_method,means_of_verification,baseline,"
    years = "y1_2026_27,y2_2027_28,y3_2028_29,y4_2029_30,y5_2030_31\n"
    clean = "A-1,Visits to offices,,outcome,number,grow,Quarterly,ITA,Count them.,Log,1,2,3,4,5,6\n"
    doubtful = "A-2,Days to answer,,output,days,reduce,Annually,ITA,Count them.,Log,8 days,8 days,9 days,7 days,6 days,5 days\n"
    refused = "A-3,Cost of collection,,output,percent,grow,Annually,ITA,Divide.,Books,2%,<=3%,<=3%,<=3%,<=3%,<=3%\n"
    theirs = tmp_path / "theirs.csv"
    theirs.write_text(head + years + clean + doubtful + refused, encoding="utf-8")
    result = register("import", theirs, "--columns", MAP, "--apply", council="revenue")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0] == "3 rows: 1 read cleanly, 1 to look at, 1 refused."
    assert "look at row 3 (A-2): lower is better, but the way from baseline to targets rises: 8 -> 8 -> 9" in result.stdout
    theirs.write_text(head + years + clean + doubtful, encoding="utf-8")
    taken = register("import", theirs, "--columns", MAP, "--apply", council="revenue")
    assert taken.exit_code == 0, taken.output
    assert "Written: kpis.csv, targets.csv, data_quality_templates.csv." in taken.stdout


def test_check_lists_what_is_wrong_and_what_is_lacking(register: Register, organisations: Path) -> None:
    """A right register has remarks and ends with 0; a wrong one names every problem and ends with 1."""
    found = register("check", "--on", "2024-10-01")
    assert found.exit_code == 0
    assert "0 wrong, 6 to look at." in found.stdout
    assert "has no data quality template in force" in found.stdout
    assert len(json.loads(register("check", "--on", "2024-10-01", "--json").stdout)["remarks"]) == 6
    assert register("check", "--on", "soon").exit_code == 2

    path = organisations / "smallshire" / "targets.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("month,100", "month,TBC"), encoding="utf-8")
    wrong = register("check")
    assert wrong.exit_code == 1
    assert "targets.csv line 2" in wrong.stdout
    assert "1 wrong, 0 to look at." in wrong.stdout
    assert register("export").exit_code == 2
    assert register("import", path).exit_code == 2


def test_check_names_a_rating_policy_that_does_not_exist(register: Register, organisations: Path) -> None:
    """A policy the profile names and nobody has written is wrong now, and not when a month is rated by it."""
    path = organisations / "smallshire" / "organisation.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("ccc-framework-2024", "ccc-framework-2042"), encoding="utf-8")
    wrong = register("check")
    assert wrong.exit_code == 1
    said = f"{path}, field headline_policies (found 'ccc-framework-2042'): there is no such rating policy in"
    assert said in wrong.stdout
    assert "2 wrong" in wrong.stdout


def test_a_shipped_council_is_exported(tmp_path: Path) -> None:
    """The sample council's register goes out and comes back through the command line, unchanged."""
    shutil.copytree(read_settings({}).organisations / "cambridgeshire", tmp_path / "organisations" / "cambridgeshire")
    variables = {"PMF_HOME": str(tmp_path / "home"), "PMF_ORGANISATIONS": str(tmp_path / "organisations")}
    book = tmp_path / "book.xlsx"
    assert CliRunner().invoke(app, ["export", "-o", "cambridgeshire", "--output", str(book)], env=variables).exit_code == 0
    result = CliRunner().invoke(app, ["import", str(book), "-o", "cambridgeshire", "--apply"], env=variables)
    assert result.stdout.splitlines()[-1] == "Nothing changed."
