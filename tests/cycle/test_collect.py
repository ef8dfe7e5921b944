"""Collecting: what comes in is kept, read or refused, and nobody's return suffers from another's file."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from cycle.council import SLUG, Council, council_at
from cycle.desk import APRIL, MAY, ask, drop, filled, form_of, mail, table
from cycle.opened import opened_council
from pmf.cycle.collect import collect_month, scan_inbox
from pmf.form.layout import FieldName
from pmf.form.signature import META_SHEET
from pmf.period import Month
from pmf.store import StoreError, address

HOUR = timedelta(hours=1)


@pytest.fixture
def council(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Council:
    """April and May opened; nothing returned."""
    return opened_council(tmp_path_factory, tmp_path / "home")


def in_time(council: Council, month: Month = APRIL) -> datetime:
    return council.teller.profile.deadline(month) - HOUR


def scan(council: Council, at: datetime | None = None):
    return scan_inbox(SLUG, as_at=at or in_time(council), settings=council.settings)


def a_strangers_workbook() -> bytes:
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = "Library visits"
    saved = io.BytesIO()
    workbook.save(saved)
    return saved.getvalue()


def another_councils_form(council: Council) -> bytes:
    """A form signed with this installation's key for a council of another name."""
    from pmf.cycle.blankforms import FORM_VERSIONS
    from pmf.form.layout import load_layout
    from pmf.form.model import Form, FormRow, Kind
    from pmf.form.writer import write_form
    from pmf.store import load_signing_key

    row = FormRow(
        kpi_ref="1",
        title="Things done",
        unit="number",
        direction="",
        target="",
        last_period="",
        last_value="",
        method="",
        needs_numerator=False,
    )
    at = in_time(council)
    form = Form(
        organisation="elsewhere",
        organisation_name="Elsewhere Council",
        period=APRIL.key,
        period_label=APRIL.label,
        service_id="libraries",
        service_name="Libraries",
        deadline=at,
        contact="team@elsewhere.example.org",
        created=at,
        rows=(row,),
    )
    settings = council.settings
    return write_form(form, layout=load_layout(settings.forms, FORM_VERSIONS[Kind.KPIS]), key=load_signing_key(settings.signing_key_path))


def a_tampered_form(council: Council) -> bytes:
    workbook = openpyxl.load_workbook(io.BytesIO(form_of(council, APRIL, "libraries")))
    sheet = workbook[META_SHEET]
    for row in sheet.iter_rows():
        if row[0].value == "period":
            row[1].value = "2024-05"
    saved = io.BytesIO()
    workbook.save(saved)
    return saved.getvalue()


MISFITS: dict[str, tuple[Callable[[Council], bytes], str, str]] = {
    "corrupt zip": (lambda council: form_of(council, APRIL, "libraries")[:-900], "quarantined", "damaged"),
    "0 bytes": (lambda _: b"", "quarantined", "empty"),
    "csv": (lambda _: b"kpi_ref,value\n36,97640\n", "quarantined", "not_a_workbook"),
    "stranger's workbook": (lambda _: a_strangers_workbook(), "quarantined", "no_form"),
    "tampered month": (a_tampered_form, "quarantined", "bad_signature"),
    "wrong month": (lambda council: filled(council, MAY, "libraries"), "rejected", "wrong_month"),
    "wrong council": (another_councils_form, "rejected", "wrong_council"),
}


@pytest.mark.parametrize("name", MISFITS)
def test_a_file_that_is_no_return_is_refused_with_a_way_out(council: Council, name: str) -> None:
    """It is kept, noted with what is wrong and what to do, told to holder, deputy and performance team; the others go on."""
    make, outcome, problem = MISFITS[name]
    content = make(council)
    drop(council, APRIL, "libraries return.xlsx", content)
    drop(council, APRIL, "education.xlsx", filled(council, APRIL, "education"))
    scanned = scan(council)

    (row,) = table(council, "received_file", outcome=outcome)
    assert (scanned.accepted, scanned.quarantined + scanned.rejected, row["problem"]) == (1, 1, problem)
    assert row["message"].endswith(".")
    assert row["fix"].endswith(".")
    assert address(council.settings.store, row["file_hash"]).read_bytes() == content
    profile = council.teller.profile
    posts = ("head-of-libraries", "libraries-performance-officer", profile.performance_team)
    letters = mail(council, "unreadable")
    assert sorted(item.recipient for item in letters) == sorted(profile.post(post).email for post in posts)
    for letter in letters:
        words = " ".join(letter.text.split())
        assert "libraries return.xlsx" in letter.subject
        assert row["message"] in words
        assert f"What to do: {row['fix']}" in words
    observed = ask(council, "observations_as_known", first_period=APRIL.key, last_period=APRIL.key, as_at=in_time(council))
    assert {item["kpi_ref"] for item in observed} >= {"CEF-07", "CEF-08"}
    assert "36" not in {item["kpi_ref"] for item in observed}


def test_a_link_is_not_followed(council: Council, tmp_path: Path) -> None:
    """A symbolic link in the inbox is refused by name and what it points at is neither read nor kept."""
    secret = tmp_path / "secret.xlsx"
    secret.write_bytes(filled(council, APRIL, "libraries"))
    inbox = council.settings.inbox / SLUG / APRIL.key
    inbox.mkdir(parents=True)
    (inbox / "libraries.xlsx").symlink_to(secret)
    (inbox / "gone.xlsx").symlink_to(tmp_path / "nothing")
    drop(council, APRIL, "education.xlsx", filled(council, APRIL, "education"))
    scanned = scan(council)
    assert (scanned.accepted, scanned.quarantined) == (1, 2)
    assert {row["problem"] for row in table(council, "received_file", outcome="quarantined")} == {"link"}
    assert table(council, "returned_line", service_id="libraries") == []
    assert len(mail(council, "unreadable")) == 3 + 1
    assert scan(council, in_time(council) + HOUR).quarantined == 0


def test_what_is_not_meant_for_us_is_passed_over(council: Council) -> None:
    """Lock files and half-copied files are not looked at."""
    drop(council, APRIL, "~$libraries.xlsx", b"lock")
    drop(council, APRIL, ".libraries.xlsx.part", b"half")
    assert scan(council) == scan(council, in_time(council) + HOUR)
    assert table(council, "received_file") == []


def test_what_lies_in_no_months_folder_is_answered_too(council: Council) -> None:
    """A form beside the months' folders, or in one with a wrong name, is for the month it says; what is no form is refused."""
    inbox = council.settings.inbox / SLUG
    (inbox / "April returns").mkdir(parents=True)
    (inbox / "April returns" / "libraries.xlsx").write_bytes(filled(council, APRIL, "libraries"))
    (inbox / "education.xlsx").write_bytes(filled(council, APRIL, "education"))
    (inbox / "notes.txt").write_bytes(b"x")
    scanned = scan(council)
    assert (scanned.accepted, scanned.quarantined) == (2, 1)
    assert {row["inbox_period"] for row in table(council, "received_file")} == {APRIL.key}
    assert scan(council, in_time(council) + HOUR).quarantined == 0


def test_a_return_in_a_folder_of_its_own_is_found(council: Council) -> None:
    """A service may put its return into a folder inside the month's inbox."""
    (council.settings.inbox / SLUG / APRIL.key / "Libraries").mkdir(parents=True)
    drop(council, APRIL, "Libraries/return.xlsx", filled(council, APRIL, "libraries"))
    assert scan(council).accepted == 1


def test_the_same_file_again_changes_nothing(council: Council) -> None:
    """The same bytes under another name, later and in another run, are counted as received already and leave every row as it was."""
    content = filled(council, APRIL, "libraries")
    drop(council, APRIL, "libraries.xlsx", content)
    scan(council)
    before = council.state()[0]
    drop(council, APRIL, "again.xlsx", content)
    collected = collect_month(SLUG, APRIL, as_at=in_time(council), settings=council.settings)
    assert (collected.files, collected.accepted, collected.already_received) == (2, 0, 2)
    after = [line for line in council.state()[0].splitlines() if not line.startswith('["stage_run"')]
    assert after == [line for line in before.splitlines() if not line.startswith('["stage_run"')]


def test_a_corrected_file_supersedes_and_the_past_can_be_asked_for(council: Council) -> None:
    """The last accepted return is what counts, whole; what was known at an earlier moment is still what was known."""
    first, second = in_time(council) - HOUR, in_time(council)
    drop(council, APRIL, "libraries.xlsx", filled(council, APRIL, "libraries", k36={FieldName.VALUE: "90000"}))
    scan(council, first)
    drop(council, APRIL, "libraries v2.xlsx", filled(council, APRIL, "libraries", k37={FieldName.VALUE: ""}))
    scan(council, second)

    def known(at: datetime) -> dict[str, Decimal]:
        rows = ask(council, "observations_as_known", first_period=APRIL.key, last_period=APRIL.key, as_at=at)
        return {row["kpi_ref"]: row["value"] for row in rows if row["kpi_ref"] in {"36", "37"}}

    assert known(second) == {"36": Decimal(97640)}
    assert known(first) == {"36": Decimal(90000), "37": Decimal(119412)}
    assert known(first - HOUR) == {}


@pytest.mark.parametrize("names", [("a.xlsx", "b.xlsx"), ("b.xlsx", "a.xlsx")])
def test_of_files_taken_in_at_once_the_newest_counts(council: Council, names: tuple[str, str]) -> None:
    """Two returns of a service in one scan are taken in the order they were put there, whatever their names."""
    import os

    for age, (name, figure) in enumerate(zip(names, ("90000", "95000"), strict=True)):
        path = drop(council, APRIL, name, filled(council, APRIL, "libraries", k36={FieldName.VALUE: figure}))
        os.utime(path, (1_700_000_000 + age, 1_700_000_000 + age))
    scan(council)
    rows = ask(council, "observations_as_known", first_period=APRIL.key, last_period=APRIL.key, as_at=in_time(council))
    assert next(row["value"] for row in rows if row["kpi_ref"] == "36") == Decimal(95000)


def test_of_files_taken_in_at_the_same_instant_the_later_counts(council: Council) -> None:
    """Two scans with one business clock keep the order in which they ran."""
    for figure in ("90000", "95000", "91000"):
        drop(council, APRIL, f"{figure}.xlsx", filled(council, APRIL, "libraries", k36={FieldName.VALUE: figure}))
        scan(council)
    rows = ask(council, "observations_as_known", first_period=APRIL.key, last_period=APRIL.key, as_at=in_time(council))
    assert next(row["value"] for row in rows if row["kpi_ref"] == "36") == Decimal(91000)
    assert sorted(row["sequence"] for row in table(council, "received_file")) == [0, 1, 2]


def test_late_is_after_the_deadline_and_a_correction_of_a_return_in_time_is_not(council: Council) -> None:
    """A first return after the deadline is late and stays so; whoever returned in time may correct it later."""
    deadline = council.teller.profile.deadline(APRIL)
    drop(council, APRIL, "libraries.xlsx", filled(council, APRIL, "libraries"))
    scan(council, deadline)
    drop(council, APRIL, "libraries-2.xlsx", filled(council, APRIL, "libraries", k36={FieldName.VALUE: "97000"}))
    drop(council, APRIL, "education.xlsx", filled(council, APRIL, "education"))
    scan(council, deadline + timedelta(seconds=1))
    drop(council, APRIL, "education-2.xlsx", filled(council, APRIL, "education", kCEF_08={FieldName.VALUE: "100"}))
    scan(council, deadline + HOUR)
    assert {row["file_name"]: row["is_late"] for row in table(council, "received_file")} == {
        "libraries.xlsx": False,
        "libraries-2.xlsx": False,
        "education.xlsx": True,
        "education-2.xlsx": True,
    }


def test_every_figure_knows_its_cell_and_its_sender(council: Council) -> None:
    """An observation names file, sheet, cell and sender; a figure made of its parts is worked out from them."""
    drop(council, APRIL, "skills.xlsx", filled(council, APRIL, "adult-skills"))
    scan(council)
    (row,) = table(council, "observation", kpi_ref="138", source="return")
    (received,) = table(council, "received_file")
    assert row["file_hash"] == received["file_hash"]
    assert (row["sheet"], row["sender"], row["status"]) == ("Return", "head-of-adult-skills", "final")
    assert row["cell"][1:].isdigit()
    assert row["value"] == pytest.approx(row["numerator"] / row["denominator"] * 100)


def test_only_another_figure_than_the_one_rated_is_a_restatement(council: Council) -> None:
    """A figure unlike the one rated before is restated; the same one is not, nor is the first after a rating without any."""
    from pmf.cycle.rate import rate_month

    libraries = {"k36": {FieldName.VALUE: ""}}
    drop(council, APRIL, "libraries.xlsx", filled(council, APRIL, "libraries", **libraries))
    scan(council)
    rate_month(SLUG, APRIL, as_at=in_time(council), settings=council.settings)
    drop(council, APRIL, "libraries-2.xlsx", filled(council, APRIL, "libraries", k37={FieldName.VALUE: "119000"}))
    scan(council, in_time(council) + HOUR)
    rows = [row for row in table(council, "observation", source="return") if row["recorded_at"] > in_time(council)]
    assert {row["kpi_ref"]: row["status"] for row in rows if row["kpi_ref"] in {"36", "37", "SP-01"}} == {
        "36": "final",
        "37": "restated",
        "SP-01": "final",
    }


def test_a_cycle_is_due_for_what_came_in_after_its_date(council: Council) -> None:
    """A return before the month's own cycle starts none; one after it names the month with the moment it came in."""
    drop(council, APRIL, "libraries.xlsx", filled(council, APRIL, "libraries"))
    assert scan(council).cycles_due == ()
    drop(council, APRIL, "education.xlsx", filled(council, APRIL, "education"))
    later = council.teller.profile.cycle_at(APRIL) + HOUR
    due = ({"period": "2024-04", "as_at": later.astimezone(UTC).isoformat()},)
    assert scan(council, later).cycles_due == due
    assert scan(council, later + HOUR).cycles_due == due


def test_without_the_key_nothing_is_read_and_nothing_is_lost(council: Council) -> None:
    """Once forms are out, a missing key is an error that says to restore it; the file is read when the key is back."""
    key = council.settings.signing_key_path.read_bytes()
    drop(council, APRIL, "libraries.xlsx", filled(council, APRIL, "libraries"))
    council.settings.signing_key_path.unlink()
    with pytest.raises(StoreError, match="restore it from the backup"):
        scan(council)
    assert table(council, "received_file") == []
    council.settings.signing_key_path.write_bytes(key)
    council.settings.signing_key_path.chmod(0o600)
    assert scan(council).accepted == 1


def test_a_file_that_comes_before_the_first_form_is_quarantined(tmp_path: Path) -> None:
    """In an installation that has sent out no form yet, a stranger's file is refused like any other."""
    council = council_at(tmp_path / "home")
    drop(council, APRIL, "figures.xlsx", a_strangers_workbook())
    assert scan(council).quarantined == 1
    council.open(APRIL)
    drop(council, APRIL, "libraries.xlsx", filled(council, APRIL, "libraries"))
    assert scan(council).accepted == 1


def test_leftovers_of_killed_tasks_are_cleared(council: Council) -> None:
    """What a killed task left half-written more than an hour ago is gone after the month's collection; a fresh one stays."""
    import os

    at = in_time(council)
    folder = council.settings.outbox / SLUG / APRIL.key / "forms"
    for name, age in ((".tmp-old", 2 * HOUR), (".tmp-fresh", HOUR / 2)):
        (folder / name).write_bytes(b"half")
        os.utime(folder / name, ((at - age).timestamp(),) * 2)
    collect_month(SLUG, APRIL, as_at=at, settings=council.settings)
    assert [path.name for path in folder.glob(".tmp-*")] == [".tmp-fresh"]


def test_a_return_refused_in_one_months_inbox_counts_in_its_own(council: Council) -> None:
    """Doing what the refusal advises works: May's form, refused in April's inbox, is accepted when it lies in May's."""
    may = APRIL.next
    council.open(APRIL)
    council.open(may)
    form = filled(council, may, "libraries")
    drop(council, APRIL, "libraries.xlsx", form)
    at = council.teller.profile.deadline(may)
    refused = scan_inbox(SLUG, as_at=at, settings=council.settings)
    drop(council, may, "libraries.xlsx", form)
    accepted = scan_inbox(SLUG, as_at=at, settings=council.settings)
    assert (refused.rejected, refused.accepted) == (1, 0)
    assert (accepted.rejected, accepted.accepted) == (0, 1)
