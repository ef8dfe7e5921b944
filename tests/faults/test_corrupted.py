"""Fault 19: what was changed or lost behind the pipeline's back is named, and the command that finds it does not end well."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cycle.council import SLUG, Council
from faults.homes import Installation
from faults.stages import STAGES
from pmf.cli import app


@pytest.fixture
def pmf(copy: Installation, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """Run a command on the copy; give how it ended and what it said."""
    monkeypatch.setenv("PMF_HOME", str(copy.home))
    monkeypatch.setenv("PMF_ORGANISATIONS", str(copy.organisations))

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, list(words))
        return done.exit_code, done.output + (repr(done.exception) if done.exception else "")

    return run


def test_a_lost_release_is_named_and_made_again(copy: Installation, pmf: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    """The folder of the live release deleted: verify names it, rebuild makes it again byte for byte."""
    (folder,) = (copy.home / "published" / SLUG / ".releases").iterdir()
    before = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    shutil.rmtree(folder)
    code, said = pmf("verify", "-o", SLUG)
    assert (code, folder.name[:12] in said) == (1, True)
    code, said = pmf("rebuild", "-o", SLUG, "--release", folder.name[:12], "--to", str(tmp_path / "made"))
    assert code == 0, said
    assert {path.relative_to(tmp_path / "made"): path.read_bytes() for path in (tmp_path / "made").rglob("*") if path.is_file()} == before


def test_a_truncated_warehouse_is_no_warehouse(copy: Installation, pmf: Callable[..., tuple[int, str]]) -> None:
    """Half a backup put back: verify does not end well and says what is wrong with it."""
    warehouse = copy.home / "warehouse.db"
    content = warehouse.read_bytes()
    warehouse.write_bytes(content[: len(content) // 2])
    for beside in copy.home.glob("warehouse.db-*"):
        beside.unlink()
    code, said = pmf("verify", "-o", SLUG)
    assert code != 0
    assert "malformed" in said or "not a database" in said


def test_a_missing_template_fails_before_anything_is_issued(copy: Installation, tmp_path: Path) -> None:
    """A template that is gone is named, and what was issued before stays as it is."""
    project = tmp_path / "project"
    for name in ("sql", "include", "expectations"):
        shutil.copytree(copy.council.settings.project_root / name, project / name)
    (project / "uv.lock").write_bytes(copy.council.settings.lock_file.read_bytes())
    shutil.rmtree(project / "include" / "templates" / "report")
    issued = copy.home / "outbox" / SLUG / "2024-04" / "scorecards"
    before = {path.name: path.read_bytes() for path in issued.iterdir()}
    with pytest.raises(Exception, match="report"):
        STAGES["report"](Council(replace(copy.council.settings, project_root=project), copy.council.teller))
    assert {path.name: path.read_bytes() for path in issued.iterdir()} == before
