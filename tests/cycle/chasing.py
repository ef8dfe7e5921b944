"""A sample council that chases, whose returns come in as rows: quick enough for many mornings."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from cycle.council import SLUG, Council, lay_out_warehouse
from cycle.desk import insert
from pmf.cycle.chase import Chased, chase
from pmf.demo.story import teller
from pmf.period import Month, Quarter
from pmf.settings import read_settings
from pmf.warehouse.tables import received_file, return_release, stage_run
from table_rows import row

STEPS = [
    {"working_days": -2, "to": ["holder"]},
    {"working_days": 0, "to": ["holder"]},
    {"working_days": 1, "to": ["holder", "deputy"]},
    {"working_days": 3, "to": ["head"]},
    {"working_days": 4, "to": ["director"]},
    {"working_days": 5, "to": ["board"]},
]
BOARD = {"id": "performance-board", "name": "Performance Board", "post": "corporate-leadership-team"}


def chasing_council(home: Path, *, warehouse_url: str | None = None, edit: Callable[[dict[str, Any]], None] | None = None) -> Council:
    """Make the sample council in a home of its own, with steps to chase by and no panels; ``edit`` may change its profile further."""
    shipped = read_settings({}).organisations / SLUG
    folder = home / "organisations" / SLUG
    shutil.copytree(shipped, folder, ignore=shutil.ignore_patterns("panels.csv"))
    profile = yaml.safe_load((folder / "organisation.yaml").read_text(encoding="utf-8"))
    profile |= {"chase": STEPS, "boards": [BOARD], "escalation_board": BOARD["id"]}
    for name in ("returns_released_by", "approval_chains"):
        profile.pop(name, None)
    if edit is not None:
        edit(profile)
    (folder / "organisation.yaml").write_text(yaml.safe_dump(profile, sort_keys=False, allow_unicode=True), encoding="utf-8")
    variables = {"PMF_HOME": str(home / "var"), "PMF_ORGANISATIONS": str(folder.parent), "PMF_WAREHOUSE_URL": warehouse_url or ""}
    settings = read_settings(variables)
    lay_out_warehouse(settings)
    return Council(settings, teller(SLUG, settings, say=str))


def open_collection(council: Council, period: Month | Quarter) -> None:
    """Note that a period was opened, without writing its forms."""
    at = council.teller.profile.opens_at(period.months[-1])
    insert(council, "stage_run", row(stage_run, organisation=SLUG, period=period.key, stage="open", as_at=at, summary="{}"))


def receive(council: Council, period: Month | Quarter, service_id: str, at: datetime, **what: Any) -> str:
    """Note a file that came in, an accepted form unless ``what`` says otherwise, and give its hash."""
    service = council.teller.profile.service(service_id)
    file_hash = f"{period.key}-{service_id}-{what.get('channel', 'form')}-{at.isoformat()}"
    usual = {
        "organisation": SLUG,
        "file_hash": file_hash,
        "file_name": f"{SLUG}-{period.key}-{service_id}.xlsx",
        "received_at": at,
        "sender": service.holder,
        "inbox_period": period.key,
        "outcome": "accepted",
        "period": period.key,
        "service_id": service_id,
        "channel": "form",
        "is_late": at > council.teller.profile.deadline(period.months[-1]),
    }
    insert(council, "received_file", row(received_file, **(usual | what)))
    return file_hash


def release(council: Council, month: Month, file_hash: str, at: datetime) -> None:
    """Note that a return was released."""
    insert(council, "return_release", row(return_release, organisation=SLUG, file_hash=file_hash, period=month.key, released_at=at))


def morning(council: Council, at: datetime) -> Chased:
    """Chase once."""
    return chase(SLUG, as_at=at, settings=council.settings)


def mornings(council: Council, first: datetime, days: int) -> list[Chased]:
    """Chase at the same hour of so many days in a row, weekends and holidays too."""
    return [morning(council, first + timedelta(days=day)) for day in range(days)]
