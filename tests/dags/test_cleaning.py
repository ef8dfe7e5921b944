"""Shortening Airflow's own history: with Airflow's own command, in whichever Airflow there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pmf.orchestration.cleaning import CleaningError, clean_history
from pmf.settings import Settings

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def test_where_there_is_no_airflow_none_is_begun(settings: Settings) -> None:
    """An installation without Airflow is told so; asking makes it no home."""
    with pytest.raises(CleaningError, match="run this where Airflow runs"):
        clean_history(settings, {}, before=LONG_AGO, apply=False)
    assert not settings.airflow_home.exists()


@pytest.mark.slow
def test_what_would_go_is_said_by_airflow(settings: Settings, airflow_database: Path) -> None:
    """The embedded Airflow is found by its home, and without ``apply`` its command only counts."""
    said = clean_history(replace(settings, home=airflow_database.parent), {}, before=LONG_AGO, apply=False)
    assert "Performing dry run" in said
    assert "dag_run" in said
