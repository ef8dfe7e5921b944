"""Release: where the council asks for it, a return counts only once the service's manager has let it through."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cycle.council import SLUG, Council, council_at
from cycle.desk import APRIL, ask, copy_of, edited, filled, mail, post_of, send_in, table
from pmf.cycle.asof import figures_as_known
from pmf.cycle.collect import scan_inbox
from pmf.cycle.fetch import fetch_mail
from pmf.cycle.releasing import NothingToReleaseError, release_return

HOUR = timedelta(hours=1)
OFFICER, MANAGER = "libraries-performance-officer", "head-of-libraries"


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Council:
    """April opened by a council whose holders release what their officers send; the libraries' officer has sent the return."""
    folder = tmp_path_factory.mktemp("releasing")
    organisations = edited(folder, organisation=lambda text: text + "\nreturns_released_by: holder\n")
    council = council_at(folder / "home", organisations=organisations)
    council.begin()
    council.open(APRIL)
    send_in(council, post_of(council, OFFICER), ("libraries.xlsx", filled(council, APRIL, "libraries")))
    assert fetch_mail(SLUG, as_at=in_time(council), settings=council.settings).accepted == 1
    return council


@pytest.fixture
def council(waiting: Council, tmp_path: Path) -> Council:
    """The same in a home of the test's own."""
    return copy_of(waiting, tmp_path / "home")


def in_time(council: Council) -> datetime:
    return council.teller.profile.deadline(APRIL) - 4 * HOUR


def known(council: Council, at: datetime) -> set[str]:
    figures = figures_as_known(SLUG, APRIL, on=at, settings=council.settings)
    return {ref for ref, figure in figures.items() if figure.source == "return"}


def test_a_return_waits_and_its_manager_is_asked(council: Council) -> None:
    """Until it is released no figure of it is known; the manager gets the form with the request, and validation says it waits."""
    assert known(council, in_time(council) + HOUR) == set()
    (request,) = mail(council, "release")
    assert request.recipient == post_of(council, MANAGER)
    assert "libraries.xlsx" in request.attachments
    council.collect(APRIL)
    council.validate(APRIL)
    (finding,) = table(council, "finding", rule_id="return.released")
    assert finding["service_id"] == "libraries"
    assert not table(council, "finding", rule_id="return.came_in", service_id="libraries")


def test_the_manager_releases_by_sending_the_form_on(council: Council) -> None:
    """The same form sent by the manager releases it: its figures count from then on, and were unknown before."""
    at = in_time(council) + 2 * HOUR
    send_in(council, post_of(council, MANAGER), ("libraries.xlsx", filled(council, APRIL, "libraries")), subject="Re: Release")
    fetched = fetch_mail(SLUG, as_at=at, settings=council.settings)
    assert (fetched.released, fetched.accepted) == (1, 0)
    assert known(council, at - HOUR) == set()
    assert "36" in known(council, at)


def test_an_officer_cannot_release_her_own_return(council: Council) -> None:
    """Sending it twice is no release."""
    send_in(council, post_of(council, OFFICER), ("again.xlsx", filled(council, APRIL, "libraries")), subject="Again")
    assert fetch_mail(SLUG, as_at=in_time(council) + HOUR, settings=council.settings).released == 0
    assert known(council, in_time(council) + HOUR) == set()


def test_what_the_manager_corrects_counts_at_once(council: Council) -> None:
    """A corrected form from the manager needs no release of its own."""
    at = in_time(council) + HOUR
    changed = filled(council, APRIL, "libraries", k36={"value": "99000"})
    send_in(council, post_of(council, MANAGER), ("corrected.xlsx", changed))
    assert fetch_mail(SLUG, as_at=at, settings=council.settings).accepted == 1
    assert figures_as_known(SLUG, APRIL, on=at, settings=council.settings)["36"].value == 99000


def test_the_performance_team_records_a_release(council: Council) -> None:
    """A release given in person is entered by post; the month's cycle is then due from that moment."""
    at = council.teller.profile.cycle_at(APRIL) + HOUR
    council.collect(APRIL)
    council.validate(APRIL)
    released = release_return(SLUG, APRIL, service_id="libraries", post=MANAGER, as_at=at, settings=council.settings)
    assert released.file_name == "libraries.xlsx"
    waiting = ask(council, "returns_awaiting_cycle", as_at=at)
    assert [(row["period"], row["received_at"]) for row in waiting] == [(APRIL.key, at)]
    (due,) = scan_inbox(SLUG, as_at=at, settings=council.settings).cycles_due
    assert (due["period"], datetime.fromisoformat(due["as_at"])) == (APRIL.key, at)


@pytest.mark.parametrize(
    ("service_id", "post", "words"),
    [("libraries", OFFICER, "released by head-of-libraries"), ("education", "head-of-education-and-inclusion", "waits for release")],
)
def test_what_cannot_be_released_is_refused_in_words(council: Council, service_id: str, post: str, words: str) -> None:
    """The wrong post, or nothing to release, ends in a sentence that says so."""
    with pytest.raises(NothingToReleaseError, match=words):
        release_return(SLUG, APRIL, service_id=service_id, post=post, as_at=in_time(council) + HOUR, settings=council.settings)
