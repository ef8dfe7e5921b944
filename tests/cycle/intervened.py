"""Huntingdonshire with ratings of one KPI and none of the months behind them: enough to open an intervention and to follow it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from sqlalchemy import select

from pmf.cycle.admission import admit, arrival
from pmf.cycle.lookinto import LookedInto, look_into_reds
from pmf.cycle.workspace import open_workspace
from pmf.form.layout import load_layout
from pmf.page.archive import rezip
from pmf.period import Month
from pmf.register import Profile, load_profile
from pmf.settings import Settings, read_settings
from pmf.warehouse.access import append_new
from pmf.warehouse.engine import open_warehouse, reading
from pmf.warehouse.tables import metadata, rating

SLUG, KPI = "huntingdonshire", "PI-09"
MAY, JUNE, JULY, AUGUST, SEPTEMBER, OCTOBER = (Month(2025, number) for number in range(5, 11))
INTERVENTION = "PI-09-2025-06"
HOLDER, HEAD, DIRECTOR = "housing-needs-manager", "head-of-housing", "corporate-director-of-communities"
COUNCILLOR = "executive-councillor-for-communities-and-housing"
COMMENT = "The hostel is closed.\nPath to green: lease eight homes. Owner: Head of Housing. By 30 September 2025."


@dataclass(frozen=True)
class Council:
    """The council in a home of its own."""

    settings: Settings

    @classmethod
    def at(cls, home: Path, *, warehouse_url: str = "") -> Council:
        return cls(read_settings({"PMF_HOME": str(home), "PMF_WAREHOUSE_URL": warehouse_url}))

    @property
    def profile(self) -> Profile:
        return load_profile(self.settings.organisations / SLUG)

    def at_cycle(self, month: Month) -> datetime:
        return self.profile.cycle_at(month)

    def rate(self, month: Month, figure: str | None, status: str, **columns: Any) -> None:
        """Note a rating of the KPI as the month's cycle would have: red beyond 130, the second in a row due a deep dive."""
        texts = {column.name: "" for column in rating.c if not column.nullable}
        row = texts | {
            "organisation": SLUG,
            "kpi_ref": KPI,
            "period": month.key,
            "policy_id": "hdc-intervention",
            "as_at": self.at_cycle(month) - timedelta(minutes=5),
            "status": status,
            "value": Decimal(figure) if figure else None,
            "target": "110",
            "target_version": "month:2025-04-01:110/130",
            "is_provisional": False,
            "months_used": month.key if figure else "",
            "previous_period": month.previous.key,
            "reds_in_a_row": 2 if status == "red" else 0,
            "is_deep_dive": status == "red",
            "comment": COMMENT,
        }
        self.insert("rating", row | columns)

    def look_into(self, month: Month, *, later: timedelta = timedelta(0)) -> LookedInto:
        return look_into_reds(SLUG, month, as_at=self.at_cycle(month) + later, settings=self.settings)

    def form(self, month: Month = JUNE) -> bytes:
        """Give the workbook of the intervention that went out with a month."""
        path = self.settings.outbox / SLUG / month.key / "interventions" / f"intervention-{INTERVENTION}.xlsx"
        return path.read_bytes()

    def send_in(self, content: bytes, *, sender: str, at: datetime) -> dict[str, Any]:
        """Send a form in from a post's own address, and give its row of ``received_file``."""
        workspace = open_workspace(SLUG, self.settings)
        (intake,) = admit(workspace, [arrival("form.xlsx", content, period=None, sender=sender)], as_at=at)
        return intake.received

    def insert(self, name: str, *rows: dict[str, Any]) -> None:
        with open_warehouse(self.settings).begin() as connection:
            append_new(connection, metadata.tables[name], rows)

    def table(self, name: str) -> list[dict[str, Any]]:
        with reading(open_warehouse(self.settings)) as connection:
            return [dict(row) for row in connection.execute(select(metadata.tables[name])).mappings()]

    def letters(self, event: str) -> list[tuple[str, str]]:
        """List who was written to at an event, with the subject."""
        rows = sorted(self.table("mail_queue"), key=lambda row: (row["queued_at"], row["recipient"]))
        return [(row["recipient"].partition("@")[0], row["subject"]) for row in rows if row["event"] == event]


def filled(form: bytes, settings: Settings, **answers: str) -> bytes:
    """Type answers into a form, each beside its item: ``cause``, ``steps``, ``head``, a month as ``m2025_07``."""
    layout = load_layout(settings.forms, "intervention-1")
    workbook = openpyxl.load_workbook(io.BytesIO(form))
    sheet = workbook[layout.form_sheet]
    typed = {name.removeprefix("m").replace("_", "-") if name.startswith("m2") else name: words for name, words in answers.items()}
    for row in range(layout.first_row, sheet.max_row + 1):
        item = str(sheet.cell(row, 4).value).partition(":")[2]
        if item in typed:
            sheet.cell(row, 3).value = typed[item]
    saved = io.BytesIO()
    workbook.save(saved)
    return rezip(saved.getvalue())
