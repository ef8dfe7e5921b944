"""Risk, finance and change through two months: asked for, filled in, taken in, scrutinised, chased, told about, and ready to print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from email import message_from_bytes, policy
from io import BytesIO
from pathlib import Path

import pytest
import yaml
from openpyxl import load_workbook

from cycle.test_actions import DAY, HOUR, JUNE, MAY, SLUG, Office, write_council
from pmf.cycle.chase import chase
from pmf.cycle.check import FileChecked, check_return
from pmf.cycle.collect import scan_inbox
from pmf.cycle.completeness import chaseable_forms, points_of
from pmf.cycle.panels import load_panels
from pmf.cycle.validate import Validated
from pmf.cycle.workspace import open_workspace
from pmf.period import Month, Quarter
from pmf.register import load_profile
from pmf.reporting.panels import PanelLine, PanelWord
from pmf.settings import read_settings
from pmf.warehouse.engine import reading

JULY, Q1 = Month(2025, 7), Quarter(2025, 1)
STEPS = [{"working_days": 0, "to": ["holder"]}, {"working_days": 1, "to": ["holder", "deputy"]}]
LINES = """\
line_ref,valid_from,valid_to,panel,title,directorate_id,holder_post,target_score,budget,due_on
P-R1,2025-04-01,,risk,The book van breaks down,place,head-of-libraries,6,,
P-F1,2025-04-01,,finance,Libraries and roads,place,management-team,,1000000,
P-C1,2025-04-01,2025-07-01,change,Move into the new depot,place,head-of-highways,,,2025-06-30
"""

Typed = Mapping[str, tuple[str | None, float | str | None, str]]
WELL: Typed = {
    "P-R1": ("Amber", 9, "The engine fails because it is old; a new one comes in July."),
    "P-F1": ("Green", 1_000_000, "Spending follows the plan."),
    "P-C1": ("Green", None, "Both teams have packed their tools."),
}
WRONG: Typed = WELL | {
    "P-R1": ("Amber", "high", "The engine fails because it is old."),
    "P-F1": ("Green", 1_050_000, "Spending follows the plan."),
    "P-C1": (None, None, ""),
}


def typed_into(form: bytes, lines: Typed) -> bytes:
    """Type status, figure and comment into a form of panels, each beside its line."""
    workbook = load_workbook(BytesIO(form))
    sheet = workbook["Panels"]
    for row in range(6, sheet.max_row + 1):
        for column, entry in zip("GHI", lines.get(str(sheet[f"A{row}"].value), ()), strict=False):
            sheet[f"{column}{row}"] = entry or None
    saved = BytesIO()
    workbook.save(saved)
    return saved.getvalue()


def blank(office: Office, month: Month) -> bytes:
    return office.form(month, "libraries-panels", month)


def send(office: Office, month: Month, lines: Typed, *, at: datetime, name: str = "panels.xlsx") -> None:
    office.take_in(month, name, typed_into(blank(office, month), lines), at=at)


def found(office: Office, month: Month, at: datetime) -> set[tuple[str, str | None, str | None]]:
    """Give rule, line and cell of what a validation found."""
    rows = office.table("finding", period=month.key, as_at=at)
    return {
        (row["rule_id"], row["action_ref"], row["cell"]) for row in rows if row["rule_id"].split(".")[0] in ("panel", "panelcell", "file")
    }


def letters(office: Office, event: str, post: str) -> Iterator[tuple[str, list[str]]]:
    """Give the words of a post's letters, oldest first, and the names of what is attached."""
    rows = office.table("mail_queue", event=event, recipient=f"{post}@fenshire.example")
    for row in sorted(rows, key=lambda row: (row["queued_at"], row["event_subject"])):
        message = message_from_bytes(row["content"], policy=policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        yield " ".join(f"{row['subject']} {body.get_content()}".split()), [str(part.get_filename()) for part in message.iter_attachments()]


def lines_of(office: Office, period: Month | Quarter, at: datetime) -> dict[str, PanelLine]:
    workspace = open_workspace(SLUG, office.settings)
    with reading(workspace.engine) as connection:
        return {line.line_ref: line for line in load_panels(workspace, connection, period, as_at=at)}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A council whose libraries return the panels of their directorate; May is all in, and in June a form with three faults."""
    home = tmp_path_factory.mktemp("panels")
    folder: Path = home / "organisations" / SLUG
    write_council(folder)
    (folder / "actions.csv").unlink()
    (folder / "panels.csv").write_text(LINES, encoding="utf-8")
    profile = yaml.safe_load((folder / "organisation.yaml").read_text(encoding="utf-8")) | {"chase": STEPS}
    profile["directorates"][0]["panels_service"] = "libraries"
    (folder / "organisation.yaml").write_text(yaml.safe_dump(profile, sort_keys=False), encoding="utf-8")
    office = Office(read_settings({"PMF_HOME": str(home / "var"), "PMF_ORGANISATIONS": str(folder.parent)}), load_profile(folder))
    for month, lines in ((MAY, WELL), (JUNE, WRONG)):
        office.open(month)
        office.return_figures(month, "120")
        send(office, month, lines, at=office.profile.deadline(month) - HOUR)
    return office


@pytest.fixture(scope="module")
def may(office: Office) -> Validated:
    """May's validation, with nothing wrong."""
    return office.validate(MAY, at=office.profile.cycle_at(MAY))


@pytest.fixture(scope="module")
def june(office: Office, may: Validated) -> Validated:
    """June's validation, with the form as it came in first."""
    assert may
    return office.validate(JUNE, at=office.profile.cycle_at(JUNE))


@pytest.fixture(scope="module")
def corrected(office: Office, june: Validated) -> Validated:
    """June's validation after ten days of reminders, when the form has come in again: the month's cycle is due again then."""
    assert june
    for day in range(1, 10):
        chase(SLUG, as_at=office.profile.cycle_at(JUNE) + day * DAY, settings=office.settings)
    at = office.profile.cycle_at(JUNE) + 10 * DAY
    again = WELL | {"P-C1": ("Complete", None, "All moved in on 27 June."), "P-R1": ("Green", 6, "The new engine runs well.")}
    send(office, JUNE, again, at=at, name="again.xlsx")
    assert JUNE.key in {cycle["period"] for cycle in scan_inbox(SLUG, as_at=at, settings=office.settings).cycles_due}
    return office.validate(JUNE, at=at + HOUR)


def test_panels_are_asked_for_beside_the_figures(office: Office) -> None:
    """One letter asks the service for both forms; that of the panels goes by the name of the directorate."""
    words, attached = next(letters(office, "request", "libraries-officer"))
    assert attached == [f"{SLUG}-2025-05-libraries.xlsx", f"{SLUG}-2025-05-libraries-panels.xlsx"]
    assert f"The form {SLUG}-2025-05-libraries-panels.xlsx asks for the status of 3 lines of the risk, finance and change panels" in words
    sheet = load_workbook(BytesIO(blank(office, MAY)))["Panels"]
    assert sheet["A1"].value == "Place: risk, finance and change, May 2025"
    assert [[sheet[f"{column}{row}"].value for column in "ABDEF"] for row in (6, 7, 8)] == [
        ["P-R1", "Risk", "Head of libraries", "Target score: 6", "None yet"],
        ["P-F1", "Finance", "Management team", "Budget: £1,000,000", "None yet"],
        ["P-C1", "Change", "Head of highways", "Due: 30 June 2025", "None yet"],
    ]


def test_what_is_well_told_passes(office: Office, may: Validated) -> None:
    """Nothing is found of good panels; the figures count as without them, and each word is kept with its cell."""
    assert (found(office, MAY, office.profile.cycle_at(MAY)), may.due, may.returned) == (set(), 1, 1)
    (row,) = office.table("panel_update", line_ref="P-R1", period=MAY.key)
    assert (row["panel"], row["directorate_id"], row["rag"], row["figure"], row["sender"]) == (
        "risk", "place", "amber", Decimal(9), "libraries-officer",
    )  # fmt: skip
    assert row["cells"] == '{"amount": "H6", "comment": "I6", "rag": "G6"}'


def test_each_line_is_scrutinised_and_no_figure_withheld(office: Office, june: Validated) -> None:
    """A word for a score, a green above its budget and silence are each found in their cell, once; no figure is withheld for them."""
    assert (june.outcome, june.withheld, june.returned) == ("flag", 0, 1)
    assert found(office, JUNE, office.profile.cycle_at(JUNE)) == {
        ("panelcell.readable", "P-R1", "H6"),
        ("panel.green_over_budget", "P-F1", "H7"),
        ("panel.answered", "P-C1", None),
    }


def test_the_service_is_told_with_its_form_and_the_guidelines(office: Office, june: Validated) -> None:
    """The letter names what is to be done by when, has the form with questions attached, and says what the words mean."""
    assert june.report
    ((words, attached),) = (told for told in letters(office, "findings", "libraries-officer") if "panels" in told[0])
    assert words.startswith("Check your June 2025 risk, finance and change panels by 5pm Tuesday 15 July 2025 – Libraries")
    assert "Flags: P-F1 – Libraries and roads" in words
    assert "is Green, but its forecast is £1,050,000 on a budget of £1,000,000." in words
    assert "what you said is used as it stands until you correct it" in words
    assert "GUIDELINES FOR RISK, FINANCE AND CHANGE Status: Choose one from the list." in words
    assert attached == [f"{SLUG}-2025-06-libraries-panels-questions.xlsx"]


def test_the_questions_lead_to_their_cells(office: Office, june: Validated) -> None:
    """The form that goes back is filled in with what was sent, and lists what is asked beside it."""
    assert june.report
    (row,) = office.table(
        "mail_queue", event="findings", recipient="libraries-officer@fenshire.example", event_subject="2025-06:returns:libraries:panels"
    )
    (workbook,) = message_from_bytes(row["content"], policy=policy.default).iter_attachments()
    book = load_workbook(BytesIO(workbook.get_content()))
    asked = {book["Questions"][f"C{row}"].value: book["Questions"][f"G{row}"].value for row in (8, 9, 10)}
    assert asked == {"P-R1": "Go to cell H6", "P-F1": "Go to cell H7", "P-C1": "Go to cell G8"}
    assert [book["Panels"][f"{column}7"].value for column in "GHI"] == ["Green", 1_050_000, "Spending follows the plan."]


def test_of_a_line_that_stays_inside_a_reminder_has_no_figures(office: Office, june: Validated) -> None:
    """The letter names the line and the check; the others are told in full."""
    assert june.report
    workspace, at = open_workspace(SLUG, office.settings), office.profile.cycle_at(JUNE) + HOUR
    lines = [line.model_copy(update={"is_public": line.line_ref != "P-F1"}) for line in workspace.register.panel_versions]
    inside = replace(workspace, register=replace(workspace.register, panel_versions=tuple(lines)))
    with reading(workspace.engine) as connection:
        (item,) = [item for item in chaseable_forms(workspace, connection, JUNE, as_at=at) if item.lacking]
    told, kept_back = ({point["about"]: point["message"] for point in points_of(whose, item)} for whose in (workspace, inside))
    changed = {about for about, message in told.items() if kept_back[about] != message}
    assert changed == {"P-F1 – Libraries and roads"}
    (words,) = (kept_back[about] for about in changed)
    assert words.startswith('Not met: "')
    assert words.endswith('" The line is not for publication, so its figures are not in this message.')


def test_an_incomplete_form_is_chased(office: Office, corrected: Validated) -> None:
    """Once the time for a correction is over the steps begin, with what is lacking and the guidelines; complete, it is chased no more."""
    assert corrected.report
    told = [words for words, _ in letters(office, "chase", "libraries-officer")]
    assert [words.split(" – ")[0] for words in told] == [
        "Complete your June 2025 risk, finance and change panels by 5pm Tuesday 15 July 2025",
        "Overdue: complete your June 2025 risk, finance and change panels",
    ]
    assert "Your risk, finance and change panels are not complete" in told[0]
    assert "RISK, FINANCE AND CHANGE PANELS TO COMPLETE" in told[0]
    assert "P-C1 – Move into the new depot" in told[0]
    after = chase(SLUG, as_at=office.profile.cycle_at(JUNE) + 12 * DAY, settings=office.settings)
    assert (after.incomplete, after.letters) == (0, 0)


def test_a_second_form_supersedes_the_first(office: Office, corrected: Validated) -> None:
    """The newest form counts, and is no late one."""
    at = office.profile.cycle_at(JUNE) + 10 * DAY
    assert (corrected.failed, found(office, JUNE, at + HOUR)) == (0, set())
    (file,) = office.table("received_file", file_name="again.xlsx")
    assert (file["channel"], file["is_late"], file["outcome"]) == ("panels", False, "accepted")


def test_lines_are_ready_to_print_beside_the_month_before(office: Office, corrected: Validated) -> None:
    """What was known at a moment, with the month before; a quarter is told by its last month beside the last of the one before."""
    assert corrected.report
    first, last = office.profile.cycle_at(JUNE), office.profile.cycle_at(JUNE) + 11 * DAY
    line = lines_of(office, JUNE, last)["P-R1"]
    assert (line.current, line.before, line.before_label) == (
        PanelWord(rag="green", figure=Decimal(6), comment="The new engine runs well."),
        PanelWord(rag="amber", figure=Decimal(9), comment=WELL["P-R1"][2]),
        "May 2025",
    )
    assert (line.holder, line.directorate_name, line.aim) == ("Head of libraries", "Place", Decimal(6))
    assert lines_of(office, JUNE, first)["P-C1"].said == "Not reported"
    quarter = lines_of(office, Q1, last)
    assert [(ref, line.said, line.before, line.before_label) for ref, line in quarter.items()] == [
        ("P-R1", "Green", None, "March 2025"), ("P-F1", "Green", None, "March 2025"), ("P-C1", "Complete", None, "March 2025"),
    ]  # fmt: skip


def test_the_next_form_prints_what_was_said_last(office: Office, corrected: Validated) -> None:
    """July's form shows status, figure and comment of June, and no longer the project that is done."""
    assert corrected.report
    office.open(JULY)
    sheet = load_workbook(BytesIO(blank(office, JULY)))["Panels"]
    assert [sheet[f"F{row}"].value for row in (6, 7)] == [
        "Green, 6: The new engine runs well.",
        "Green, £1,000,000: Spending follows the plan.",
    ]
    assert sheet["A8"].value is None


def test_a_form_in_another_months_folder_is_refused(office: Office, corrected: Validated) -> None:
    """A form of June in July's folder is refused with the way out, as one of figures is; it changes nothing of either month."""
    assert corrected.report
    at = office.profile.deadline(JULY) - HOUR
    office.take_in(JULY, "astray.xlsx", typed_into(blank(office, JUNE), WELL | {"P-C1": ("Red", None, "")}), at=at)
    (file,) = office.table("received_file", file_name="astray.xlsx")
    assert (file["outcome"], file["problem"], file["channel"], file["service_id"]) == ("rejected", "wrong_month", "panels", "libraries")
    assert lines_of(office, JUNE, at)["P-C1"].said == "Complete"


def test_the_tracker_has_a_row_for_the_panels(office: Office, june: Validated) -> None:
    """The page of a month shows how its form of panels stands, apart from the figures."""
    assert june.report
    page = (office.settings.outbox / SLUG / MAY.key / "returns.html").read_text(encoding="utf-8")
    assert "Risk, finance and change panels of May 2025 by service" in page


def test_a_form_of_panels_is_checked_before_it_is_sent(office: Office, tmp_path: Path) -> None:
    """``pmf check`` says of a form of panels what the validation would, with the officer's own file name and cells."""
    path = tmp_path / "my panels.xlsx"
    path.write_bytes(typed_into(blank(office, MAY), WRONG))
    checked = check_return(path, organisation=SLUG, month=MAY, settings=office.settings)
    assert checked.verdict is FileChecked.CLEAN
    assert [(finding.rule_id, finding.where) for finding in checked.findings] == [
        ("panel.answered", "Panels!G8"), ("panel.green_over_budget", "Panels!H7"), ("panelcell.readable", "Panels!H6"),
    ]  # fmt: skip
