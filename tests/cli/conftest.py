"""The program run in this process, at home in a council that has sent out its forms for April."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.running import Run
from cycle.council import Council, council_at
from cycle.opened import opened_council
from pmf.cli import app


@pytest.fixture(scope="package")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Council:
    """The sample council with its history, April and May opened."""
    return opened_council(tmp_path_factory, tmp_path_factory.mktemp("cli") / "home")


@pytest.fixture
def council(opened: Council, tmp_path: Path) -> Council:
    """The same in a home of the test's own."""
    shutil.copytree(opened.settings.home, tmp_path / "home")
    return council_at(tmp_path / "home")


@pytest.fixture
def pmf() -> Run:
    """Run ``pmf`` with arguments; a traceback of any kind fails the test."""

    def run(*arguments: object, home: Path | None = None, **environment: str) -> Result:
        variables = {"PMF_HOME": str(home or "/nonexistent"), "COLUMNS": "160"} | environment
        result = CliRunner().invoke(app, [str(argument) for argument in arguments], env=variables)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "Traceback" not in result.output
        return result

    return run
