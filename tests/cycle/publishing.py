"""A council with published papers, without the months behind them: ratings and documents as a cycle would have noted them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from cycle.council import SLUG, Council, council_at
from cycle.desk import insert
from pmf.cycle.publish import Published, publish_signed_off, sign_off_documents
from pmf.period import Month, Quarter
from pmf.store import put
from pmf.warehouse.tables import rating

Q1, Q2 = Quarter(2024, 1), Quarter(2024, 2)
PAPER = "paper-communities-social-mobility-inclusion"
HOUR = timedelta(hours=1)
START = datetime(2024, 7, 12, 6, tzinfo=UTC)
_PROVENANCE = dict.fromkeys(("code_version", "lock_digest", "register_digest", "policy_digest"), "x")


@dataclass(frozen=True)
class Publisher:
    """Notes, signs and publishes for a council; ``hours`` count from the first export."""

    council: Council

    @classmethod
    def at(cls, home: Path, organisations: Path | None = None) -> Publisher:
        return cls(council_at(home, organisations=organisations))

    def copied(self, home: Path) -> Publisher:
        """Take the whole home to another place, links and all."""
        shutil.copytree(self.council.settings.home, home, symlinks=True)
        return Publisher.at(home)

    def with_register(self, organisations: Path) -> Publisher:
        return Publisher.at(self.council.settings.home, organisations)

    @property
    def site(self) -> Path:
        return self.council.settings.published / SLUG

    @property
    def live(self) -> Path:
        return self.site / "current"

    def rate(self, kpi_ref: str, figure: str | None, status: str, *, hours: float, period: Quarter = Q1, **columns: Any) -> None:
        texts = {
            column.name: "" for column in rating.c if not column.nullable and column.name not in ("organisation", "is_provisional", "as_at")
        }
        row = texts | _PROVENANCE | {"kpi_ref": kpi_ref, "period": period.key, "policy_id": self.council.teller.profile.policy_id(period)}
        row |= {"as_at": START + hours * HOUR, "status": status, "is_provisional": False, "previous_period": period.previous.key}
        row |= {"value": None if figure is None else Decimal(figure), "target": "95", "months_used": ",".join(m.key for m in period.months)}
        insert(self.council, "rating", row | columns)

    def issue(self, *, hours: float, period: Quarter | Month = Q1, endings: tuple[str, ...] = ("html", "pdf"), **documents: str) -> None:
        for name, text in documents.items():
            for ending in endings:
                row = {
                    "period": period.key,
                    "document_id": name.replace("_", "-"),
                    "format": ending,
                    "as_at": START + hours * HOUR,
                    "title": f"Report {name}",
                    "content_hash": put(self.council.settings.store, f"<p>{text}.{ending}</p>".encode()),
                    "path": f"outbox/{name}.{ending}",
                }
                insert(self.council, "document", row | _PROVENANCE)

    def publish(self, *, hours: float, period: Quarter | Month = Q1) -> Published:
        """Sign everything off, and publish it."""
        team, settings = self.council.teller.profile.performance_team, self.council.settings
        sign_off_documents(SLUG, period, post=team, reason="Read.", as_at=START + hours * HOUR, settings=settings)
        return publish_signed_off(SLUG, period, as_at=START + (hours + 0.1) * HOUR, settings=settings)

    def paper(self, text: str, *, hours: float, period: Quarter = Q1) -> Published:
        """Issue the committee's paper and publish it an hour later."""
        self.issue(hours=hours, period=period, **{PAPER: text})
        return self.publish(hours=hours + 1, period=period)

    def restate(self, kpi_ref: str, month: Month, figure: str, reason: str, *, hours: float) -> None:
        """Enter another figure for a month, as the performance team does."""
        row = {"kpi_ref": kpi_ref, "period": month.key, "version_id": f"{kpi_ref}{hours}", "value": Decimal(figure), "reason": reason}
        row |= {"comment": "", "status": "restated", "source": "entry", "file_hash": "f" * 64, "recorded_at": START + hours * HOUR}
        insert(self.council, "observation", row | {"sequence": 0})

    def read(self, path: str) -> str:
        return (self.live / path).read_text(encoding="utf-8")

    def content(self) -> dict[str, bytes]:
        return {path.relative_to(self.live).as_posix(): path.read_bytes() for path in self.live.rglob("*") if path.is_file()}
