"""Chasing plan actions that came in and are not complete: with the guidelines, at the council's steps, until they are."""

from __future__ import annotations

from email import message_from_bytes, policy
from io import BytesIO
from pathlib import Path

import pytest
import yaml
from openpyxl import load_workbook

from cycle.test_actions import DAY, FIRST, HOUR, JUNE, MAY, Q1, SLUG, WELL, Office, filled, write_council
from pmf.cycle.chase import Chased, chase
from pmf.register import load_profile
from pmf.settings import read_settings

STEPS = [{"working_days": 0, "to": ["holder"]}, {"working_days": 1, "to": ["holder", "deputy"]}, {"working_days": 2, "to": ["head"]}]
COMPLETE = {
    "L1": (WELL, "Green", "None yet."),
    "L2": ("Half are trained. Next, the other half in May.", "Green", ""),
    "L3": ("Tenders come back in August.", "Amber", ""),
    "L4": ("All tablets were lent in May.", "Complete", "Forty schools read more."),
}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """The council with steps to chase by, June opened, and the libraries' form of actions in, which leaves much to be desired."""
    folder = tmp_path / "organisations" / SLUG
    write_council(folder)
    profile = yaml.safe_load((folder / "organisation.yaml").read_text(encoding="utf-8")) | {"chase": STEPS}
    (folder / "organisation.yaml").write_text(yaml.safe_dump(profile, sort_keys=False), encoding="utf-8")
    settings = read_settings({"PMF_HOME": str(tmp_path / "var"), "PMF_ORGANISATIONS": str(folder.parent)})
    office = Office(settings, load_profile(folder))
    for month in (MAY, JUNE):
        office.open(month)
        office.return_figures(month, "120")
    at = office.profile.deadline(JUNE) - HOUR
    office.take_in(JUNE, "actions.xlsx", filled(office.form(JUNE, "libraries", Q1), FIRST), at=at)
    highways = filled(office.form(JUNE, "highways", Q1), {"H1": ("Six miles were mended in May.", "Green", "")})
    office.take_in(JUNE, "footpaths.xlsx", highways, at=at)
    return office


def morning(office: Office, days: int) -> Chased:
    """Chase so many days after June's validation."""
    return chase(SLUG, as_at=office.profile.cycle_at(JUNE) + days * DAY, settings=office.settings)


def told(office: Office) -> list[tuple[str, str, str]]:
    """Each reminder as its day, its recipient and its subject."""
    rows = sorted(office.table("mail_queue", event="chase"), key=lambda row: (row["queued_at"], row["recipient"]))
    return [(f"{row['queued_at']:%Y-%m-%d}", row["recipient"].partition("@")[0], row["subject"]) for row in rows]


def words(office: Office, number: int) -> str:
    rows = sorted(office.table("mail_queue", event="chase"), key=lambda row: (row["queued_at"], row["recipient"]))
    body = message_from_bytes(rows[number]["content"], policy=policy.default).get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def test_an_incomplete_form_is_chased_with_the_guidelines(office: Office) -> None:
    """Once the time for a correction is over, the steps begin: which actions, what is lacking, and the guidelines on updates."""
    office.validate(JUNE, at=office.profile.cycle_at(JUNE))
    assert [morning(office, day).letters for day in range(5)] == [0] * 5
    for day in range(5, 12):
        morning(office, day)
    overdue = "Overdue: complete your quarter 1 2025/26 plan actions – Libraries"
    assert told(office) == [
        ("2025-07-15", "libraries-officer", "Complete your quarter 1 2025/26 plan actions by 5pm Tuesday 15 July 2025 – Libraries"),
        ("2025-07-16", "head-of-libraries", overdue),
        ("2025-07-16", "libraries-officer", overdue),
        ("2025-07-17", "management-team", "See to an incomplete return: quarter 1 2025/26 plan actions – Libraries"),
    ]
    letter = words(office, 0)
    assert "L3 – Renew the catalogue Action L3 (Renew the catalogue) is Green, but its update says" in letter
    assert "L4 – Lend tablets to schools" in letter
    assert "Choose the status that the update in cell G8 bears out" in letter
    assert "GUIDELINES FOR UPDATES ON PLAN ACTIONS Update: Say what was done this quarter, what comes next and by when." in letter
    assert "Impact: Say what has changed because of the action" in letter
    assert "Not complete: Place" in words(office, 3)
    assert "GUIDELINES" not in words(office, 3)


def test_nobody_is_chased_once_it_is_complete(office: Office) -> None:
    """A form that came in since waits for its validation; complete, it is chased no more."""
    office.validate(JUNE, at=office.profile.cycle_at(JUNE))
    assert morning(office, 6).incomplete == 1
    at = office.profile.cycle_at(JUNE) + 7 * DAY
    office.take_in(JUNE, "again.xlsx", filled(office.form(JUNE, "libraries", Q1), COMPLETE), at=at - HOUR)
    assert (morning(office, 7).letters, morning(office, 7).incomplete) == (0, 0)
    office.validate(JUNE, at=at + HOUR)
    before = len(told(office))
    for day in range(8, 15):
        assert morning(office, day).incomplete == 0
    assert len(told(office)) == before


def test_an_answer_stops_the_chase(office: Office) -> None:
    """What has been answered lies with the performance team: the service is not reminded of it again."""
    office.validate(JUNE, at=office.profile.cycle_at(JUNE))
    (row,) = office.table("mail_queue", event="findings", recipient="libraries-officer@fenshire.example", period=Q1.key)
    (workbook,) = message_from_bytes(row["content"], policy=policy.default).iter_attachments()
    content, answered = answering(workbook.get_content())
    at = office.profile.cycle_at(JUNE) + DAY
    office.take_in(JUNE, "answers.xlsx", content, at=at)
    office.validate(JUNE, at=at + HOUR)
    assert answered >= 3
    assert [morning(office, day).incomplete for day in range(1, 15)] == [0] * 14
    assert told(office) == []


def answering(content: bytes) -> tuple[bytes, int]:
    """Answer every question of a workbook."""
    workbook = load_workbook(BytesIO(content))
    sheet = workbook["Questions"]
    rows = [row for row in range(8, sheet.max_row + 1) if sheet[f"A{row}"].value]
    for row in rows:
        sheet[f"H{row}"] = "It is right as it stands."
    saved = BytesIO()
    workbook.save(saved)
    return saved.getvalue(), len(rows)


def test_the_same_morning_twice_reminds_nobody_twice(office: Office) -> None:
    """A run repeated writes no second letter."""
    office.validate(JUNE, at=office.profile.cycle_at(JUNE))
    assert [morning(office, 6).letters, morning(office, 6).letters] == [2, 0]
