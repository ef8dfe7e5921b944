"""``pmf check``: a form is checked before it is sent, and an officer is told in words what is wrong and what to do."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
import pytest

from cli.running import APRIL, Run
from cycle import desk
from cycle.council import SLUG, Council
from pmf.form.layout import FieldName


def a_form(council: Council, folder: Path, **typed: Mapping[FieldName, str]) -> Path:
    """Save Libraries' April form filled in as the sample says, but for the cells given by KPI."""
    path = folder / "libraries.xlsx"
    path.write_bytes(desk.filled(council, APRIL, "libraries", **typed))
    return path


def with_cell(path: Path, cell: str, write: Callable[[object], None]) -> Path:
    workbook = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    write(workbook["Return"][cell])
    workbook.save(path)
    return path


def test_a_clean_form_ends_with_0(opened: Council, pmf: Run, tmp_path: Path) -> None:
    """Nothing found is said in one line, on standard output, with exit code 0."""
    result = pmf("check", a_form(opened, tmp_path), home=opened.settings.home)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "libraries.xlsx: nothing found.\n", "")


def test_flags_alone_end_with_0(opened: Council, pmf: Run, tmp_path: Path) -> None:
    """What is only flagged is printed with its cell, and the form may be sent."""
    path = a_form(opened, tmp_path, k37={FieldName.VALUE: "180000", FieldName.COMMENT: ""})
    result = pmf("check", path, home=opened.settings.home)
    assert result.exit_code == 0
    assert "Flags: Return!L7: KPI 37 (" in result.stdout
    assert result.stdout.endswith("libraries.xlsx: 0 failing, 1 flagged.\n")


@pytest.mark.parametrize("shown", ["#DIV/0!", "#REF!", "#N/A"])
def test_a_formula_error_ends_with_1_and_names_the_cell(opened: Council, pmf: Run, tmp_path: Path, shown: str) -> None:
    """A cell that shows an error fails: which cell, what it shows, what to type instead."""

    def show_error(cell) -> None:
        cell.value, cell.data_type = shown, "e"

    result = pmf("check", with_cell(a_form(opened, tmp_path), "G6", show_error), home=opened.settings.home)
    assert result.exit_code == 1
    assert "Fails: Return!G6: KPI 36: G6 shows the error " + shown in result.stdout
    assert "  What to do: Type the figure or text itself into G6" in result.stdout


def test_a_numerator_above_its_denominator_ends_with_1(opened: Council, pmf: Run, tmp_path: Path) -> None:
    """More parts than the whole fails with the cell of the numerator."""
    path = tmp_path / "skills.xlsx"
    parts = {FieldName.VALUE: "", FieldName.NUMERATOR: "549", FieldName.DENOMINATOR: "519"}
    path.write_bytes(desk.filled(opened, APRIL, "adult-skills", k138=parts))
    result = pmf("check", path, home=opened.settings.home)
    assert result.exit_code == 1
    assert "Fails: Return!H8: KPI 138 (" in result.stdout
    assert "has a numerator of 549, larger than its denominator of 519" in result.stdout
    assert "What to do: " in result.stdout


def test_a_form_for_another_month_ends_with_1(opened: Council, pmf: Run, tmp_path: Path) -> None:
    """Asked whether it is May's, April's form fails and is named as April's."""
    result = pmf("check", a_form(opened, tmp_path), "--period", "2024-05", home=opened.settings.home)
    assert result.exit_code == 1
    assert "The form is for the month April 2024, not May 2024." in result.stdout
    assert "What to do: Fill in the form that was sent out for May 2024." in result.stdout


def test_the_right_month_and_council_pass(opened: Council, pmf: Run, tmp_path: Path) -> None:
    """Asked for what it is, the form is only checked."""
    result = pmf("check", a_form(opened, tmp_path), "-p", "2024-04", "-o", SLUG, home=opened.settings.home)
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "libraries.xlsx cannot be read as a return. The file is damaged or incomplete"),
        (b"", "libraries.xlsx cannot be read as a return. The file is empty"),
        (b"kpi_ref,value\n", "libraries.xlsx cannot be read as a return. The file is not an Excel workbook"),
    ],
)
def test_what_is_no_return_ends_with_2(opened: Council, pmf: Run, tmp_path: Path, content: bytes | None, words: str) -> None:
    """A corrupt zip, an empty file and a CSV are named as what they are, with the way out."""
    path = a_form(opened, tmp_path)
    path.write_bytes(path.read_bytes()[:-900] if content is None else content)
    result = pmf("check", path, home=opened.settings.home)
    assert result.exit_code == 2
    assert result.stdout.startswith(words)
    assert result.stdout.count(". ") >= 2


def test_json_is_json_whatever_is_found(opened: Council, pmf: Run, tmp_path: Path) -> None:
    """With --json the verdict and every finding with its place and remedy are one JSON document, for a good, bad or broken file."""
    clean = json.loads(pmf("check", a_form(opened, tmp_path), "--json", home=opened.settings.home).stdout)
    assert clean == {"file": "libraries.xlsx", "verdict": "clean", "unreadable": None, "findings": []}

    result = pmf("check", a_form(opened, tmp_path, k36={FieldName.VALUE: "3"}), "--json", home=opened.settings.home)
    (finding,) = (item for item in json.loads(result.stdout)["findings"] if item["severity"] == "critical")
    assert result.exit_code == 1
    assert (finding["where"], finding["kpi_ref"], finding["rule_id"]) == ("Return!G6", "36", "observation.below_minimum")
    assert finding["fix"]

    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04")
    result = pmf("check", broken, "--json", home=opened.settings.home)
    content = json.loads(result.stdout)
    assert (result.exit_code, content["verdict"], content["unreadable"]["problem"]) == (2, "unreadable", "damaged")


def test_a_file_that_is_not_there_ends_with_2(opened: Council, pmf: Run, tmp_path: Path) -> None:
    """A missing file and a folder are refused in one line on standard error; standard output stays empty."""
    for path in (tmp_path / "nothing.xlsx", tmp_path):
        result = pmf("check", path, home=opened.settings.home)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr in (f"{path}: No such file or directory\n", f"{path}: Is a directory\n")


def test_without_the_key_of_this_installation_it_ends_with_2(opened: Council, pmf: Run, tmp_path: Path) -> None:
    """Where no key is, no form can be recognised; the message names the key and what to do."""
    home = tmp_path / "empty"
    result = pmf("check", a_form(opened, tmp_path), home=home)
    assert result.exit_code == 2
    assert f"{home / 'signing.key'} is missing: restore it from the backup" in result.stderr
    assert not home.exists()


def test_an_unknown_council_is_answered_with_the_known_ones(opened: Council, pmf: Run, tmp_path: Path) -> None:
    """A council that has no folder is refused, naming those there are."""
    result = pmf("check", a_form(opened, tmp_path), "--organisation", "atlantis", home=opened.settings.home)
    assert result.exit_code == 2
    assert "there is no council 'atlantis'" in " ".join(result.output.split())
    assert SLUG in result.output


def test_a_month_is_written_as_the_message_says(opened: Council, pmf: Run, tmp_path: Path) -> None:
    """A month in another form is refused with the right one."""
    result = pmf("check", a_form(opened, tmp_path), "--period", "April", home=opened.settings.home)
    assert result.exit_code == 2
    assert "write it like 2024-09" in " ".join(result.output.split())


def test_checking_changes_nothing(council: Council, pmf: Run, tmp_path: Path) -> None:
    """A check leaves warehouse, store and inbox as they were."""
    before = council.state()
    pmf("check", a_form(council, tmp_path, k36={FieldName.VALUE: "3"}), home=council.settings.home)
    assert council.state() == before
