"""Who has returned a month and who has not: the states, and the page that shows them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import lxml.html
import pytest

from cycle.chasing import chasing_council, open_collection, receive, release
from cycle.council import SLUG, Council, council_at
from cycle.desk import APRIL, MAY, copy_of, drop, filled, insert
from pmf.cycle.chase import chase
from pmf.cycle.collect import scan_inbox
from pmf.cycle.tracker import outstanding, service_states, write_tracker
from pmf.form.layout import FieldName
from pmf.period import Month, Quarter
from pmf.reporting.tracking import ServiceState, State
from pmf.warehouse.tables import observation
from table_rows import row

HOUR = timedelta(hours=1)
SOURCES = """\
sources:
  - id: library-counters
    title: Library door counters
    service_id: libraries
    kpi_refs: ["36", "37"]
    file: {names: ["counters-*.csv"]}
    columns: {kpi_ref: Indicator, value: Figure}
"""


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Council:
    """April and May opened; nothing returned."""
    council = council_at(tmp_path_factory.mktemp("opened") / "home")
    council.open(APRIL)
    council.open(MAY)
    return council


@pytest.fixture
def council(opened: Council, tmp_path: Path) -> Council:
    return copy_of(opened, tmp_path / "home")


def states(council: Council, at: datetime) -> dict[str, ServiceState]:
    return {state.service_id: state for state in service_states(SLUG, APRIL, as_at=at, settings=council.settings)}


def deadline(council: Council) -> datetime:
    return council.teller.profile.deadline(APRIL)


def test_a_month_not_opened_is_not_requested(opened: Council) -> None:
    """Before collection opens every service stands as not requested, from then on as requested."""
    opens_at = opened.teller.profile.opens_at(APRIL)
    assert {state.label for state in states(opened, opens_at - HOUR).values()} == {"Not requested"}
    assert {state.label for state in states(opened, opens_at).values()} == {"Requested"}


def test_the_states_of_services(council: Council) -> None:
    """Returned, returned late, rejected and requested are told apart, each as known at the moment asked about."""
    drop(council, APRIL, "libraries.xlsx", filled(council, APRIL, "libraries"))
    drop(council, APRIL, "my figures.xlsx", filled(council, MAY, "property"))
    scan_inbox(SLUG, as_at=deadline(council) - HOUR, settings=council.settings)
    drop(council, APRIL, "education.xlsx", filled(council, APRIL, "education"))
    scan_inbox(SLUG, as_at=deadline(council) + HOUR, settings=council.settings)

    now = states(council, deadline(council) + HOUR)
    labels = {service_id: now[service_id].label for service_id in ("libraries", "education", "property", "highways")}
    assert labels == {"libraries": "Returned", "education": "Returned late", "property": "Rejected", "highways": "Requested"}
    overdue = {service_id for service_id, state in now.items() if state.is_overdue}
    assert {"property", "highways"} <= overdue
    assert overdue.isdisjoint({"libraries", "education"})
    assert states(council, deadline(council))["education"].label == "Requested"
    assert outstanding(list(now.values())) == [state.name for state in now.values() if state.service_id not in {"libraries", "education"}]


def test_a_refused_file_does_not_unreturn_a_service(council: Council) -> None:
    """A service that has returned stays returned, whatever it sends in afterwards by mistake."""
    drop(council, APRIL, "libraries.xlsx", filled(council, APRIL, "libraries"))
    scan_inbox(SLUG, as_at=deadline(council) - HOUR, settings=council.settings)
    drop(council, APRIL, "oops.xlsx", filled(council, MAY, "libraries"))
    scan_inbox(SLUG, as_at=deadline(council), settings=council.settings)
    assert states(council, deadline(council))["libraries"].label == "Returned"


def test_figures_nil_returns_and_silence_are_counted_apart(council: Council) -> None:
    """A nil return is an answer without a figure, an empty row is none; zero is a figure."""
    nil = {FieldName.VALUE: "", FieldName.NOT_AVAILABLE: "Yes", FieldName.REASON: "The counter was out of order."}
    content = filled(council, APRIL, "libraries", k36=nil, k37={FieldName.VALUE: ""}, kSP_01={FieldName.VALUE: "0"})
    drop(council, APRIL, "libraries.xlsx", content)
    scan_inbox(SLUG, as_at=deadline(council), settings=council.settings)
    state = states(council, deadline(council))["libraries"]
    assert (state.due, state.figures, state.nil_returns, state.unanswered) == (6, 4, 1, 1)


def test_the_time_of_receipt_is_the_councils_own(council: Council) -> None:
    """A return that came in at 4pm in summer is shown as of 4pm, not of 3pm."""
    drop(council, APRIL, "libraries.xlsx", filled(council, APRIL, "libraries"))
    scan_inbox(SLUG, as_at=deadline(council) - HOUR, settings=council.settings)
    state = states(council, deadline(council))["libraries"]
    assert state.as_dict()["received_at"] == "2024-05-09T16:00:00+01:00"


def test_a_refusal_is_told_with_what_to_do(council: Council) -> None:
    """A rejected form and a file nobody can read are shown with the reason and with what its sender was told."""
    drop(council, APRIL, "my figures.xlsx", filled(council, MAY, "property"))
    drop(council, APRIL, "cambridgeshire-2024-04-highways.xlsx", b"no workbook")
    scan_inbox(SLUG, as_at=deadline(council) - HOUR, settings=council.settings)
    now = states(council, deadline(council) - HOUR)
    assert now["property"].reason.startswith("my figures.xlsx of 9 May 2024 was not used: The form is for May 2024, but")
    assert now["property"].next_step.startswith("The sender was told: Fill in the form for April 2024.")
    assert "Due today." in now["property"].next_step
    assert (now["highways"].label, now["libraries"].label) == (State.REJECTED, State.REQUESTED)


def test_a_form_that_comes_right_leaves_no_refusal(council: Council) -> None:
    """Once a form that could be used has come in, what was refused before is no longer shown; a later refusal is."""
    drop(council, APRIL, "libraries-wrong.xlsx", filled(council, MAY, "libraries"))
    scan_inbox(SLUG, as_at=deadline(council) - 3 * HOUR, settings=council.settings)
    drop(council, APRIL, "libraries.xlsx", filled(council, APRIL, "libraries"))
    scan_inbox(SLUG, as_at=deadline(council) - 2 * HOUR, settings=council.settings)
    state = states(council, deadline(council))["libraries"]
    assert (state.label, state.reason, state.next_step) == (State.RETURNED, "", "Nothing.")
    drop(council, APRIL, "libraries-again.xlsx", b"no workbook")
    scan_inbox(SLUG, as_at=deadline(council) - HOUR, settings=council.settings)
    state = states(council, deadline(council))["libraries"]
    assert (state.label, state.reason[:20], state.next_step[:20]) == (State.RETURNED, "libraries-again.xlsx", "The sender was told:")


def test_a_figure_taken_back_is_no_answer(council: Council) -> None:
    """A KPI whose figure the performance team has withdrawn counts as not answered."""
    drop(council, APRIL, "libraries.xlsx", filled(council, APRIL, "libraries"))
    scan_inbox(SLUG, as_at=deadline(council) - HOUR, settings=council.settings)
    file_hash = receive(council, APRIL, "libraries", deadline(council), channel="entry:36")
    taken_back = {
        "kpi_ref": "36",
        "period": APRIL.key,
        "version_id": "w",
        "absence": "withdrawn",
        "source": "entry",
        "file_hash": file_hash,
    }
    insert(council, "observation", row(observation, organisation=SLUG, recorded_at=deadline(council), **taken_back))
    state = states(council, deadline(council))["libraries"]
    assert (state.label, state.figures, state.unanswered, state.next_step) == (State.PARTLY, 5, 1, "Ask for 36.")


def test_what_is_partly_returned_names_what_is_missing(council: Council) -> None:
    """A return with empty rows counts, and says which KPIs to ask for."""
    drop(council, APRIL, "libraries.xlsx", filled(council, APRIL, "libraries", k36={FieldName.VALUE: ""}, k37={FieldName.VALUE: ""}))
    scan_inbox(SLUG, as_at=deadline(council), settings=council.settings)
    state = states(council, deadline(council))["libraries"]
    assert (state.label, state.is_returned, state.next_step) == (State.PARTLY, True, "Ask for 36 and 37.")


def test_a_service_with_nothing_due_is_shown_as_such(tmp_path: Path) -> None:
    """Every service is listed in the profile's order; one that owes nothing is not among the missing."""
    council = chasing_council(tmp_path)
    kpis = council.settings.organisations / SLUG / "kpis.csv"
    header, *lines = kpis.read_text(encoding="utf-8").splitlines(keepends=True)
    kpis.write_text(header + "".join(line for line in lines if ",libraries," not in line), encoding="utf-8")
    for name in ("targets.csv", "data_quality_templates.csv"):
        path = kpis.with_name(name)
        refs = {line.partition(",")[0] for line in lines if ",libraries," in line}
        rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in rows if line.partition(",")[0] not in refs), encoding="utf-8")
    open_collection(council, APRIL)
    found = states(council, deadline(council))
    assert list(found) == [service.id for service in council.teller.profile.services]
    assert (found["libraries"].label, found["libraries"].due) == (State.NOT_DUE, 0)
    assert "Libraries" not in outstanding(list(found.values()))


def test_reminders_are_counted_by_step(tmp_path: Path) -> None:
    """Chased services say how often and when last, as known at the moment; those that returned before a step are not counted in it."""
    council = chasing_council(tmp_path)
    open_collection(council, APRIL)
    receive(council, APRIL, "libraries", deadline(council) - HOUR)
    days = [deadline(council).replace(hour=7) + timedelta(days=day) for day in (-2, 0, 1, 5)]
    for day in days:
        chase(SLUG, as_at=day, settings=council.settings)
    now = states(council, days[-1])
    assert (now["highways"].label, now["highways"].reminders, now["highways"].reminded_at) == (State.CHASED, 4, days[-1])
    assert (now["libraries"].is_returned, now["libraries"].reminders, now["libraries"].reminded_at) == (True, 2, days[1])
    assert (states(council, days[1])["highways"].reminders, states(council, days[0] - HOUR)["highways"].label) == (2, State.REQUESTED)
    assert now["highways"].next_step.endswith("Next reminder: 15 May 2024, to Executive Director of Place and Sustainability.")


def test_a_return_waits_for_its_release(tmp_path: Path) -> None:
    """Until the service's head has released it a return is neither in nor missing; a correction waits beside what counts."""
    council = chasing_council(tmp_path, edit=lambda profile: profile.update(returns_released_by="head"))
    open_collection(council, APRIL)
    at = deadline(council) - 5 * HOUR
    file_hash = receive(council, APRIL, "libraries", at, needs_release=True)
    waiting = states(council, at)["libraries"]
    assert (waiting.label, waiting.is_returned) == (State.AWAITING_RELEASE, False)
    assert waiting.next_step == "It counts once Service Director of Communities has released it."
    assert "Libraries" not in outstanding([waiting])
    release(council, APRIL, file_hash, at + HOUR)
    receive(council, APRIL, "libraries", at + 2 * HOUR, needs_release=True)
    assert states(council, at + HOUR)["libraries"].is_returned
    assert states(council, at + 2 * HOUR)["libraries"].next_step.startswith("A correction counts once")


def test_sources_have_a_state_of_their_own(tmp_path: Path) -> None:
    """A declared source is listed under its service: not yet, came in with its figures, or refused."""
    council = chasing_council(tmp_path)
    (council.settings.organisations / SLUG / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    open_collection(council, APRIL)
    at = deadline(council) - HOUR
    (source,) = states(council, at)["libraries"].sources
    assert (source.label, source.figures, source.due) == (State.REQUESTED, 0, 2)
    receive(council, APRIL, "libraries", at, channel="library-counters", outcome="rejected", message="No column Visits.", fix="Add it.")
    (source,) = states(council, at)["libraries"].sources
    assert (source.label, source.next_step) == (State.REJECTED, "No column Visits. Add it.")
    receive(council, APRIL, "libraries", at + HOUR, channel="library-counters")
    (source,) = states(council, at + HOUR)["libraries"].sources
    assert (source.label, source.received_at) == (State.RETURNED, at + HOUR)
    assert source.next_step == "It gave no figure that counts for 36 and 37."
    assert states(council, at + HOUR)["highways"].sources == ()


def page_of(council: Council, month: Month, at: datetime) -> lxml.html.HtmlElement:
    path = write_tracker(SLUG, month, as_at=at, settings=council.settings)
    assert path == Path("outbox") / SLUG / month.key / "returns.html"
    return lxml.html.document_fromstring((council.settings.home / path).read_bytes())


def rows_of(page: lxml.html.HtmlElement, caption: str) -> dict[str, list[str]]:
    (found,) = [item for item in page.xpath("//table") if item.findtext("caption/span").startswith(caption)]
    return {row[0].text_content(): [cell.text_content() for cell in row[1:]] for row in found.xpath("tbody/tr")}


def test_the_page_shows_state_and_punctuality(tmp_path: Path) -> None:
    """Counts on top, a row for each service with its state in shape and word, and how each return of the last months came in."""
    council = chasing_council(tmp_path)
    for month in (APRIL, MAY):
        open_collection(council, month)
    receive(council, APRIL, "libraries", deadline(council) - HOUR)
    receive(council, APRIL, "highways", deadline(council) + HOUR)
    receive(council, MAY, "libraries", council.teller.profile.deadline(MAY) - HOUR)
    page = page_of(council, MAY, council.teller.profile.deadline(MAY))
    assert "1 of 14 services has returned; none are overdue." in page.text_content()
    services = rows_of(page, "Returns of May 2024")
    assert services["Libraries"][0].startswith("◆Partly returned")
    assert services["Libraries"][1] == "10 Jun 2024, 16:00 from Head of Libraries"
    assert services["Highways and Transport"][0] == "○Requested"
    marks = rows_of(page, "How returns came in, April 2024 to May 2024")
    assert marks["Libraries"] == ["●In time", "●In time", "2 of 2"]
    assert marks["Highways and Transport"] == ["◆Late", "○Still due", "0 of 1"]
    assert marks["Adult Skills"] == ["▼Missing", "○Still due", "0 of 1"]
    assert (
        rows_of(page_of(council, MAY, council.teller.profile.deadline(MAY) + HOUR), "Returns of")["Adult Skills"][0] == "▼Requested Overdue"
    )


def test_the_page_shows_plan_actions_with_the_quarters_last_month(tmp_path: Path) -> None:
    """The forms of plan actions have a table of their own on the page of the month they are due with."""
    council = chasing_council(tmp_path)
    actions = "action_ref,valid_from,title,service_id\nA1,2024-04-01,Open the new library,libraries\n"
    (council.settings.organisations / SLUG / "actions.csv").write_text(actions, encoding="utf-8")
    june, quarter = Month(2024, 6), Quarter(2024, 1)
    for period in (june, quarter):
        open_collection(council, period)
    at = council.teller.profile.deadline(june)
    assert list(rows_of(page_of(council, june, at), "Plan actions of quarter 1 2024/25")) == ["Libraries"]
    receive(council, quarter, "libraries", at, channel="actions")
    assert rows_of(page_of(council, june, at), "Plan actions")["Libraries"][0] == "◆Partly returned"
    assert "Plan actions" not in page_of(council, MAY, at).text_content()


def test_the_page_stands_alone_and_is_the_same_again(council: Council) -> None:
    """The page loads nothing and runs nothing, what a file is called stays text, and writing it again changes no byte."""
    drop(council, APRIL, "<img src=x onerror=alert(1)>-libraries.xlsx", b"no workbook")
    scan_inbox(SLUG, as_at=deadline(council), settings=council.settings)
    page = page_of(council, APRIL, deadline(council))
    before = council.state()
    page_of(council, APRIL, deadline(council))
    assert council.state() == before
    assert page.xpath("//script|//link|//img|//@src|//@onerror") == []
    assert "<img src=x onerror=alert(1)>-libraries.xlsx of 9 May 2024 was not used" in page.text_content()
