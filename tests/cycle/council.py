"""A council at work without Airflow: the verbs of its months, one after the other."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import make_url

from pmf.cycle.collect import Collected, Scanned, collect_month, scan_inbox
from pmf.cycle.history import import_history
from pmf.cycle.open import open_month
from pmf.cycle.rate import rate_month
from pmf.cycle.report import report_month
from pmf.cycle.send import send_mail
from pmf.cycle.validate import Validated, validate_ratings, validate_returns
from pmf.demo.story import Teller, teller
from pmf.period import Month
from pmf.settings import Settings, read_settings
from pmf.warehouse.access import dump
from pmf.warehouse.engine import connect, migrate

SLUG = "cambridgeshire"


@dataclass(frozen=True)
class Council:
    """The sample council in a home of its own."""

    settings: Settings
    teller: Teller

    def begin(self) -> None:
        first = self.teller.sample.months[0]
        folder = self.settings.organisations / SLUG
        import_history(SLUG, folder / "history.csv", as_at=self.teller.profile.opens_at(first), settings=self.settings)
        self.teller.sign_templates(first)

    def open(self, month: Month) -> None:
        open_month(SLUG, month, as_at=self.teller.profile.opens_at(month), settings=self.settings)

    def deliver(self, month: Month, *, corrected: bool = False) -> None:
        at = self.teller.profile.deadline(month) - timedelta(hours=3)
        self.teller.deliver(month, [service.id for service in self.teller.profile.services], at=at, corrected=corrected)
        self.teller.deliver_panels(month, at=at)
        self.teller.deliver_actions(month, at=at)

    def scan(self, month: Month) -> Scanned:
        return scan_inbox(SLUG, as_at=self.teller.profile.deadline(month) - timedelta(hours=3), settings=self.settings)

    def collect(self, month: Month) -> Collected:
        return collect_month(SLUG, month, as_at=self.teller.profile.cycle_at(month), settings=self.settings)

    def validate(self, month: Month) -> Validated:
        return validate_returns(SLUG, month, as_at=self.teller.profile.cycle_at(month), settings=self.settings)

    def rate(self, month: Month) -> None:
        rate_month(SLUG, month, as_at=self.teller.profile.cycle_at(month), settings=self.settings)

    def validate_ratings(self, month: Month) -> Validated:
        return validate_ratings(SLUG, month, as_at=self.teller.profile.cycle_at(month), settings=self.settings)

    def report(self, month: Month) -> None:
        report_month(SLUG, month, as_at=self.teller.profile.cycle_at(month), settings=self.settings)

    def send(self, month: Month) -> int:
        return send_mail(SLUG, as_at=self.teller.profile.cycle_at(month), settings=self.settings).sent

    def whole_month(self, month: Month) -> Validated:
        self.open(month)
        self.deliver(month)
        self.scan(month)
        self.collect(month)
        validated = self.validate(month)
        if validated.outcome != "fail":
            self.rate(month)
            self.validate_ratings(month)
            self.report(month)
        self.send(month)
        return validated

    def state(self) -> tuple[str, dict[str, str]]:
        """All rows of the warehouse and the hash of every file; databases' own files and half-written ones left out."""
        home = self.settings.home
        files = {
            str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(home.rglob("*"))
            if path.is_file() and not path.name.startswith(("warehouse.db", ".tmp-"))
        }
        return dump(connect(self.settings.warehouse_url)), files


def council_at(home: Path, *, warehouse_url: str | None = None, organisations: Path | None = None, **variables: str) -> Council:
    """Make the sample council in a home; the warehouse is SQLite under it unless a URL says otherwise.

    ``organisations`` (None: the shipped ones) is the folder of councils' folders, ``variables`` more of the environment.
    """
    named = {"PMF_HOME": str(home), "PMF_WAREHOUSE_URL": warehouse_url or "", "PMF_ORGANISATIONS": str(organisations or "")}
    settings = read_settings(named | variables)
    lay_out_warehouse(settings)
    return Council(settings, teller(SLUG, settings, say=str))


def lay_out_warehouse(settings: Settings) -> None:
    """Put a migrated warehouse without rows where an installation on SQLite has none yet: migrating takes long, copying does not."""
    url = make_url(settings.warehouse_url)
    if url.get_backend_name() == "sqlite" and not (path := Path(str(url.database))).exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_migrated_warehouse())


@cache
def _migrated_warehouse() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "warehouse.db"
        migrate(connect(f"sqlite:///{path}"), read_settings({}).sql)
        return path.read_bytes()
