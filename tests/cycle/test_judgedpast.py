"""What a rated month was judged by cannot be changed in the files unawares."""

from __future__ import annotations

from pathlib import Path

import pytest

from cycle.council import SLUG, Council, council_at
from cycle.desk import MAY, edited, table


@pytest.fixture
def council(april_done: Council, tmp_path: Path) -> Council:
    """April rated, at a council whose files the test may edit."""
    return council_at(april_done.settings.home, organisations=edited(tmp_path))


def edit(council: Council, old: str, new: str) -> None:
    path = council.settings.organisations / SLUG / "kpis.csv"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def months_findings(council: Council) -> list[str]:
    council.open(MAY)
    council.deliver(MAY)
    council.collect(MAY)
    council.validate(MAY)
    return [row["message"] for row in table(council, "finding", rule_id="past.rewritten")]


def test_a_kpi_turned_round_in_its_old_row_is_pointed_out(council: Council) -> None:
    """The direction of KPI 36 edited where it stands would judge April otherwise: flagged with KPI, old, new, month and the way out."""
    row = next(line for line in _lines(council) if line.startswith("36,"))
    edit(council, row, row.replace(",higher,", ",lower,"))
    (message,) = months_findings(council)
    assert "KPI 36, direction: was higher, would be lower, for April 2024, already judged." in message
    assert "give the change a row from 2024-05-01 on" in message


def test_a_new_wording_judges_nothing_otherwise(council: Council) -> None:
    """A slip in a title may be put right for ever."""
    edit(council, "Number of active library users", "Number of people who use a library")
    assert months_findings(council) == []


def test_an_unchanged_register_is_not_even_compared(council: Council) -> None:
    """Nothing edited, nothing said."""
    assert months_findings(council) == []


def _lines(council: Council) -> list[str]:
    return (council.settings.organisations / SLUG / "kpis.csv").read_text(encoding="utf-8").splitlines()
