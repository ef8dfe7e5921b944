"""Plan actions through two quarters: asked for, filled in, taken in, scrutinised, told about, and printed on the next form."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from openpyxl import load_workbook
from sqlalchemy import select

from pmf.cycle.check import CheckedReturn, FileChecked, check_return
from pmf.cycle.collect import scan_inbox
from pmf.cycle.open import open_month
from pmf.cycle.validate import Validated, validate_returns
from pmf.demo.officers import fill_in
from pmf.form.layout import FieldName, load_layout
from pmf.period import Month, Quarter
from pmf.register import Profile, load_profile
from pmf.settings import Settings, read_settings
from pmf.warehouse.engine import open_warehouse, reading
from pmf.warehouse.tables import metadata

SLUG = "fenshire"
MAY, JUNE, SEPTEMBER = Month(2025, 5), Month(2025, 6), Month(2025, 9)
Q1, Q2 = Quarter(2025, 1), Quarter(2025, 2)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_POSTS = ("performance-team", "data-engineers", "management-team", "head-of-libraries", "libraries-officer", "head-of-highways")
_SINCE = "2025-04-01"

Typed = Mapping[str, tuple[str, str, str]]
WELL = "The panel chose a site in May. Next, planning permission is sought in September."
FIRST: Typed = {
    "L1": (WELL, "Green", "None yet."),
    "L2": ("Volunteers trained.", "Red", ""),
    "L3": ("Tenders are behind schedule and come back in August.", "Green", ""),
}
SECOND: Typed = FIRST | {
    "L2": ("Too few volunteers came forward because of the summer; training runs again in September.", "Red", "Two of ten branches."),
}


def write_council(folder: Path) -> None:
    """Write a council of two services: libraries with one KPI and four actions, highways with one action and nothing else."""
    folder.mkdir(parents=True)
    head = {"head": "management-team"}
    libraries = {"id": "libraries", "name": "Libraries", "holder": "libraries-officer", "deputy": "head-of-libraries"} | head
    highways = {"id": "highways", "name": "Highways", "holder": "head-of-highways", "deputy": "head-of-highways"} | head
    profile = {
        "slug": SLUG,
        "name": "Fenshire District Council",
        "short_name": "Fenshire",
        "first_month": "2025-04",
        "vision": "A district to live in.",
        "calendar": {"open_working_day": 1, "deadline_working_day": 6, "cycle_working_day": 8, "export_working_day": 10},
        "posts": [{"id": id_, "title": id_.replace("-", " ").capitalize(), "email": f"{id_}@fenshire.example"} for id_ in _POSTS],
        "performance_team": "performance-team",
        "data_engineers": "data-engineers",
        "leadership_team": "management-team",
        "directorates": [{"id": "place", "name": "Place", "director": "management-team", "services": [libraries, highways]}],
        "headline_policies": [{"policy_id": "ccc-framework-2024", "since": _SINCE}],
        "paper_policies": [{"policy_id": "ccc-framework-2024", "since": "2021-04-01"}],
        "quality": {"withheld_share_max_pct": 5},
    }
    (folder / "organisation.yaml").write_text(yaml.safe_dump(profile, sort_keys=False), encoding="utf-8")
    kpi = {"kpi_ref": "L1", "valid_from": _SINCE, "title": "Visits to libraries", "directorate_id": "place", "service_id": "libraries"}
    _write(folder / "kpis.csv", kpi | {"level": "corporate", "direction": "higher", "aggregation": "sum"})
    _write(folder / "targets.csv", {"kpi_ref": "L1", "valid_from": _SINCE, "target": "100"})
    _write(folder / "data_quality_templates.csv", {"kpi_ref": "L1", "valid_from": _SINCE})
    _write(
        folder / "actions.csv",
        _action("L1", "Open a library in the new town", due_on="2026-03-31"),
        _action("L2", "Train volunteers in all branches", due_on="2026-03-31"),
        _action("L3", "Renew the catalogue", due_on="2026-01-31"),
        _action("L4", "Lend tablets to schools", due_on="2025-05-31"),
        _action("H1", "Mend ten miles of footpaths", service_id="highways"),
    )


def _action(action_ref: str, title: str, *, service_id: str = "libraries", due_on: str = "") -> dict[str, str]:
    return {"action_ref": action_ref, "valid_from": _SINCE, "title": title, "service_id": service_id, "due_on": due_on}


def _write(path: Path, *rows: Mapping[str, str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@dataclass(frozen=True)
class Office:
    """The council at work, and what a test reads back from it."""

    settings: Settings
    profile: Profile

    def open(self, month: Month) -> None:
        """Send the month's forms out."""
        open_month(SLUG, month, as_at=self.profile.opens_at(month), settings=self.settings)

    def form(self, month: Month, service_id: str, period: Month | Quarter) -> bytes:
        """Give a form that went out with a month."""
        return (self.settings.outbox / SLUG / month.key / "forms" / f"{SLUG}-{period.key}-{service_id}.xlsx").read_bytes()

    def take_in(self, month: Month, name: str, content: bytes, *, at: datetime) -> None:
        """Put a file into a month's inbox and have it taken in."""
        path = self.settings.inbox / SLUG / month.key / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        scan_inbox(SLUG, as_at=at, settings=self.settings)

    def return_figures(self, month: Month, figure: str) -> None:
        """Have the libraries return their one figure in time."""
        content = fill_in(
            self.form(month, "libraries", month), {"L1": {FieldName.VALUE: figure}}, layout=load_layout(self.settings.forms, "1")
        )
        self.take_in(month, f"{month.key}.xlsx", content, at=self.profile.deadline(month) - HOUR)

    def validate(self, month: Month, *, at: datetime) -> Validated:
        """Validate a month's returns."""
        return validate_returns(SLUG, month, as_at=at, settings=self.settings)

    def table(self, name: str, **where: Any) -> list[dict[str, Any]]:
        """List a table's rows that have these values."""
        with reading(open_warehouse(self.settings)) as connection:
            rows = connection.execute(select(metadata.tables[name])).mappings().all()
        return [dict(row) for row in rows if all(row[column] == value for column, value in where.items())]

    def found(self, month: Month, at: datetime) -> set[tuple[str, str | None, str | None]]:
        """Give rule, service and cell of what a validation found of actions."""
        rows = self.table("finding", period=month.key, as_at=at)
        return {(row["rule_id"], row["service_id"], row["cell"]) for row in rows if row["rule_id"].startswith("action")}

    def told(self, post: str, at: datetime) -> Iterator[str]:
        """Give the words of the letters about plan actions that were queued for a post at a moment, without their line breaks."""
        for row in self.table("mail_queue", event="findings", recipient=f"{post}@fenshire.example", queued_at=at):
            body = message_from_bytes(row["content"], policy=policy.default).get_body(("plain",))
            assert body is not None
            if "Q" in row["period"]:
                yield " ".join(f"{row['subject']} {body.get_content()}".split())


def filled(form: bytes, typed: Typed) -> bytes:
    """Type update, status and impact into a form of actions, each beside its action."""
    workbook = load_workbook(BytesIO(form))
    sheet = workbook["Actions"]
    for row in range(6, sheet.max_row + 1):
        for column, text in zip("GHI", typed.get(str(sheet[f"A{row}"].value), ()), strict=False):
            sheet[f"{column}{row}"] = text or None
    saved = BytesIO()
    workbook.save(saved)
    return saved.getvalue()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The council in a home of its own, with May to look back on, June opened and the libraries' first form of actions in."""
    home = tmp_path_factory.mktemp("actions")
    write_council(home / "organisations" / SLUG)
    settings = read_settings({"PMF_HOME": str(home / "var"), "PMF_ORGANISATIONS": str(home / "organisations")})
    office = Office(settings, load_profile(settings.organisations / SLUG))
    for month in (MAY, JUNE):
        office.open(month)
        office.return_figures(month, "120")
    form = filled(office.form(JUNE, "libraries", Q1), FIRST)
    office.take_in(JUNE, "actions.xlsx", form, at=office.profile.deadline(JUNE) - HOUR)
    return office


@pytest.fixture(scope="module")
def first(office: Office) -> Validated:
    """June's validation with the first form."""
    return office.validate(JUNE, at=office.profile.cycle_at(JUNE))


@pytest.fixture(scope="module")
def second(office: Office, first: Validated) -> Validated:
    """June's validation a day later, with a second form of the libraries, which has a word in it that is no status, and highways'."""
    assert first.outcome == "flag"
    at = office.profile.cycle_at(JUNE) + DAY
    typed = SECOND | {"L3": (SECOND["L3"][0], "Yellow", "")}
    office.take_in(JUNE, "actions again.xlsx", filled(office.form(JUNE, "libraries", Q1), typed), at=at - HOUR)
    highways = filled(office.form(JUNE, "highways", Q1), {"H1": ("Six miles are mended.", "Green", "")})
    office.take_in(JUNE, "footpaths.xlsx", highways, at=at - HOUR)
    return office.validate(JUNE, at=at)


@pytest.fixture(scope="module")
def next_quarter(office: Office, second: Validated) -> Validated:
    """September's validation; a correction of quarter 1 lay in its inbox beside the form of quarter 2, which says little new."""
    assert second.outcome == "flag"
    office.open(SEPTEMBER)
    office.return_figures(SEPTEMBER, "130")
    at = office.profile.deadline(SEPTEMBER) - HOUR
    late = SECOND | {"L3": ("Tenders come back in August.", "Amber", "")}
    office.take_in(SEPTEMBER, "late.xlsx", filled(office.form(JUNE, "libraries", Q1), late), at=at)
    now = {"L1": (f" {WELL.upper()}", "Green", ""), "L2": ("All branches have volunteers now.", "Complete", "Open on Sundays.")}
    office.take_in(SEPTEMBER, "new.xlsx", filled(office.form(SEPTEMBER, "libraries", Q2), now), at=at)
    return office.validate(SEPTEMBER, at=office.profile.cycle_at(SEPTEMBER))


def test_only_the_month_that_ends_a_quarter_looks_at_actions(office: Office, first: Validated) -> None:
    """May is validated without the suites about actions and June with them, in the same run as its figures."""
    office.validate(MAY, at=office.profile.cycle_at(MAY))
    suites = {row["period"]: set(json.loads(row["results"])) for row in office.table("validation_run")}
    assert suites[JUNE.key] - suites[MAY.key] == {"action", "actioncell"}
    assert (first.due, first.returned) == (1, 1)


def test_faults_of_actions_flag_the_month_and_withhold_nothing(first: Validated) -> None:
    """Every action wanting something flags the month; no KPI is withheld, though one has the reference of an action."""
    assert (first.outcome, first.failed, first.withheld) == ("flag", 0, 0)


def test_each_action_is_scrutinised(office: Office, first: Validated) -> None:
    """Words that do not bear out the status, too few of them, none, and a form that has not come in: each is found in its cell."""
    assert first.flagged >= 4
    assert office.found(JUNE, office.profile.cycle_at(JUNE)) == {
        ("action.update_too_short", "libraries", "G7"),
        ("action.status_disagrees", "libraries", "G8"),
        ("action.answered", "libraries", None),
        ("action.came_in", "highways", None),
    }


def test_officers_are_told_what_is_wanting(office: Office, first: Validated) -> None:
    """Holder and deputy of each service read about their own actions, what stands there and what to do, and of no other's."""
    assert first.report
    at = office.profile.cycle_at(JUNE)
    (letter,) = office.told("libraries-officer", at)
    assert list(office.told("head-of-libraries", at))
    assert letter.startswith("Check your Corporate Plan Actions, Quarter 1 2025/26, by 5pm Tuesday 15 July 2025 – Libraries")
    assert "Flags: L3 – Renew the catalogue" in letter
    assert "GUIDELINES FOR UPDATES ON PLAN ACTIONS Update: Say what was done this quarter" in letter
    assert 'Action L3 (Renew the catalogue) is Green, but its update says "behind schedule".' in letter
    assert "Where: Actions!G8" in letter
    assert "Action L4 (Lend tablets to schools) has neither an update nor a status in the form of Libraries" in letter
    assert "WITHHELD" not in letter
    assert "H1" not in letter
    (other,) = office.told("head-of-highways", at)
    assert other.startswith("Return your Corporate Plan Actions, Quarter 1 2025/26, by 5pm Tuesday 15 July 2025 – Highways")
    assert "No form of plan actions has come in from Highways for quarter 1 2025/26; it was due on 8 July 2025 (actions: 1)." in other


def test_a_second_form_supersedes_the_first(office: Office, second: Validated) -> None:
    """The newest form counts; what it puts right is not found again, and a status it does not know is found with its cell."""
    assert second.failed == 0
    assert office.found(JUNE, office.profile.cycle_at(JUNE) + DAY) == {
        ("actioncell.readable", "libraries", "H8"),
        ("action.answered", "libraries", None),
        ("action.in_time", "highways", None),
    }
    (letter,) = office.told("libraries-officer", office.profile.cycle_at(JUNE) + DAY)
    assert 'H8 says "Yellow"; only one of these words can stand there: Red, Amber, Green, Complete, Not started.' in letter
    assert "RESOLVED SINCE THE LAST MESSAGE" in letter
    (other,) = office.told("head-of-highways", office.profile.cycle_at(JUNE) + DAY)
    assert other.startswith("No action needed now")
    assert "The form of plan actions footpaths.xlsx came in on 11 July 2025; it was due on 8 July 2025." in other
    assert "RESOLVED SINCE THE LAST MESSAGE" in other


def test_the_next_form_prints_what_was_said_last(office: Office, next_quarter: Validated) -> None:
    """The form of quarter 2 shows for each action the status and update of the form that counted when it went out."""
    assert next_quarter.outcome == "flag"
    sheet = load_workbook(BytesIO(office.form(SEPTEMBER, "libraries", Q2)))["Actions"]
    printed = {sheet[f"A{row}"].value: sheet[f"F{row}"].value for row in range(6, 10)}
    assert printed == {
        "L1": f"Green: {WELL}",
        "L2": f"Red: {SECOND['L2'][0]}",
        "L3": SECOND["L3"][0],
        "L4": "None yet",
    }


def test_a_form_of_last_quarter_counts_for_its_own(office: Office, next_quarter: Validated) -> None:
    """A form of quarter 1 in September's inbox corrects quarter 1, says nothing of quarter 2, and is marked late or a correction."""
    assert next_quarter.failed == 0
    rows = office.table("action_update", action_ref="L3")
    assert {(row["period"], row["rag"]) for row in rows} == {(Q1.key, "green"), (Q1.key, None), (Q1.key, "amber")}
    (late,) = office.table("received_file", file_name="late.xlsx")
    assert (late["outcome"], late["period"], late["channel"]) == ("accepted", Q1.key, "actions")


def test_last_quarters_words_and_a_day_that_has_passed_are_found(office: Office, next_quarter: Validated) -> None:
    """An update repeated is found against the corrected form of the quarter before; silence about the others is found too."""
    assert next_quarter.withheld == 0
    assert office.found(SEPTEMBER, office.profile.cycle_at(SEPTEMBER)) == {
        ("action.repeats_last", "libraries", "G6"),
        ("action.answered", "libraries", None),
        ("action.came_in", "highways", None),
    }


def test_a_form_of_actions_is_checked_before_it_is_sent(office: Office, first: Validated, tmp_path: Path) -> None:
    """``pmf check`` says of a form of actions what the validation would, with the officer's own file name and cells."""
    assert first
    path = tmp_path / "my actions.xlsx"
    path.write_bytes(filled(office.form(JUNE, "libraries", Q1), FIRST | {"L4": ("Tablets are out on loan.", "Amber", "")}))
    checked: CheckedReturn = check_return(path, organisation=SLUG, month=None, settings=office.settings)
    assert checked.verdict is FileChecked.CLEAN
    assert [(finding.rule_id, finding.where) for finding in checked.findings] == [
        ("action.update_too_short", "Actions!G7"),
        ("action.path_missing", "Actions!G9"),
        ("action.status_disagrees", "Actions!G8"),
        ("action.overdue", "Actions!H9"),
    ]
