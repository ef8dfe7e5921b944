"""``pmf replay``: the past under another policy or other targets, on the command line."""

from __future__ import annotations

import csv
import json
import shlex
from pathlib import Path

import pytest

from cli.running import Run
from cycle.council import Council

ROOT = Path(__file__).resolve().parents[2]
HOW_TO = (ROOT / "docs" / "how-to" / "replay-a-policy.md").read_text(encoding="utf-8")
YEAR = ("-o", "cambridgeshire", "--from", "2023-07", "--to", "2023-09")


@pytest.fixture
def home(opened: Council) -> Path:
    """A council whose imported history is known; nothing is written to it here."""
    return opened.settings.home


def test_every_change_is_printed_with_counts_and_reasons(pmf: Run, home: Path) -> None:
    """A table of what became which, each change with its reason, and the numbers in a last line."""
    result = pmf("replay", *YEAR, "--policy", "ccc-q2-2024-blue", home=home)
    assert result.exit_code == 0
    assert "Green → Blue" in result.stdout
    assert "(worked out)" in result.stdout
    lines = result.stdout.splitlines()
    compared, changed = (int(word) for word in lines[-1].split() if word.isdigit())
    assert lines[-1] == f"{compared} ratings compared, {changed} would change"
    assert 0 < changed < compared


def test_the_same_as_json_and_csv(pmf: Run, home: Path, tmp_path: Path) -> None:
    """Both list the same changes; counts add up to what was compared."""
    asked = ("replay", *YEAR, "--quarters", "--policy", "ccc-q2-2024-blue")
    printed = json.loads(pmf(*asked, "--json", home=home).stdout)
    assert sum(count["count"] for count in printed["counts"]) == printed["compared"]
    assert sum(count["count"] for count in printed["counts"] if count["from"] != count["to"]) == printed["changed"]
    result = pmf(*asked, "--output", tmp_path / "changes.csv", home=home)
    assert result.stdout.splitlines()[-1].endswith(f"would change, written to {tmp_path / 'changes.csv'}")
    with (tmp_path / "changes.csv").open(encoding="utf-8") as lines:
        assert list(csv.DictReader(lines)) == printed["changes"]
    assert {change["period"] for change in printed["changes"]} == {"2023-07", "2023-08", "2023-09", "2023-24-Q2"}


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("--policy", "rainbow"), "There is no rating policy 'rainbow'. There are: ccc-framework-2024"),
        ((), "Say what is to be otherwise: --policy, --targets, or both."),
        (("--targets", "/nonexistent/targets.csv"), "/nonexistent/targets.csv does not exist"),
        (("--policy", "ccc-q2-2024", "--to", "2030-01"), "Nothing is known of"),
        (("--policy", "ccc-q2-2024", "--from", "July"), "'July' is not a month"),
        (("--policy", "ccc-q2-2024", "-o", "atlantis"), "there is no council 'atlantis'"),
    ],
)
def test_what_cannot_be_used_is_refused(pmf: Run, home: Path, asked: tuple[str, ...], words: str) -> None:
    """Exit code 2 and a sentence that says what could be asked."""
    result = pmf("replay", *YEAR, *asked, home=home)
    assert result.exit_code == 2
    assert words in " ".join(result.output.replace("│", " ").split())


def test_the_how_tos_commands_run(pmf: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command of the page runs as it stands, a year earlier, on the targets the page gives."""
    monkeypatch.chdir(tmp_path)
    blocks = [block.split("```")[0].strip() for block in HOW_TO.split("```\n")[1::2]]
    (targets,) = [block for block in blocks if block.startswith("kpi_ref")]
    Path("raised.csv").write_text(targets.replace("2024-", "2023-") + "\n", encoding="utf-8")
    commands = [line for block in blocks for line in block.splitlines() if line.startswith("pmf replay ")]
    assert len(commands) == 3
    for command in commands:
        result = pmf(*shlex.split(command.replace("2024-0", "2023-0"))[1:], home=home)
        assert result.exit_code == 0, result.output
        assert " ratings compared, " in result.stdout
