"""As published on a day and as known on it: two answers, and the past keeps both."""

from __future__ import annotations

import shutil
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from cycle.council import SLUG, Council, council_at
from cycle.desk import APRIL
from faults.small import small_council
from pmf.cycle.asof import figures_as_known, figures_as_published
from pmf.cycle.entering import Figure, enter_correction
from pmf.cycle.publish import publish_signed_off, sign_off_documents
from pmf.cycle.rate import rate_month
from pmf.cycle.report import report_month
from pmf.cycle.validate import validate_ratings, validate_returns

DAY = timedelta(days=1)
TEAM = "governance-and-performance-team"


@pytest.fixture(scope="module")
def published_april(tmp_path_factory: pytest.TempPathFactory) -> Council:
    """April done at a council that publishes its months' scorecards; they are signed off and published the day after."""
    council = small_council(tmp_path_factory.mktemp("asof") / "home", sign_off={"needed_for": ["month"]})
    council.whole_month(APRIL)
    _publish(council, 1)
    return council


@pytest.fixture
def council(published_april: Council, tmp_path: Path) -> Council:
    """The same in a home of the test's own."""
    shutil.copytree(published_april.settings.home, tmp_path / "home", symlinks=True)
    return council_at(tmp_path / "home", organisations=published_april.settings.organisations)


def _at(council: Council, days: float):
    return council.teller.profile.cycle_at(APRIL) + days * DAY


def _publish(council: Council, days: float) -> None:
    at = _at(council, days)
    sign_off_documents(SLUG, APRIL, post=TEAM, reason="Looked over.", as_at=at, settings=council.settings)
    assert publish_signed_off(SLUG, APRIL, as_at=at, settings=council.settings).published > 0


def published(council: Council, days: float):
    return figures_as_published(SLUG, APRIL, on=_at(council, days), settings=council.settings).get("36")


def known(council: Council, days: float):
    return figures_as_known(SLUG, APRIL, on=_at(council, days), settings=council.settings)["36"].value


def test_a_correction_is_known_at_once_and_published_when_it_is(council: Council) -> None:
    """Between correction and republication the two differ; asked about any day, both say what was true on it."""
    first = Decimal(97640)
    enter_correction(
        SLUG,
        "36",
        APRIL,
        Figure(value=Decimal(98000)),
        post=TEAM,
        reason="Counted again.",
        as_at=_at(council, 2),
        settings=council.settings,
    )
    for verb in (validate_returns, rate_month, validate_ratings, report_month):
        verb(SLUG, APRIL, as_at=_at(council, 3), settings=council.settings)
    _publish(council, 5)
    assert [known(council, days) for days in (0, 1.5, 2, 6)] == [first, first, 98000, 98000]
    assert published(council, 0.5) is None
    assert [published(council, days).value for days in (1, 2.5, 4.9, 5)] == [first, first, first, 98000]
    live = published(council, 6)
    assert (live.published_at, live.made_at) == (_at(council, 5), _at(council, 3))
    assert live.document_id.startswith("scorecard-")


def test_every_figure_says_where_it_stands_and_who_stated_it(council: Council) -> None:
    """File, sheet, cell, sender and moment of every returned figure are known; imported history says it is."""
    for figure in figures_as_known(SLUG, APRIL, on=_at(council, 6), settings=council.settings).values():
        assert (len(figure.file_hash), figure.sheet) == (64, "Return")
        assert figure.cell[0].isalpha()
        assert figure.sender in {post.id for post in council.teller.profile.posts}
        assert figure.recorded_at <= _at(council, 0)
        assert figure.status in {"provisional", "final", "restated"}
