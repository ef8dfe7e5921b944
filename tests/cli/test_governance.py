"""``pmf change``, ``pmf sign-templates``, ``pmf templates`` and ``pmf waive``: what people type, and what they are told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from cli.running import Run
from cycle import desk
from cycle.council import SLUG, Council, council_at
from cycle.governed import COMMITTEE, Governed, governed

Command = Callable[..., Result]
DIRECTOR, TEAM = "executive-director-of-strategy-and-partnerships", "governance-and-performance-team"
RETIRE = "36-retire-2025-04-01"


@pytest.fixture
def fresh(tmp_path: Path) -> Council:
    """The sample council before its first month."""
    return council_at(tmp_path / "home")


@pytest.fixture
def place(fresh: Council, tmp_path: Path) -> Governed:
    """The same, its changes approved by a director and the KPI's committee."""
    return governed(fresh, tmp_path / "organisations")


@pytest.fixture
def command(pmf: Run, place: Governed) -> Command:
    """Run a command about that council."""

    def run(*arguments: object, columns: int = 160) -> Result:
        organisations = str(place.folder.parent)
        return pmf(*arguments, "-o", SLUG, home=place.settings.home, PMF_ORGANISATIONS=organisations, COLUMNS=str(columns))

    return run


def propose(command: Command, *more: object) -> Result:
    arguments = ("--kpi", "36", "--kind", "retire", "--from", "2025-04-01", "--post", "head-of-libraries", "--reason", "Counted as 37.")
    return command("change", "propose", *arguments, *more)


def test_a_kpi_is_retired_from_the_command_line(command: Command, place: Governed) -> None:
    """Each command prints the steps taken and what comes next; adoption first names the row the register lacks."""
    assert "Next: scope: an officer names the committee" in propose(command).stdout
    for stage in ("scope", "draft", "plan", "consult", "report"):
        left_out = ("--not-needed",) if stage in {"plan", "consult"} else ()
        result = command("change", "step", RETIRE, stage, "--post", TEAM, "--note", f"{stage} done", *left_out)
        assert result.exit_code == 0, result.output
    assert "Next: approve: Executive Director of Strategy and Partnerships to approve or reject." in result.stdout
    early = command("change", "approve", RETIRE, "--by", COMMITTEE, "--note", "Agreed")
    assert early.exit_code == 2
    assert f"it is for {DIRECTOR} to decide now" in early.stderr
    for body in (DIRECTOR, COMMITTEE):
        result = command("change", "approve", RETIRE, "--by", body, "--note", "Agreed")
    assert "Before it can be adopted: kpis.csv, KPI 36: set valid_to to 2025-04-01" in result.stdout
    assert "the register does not hold it" in command("change", "adopt", RETIRE, "--post", TEAM, "--note", "Updated").stderr
    place.edit("kpis.csv", "\n36,2021-04-01,,", "\n36,2021-04-01,2025-04-01,")
    adopted = command("change", "adopt", RETIRE, "--post", TEAM, "--note", "Updated")
    assert (adopted.exit_code, adopted.stdout.splitlines()[-1]) == (0, "Finished.")
    assert "not needed" in adopted.stdout


def test_a_rejection_goes_back_to_the_draft(command: Command) -> None:
    """A rejected change is shown with its reason, and the draft comes next."""
    propose(command)
    for stage in ("scope", "draft", "plan", "consult", "report"):
        command("change", "step", RETIRE, stage, "--post", TEAM, "--note", "Done")
    rejected = command("change", "reject", RETIRE, "--by", DIRECTOR, "--note", "Members still ask for it.")
    assert "Members still ask for it." in rejected.stdout
    assert "Next: draft" in rejected.stdout


def test_the_list_fits_a_narrow_terminal(command: Command) -> None:
    """All changes with what each waits for, in eighty columns and as JSON."""
    propose(command)
    propose(command, "--kind", "change", "--criterion", "statutory")
    listed = command("change", "list", columns=80)
    assert listed.exit_code == 0
    assert max(map(len, listed.stdout.splitlines())) <= 80
    assert {"36-change-2025-04-01", RETIRE} <= set(listed.stdout.split())
    entries = json.loads(command("change", "list", "--json").stdout)
    assert [(entry["change_id"], entry["next_stage"]) for entry in entries] == [("36-change-2025-04-01", "scope"), (RETIRE, "scope")]
    assert json.loads(command("change", "show", RETIRE, "--json").stdout) == entries[1]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("change", "step", RETIRE, "approve", "--post", TEAM, "--note", "x"), "'approve' is no such stage; there are: scope, draft, plan"),
        (("change", "show", "99-new-2025-04-01"), "there is no change '99-new-2025-04-01'; there are: none yet"),
        (("sign-templates", "--year", "2024-25", "--post", TEAM), "answers for no KPI in 2024-25"),
        (("sign-templates", "--year", "2024-25", "--post", "nobody"), "has no post 'nobody'"),
        (("sign-templates", "--year", "2024", "--post", "head-of-libraries"), "'2024' is not a financial year"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(command: Command, arguments: tuple[str, ...], told: str) -> None:
    """What does not fit ends with 2 and a sentence that says what would."""
    result = command(*arguments)
    assert result.exit_code == 2
    assert told in " ".join(result.output.replace("│", " ").split())


def test_templates_are_signed_and_listed(command: Command, fresh: Council) -> None:
    """Signing prints the declaration and what was signed; the table shows each KPI's state, and counts them."""
    signed = command("sign-templates", "--year", "2024-25", "--post", "head-of-libraries", "--kpi", "36", "--kpi", "37")
    assert signed.exit_code == 0, signed.output
    assert "head-of-libraries declares: I confirm that the above documented procedure is" in signed.stdout
    assert signed.stdout.splitlines()[-1] == "Signed: 36, 37"
    again = command("sign-templates", "--year", "2024-25", "--post", "head-of-libraries", "--kpi", "36")
    assert again.stdout == "Signed already: 36\n"
    assert {row["kpi_ref"] for row in desk.table(fresh, "template_sign_off")} == {"36", "37"}
    table = command("templates", "--year", "2024-25").stdout
    assert "Data-quality templates of cambridgeshire, 2024/25" in table
    assert table.splitlines()[-1].startswith("2 signed, ")
    entries = {entry["kpi_ref"]: entry for entry in json.loads(command("templates", "--year", "2024-25", "--json").stdout)}
    assert (entries["36"]["state"], entries["136"]["state"]) == ("signed", "unsigned")
    assert "head-of-libraries" in entries["36"]["may_sign"]


def test_a_waiver_is_given_until_a_day(command: Command, fresh: Council) -> None:
    """A waiver says what it lets through and until when; a rule nobody has or a period that is none is refused."""
    about = ("--kpi", "36", "--post", TEAM, "--reason", "The manager is away.", "--until", "2999-01-31")
    given = command("waive", "-p", "2024-04", "--rule", "register.template_unsigned", *about)
    assert given.exit_code == 0, given.output
    assert "Waived register.template_unsigned for KPI 36 in April 2024 until 31 January 2999." in given.stdout
    assert len(desk.table(fresh, "waiver")) == 1
    assert "there is no rule 'template_unsigned'" in command("waive", "-p", "2024-04", "--rule", "template_unsigned", *about).stderr
    assert command("waive", "-p", "spring", "--rule", "register.template_unsigned", *about).exit_code == 2
