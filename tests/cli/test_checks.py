"""``pmf checks``: anyone can read which rule is asked of which KPI, how severely, within which limits."""

from __future__ import annotations

import csv
import io
import json

import pytest

from cli.running import Run

SEPTEMBER = ("checks", "-o", "cambridgeshire", "-p", "2024-09")


def test_the_checks_of_a_kpi_are_a_table_in_words(pmf: Run) -> None:
    """The KPI stands above its rules; limits are words, and what is asked of every KPI is there too."""
    result = pmf(*SEPTEMBER, "--kpi", "138")
    assert result.exit_code == 0
    assert result.stdout.startswith("Checks of Cambridgeshire County Council, September 2024: 138, Percentage of courses")
    (above,) = [line for line in result.stdout.splitlines() if "observation.above_maximum" in line]
    assert above.split() == ["observation.above_maximum", "138", "critical", "at", "most", "100%", "accuracy", "maximum"]
    assert "observation.denominator_zero" in result.stdout
    assert "file.in_time" not in result.stdout
    assert result.stdout.rstrip().endswith("KPIs with limits of their own: 1.")


def test_the_list_can_be_narrowed_and_taken_elsewhere(pmf: Run) -> None:
    """By rule and by service, as JSON or as CSV: the same lines."""
    narrowed = (*SEPTEMBER, "--rule", "observation.below_minimum", "--service", "libraries")
    from_json = json.loads(pmf(*narrowed, "--json").stdout)
    from_csv = list(csv.DictReader(io.StringIO(pmf(*narrowed, "--csv").stdout)))
    assert from_json == from_csv
    assert [line["kpi_ref"] for line in from_json] == ["36", "37", "SP-01", "SP-02", "SP-03", "SP-04"]
    assert from_json[0]["limits"] == "at least 40,000"
    assert from_json[0]["title"] == "Number of active library users"


def test_all_checks_of_a_month_are_listed(pmf: Run) -> None:
    """Without a filter every rule of every suite is there."""
    values = json.loads(pmf(*SEPTEMBER, "--json").stdout)
    suites = {line["rule_id"].partition(".")[0] for line in values}
    assert {"register", "directorate", "return", "observation", "commentary", "rating", "publication"} <= suites


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--kpi", "999"), "there is no KPI due in September 2024 '999'"),
        (("--rule", "observation.lost"), "there is no rule 'observation.lost'"),
        (("--service", "library"), "there is no service 'library'"),
        (("--json", "--csv"), "choose one of --json and --csv"),
    ],
)
def test_what_there_is_not_is_refused(pmf: Run, arguments: tuple[str, ...], told: str) -> None:
    """A name nobody has ends with 2 and the names there are, never with an empty table."""
    result = pmf(*SEPTEMBER, *arguments)
    assert result.exit_code == 2
    assert told in " ".join(result.stderr.replace("│", " ").split())
