"""The watch: what is overdue is said by the outside as well as by Airflow, and nobody is told of it twice."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from typer.testing import CliRunner

from cycle.council import SLUG, Council
from cycle.desk import insert, mail
from pmf.cli import app
from pmf.cycle.workspace import open_workspace
from pmf.operations.overdue import Matter, overdue_from, overdue_months, overdue_papers, silence_of
from pmf.operations.pulse import LONGEST_SILENCE, beat
from pmf.operations.watch import look_at, watch_deadlines
from pmf.period import Month

APRIL = Month(2024, 4)
MINUTE = timedelta(minutes=1)


def late(council: Council, month: Month = APRIL) -> datetime:
    return overdue_from(council.teller.profile, month, council.settings.grace_working_days)


def test_a_month_is_overdue_after_its_days_of_grace(sqlite_council: Council) -> None:
    """Not a minute before: the cycle's hour on the working day after the cycle's; until it is rated, however late."""
    council, at = sqlite_council, late(sqlite_council)
    workspace = open_workspace(SLUG, council.settings)
    assert at.isoformat() == "2024-05-14T07:00:00+01:00"  # the cycle runs on Monday the 13th
    assert overdue_months(workspace, as_at=at - MINUTE) == ()
    (found,) = overdue_months(workspace, as_at=at)
    assert (found.matter, found.thing) == (Matter.MONTH, "month/2024-04")
    assert found.words == "April 2024 is not rated: its cycle was due on 13 May 2024."
    insert(council, "stage_run", {"period": "2024-04", "stage": "rate", "as_at": at, "summary": "{}", "register_digest": "x"})
    assert overdue_months(workspace, as_at=at) == ()


def test_grace_is_the_installation_s(sqlite_council: Council) -> None:
    """With five days of grace the same month is not overdue yet; nor is one before the council's first month, ever."""
    workspace = open_workspace(SLUG, replace(sqlite_council.settings, grace_working_days=5))
    assert overdue_months(workspace, as_at=late(sqlite_council)) == ()
    assert [item.about for item in overdue_months(workspace, as_at=datetime(2024, 5, 28, tzinfo=UTC))] == ["2024-04"]


def test_a_paper_that_missed_clearance_is_overdue_until_its_meeting(sqlite_council: Council) -> None:
    """A quarter's paper that nobody has made is overdue at each step whose day has gone, and no longer when the meeting is over."""
    workspace = open_workspace(SLUG, sqlite_council.settings)
    meetings = {meeting.date for committee in workspace.profile.committees for meeting in committee.meetings}
    day = min(day for day in meetings if day.year == 2024 and day.month > 8)
    eve = datetime(day.year, day.month, day.day, 8, tzinfo=UTC) - timedelta(days=1)
    found = overdue_papers(workspace, as_at=eve)
    assert {item.about.rpartition("/")[2] for item in found} == {"clearance", "sign-off", "publication"}
    assert all("missed" in item.words for item in found)
    about_that_day = [item for item in overdue_papers(workspace, as_at=eve + timedelta(days=2)) if item.about.startswith(day.isoformat())]
    assert about_that_day == []


def test_people_are_told_once(sqlite_council: Council) -> None:
    """Performance team and engineers get one letter about a month; an hour later none; about the next month one more."""
    council = sqlite_council
    first = watch_deadlines(SLUG, as_at=late(council), settings=council.settings)
    assert (first.outcome, first.letters, first.labels) == ("flag", 2, ("month/2024-04",))
    assert watch_deadlines(SLUG, as_at=late(council) + timedelta(hours=1), settings=council.settings).letters == 0
    assert watch_deadlines(SLUG, as_at=late(council, APRIL.next), settings=council.settings).letters == 2
    letters = mail(council, "overdue")
    profile = council.teller.profile
    assert {letter.recipient for letter in letters} == {
        profile.post(profile.performance_team).email,
        profile.post(profile.data_engineers).email,
    }
    assert {letter.subject for letter in letters} == {"Act: 1 thing is overdue – Cambridgeshire County Council"}
    assert any("May 2024 is not rated" in letter.text and "April" not in letter.text for letter in letters)


def test_silence_is_seen_from_outside(sqlite_council: Council) -> None:
    """Airflow that never ran the watch, or has not for three hours, is overdue itself; a beat ends that."""
    settings, now = sqlite_council.settings, datetime(2024, 5, 1, 9, tzinfo=UTC)
    never = silence_of(SLUG, now=now, settings=settings)
    assert never is not None
    assert "has not run in Airflow ever" in never.words
    beat(SLUG, now=now, settings=settings)
    assert silence_of(SLUG, now=now + LONGEST_SILENCE, settings=settings) is None
    silent = silence_of(SLUG, now=now + LONGEST_SILENCE + MINUTE, settings=settings)
    assert silent is not None
    assert silent.words.startswith("cambridgeshire_watch has not run in Airflow since 1 May 2024, 09:00 UTC")


def test_the_watch_from_outside_writes_letters_itself(sqlite_council: Council) -> None:
    """Where Airflow is dead, ``--mail`` has the letters written and delivered without it, once."""
    council, now = sqlite_council, datetime(2024, 5, 1, 12, tzinfo=UTC)
    for hours in (0, 1):
        look_at(SLUG, now=now + timedelta(hours=hours), mail=True, only_in_use=True, settings=council.settings)
    letters = mail(council, "overdue")
    assert len(letters) == 2
    assert "has not run in Airflow ever" in letters[0].text
    named = [path for path in (council.settings.mail / "new").iterdir() if "overdue" in path.read_text(encoding="utf-8", errors="replace")]
    assert len(named) == 2


def run(home: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["watch", *arguments], env={"PMF_HOME": str(home), "COLUMNS": "160"})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_the_command_fails_for_cron(sqlite_council: Council) -> None:
    """It ends with 1 and a line for each thing that is overdue, with 0 when there is none, and passes over councils not in use."""
    council = sqlite_council
    home = council.settings.home
    beat(SLUG, now=late(council), settings=council.settings)
    code, output = run(home, "--at", f"{late(council).astimezone(UTC):%Y-%m-%dT%H:%M:%S}")
    assert (code, output.splitlines()) == (
        1,
        ["cambridgeshire: April 2024 is not rated: its cycle was due on 13 May 2024.", "Overdue: 1"],
    )
    code, output = run(home, "--at", f"{late(council).astimezone(UTC) - MINUTE:%Y-%m-%dT%H:%M:%S}")
    assert (code, output) == (0, "Nothing is overdue\n")
    code, output = run(home, "--json", "-o", "huntingdonshire", "--at", "2025-06-01T00:00:00")
    assert code == 1
    assert {item["matter"] for item in json.loads(output)} >= {"silence"}


def test_one_council_s_trouble_hides_no_other(sqlite_council: Council, tmp_path: Path) -> None:
    """A council whose files cannot be read is named, and the others are looked at all the same."""
    organisations = tmp_path / "organisations"
    shutil.copytree(sqlite_council.settings.organisations / SLUG, organisations / SLUG)
    (organisations / "broken").mkdir()
    (organisations / "broken" / "organisation.yaml").write_text("slug: broken\n", encoding="utf-8")
    result = CliRunner().invoke(
        app, ["watch", "--at", "2024-05-14T06:00:00"], env={"PMF_HOME": str(tmp_path / "home"), "PMF_ORGANISATIONS": str(organisations)}
    )
    assert result.exit_code == 1
    assert "broken: " in result.output
    assert "April 2024 is not rated" in result.output
