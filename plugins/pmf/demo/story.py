"""The story of the sample: six months opened, returned and cycled, two quarters exported, all through Airflow.

Each step is a DAG run in this process with the business clock of 2024, so that the sample is on time in any year. Told
twice, the story changes no byte and sends no mail: the runs repeat, and what was received is received already.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pmf.cycle.asked import form_file_name
from pmf.cycle.askingsignoff import ask_for_sign_off
from pmf.cycle.blankforms import FORM_VERSIONS
from pmf.cycle.history import import_history
from pmf.cycle.publish import NothingToSignError, sign_off_documents
from pmf.cycle.rate import rate_quarters, rate_year
from pmf.cycle.report import report_year
from pmf.cycle.template_signing import sign_templates
from pmf.demo.officers import fill_in
from pmf.demo.questions import put_questions
from pmf.demo.sample import Incident, Line, Sample, load_sample
from pmf.form.layout import Layout, load_layout
from pmf.form.model import Kind
from pmf.orchestration.inprocess import RunResult, is_known_run, run_dag
from pmf.orchestration.restart import cycles_to_start
from pmf.period import FinancialYear, Month, Quarter
from pmf.register import Profile, load_profile
from pmf.register.template import DECLARATION
from pmf.settings import Settings
from pmf.store import place

# Officers send their forms in some hours before the deadline.
_BEFORE_DEADLINE = timedelta(hours=3)
_SIGN_OFF_REASON = "Demonstration sign-off of the sample council"


class StoryError(Exception):
    """The product did not do what the story tells."""


@dataclass(frozen=True)
class Step:
    """A DAG run of the story: what it was about, its business clock, and how it ended."""

    title: str
    period: Month | Quarter
    as_at: datetime
    result: RunResult


@dataclass(frozen=True)
class Teller:
    """Tells the story of one council. ``say`` is called with each step before it begins."""

    profile: Profile
    sample: Sample
    layouts: Mapping[Kind, Layout]
    settings: Settings
    say: Callable[[str], None]

    def tell(self) -> Iterator[Step]:
        """Live through the sample's months and quarters in order, giving each cycle and export as it ends."""
        months = self.sample.months
        self.say("Importing earlier history")
        folder = self.settings.organisations / self.profile.slug
        import_history(self.profile.slug, folder / "history.csv", as_at=self.profile.opens_at(months[0]), settings=self.settings)
        self._report_year(months[0].financial_year.previous, at=self.profile.opens_at(months[0]))
        for month in months:
            yield from self.month(month)
            if month == month.quarter.months[-1]:
                yield from self._quarter(month.quarter)

    def _report_year(self, year: FinancialYear, *, at: datetime) -> None:
        """Rate and report the year before the sample's first month, whose figures are all in the earlier history."""
        self.say(f"{year.label}: the annual report")
        for verb in (rate_quarters, rate_year, report_year):
            verb(self.profile.slug, year, as_at=at, settings=self.settings)

    def month(self, month: Month) -> Iterator[Step]:
        """Open a month, send in its returns and run its cycle, then again for each return that is corrected later."""
        if month in (self.sample.months[0], month.financial_year.months[0]):
            self.sign_templates(month)
        self._run("collection_round", month, self.profile.opens_at(month), f"{month.label}: opening collection")
        if month == self.sample.months[0]:
            self._chase(month)
        delivered_at = self.profile.deadline(month) - _BEFORE_DEADLINE
        self.deliver(month, [service.id for service in self.profile.services], at=delivered_at)
        self.deliver_panels(month, at=delivered_at)
        self.deliver_actions(month, at=delivered_at)
        self._run("inbox", month, delivered_at, f"{month.label}: taking returns in")
        cycle_at = self.profile.cycle_at(month)
        result = self._run("monthly_cycle", month, cycle_at, f"{month.label}: collect, validate, rate, report")
        yield Step("Monthly cycle", month, cycle_at, result)
        for incident in self.sample.corrections(month):
            yield from self._correct(month, incident)

    def sign_templates(self, month: Month) -> None:
        """Have every service's holder sign the data-quality templates that are not signed yet, before the month is collected."""
        for holder in dict.fromkeys(service.holder for service in self.profile.services):
            sign_templates(
                self.profile.slug,
                month.financial_year,
                kpi_refs=None,
                post=holder,
                as_at=self.profile.opens_at(month),
                settings=self.settings,
                declaration=f"{_SIGN_OFF_REASON}: {DECLARATION}",
            )

    def _chase(self, month: Month) -> None:
        """Remind whoever has not returned on the first day the council does: in the sample's first month nobody has by then."""
        for step in self.profile.chase[:1]:
            day = self.profile.working_calendar.add_working_days(self.profile.deadline(month).date(), step.working_days)
            at = self.profile.opens_at(month).replace(year=day.year, month=day.month, day=day.day)
            self._run("chase", month, at, f"{month.label}: reminding who has not returned")

    def deliver(self, month: Month, service_ids: Iterable[str], *, at: datetime, corrected: bool = False) -> None:
        """Fill in the forms that lie in the outbox and put them into the inbox, as officers would."""
        slug = self.profile.slug
        forms = self.settings.outbox / slug / month.key / "forms"
        for service_id in service_ids:
            form = forms / form_file_name(slug, service_id, month)
            if form.exists():
                lines = self.sample.lines[month] if corrected else self.sample.first_typed(month, service_id)
                self._put(month, f"{form.stem}{'-corrected' if corrected else ''}.xlsx", form.read_bytes(), lines, at)

    def deliver_panels(self, month: Month, *, at: datetime) -> None:
        """Fill in the forms of risk, finance and change that went out with the month."""
        slug = self.profile.slug
        forms = self.settings.outbox / slug / month.key / "forms"
        for service in self.profile.services:
            form = forms / form_file_name(slug, service.id, month, kind=Kind.PANELS)
            if form.exists() and month in self.sample.panels:
                self._put(month, form.name, form.read_bytes(), self.sample.panels[month], at, kind=Kind.PANELS)

    def deliver_actions(self, month: Month, *, at: datetime) -> None:
        """Fill in the forms of plan actions that went out with the month that ends a quarter."""
        slug, quarter = self.profile.slug, month.quarter
        forms = self.settings.outbox / slug / month.key / "forms"
        for service in self.profile.services:
            form = forms / form_file_name(slug, service.id, quarter)
            if form.exists() and quarter in self.sample.actions:
                self._put(month, form.name, form.read_bytes(), self.sample.actions[quarter], at, kind=Kind.ACTIONS)

    def _put(self, month: Month, name: str, form: bytes, lines: Mapping[str, Line], at: datetime, *, kind: Kind = Kind.KPIS) -> None:
        path = self.settings.inbox / self.profile.slug / month.key / name
        place(path, fill_in(form, lines, layout=self.layouts[kind]))
        os.utime(path, (at.timestamp(), at.timestamp()))

    def _correct(self, month: Month, incident: Incident) -> Iterator[Step]:
        """Send a corrected return in; the inbox then starts the month's cycle again, as it would under a scheduler."""
        at = incident.corrected_at or incident.delivered_at
        self.deliver(month, [incident.service_id], at=at, corrected=True)
        self._run("inbox", month, at, f"{month.label}: a corrected return from {self.profile.service(incident.service_id).name}")
        (cycle,) = cycles_to_start([{"period": month.key, "as_at": at.isoformat()}])
        dag_id, logical_date = f"{self.profile.slug}_monthly_cycle", datetime.fromisoformat(cycle["logical_date"])
        if not is_known_run(dag_id, logical_date):
            raise StoryError(f"{month.label}: the inbox did not start the cycle again after the return of {at:%-d %B %Y}")
        self.say(f"{month.label}: the cycle again, started by the inbox")
        result = run_dag(dag_id, logical_date=logical_date, conf=cycle["conf"])
        yield Step("Corrected cycle", month, at, result)

    def _quarter(self, quarter: Quarter) -> Iterator[Step]:
        slug, as_at = self.profile.slug, self.profile.export_at(quarter)
        put_questions(slug, until=as_at, settings=self.settings)
        result = self._run("quarterly_export", quarter, as_at, f"{quarter.label.capitalize()}: committee papers")
        yield Step("Quarterly export", quarter, as_at, result)
        ask_for_sign_off(slug, as_at=as_at, settings=self.settings)
        signed_at = as_at + timedelta(hours=4)
        try:
            sign_off_documents(
                slug, quarter, post=self.profile.performance_team, reason=_SIGN_OFF_REASON, as_at=signed_at, settings=self.settings
            )
        except NothingToSignError:
            # A council without committees, or an export that failed and is shown as failed: there is nothing to publish.
            self.say(f"{quarter.label.capitalize()}: no papers to sign off")
            return
        result = self._run("publication", quarter, signed_at, f"{quarter.label.capitalize()}: publication of what is signed off")
        yield Step("Publication", quarter, signed_at, result)
        self._watch(quarter)
        if quarter == self.sample.months[0].quarter:
            self._follow_up(quarter)

    def _watch(self, quarter: Quarter) -> None:
        """Watch the calendar the morning after, as every working morning would: every date of these papers was kept."""
        self._run("calendar", quarter, self._morning_after(quarter), f"{quarter.label.capitalize()}: the calendar of meetings")

    def _follow_up(self, quarter: Quarter) -> None:
        """Follow up on queries the morning after the export, as every working morning would: what nobody answered is the board's."""
        self._run("queries", quarter, self._morning_after(quarter), f"{quarter.label.capitalize()}: queries that nobody has answered")

    def _morning_after(self, quarter: Quarter) -> datetime:
        exported_at = self.profile.export_at(quarter)
        day = self.profile.working_calendar.add_working_days(exported_at.date(), 1)
        return exported_at.replace(year=day.year, month=day.month, day=day.day)

    def _run(self, dag: str, period: Month | Quarter, as_at: datetime, title: str) -> RunResult:
        self.say(title)
        conf = (
            {"as_at": as_at.isoformat()}
            if dag in ("inbox", "chase", "queries", "calendar")
            else {"period": period.key, "as_at": as_at.isoformat()}
        )
        return run_dag(f"{self.profile.slug}_{dag}", logical_date=as_at, conf=conf)


def teller(organisation: str, settings: Settings, *, say: Callable[[str], None]) -> Teller:
    """Prepare to tell the story of a council that has a sample in its folder."""
    folder: Path = settings.organisations / organisation
    return Teller(
        profile=load_profile(folder, overlay=settings.overlay),
        sample=load_sample(folder),
        layouts={kind: load_layout(settings.forms, version) for kind, version in FORM_VERSIONS.items()},
        settings=settings,
        say=say,
    )
