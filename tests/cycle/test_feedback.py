"""A return with mistakes, the form that goes back with questions, and what becomes of it when it is sent in again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook

from cycle.council import SLUG, Council
from cycle.desk import APRIL, drop, filled, mail, post_of, send_in, table
from pmf.cycle.collect import scan_inbox
from pmf.cycle.fetch import fetch_mail
from pmf.cycle.validate import validate_returns
from pmf.form.layout import FieldName

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def form_sent_back(council: Council, service_post: str) -> tuple[str, bytes]:
    """Give the last form that came back to a post with findings, under its name."""
    letters = [item for item in mail(council, "findings") if item.recipient == post_of(council, service_post)]
    (form,) = letters[-1].attachments.items()
    return form


def typed_into(content: bytes, cells: Mapping[str, Mapping[str, Any]]) -> bytes:
    workbook: Workbook = load_workbook(BytesIO(content))
    for sheet, values in cells.items():
        for address, value in values.items():
            workbook[sheet][address] = value
    saved = BytesIO()
    workbook.save(saved)
    return saved.getvalue()


def asked(content: bytes) -> dict[str, tuple[str, str]]:
    """What a form asks: the KPI, query and answer cell of each question by KPI."""
    sheet = load_workbook(BytesIO(content))["Questions"]
    return {str(sheet[f"C{row}"].value): (str(sheet[f"A{row}"].value), f"H{row}") for row in range(8, sheet.max_row + 1)}


def test_a_form_goes_back_with_questions_and_comes_in_again_with_answers(sqlite_council: Council) -> None:
    """Corrected figures are a new return, answers reach their queries, by e-mail and by folder, and what is settled is asked no more."""
    council, profile = sqlite_council, sqlite_council.teller.profile
    council.open(APRIL)
    wrong = {"k36": {FieldName.VALUE: "3"}, "k37": {FieldName.VALUE: "4"}}
    drop(council, APRIL, "libraries.xlsx", filled(council, APRIL, "libraries", **wrong))
    scan_inbox(SLUG, as_at=profile.deadline(APRIL) - HOUR, settings=council.settings)
    at = profile.cycle_at(APRIL)
    validate_returns(SLUG, APRIL, as_at=at, settings=council.settings)

    name, content = form_sent_back(council, "head-of-libraries")
    questions = asked(content)
    assert name == "cambridgeshire-2024-04-libraries-questions.xlsx"
    assert {"36", "37"} <= questions.keys()
    assert {row["query_id"] for row in table(council, "query") if row["service_id"] == "libraries"} == {
        name for name, _ in questions.values()
    }
    form = load_workbook(BytesIO(content))["Return"]
    assert [form["G6"].value, form["G7"].value] == [3, 4]

    (query_id, cell) = questions["37"]
    back = typed_into(content, {"Return": {"G6": 97640}, "Questions": {cell: "The counters were broken all month."}})
    send_in(council, post_of(council, "head-of-libraries"), (name, back))
    fetch_mail(SLUG, as_at=at + DAY, settings=council.settings)
    validate_returns(SLUG, APRIL, as_at=at + DAY + HOUR, settings=council.settings)

    steps = [row for row in table(council, "query_event", query_id=query_id) if row["kind"] == "answered"]
    assert [(row["text"], row["cell"], row["author"]) for row in steps] == [
        ("The counters were broken all month.", f"Questions!{cell}", "head-of-libraries")
    ]
    resolved = [row for row in table(council, "query_event", query_id=questions["36"][0]) if row["kind"] == "resolved"]
    assert len(resolved) == 1
    letters = [item for item in mail(council, "findings") if item.recipient == post_of(council, "head-of-libraries")]
    words = " ".join(letters[-1].text.split())
    assert f"Question: {query_id}. It has been answered, and the performance team is looking at the answer." in words
    assert "RESOLVED SINCE THE LAST MESSAGE - 36 – Number of active library users" in words


def test_repeating_a_validation_changes_no_letter(sqlite_council: Council) -> None:
    """The same validation again leaves every message and every attached form as it was."""
    council, profile = sqlite_council, sqlite_council.teller.profile
    council.open(APRIL)
    drop(council, APRIL, "libraries.xlsx", filled(council, APRIL, "libraries", k36={FieldName.VALUE: "3"}))
    scan_inbox(SLUG, as_at=profile.deadline(APRIL) - HOUR, settings=council.settings)
    for link in ("https://airflow.example.org/runs/1", "https://airflow.example.org/runs/2"):
        validate_returns(SLUG, APRIL, as_at=profile.cycle_at(APRIL), settings=council.settings, run_link=link)
        if link.endswith("1"):
            before = table(council, "mail_queue")
    assert table(council, "mail_queue") == before
    assert any("https://airflow.example.org/runs/1" in item.text for item in mail(council, "digest"))


def test_a_refused_file_is_answered_with_the_form_afresh(sqlite_council: Council) -> None:
    """A service whose only file could not be read is told why and gets a form it can fill in."""
    council, profile = sqlite_council, sqlite_council.teller.profile
    council.open(APRIL)
    drop(council, APRIL, "libraries.xlsx", b"no workbook at all")
    scan_inbox(SLUG, as_at=profile.deadline(APRIL) - HOUR, settings=council.settings)
    validate_returns(SLUG, APRIL, as_at=profile.cycle_at(APRIL), settings=council.settings)
    name, content = form_sent_back(council, "head-of-libraries")
    workbook = load_workbook(BytesIO(content))
    assert name == "cambridgeshire-2024-04-libraries.xlsx"
    assert "Questions" not in workbook.sheetnames
    assert workbook["Return"]["G6"].value is None
