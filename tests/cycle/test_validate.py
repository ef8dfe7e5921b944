"""Validating: who is told what and how often, what a waiver lets through, and what never becomes history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from cycle.council import SLUG, Council, council_at
from cycle.desk import APRIL, MAY, Mail, ask, copy_of, drop, filled, form_of, mail, table
from cycle.desk import insert as insert_rows
from pmf.cycle.collect import scan_inbox
from pmf.cycle.figures import earlier_figures, load_figures
from pmf.cycle.rate import rate_month
from pmf.cycle.validate import Validated, validate_returns
from pmf.cycle.workspace import open_workspace
from pmf.form.layout import FieldName
from pmf.form.reader import read_form
from pmf.value import Absence
from pmf.warehouse.engine import reading

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOO_SMALL = {FieldName.VALUE: "3"}
IN_WORDS = {FieldName.VALUE: "see e-mail"}
UNEXPLAINED_RISE = {FieldName.VALUE: "1750", FieldName.COMMENT: ""}


def validate(council: Council, at: datetime) -> Validated:
    return validate_returns(SLUG, APRIL, as_at=at, settings=council.settings)


def cycle_at(council: Council) -> datetime:
    return council.teller.profile.cycle_at(APRIL)


@dataclass(frozen=True)
class Story:
    """April's validations one after the other, and the letters each of them queued."""

    council: Council
    outcomes: tuple[Validated, ...]
    letters: tuple[tuple[Mail, ...], ...]

    def told(self, number: int, event: str, post_id: str) -> list[Mail]:
        address = self.council.teller.profile.post(post_id).email
        return [item for item in self.letters[number] if (item.event, item.recipient) == (event, address)]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Libraries return four impossible figures, then two of them, twice, then none; education leaves a rise unexplained."""
    council = council_at(tmp_path_factory.mktemp("story") / "home")
    council.begin()
    council.open(APRIL)
    wrong = {"k36": TOO_SMALL, "k37": TOO_SMALL, "kSP_01": TOO_SMALL, "kSP_02": IN_WORDS}
    fewer = {"k36": TOO_SMALL, "kSP_02": IN_WORDS}
    drop(council, APRIL, "education.xlsx", filled(council, APRIL, "education", kCEF_08=UNEXPLAINED_RISE))
    outcomes, letters = [], []
    fewer_in_another_file = fewer | {"kSP_03": {FieldName.COMMENT: "Counted again."}}
    for number, typed in enumerate((wrong, wrong, fewer, fewer, fewer_in_another_file, {})):
        drop(council, APRIL, f"libraries-{number}.xlsx", filled(council, APRIL, "libraries", **typed))
        before = {item.message_id for item in mail(council)}
        validated_at = cycle_at(council) + number * DAY
        came_in_at = validated_at - HOUR if number else council.teller.profile.deadline(APRIL) - HOUR
        scan_inbox(SLUG, as_at=came_in_at, settings=council.settings)
        outcomes.append(validate(council, validated_at))
        letters.append(tuple(item for item in mail(council) if item.message_id not in before))
    return Story(council, tuple(outcomes), tuple(letters))


def test_withheld_figures_above_the_tolerance_fail_and_below_it_flag(story: Story) -> None:
    """Four of seventy-one withheld are more than the council tolerates; two are not; with none there is still something to look at."""
    assert [item.outcome for item in story.outcomes] == ["fail", "fail", *["flag"] * 4]
    assert [item.withheld for item in story.outcomes] == [4, 4, 2, 2, 2, 0]
    assert story.outcomes[0].reason == "Failed: 4 of 71 figures due withheld, more than the 5% the council tolerates."


def test_a_service_is_told_its_own_findings_in_cells_and_remedies(story: Story) -> None:
    """Holder and deputy get one letter: what is wrong, in which cell, what was found, how to put it right, by when."""
    (letter,) = story.told(0, "findings", "head-of-libraries")
    assert len(story.told(0, "findings", "libraries-performance-officer")) == 1
    assert letter.subject == "Correct your April 2024 figures by 5pm Thursday 16 May 2024 – Libraries"
    words = " ".join(letter.text.split())
    assert "WITHHELD UNTIL CORRECTED" in words
    for kpi_ref in ("36", "37", "SP-01", "SP-02"):
        assert f"- {kpi_ref} – " in words
    assert "Where: Return!G" in words
    assert "Found: see e-mail" in words or 'Found: "see e-mail"' in words
    assert "What to do:" in words
    assert "CEF-08" not in words


def test_the_same_findings_are_told_once(story: Story) -> None:
    """A validation repeated a day later, with nothing new come in, writes to nobody."""
    assert story.letters[1] == ()


def test_what_stays_open_and_what_is_resolved_are_told_apart(story: Story) -> None:
    """After half a correction the letter lists what is still open as such, what is resolved as resolved, and nothing as new."""
    (letter,) = story.told(2, "findings", "head-of-libraries")
    _, still_open = letter.text.split("STILL OPEN")
    open_part, resolved = still_open.split("RESOLVED SINCE THE LAST MESSAGE")
    assert "\nNEW\n" not in letter.text
    assert "Fails: 36 –" in open_part
    assert "Fails: SP-02 –" in open_part
    assert "- 37 –" in resolved
    assert "- SP-01 –" in resolved
    assert "- 36 –" not in resolved


def test_what_is_still_open_is_not_told_again_and_again(story: Story) -> None:
    """After a letter about half a correction, a further validation with nothing new writes to nobody."""
    assert story.letters[3] == ()


def test_the_same_mistakes_in_another_file_are_answered(story: Story) -> None:
    """Whoever sends a corrected form that has the same mistakes is told that they are still open, not that they are new or resolved."""
    (letter,) = story.told(4, "findings", "head-of-libraries")
    assert "\nNEW\n" not in letter.text
    assert "STILL OPEN" in letter.text
    assert "RESOLVED" not in letter.text


def test_a_cleared_return_is_confirmed(story: Story) -> None:
    """When everything asked about is resolved, the service is told that it need do nothing more."""
    (letter,) = story.told(5, "findings", "head-of-libraries")
    assert letter.subject == "No action needed: your April 2024 figures are in order – Libraries"


def test_one_services_correction_writes_to_no_other(story: Story) -> None:
    """Education's finding is told at first and not again while Libraries' corrections change how the month stands."""
    assert [len(story.told(number, "findings", "head-of-education-and-inclusion")) for number in range(6)] == [1, 0, 0, 0, 0, 0]


def test_a_service_that_returned_nothing_is_told_so(story: Story) -> None:
    """After the deadline a service without a return gets a letter that says so."""
    (letter,) = story.told(0, "findings", "head-of-highways")
    assert "No return has come in from Highways and Transport for April 2024" in " ".join(letter.text.split())


def test_performance_team_and_engineers_get_one_digest(story: Story) -> None:
    """Both get one digest of all services with outcome, counts and the report's place, and a further one only when things change."""
    profile = story.council.teller.profile
    for post_id in (profile.performance_team, profile.data_engineers):
        assert [len(story.told(number, "digest", post_id)) for number in range(6)] == [1, 0, 1, 0, 1, 1]
    (digest,) = story.told(0, "digest", profile.performance_team)
    words = " ".join(digest.text.split())
    assert digest.subject == "Act on failed checks: April 2024 – Cambridgeshire County Council"
    assert "- KPIs due: 71 - Answered: " in words
    assert "- Libraries: to correct; failed 4, flagged 0, withheld 4" in words
    assert "- Education and Inclusion: to look at; failed 0, flagged 1, withheld 0" in words
    assert "Data-quality report: outbox/cambridgeshire/2024-04/data-quality/data-quality-returns.html" in words


def test_a_withheld_figure_is_no_history(story: Story) -> None:
    """A withheld figure is under query in its month, and neither trends, later checks nor the next form know it."""
    council = story.council
    workspace = open_workspace(SLUG, council.settings)
    with reading(workspace.engine) as connection:
        figures = load_figures(workspace, connection, APRIL, as_at=cycle_at(council))
        earlier = earlier_figures(workspace, connection, MAY, as_at=cycle_at(council))
        corrected = earlier_figures(workspace, connection, MAY, as_at=cycle_at(council) + 5 * DAY)
    assert figures.absence("36", [APRIL]) is Absence.UNDER_QUERY
    assert APRIL not in [point.period for point in figures.points["36"]]
    assert [row["period"] for row in earlier if row["kpi_ref"] == "36"][-1] == "2024-03"
    assert {row["kpi_ref"]: row["value"] for row in corrected}["36"] == Decimal(97640)


def test_the_next_months_form_shows_no_withheld_figure(story: Story, tmp_path: Path) -> None:
    """The last figure on May's form is March's while April's is withheld, so that no slip is offered as a guide."""
    import io

    import openpyxl

    from pmf.cycle.open import open_month

    council = copy_of(story.council, tmp_path / "home")
    open_month(SLUG, MAY, as_at=cycle_at(council) + HOUR, settings=council.settings)
    sheet = openpyxl.load_workbook(io.BytesIO(form_of(council, MAY, "libraries")))["Return"]
    row = next(row for row in sheet.iter_rows(values_only=True) if "36" in row)
    assert "March 2024" in " ".join(str(cell) for cell in row)
    assert not isinstance(read_form(form_of(council, MAY, "libraries"), layouts={}, key=b"0" * 32), str)


def a_waiver(council: Council, **changes: object) -> dict[str, object]:
    waiver = {
        "period": APRIL.key,
        "rule_id": "observation.below_minimum",
        "kpi_ref": "36",
        "granted_at": cycle_at(council),
        "post": council.teller.profile.performance_team,
        "reason": "The system was down; the figure is right.",
        "expires_at": cycle_at(council) + DAY,
    }
    return waiver | changes


def test_a_waiver_lets_a_withheld_figure_through_until_it_expires(story: Story, tmp_path: Path) -> None:
    """A waived figure is used and its finding marked waived; the others stay withheld, and after expiry so is it again."""
    council = copy_of(story.council, tmp_path / "home")
    insert_rows(council, "waiver", a_waiver(council))
    waived = validate(council, cycle_at(council))
    workspace = open_workspace(SLUG, council.settings)
    with reading(workspace.engine) as connection:
        figures = load_figures(workspace, connection, APRIL, as_at=cycle_at(council))
    found = {
        row["kpi_ref"]: row["is_waived"] for row in ask(council, "findings_at", period=APRIL.key, point="returns", as_at=cycle_at(council))
    }
    assert (waived.outcome, waived.withheld) == ("flag", 3)
    assert waived.reason.endswith("1 finding waived.")
    assert figures.points["36"][-1].value == Decimal(3)
    assert (found["36"], found["37"]) == (True, False)
    assert validate(council, cycle_at(council) + DAY).withheld == 4


def test_a_waiver_lets_nothing_else_through(story: Story, tmp_path: Path) -> None:
    """A waiver of another month, KPI or rule, or one not yet granted, does not free the figure."""
    council = copy_of(story.council, tmp_path / "home")
    of_something_else: tuple[dict[str, object], ...] = (
        {"period": "2024-05"},
        {"kpi_ref": "37"},
        {"rule_id": "observation.above_maximum"},
        {"granted_at": datetime.fromisoformat("2024-06-01T00:00+00:00")},
    )
    insert_rows(council, "waiver", *(a_waiver(council, **changes) for changes in of_something_else))
    validate(council, cycle_at(council))
    (run,) = ask(council, "validation_at", period=APRIL.key, point="returns", as_at=cycle_at(council))
    assert '"36"' in run["withheld_refs"]


def test_a_validation_with_an_earlier_clock_leaves_report_and_people_alone(story: Story, tmp_path: Path) -> None:
    """Asked again how April stood earlier, it saves its own findings, but neither the report nor anybody's letters change."""
    council = copy_of(story.council, tmp_path / "home")
    report = council.settings.outbox / SLUG / APRIL.key / "data-quality" / "data-quality-returns.html"
    before, letters = report.read_bytes(), len(mail(council))
    again = validate(council, cycle_at(council) - HOUR)
    assert again.outcome == "fail"
    assert report.read_bytes() == before
    assert len(mail(council)) == letters
    assert table(council, "validation_run", as_at=cycle_at(council) - HOUR)


def test_a_refused_file_is_flagged_until_the_service_sends_a_good_one(story: Story, tmp_path: Path) -> None:
    """A form for another month is flagged while nothing better has come in; once it has, it is resolved and asks nothing of anyone."""
    council = copy_of(story.council, tmp_path / "home")
    council.open(MAY)
    at = cycle_at(council) + 10 * DAY
    drop(council, APRIL, "figures.xlsx", filled(council, MAY, "highways"))
    scan_inbox(SLUG, as_at=at, settings=council.settings)
    validate(council, at)
    drop(council, APRIL, "right.xlsx", filled(council, APRIL, "highways"))
    scan_inbox(SLUG, as_at=at + HOUR, settings=council.settings)
    validate(council, at + HOUR)

    def refused(moment: datetime) -> list[str]:
        rows = ask(council, "findings_at", period=APRIL.key, point="returns", as_at=moment)
        return [row["service_id"] for row in rows if row["rule_id"] == "file.accepted"]

    assert (refused(at), refused(at + HOUR)) == (["highways"], [])


def test_a_figure_that_has_changed_since_it_was_rated_is_to_be_explained(story: Story, tmp_path: Path) -> None:
    """A return that moves a rated figure beyond its template's tolerance is flagged, until its comment says why."""
    council = copy_of(story.council, tmp_path / "home")
    at = cycle_at(council) + 10 * DAY
    rate_month(SLUG, APRIL, as_at=at, settings=council.settings)

    def restated(moment: datetime, **visits: str) -> list[str]:
        typed = {FieldName(name): text for name, text in visits.items()}
        drop(council, APRIL, f"libraries {moment:%d-%H}.xlsx", filled(council, APRIL, "libraries", k37=typed))
        scan_inbox(SLUG, as_at=moment - HOUR, settings=council.settings)
        validate(council, moment)
        rows = ask(council, "findings_at", period=APRIL.key, point="returns", as_at=moment)
        return [row["message"] for row in rows if row["rule_id"] == "observation.restated"]

    (message,) = restated(at + DAY, value="127000")
    assert "is now 127,000 for April 2024, which was rated on 119,412: a change of more than 5%" in message
    assert restated(at + 2 * DAY, value="127000", comment="Two counters had been out of order.") == []
    assert restated(at + 3 * DAY, value="119500") == []
