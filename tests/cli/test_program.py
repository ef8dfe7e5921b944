"""The program as it is installed: its help, its exit codes, and no traceback for anybody's mistake."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from cli.running import APRIL, Run
from cycle import desk
from cycle.council import Council
from pmf import __version__
from pmf.cli import app

COMMANDS = {
    "check": "Check a filled-in form before sending it",
    "rate": "Rate a table of figures",
    "returns": "Show which services have returned a month and which have not.",
    "demo": "Run the sample council's six months and two quarters through Airflow",
    "up": "Start Airflow with its web page on this machine",
    "import-history": "Import figures from before the first collected month",
    "version": "Print the version.",
}


def program(*arguments: object, home: Path) -> subprocess.CompletedProcess[str]:
    """Run the installed ``pmf`` in a process of its own."""
    path = shutil.which("pmf", path=str(Path(sys.executable).parent))
    assert path is not None
    environment = {"PATH": os.environ["PATH"], "PMF_HOME": str(home), "PYTHONDONTWRITEBYTECODE": ""}
    return subprocess.run([path, *map(str, arguments)], capture_output=True, text=True, env=environment, timeout=120, check=False)


def test_help_lists_every_command_with_its_purpose(pmf: Run) -> None:
    """``pmf --help`` says what the program is for and names every command with its first sentence."""
    result = pmf("--help")
    words = " ".join(result.stdout.replace("│", " ").split())
    assert result.exit_code == 0
    assert "returns are collected, validated, rated and reported" in words
    assert all(purpose.partition(",")[0] in words for purpose in COMMANDS.values())


@pytest.mark.parametrize(("command", "purpose"), COMMANDS.items())
def test_every_command_explains_itself(pmf: Run, command: str, purpose: str) -> None:
    """A command's help gives its purpose and explains every option and argument."""
    result = pmf(command, "--help", COLUMNS="200")
    words = " ".join(result.stdout.replace("│", " ").split())
    assert result.exit_code == 0
    assert purpose in words
    (described,) = [item for name, item in get_command(app).commands.items() if name == command]
    assert [parameter.name for parameter in described.params if not getattr(parameter, "help", "")] == []


def test_without_a_command_the_help_is_shown(pmf: Run) -> None:
    """``pmf`` alone shows the help."""
    assert "Usage: " in pmf().output


def test_an_unknown_command_ends_with_2(pmf: Run) -> None:
    """A command that does not exist is refused."""
    result = pmf("frobnicate")
    assert result.exit_code == 2
    assert "frobnicate" in result.output


def test_the_version_is_printed(tmp_path: Path) -> None:
    """The installed program prints the package's version and nothing else."""
    done = program("version", home=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{__version__}\n", "")


def test_the_installed_program_checks_a_form(opened: Council, tmp_path: Path) -> None:
    """Run as an officer runs it: a corrupt file ends with 2, its verdict as JSON on standard output and nothing beside it."""
    path = tmp_path / "libraries.xlsx"
    path.write_bytes(desk.filled(opened, APRIL, "libraries")[:-900])
    done = program("check", path, "--json", home=opened.settings.home)
    assert (done.returncode, done.stderr) == (2, "")
    assert json.loads(done.stdout)["verdict"] == "unreadable"


def test_the_installed_program_refuses_in_one_line(tmp_path: Path) -> None:
    """A mistake in what was given ends with 2 and one line on standard error: no traceback, however narrow the terminal."""
    (tmp_path / "figures.csv").write_text("kpi_ref,actual\n1,2\n", encoding="utf-8")
    done = program("rate", tmp_path / "figures.csv", "--policy", "gut-feeling", home=tmp_path / "home")
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "home").exists()


def test_demo_without_a_sample_is_refused(pmf: Run, opened: Council, tmp_path: Path) -> None:
    """A council without sample files cannot be demonstrated, and is told so before anything is started."""
    folder = tmp_path / "organisations" / "cambridgeshire"
    shutil.copytree(opened.settings.organisations / "cambridgeshire", folder)
    (folder / "sample_returns.csv").unlink()
    home = tmp_path / "home"
    result = pmf("demo", "cambridgeshire", home=home, PMF_ORGANISATIONS=str(folder.parent))
    assert result.exit_code == 2
    assert "sample_returns.csv" in result.stderr
    assert not home.exists()
    assert pmf("demo", "atlantis", home=home).exit_code == 2
