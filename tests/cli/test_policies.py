"""``pmf policies``: every policy in words, and the proof of one that is being written; the guide's example is run as it stands."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from cli.running import Run
from pmf.settings import read_settings

SHIPPED = read_settings({}).policies
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "add-a-rating-policy.md"
IDS = ["ccc-framework-2024", "ccc-q2-2024", "ccc-q2-2024-blue", "havering-2013", "hdc-intervention", "reigate-tolerance"]


def test_every_policy_is_told_in_words(pmf: Run) -> None:
    """Name, day, what it counts in, criteria, what becomes of a target of 0, and what is not the source's own."""
    result = pmf("policies")
    assert result.exit_code == 0
    blocks = dict(block.split(":", 1) for block in result.stdout.strip().split("\n\n"))
    assert list(blocks) == IDS
    havering = blocks["havering-2013"]
    assert "From 1 January 2014. Counted in per cent of the size of the target." in havering
    assert "  (10, +inf), improved or unchanged since last year: Amber – more than 10% off the quarterly target, but improved" in havering
    assert "  With a target of 0: green on target or better, red short of it." in havering
    assert "  Not the source's own, but declared here: (10, +inf), not known since last year. The rule does not say" in havering
    assert "  With no tolerance agreed: green on target or better, red short of it." in blocks["reigate-tolerance"]
    assert "Not the source's own" not in blocks["ccc-framework-2024"]


def test_the_policies_are_there_as_json(pmf: Run) -> None:
    """For a program: the same policies, their intervals as they are written, and each file's digest."""
    found = json.loads(pmf("policies", "--json").stdout)
    assert [policy["id"] for policy in found] == IDS
    assert [band["off_target"] for band in found[0]["bands"]] == ["(10, +inf)", "(0, 10]", "(-inf, 0]"]
    assert all(len(policy["digest"]) == 64 for policy in found)


def test_a_broken_policy_among_them_is_named(pmf: Run, tmp_path: Path) -> None:
    """A folder with a policy that cannot be used is not listed as if it could."""
    folder = tmp_path / "include" / "rating_policies"
    shutil.copytree(SHIPPED, folder)
    (folder / "mine.yaml").touch()
    result = pmf("policies", PMF_PROJECT_ROOT=str(tmp_path))
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{folder / 'mine.yaml'} is empty" in result.stderr


def test_a_shipped_policy_is_proven(pmf: Run) -> None:
    """A policy without gap or overlap ends with 0 and is printed in words."""
    result = pmf("policies", "check", SHIPPED / "hdc-intervention.yaml")
    assert result.exit_code == 0
    assert "(0, 1]: Amber – current performance is short of target but within the intervention level." in result.stdout
    assert result.stdout.endswith(f"{SHIPPED / 'hdc-intervention.yaml'} is proven: every figure has exactly one status.\n")


def test_the_quarter_2_rule_as_written_is_refused(pmf: Run, tmp_path: Path) -> None:
    """Without what we declare beside it, the report's rule has no status beyond 5% better than target: the message names it."""
    text = (SHIPPED / "ccc-q2-2024.yaml").read_text(encoding="utf-8")
    path = tmp_path / "ccc-q2-2024.yaml"
    path.write_text(
        re.sub(r'  - status: green\n    off_target: "\(-inf, -5\)".*?(?=\n# Nothing)', "", text, flags=re.DOTALL), encoding="utf-8"
    )
    result = pmf("policies", "check", path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"{path}: nothing covers (-inf, -5): say which status a KPI has there\n"


@pytest.mark.parametrize("name", ["none.yaml", "folder"])
def test_what_is_no_policy_is_refused(pmf: Run, tmp_path: Path, name: str) -> None:
    """A file that is not there, and a folder, end with 2 and no traceback."""
    (tmp_path / "folder").mkdir()
    result = pmf("policies", "check", tmp_path / name)
    assert result.exit_code == 2
    assert str(tmp_path / name) in result.stderr


@pytest.fixture
def guide() -> list[str]:
    """The examples of the guide, in order."""
    return re.findall(r"```(?:yaml)?\n(.*?)```", GUIDE.read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.fixture
def project(tmp_path: Path, guide: list[str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the guide's policy in it, from where the guide's commands are run."""
    folder = tmp_path / "include" / "rating_policies"
    folder.mkdir(parents=True)
    (folder / "smallshire-2025.yaml").write_text(guide[0], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_guides_policy_is_proven_as_the_guide_shows(pmf: Run, project: Path, guide: list[str]) -> None:
    """The guide's command prints what the guide prints below it."""
    command = guide[1].split()
    assert command[:3] == ["pmf", "policies", "check"]
    assert pmf(*command[1:], PMF_PROJECT_ROOT=str(project)).stdout == guide[2]


def test_the_guides_gap_is_refused_as_the_guide_shows(pmf: Run, project: Path, guide: list[str]) -> None:
    """Without ``not_known``, the refusal is the guide's sentence."""
    path = project / "include" / "rating_policies" / "smallshire-2025.yaml"
    path.write_text(guide[0].replace("[unchanged, declined, not_known]", "[unchanged, declined]"), encoding="utf-8")
    refused = pmf(*guide[1].split()[1:])
    assert (refused.exit_code, refused.stderr) == (2, guide[3])


def test_the_guides_figures_are_rated_as_the_guide_shows(pmf: Run, project: Path, guide: list[str]) -> None:
    """The guide's table comes out with the statuses and reasons that the guide prints."""
    (project / "figures.csv").write_text(guide[4], encoding="utf-8")
    rated = pmf("rate", "figures.csv", "--policy", "smallshire-2025", PMF_PROJECT_ROOT=str(project))
    assert rated.stdout == guide[5]


def test_the_guide_names_every_field_of_a_policy() -> None:
    """A field that the guide does not name cannot be found by who writes a policy."""
    from pmf.rating.band import Band, Fallback
    from pmf.rating.policy import Policy

    named = set(re.findall(r"`?([a-z_]+)[`:]", GUIDE.read_text(encoding="utf-8")))
    assert {*Policy.model_fields, *Band.model_fields, *Fallback.model_fields} - {"digest"} - named == set()
