"""Who has returned a month and who has not."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cycle.council import SLUG, Council, council_at
from cycle.desk import APRIL, MAY, copy_of, drop, filled
from pmf.cycle.collect import scan_inbox
from pmf.cycle.tracker import ServiceState, outstanding, service_states
from pmf.form.layout import FieldName

HOUR = timedelta(hours=1)


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


def test_services_with_nothing_due_are_left_out(council: Council) -> None:
    """Only services that owe a figure for the month are listed, in the profile's order."""
    listed = list(states(council, deadline(council)))
    order = [service.id for service in council.teller.profile.services]
    assert listed == [service_id for service_id in order if service_id in listed]
    assert set(listed) <= set(order)
