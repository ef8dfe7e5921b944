"""A council's quarter without Airflow, for those who look at what comes out of it: every kind of page, PDF and mail."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from pmf.cycle.boardlist import escalate_queries
from pmf.cycle.calendarwatch import watch_calendar
from pmf.cycle.collect import collect_month, scan_inbox
from pmf.cycle.history import import_history
from pmf.cycle.open import open_month
from pmf.cycle.publish import publish_signed_off, sign_off_documents
from pmf.cycle.rate import rate_month, rate_quarter, rate_quarters, rate_year
from pmf.cycle.report import export_papers, report_month, report_year
from pmf.cycle.validate import validate_ratings, validate_returns
from pmf.cycle.waiving import waive
from pmf.demo.story import Teller, teller
from pmf.period import FinancialYear, Month, Quarter
from pmf.settings import Settings, read_settings
from pmf.warehouse.engine import connect, reading
from pmf.warehouse.tables import finding


def live_through(slug: str, home: Path, *, publishes: bool = True, organisations: Path | None = None) -> Settings:
    """Live through the last three months of a council's sample: returns, the last month's cycle, the quarter's papers.

    With ``publishes`` figures are validated too, a finding is waived and the site is made; without, only what is rated is printed.
    ``organisations`` (None: the shipped ones) is the folder of councils' folders.
    """
    settings = read_settings({"PMF_HOME": str(home), "PMF_ORGANISATIONS": str(organisations or "")})
    told = teller(slug, settings, say=str)
    months = told.sample.months[-3:]
    quarter = months[-1].quarter
    import_history(slug, settings.organisations / slug / "history.csv", as_at=told.profile.opens_at(months[0]), settings=settings)
    _report_year(told, quarter.financial_year.previous, at=told.profile.opens_at(months[0]))
    told.sign_templates(months[0])
    for month in months:
        _collect(told, month)
    at = told.profile.cycle_at(months[-1])
    if publishes:
        validate_returns(slug, months[-1], as_at=at, settings=settings)
    rate_month(slug, months[-1], as_at=at, settings=settings)
    report_month(slug, months[-1], as_at=at, settings=settings)
    at = told.profile.export_at(quarter)
    rate_quarter(slug, quarter, as_at=at, settings=settings)
    if publishes:
        at = _waive(told, quarter, at)
    export_papers(slug, quarter, as_at=at, settings=settings)
    if publishes:
        _publish(told, quarter, at=at)
    return settings


def _report_year(told: Teller, year: FinancialYear, *, at: datetime) -> None:
    """Rate and report the year before, which the imported history holds."""
    for verb in (rate_quarters, rate_year, report_year):
        verb(told.profile.slug, year, as_at=at, settings=told.settings)


def _collect(told: Teller, month: Month) -> None:
    slug, settings = told.profile.slug, told.settings
    open_month(slug, month, as_at=told.profile.opens_at(month), settings=settings)
    delivered = told.profile.deadline(month) - timedelta(hours=3)
    told.deliver(month, [service.id for service in told.profile.services], at=delivered)
    told.deliver_panels(month, at=delivered)
    told.deliver_actions(month, at=delivered)
    scan_inbox(slug, as_at=delivered, settings=settings)
    collect_month(slug, month, as_at=told.profile.cycle_at(month), settings=settings)


def _waive(told: Teller, quarter: Quarter, at: datetime) -> datetime:
    """Validate, waive the first finding there is, so that there is a page of waivers, and validate again; return when that was."""
    slug, settings = told.profile.slug, told.settings
    validate_ratings(slug, quarter, as_at=at, settings=settings)
    found = select(finding.c.rule_id, finding.c.kpi_ref).where(finding.c.period == quarter.key).order_by(finding.c.finding_id)
    with reading(connect(settings.warehouse_url)) as connection:
        first = connection.execute(found).mappings().first()
    assert first
    post, until = told.profile.performance_team, at.date() + timedelta(days=60)
    waive(slug, quarter, **first, post=post, reason="It was looked into.", until=until, as_at=at, settings=settings)
    at += timedelta(hours=1)
    validate_ratings(slug, quarter, as_at=at, settings=settings)
    escalate_queries(slug, as_at=at, settings=settings)
    return at


def _publish(told: Teller, quarter: Quarter, *, at: datetime) -> None:
    slug, settings, post = told.profile.slug, told.settings, told.profile.performance_team
    sign_off_documents(slug, quarter, post=post, reason="Read and agreed.", as_at=at + timedelta(hours=1), settings=settings)
    publish_signed_off(slug, quarter, as_at=at + timedelta(hours=2), settings=settings)
    watch_calendar(slug, as_at=at + timedelta(hours=3), settings=settings)
