"""Opening a month: forms, letters, and the key that signs them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from cycle.council import SLUG, Council, council_at
from cycle.desk import APRIL, MAY, copy_of, edited, form_of, mail, post_of, table
from pmf.cycle.open import open_month
from pmf.form.layout import load_layouts
from pmf.form.model import ReturnedForm
from pmf.form.reader import read_form
from pmf.period import Month
from pmf.store import StoreError, load_signing_key


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Council:
    """April opened."""
    council = council_at(tmp_path_factory.mktemp("opened") / "home")
    council.begin()
    council.open(APRIL)
    return council


def services_due(council: Council, month: Month) -> list[str]:
    from pmf.register import load_register

    register = load_register(council.settings.organisations / SLUG)
    return [service.id for service in register.profile.services if register.due(month, service.id)]


def test_every_service_with_figures_due_gets_one_signed_form(opened: Council) -> None:
    """The outbox holds one form for each service that owes a figure, signed for that service and month, and one for each set of panels."""
    key, layouts = load_signing_key(opened.settings.signing_key_path), load_layouts(opened.settings.forms)
    names = {path.name for path in (opened.settings.outbox / SLUG / APRIL.key / "forms").iterdir()}
    due = services_due(opened, APRIL)
    panels = [directorate.panels_service for directorate in opened.teller.profile.directorates]
    assert names == {f"{SLUG}-2024-04-{name}.xlsx" for name in (*due, *(f"{service_id}-panels" for service_id in panels))}
    for service_id in due[:3]:
        form = read_form(form_of(opened, APRIL, service_id), layouts=layouts, key=key)
        assert isinstance(form, ReturnedForm)
        assert (form.organisation, form.period, form.service_id) == (SLUG, APRIL.key, service_id)


def test_the_form_is_requested_from_holder_and_deputy(opened: Council) -> None:
    """Each service's holder and deputy get one request each, with the very forms that lie in the outbox attached."""
    profile = opened.teller.profile
    requests = mail(opened, "request")
    for service_id in services_due(opened, APRIL):
        service = profile.service(service_id)
        own = [item for item in requests if f"{SLUG}-2024-04-{service_id}.xlsx" in item.attachments]
        assert sorted(item.recipient for item in own) == sorted({profile.post(service.holder).email, profile.post(service.deputy).email})
        assert all(item.attachments[f"{SLUG}-2024-04-{service_id}.xlsx"] == form_of(opened, APRIL, service_id) for item in own)
        with_panels = service_id in {directorate.panels_service for directorate in profile.directorates}
        assert all(len(item.attachments) == 1 + with_panels for item in own)


def test_the_deadline_is_printed_in_the_councils_own_time(opened: Council) -> None:
    """The request names the deadline by the clock on the council's wall: 5pm in May is 5pm, though it is 4pm in UTC."""
    request = mail(opened, "request")[0]
    assert opened.teller.profile.deadline(APRIL).isoformat() == "2024-05-09T17:00:00+01:00"
    assert request.subject.startswith("Return your April 2024 figures by 5pm Thursday 9 May 2024 – ")
    assert "Return the attached form by 5pm Thursday 9 May 2024." in request.text


def test_opening_again_sends_nothing_again(opened: Council, tmp_path: Path) -> None:
    """A month opened again, then and a day later, sends no further request."""
    council = copy_of(opened, tmp_path / "home")
    before = [item.message_id for item in mail(council)]
    council.open(APRIL)
    open_month(SLUG, APRIL, as_at=council.teller.profile.deadline(APRIL), settings=council.settings)
    assert [item.message_id for item in mail(council)] == before


def test_the_next_month_is_requested_as_well(opened: Council, tmp_path: Path) -> None:
    """May's requests go out beside April's: a letter is one per service, post and month."""
    council = copy_of(opened, tmp_path / "home")
    council.open(MAY)
    periods = [item.period for item in mail(council, "request")]
    assert periods.count("2024-04") == 2 * len(services_due(council, APRIL))
    assert periods.count("2024-05") == 2 * len(services_due(council, MAY))


def test_a_lost_key_is_an_error_with_a_way_out(opened: Council, tmp_path: Path) -> None:
    """Once forms are out, a missing signing key stops the opening and says to restore it: a new one would disown them."""
    council = copy_of(opened, tmp_path / "home")
    council.settings.signing_key_path.unlink()
    with pytest.raises(StoreError, match="restore it from the backup") as error:
        council.open(MAY)
    assert str(council.settings.signing_key_path) in str(error.value)
    assert not council.settings.signing_key_path.exists()
    assert not (council.settings.outbox / SLUG / MAY.key).exists()
    assert [run["period"] for run in table(council, "stage_run", stage="open")] == ["2024-04"]


def test_only_kpis_due_are_asked_for(opened: Council, tmp_path: Path) -> None:
    """A quarterly figure is on June's form and not on April's; a worked-out corporate figure is on none."""
    council = copy_of(opened, tmp_path / "home")
    june = Month(2024, 6)
    council.open(june)
    key, layouts = load_signing_key(council.settings.signing_key_path), load_layouts(council.settings.forms)

    def asked(month: Month, service_id: str) -> set[str]:
        form = read_form(form_of(council, month, service_id), layouts=layouts, key=key)
        assert isinstance(form, ReturnedForm)
        return {line.kpi_ref for line in form.lines}

    assert "SP-09" in asked(june, "communities") - asked(APRIL, "communities")
    assert "C1-AHC" in asked(june, "people-services")
    assert "C1" not in asked(june, "people-services")


def test_a_kpi_of_its_own_holder_is_asked_for_there_too(tmp_path: Path) -> None:
    """Who holds one KPI of a service gets the service's request as well, from the day the register names that post and no earlier."""
    organisations = edited(tmp_path, kpis=_give_kpi_36_a_holder)
    council = council_at(tmp_path / "home", organisations=organisations)
    council.begin()
    for month in (APRIL, MAY):
        council.open(month)
    own = [letter.period for letter in mail(council, "request") if letter.recipient == post_of(council, "adult-skills-data-officer")]
    libraries = [letter.period for letter in mail(council, "request") if letter.subject.endswith("Libraries")]
    assert sorted(own) == [APRIL.key, MAY.key, MAY.key]  # of adult skills, and in May of the libraries too
    assert sorted(libraries) == [APRIL.key] * 2 + [MAY.key] * 3


def _give_kpi_36_a_holder(text: str) -> str:
    """From May on, KPI 36 of the libraries is held by the adult skills officer."""
    rows = list(csv.DictReader(io.StringIO(text)))
    (row,) = [row for row in rows if row["kpi_ref"] == "36"]
    later = row | {"valid_from": "2024-05-01", "holder_post": "adult-skills-data-officer"}
    row["valid_to"] = "2024-05-01"
    written = io.StringIO()
    writer = csv.DictWriter(written, list(row), lineterminator="\n")
    writer.writeheader()
    writer.writerows([*rows, later])
    return written.getvalue()
