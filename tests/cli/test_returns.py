"""``pmf returns`` and ``pmf import-history``: what has come in, and what was there before."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cli.running import APRIL, Run
from cycle import desk
from cycle.council import SLUG, Council
from pmf.cycle.collect import scan_inbox


def test_the_table_shows_each_service_and_names_who_is_missing(council: Council, pmf: Run) -> None:
    """Each service has its line with state, time and counts; those that have not returned are named below."""
    desk.drop(council, APRIL, "libraries.xlsx", desk.filled(council, APRIL, "libraries"))
    scan_inbox(SLUG, as_at=council.teller.profile.deadline(APRIL) - timedelta(hours=1), settings=council.settings)
    result = pmf("returns", "-o", SLUG, "-p", "2024-04", home=council.settings.home)
    lines = [re.split(r"\s{2,}", line.strip()) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert "Returns of cambridgeshire, April 2024" in result.stdout
    assert ["Service", "State", "Received", "Due", "Figures", "Nil", "No answer"] in lines
    assert ["Libraries", "Returned", "9 May 2024 16:00", "6", "6", "0", "0"] in lines
    assert ["Adult Skills", "Requested", "3", "0", "0", "3"] in lines
    assert result.stdout.splitlines()[-1].startswith("Not returned: Adult Social Care; Public Health; ")
    assert "Libraries" not in result.stdout.splitlines()[-1]


def test_the_table_fits_a_narrow_terminal(opened: Council, pmf: Run) -> None:
    """On eighty columns no line is longer and no service's name is cut off."""
    text = pmf("returns", "-o", SLUG, "-p", "2024-04", home=opened.settings.home, COLUMNS="80").stdout
    table = text.split("Not returned")[0]
    assert max(map(len, table.splitlines())) <= 80
    assert "…" not in table


def test_json_holds_the_same(opened: Council, pmf: Run) -> None:
    """With --json every service is an entry with its state and counts."""
    entries = json.loads(pmf("returns", "-o", SLUG, "-p", "2024-04", "--json", home=opened.settings.home).stdout)
    libraries = next(entry for entry in entries if entry["service_id"] == "libraries")
    assert libraries == {
        "service_id": "libraries",
        "name": "Libraries",
        "label": "Requested",
        "is_returned": False,
        "is_overdue": True,
        "is_late": False,
        "received_at": None,
        "sender": "",
        "due": 6,
        "figures": 0,
        "nil_returns": 0,
        "unanswered": 6,
        "reminders": 0,
        "reminded_at": None,
        "reason": "",
        "next_step": libraries["next_step"],
        "sources": [],
    }
    assert "working days late" in libraries["next_step"]


def test_an_unknown_council_is_answered_with_the_known_ones(opened: Council, pmf: Run) -> None:
    """A council without a folder is refused by name, with those there are; so is a month in another form."""
    result = pmf("returns", "-o", "atlantis", "-p", "2024-04", home=opened.settings.home)
    words = " ".join(result.output.replace("│", " ").split())
    assert result.exit_code == 2
    assert "there is no council 'atlantis'; there are: " in words
    assert SLUG in words
    assert pmf("returns", "-o", SLUG, "-p", "spring", home=opened.settings.home).exit_code == 2


def test_a_wrong_register_is_named_file_and_field(opened: Council, pmf: Run, tmp_path: Path) -> None:
    """A council whose files are wrong gets every problem with file and field, and exit code 2."""
    import shutil

    folder = tmp_path / "organisations" / SLUG
    shutil.copytree(opened.settings.organisations / SLUG, folder)
    text = (folder / "organisation.yaml").read_text(encoding="utf-8")
    (folder / "organisation.yaml").write_text(text.replace("first_month:", "first_mouth:"), encoding="utf-8")
    result = pmf("returns", "-o", SLUG, "-p", "2024-04", home=opened.settings.home, PMF_ORGANISATIONS=str(folder.parent))
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{folder / 'organisation.yaml'}, field first_m" in result.stderr


def test_history_is_imported_once(council: Council, pmf: Run, tmp_path: Path) -> None:
    """An import says how many figures there were and how many are new; a wrong file is refused line by line."""
    header = "kpi_ref,period,value,numerator,denominator,provenance,source\n"
    path = tmp_path / "history.csv"
    path.write_text(header + "36,2020-04,90000,,,,\n36,2020-05,90100,,,,\n", encoding="utf-8")
    told = [pmf("import-history", path, "-o", SLUG, home=council.settings.home).stdout for _ in range(2)]
    assert told == [f"2 figures in {path}, 2 of them new.\n", f"2 figures in {path}, 0 of them new.\n"]
    path.write_text(header + "36,2020-04,lots,,,,\n", encoding="utf-8")
    result = pmf("import-history", path, "-o", SLUG, home=council.settings.home)
    assert result.exit_code == 2
    assert f"{path} line 2, field value: 'lots' is not a figure" in result.stderr


def test_history_that_is_no_text_is_refused(council: Council, pmf: Run, tmp_path: Path) -> None:
    """A workbook or a missing file given as history ends with 2 and a sentence."""
    path = tmp_path / "history.xlsx"
    path.write_bytes(b"PK\x03\x04\xff\xfe\x00")
    result = pmf("import-history", path, "-o", SLUG, home=council.settings.home)
    assert result.exit_code == 2
    assert "no CSV in UTF-8" in result.stderr
    assert pmf("import-history", tmp_path / "nothing.csv", "-o", SLUG, home=council.settings.home).exit_code == 2


def test_imported_figures_are_recorded_as_of_now(council: Council, pmf: Run, tmp_path: Path) -> None:
    """An import is known from the moment it is made, not before."""
    path = tmp_path / "history.csv"
    path.write_text("kpi_ref,period,value,numerator,denominator,provenance,source\n36,2020-04,90000,,,,\n", encoding="utf-8")
    pmf("import-history", path, "-o", SLUG, home=council.settings.home)
    (row,) = desk.table(council, "observation", kpi_ref="36", period="2020-04")
    assert abs(datetime.now(UTC) - row["recorded_at"]) < timedelta(minutes=1)


def test_the_history_goes_into_files_for_other_engines(opened: Council, pmf: Run, tmp_path: Path) -> None:
    """Every council's figures are written, its name and number of rows told; a council nobody knows is refused."""
    written = pmf("export-history", str(tmp_path / "history"), home=opened.settings.home)
    files = sorted(path.relative_to(tmp_path / "history").as_posix() for path in (tmp_path / "history").rglob("*.parquet"))
    assert written.exit_code == 0
    assert re.fullmatch(rf"{SLUG}: \d+ rows\n", written.stdout)
    assert f"observation/organisation={SLUG}/rows.parquet" in files
    assert pmf("export-history", str(tmp_path), "-o", "nowhere", home=opened.settings.home).exit_code == 2


def test_there_is_nothing_to_export_before_the_first_run(pmf: Run, tmp_path: Path) -> None:
    """An installation without a warehouse is told so, and nothing is made."""
    result = pmf("export-history", str(tmp_path / "history"), home=tmp_path / "home")
    assert result.exit_code == 2
    assert "the warehouse is not there yet" in result.stderr
    assert not (tmp_path / "history").exists()
