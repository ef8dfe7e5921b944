"""A small council to break in one place at a time, and the sample council's files as they stand."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from pmf.register import Register, load_register

ORGANISATIONS = Path(__file__).parents[2] / "include" / "organisations"

_PROFILE = """\
slug: smallshire
name: Smallshire Council
short_name: Smallshire
first_month: "2024-04"
vision: A small shire
ambitions: [{id: "1", text: People are well}]
calendar: {open_working_day: 1, deadline_working_day: 6, cycle_working_day: 8, export_working_day: 10}
headline_policies: [{policy_id: first-policy, since: 2024-04-01}, {policy_id: second-policy, since: 2024-10-01}]
paper_policies:
  - {policy_id: first-policy, since: 2024-04-01}
quality: {withheld_share_max_pct: 5}
performance_team: team
data_engineers: team
leadership_team: team
directorates:
  - id: people
    name: People
    director: team
    services: [{id: libraries, name: Libraries, holder: head, deputy: officer, head: team}]
committees: [{id: scrutiny, name: Scrutiny Panel, from_post: team, contact_post: team, ambition_ids: ["1"]}]
posts:
  - {id: team, title: Performance Team, email: team@smallshire.example}
  - {id: head, title: Head of Libraries, email: head@smallshire.example}
  - {id: officer, title: Libraries Officer, email: officer@smallshire.example}
"""
_KPIS = """\
kpi_ref,valid_from,valid_to,title,directorate_id,service_id,committee_id,level,frequency,unit,direction,aggregation,ratio_multiplier,ambition_ids,part_of
1,2024-04-01,,Library visits,people,libraries,scrutiny,strategic,monthly,number,higher,sum,1,1,
2,2024-04-01,2024-07-01,Loans on time,people,libraries,,operational,monthly,%,higher,ratio,100,,
2,2024-07-01,,Loans returned on time,people,libraries,,operational,monthly,%,higher,ratio,100,,
3,2024-04-01,,Carbon emissions,people,libraries,,operational,quarterly,tonnes,lower,sum,1,,
4,2024-04-01,,Survey of readers,people,libraries,,operational,annual,%,higher,last,1,,
5,2024-04-01,,Sickness,people,libraries,,corporate,monthly,days,lower,ratio,1,,
5-A,2024-04-01,,Sickness: libraries,people,libraries,,corporate,monthly,days,lower,ratio,1,,5
"""
_TARGETS = """\
kpi_ref,valid_from,valid_to,period_kind,target
1,2024-04-01,2024-06-01,month,100
1,2024-06-01,,month,120.5
2,2024-04-01,,month,90
2,2024-04-01,,quarter,95
3,2024-04-01,,month,40
"""
_TEMPLATES = """\
kpi_ref,valid_from,collector_post,minimum,maximum,needs_numerator
1,2024-04-01,officer,0,"1,000",no
2,2024-04-01,officer,0,100,yes
"""


@pytest.fixture
def council(tmp_path: Path) -> Path:
    """The folder of a council whose files are right."""
    folder = tmp_path / "smallshire"
    folder.mkdir()
    (folder / "organisation.yaml").write_text(_PROFILE, encoding="utf-8")
    (folder / "kpis.csv").write_text(_KPIS, encoding="utf-8")
    (folder / "targets.csv").write_text(_TARGETS, encoding="utf-8")
    (folder / "data_quality_templates.csv").write_text(_TEMPLATES, encoding="utf-8")
    return folder


@pytest.fixture
def edit(council: Path) -> Callable[[str, str, str], Path]:
    """Replace one text in one of the council's files."""

    def replace(name: str, old: str, new: str) -> Path:
        path = council / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) >= 1
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return council

    return replace


@pytest.fixture(scope="session")
def sample_folder() -> Path:
    """The folder of the sample council."""
    return ORGANISATIONS / "cambridgeshire"


@pytest.fixture(scope="session")
def sample(sample_folder: Path) -> Register:
    """The sample council's register."""
    return load_register(sample_folder)


@pytest.fixture(scope="session")
def history(sample_folder: Path) -> dict[tuple[str, str], dict[str, str]]:
    """The sample council's earlier figures by KPI and month."""
    return _by_kpi_and_month(sample_folder / "history.csv")


@pytest.fixture(scope="session")
def returns(sample_folder: Path) -> dict[tuple[str, str], dict[str, str]]:
    """What the sample council's services return, by KPI and month."""
    return _by_kpi_and_month(sample_folder / "sample_returns.csv")


def _by_kpi_and_month(path: Path) -> dict[tuple[str, str], dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    by_place = {(row["kpi_ref"], row["period"]): row for row in rows}
    assert len(by_place) == len(rows), f"{path.name} names a KPI twice for one month"
    return by_place
