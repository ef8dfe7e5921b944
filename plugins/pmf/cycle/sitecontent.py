"""What the site says: the public KPIs' figures as every published edition printed them, and the documents that are live."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from pmf.cycle.documents import FORMAT_LABELS
from pmf.cycle.printed import committee_of, printed_kpis
from pmf.cycle.publications import live_publications
from pmf.cycle.withheld import withheld_parts
from pmf.cycle.workspace import Workspace
from pmf.period import Period, parse_month, parse_period
from pmf.rating.policy import Policy, load_policy
from pmf.register import Kpi, Register
from pmf.reporting.criteria import Fill
from pmf.reporting.disclosure.redaction import redacted
from pmf.reporting.measure import Measure
from pmf.reporting.publicsite.content import Content, Criteria, Download, Item
from pmf.reporting.publicsite.record import KpiRecord, PrintedFigure, Printing, Restatement, printed_before, printed_figure, record_of
from pmf.warehouse.engine import reading
from pmf.website.manifest import Publication


@dataclass(frozen=True)
class Published:
    """A council's publications, with what is asked of its register about them. ``sizes`` maps each stored file to its bytes."""

    workspace: Workspace
    publications: tuple[Publication, ...]
    sizes: Mapping[str, int]

    @property
    def moment(self) -> datetime:
        """When the last of them went out."""
        return max(item.published_at for item in self.publications)

    @cached_property
    def policies(self) -> dict[Period, Policy]:
        """The policy each published period is rated by."""
        profile, folder = self.workspace.profile, self.workspace.settings.policies
        periods = {parse_period(item.period) for item in self.publications}
        return {period: load_policy(folder / f"{profile.policy_id(period)}.yaml") for period in sorted(periods, key=lambda own: own.key)}

    def public(self, kpi_ref: str, period: Period) -> Kpi | None:
        """Find a KPI that is public in a period, and is so still. None: it is not, or there is none."""
        register, today = self.workspace.register, self.moment.astimezone(ZoneInfo(self.workspace.profile.timezone)).date()
        now = _in_force(register, kpi_ref, today)
        kpi = register.kpi(kpi_ref, period)
        return kpi if kpi is not None and kpi.is_public and (now is None or now.is_public) else None


def load_content(published: Published, *, contact: str, waived: frozenset[str]) -> Content:
    """Load everything the pages are made from, as known when the last publication went out."""
    workspace = published.workspace
    return Content(
        profile=workspace.profile,
        moment=published.moment,
        contact=contact,
        code_version=workspace.provenance["code_version"],
        items=tuple(_items(published)),
        kpis=tuple(_records(published)),
        criteria={period: _criteria(policy) for period, policy in published.policies.items()},
        waived=waived,
    )


def _items(published: Published) -> Iterator[Item]:
    first: dict[tuple[str, str], datetime] = {}
    for item in published.publications:
        first.setdefault((item.period, item.document_id), item.published_at)
    for item in live_publications(published.publications):
        yield Item(
            period=parse_period(item.period),
            document_id=item.document_id,
            title=item.title,
            committee_id=committee_of(published.workspace.register, item.document_id),
            made_at=item.made_at,
            first_published_at=first[item.period, item.document_id],
            published_at=item.published_at,
            downloads=tuple(_downloads(item, published.sizes)),
        )


def _downloads(item: Publication, sizes: Mapping[str, int]) -> Iterator[Download]:
    """List an edition's files in the order people look for them: as the formats are named."""
    order = list(FORMAT_LABELS)
    for format_name in sorted(item.hashes, key=lambda name: (order.index(name) if name in order else len(order), name)):
        digest = item.hashes[format_name]
        label = FORMAT_LABELS.get(format_name, format_name.upper())
        yield Download(path=document_path(item, format_name), label=label, size_bytes=sizes[digest], sha256=digest)


def document_path(item: Publication, format_name: str) -> str:
    """Name a document's file in a release."""
    return f"{item.period}/{item.document_id}.{format_name}"


def _records(published: Published) -> Iterator[KpiRecord]:
    """Put together each public KPI's published figures, in register order."""
    workspace = published.workspace
    printed: dict[str, list[PrintedFigure]] = {}
    with reading(workspace.engine) as connection:
        for item in published.publications:
            for ref, figure in _printed(published, connection, item):
                printed.setdefault(ref, []).append(figure)
        rows = workspace.read(connection, "restatements_at", as_at=published.moment)
    restated: dict[str, list[Restatement]] = {}
    guarded = {ref for ref, figures in printed.items() if any(figure.is_guarded for figure in figures)}
    for row in rows:
        if row["kpi_ref"] in guarded:  # what is said of it may speak of what is left out
            continue
        reason = row["reason"] or ("" if row["source"] == "entry" else row["comment"])
        restated.setdefault(row["kpi_ref"], []).append(Restatement(parse_month(row["period"]), row["recorded_at"], reason))
    for ref in dict.fromkeys(kpi.kpi_ref for kpi in workspace.register.kpi_versions):
        record = _record(published, ref, printed.get(ref, []), restated.get(ref, []))
        if record is not None:
            yield record


def _record(published: Published, ref: str, printed: Sequence[PrintedFigure], restated: Sequence[Restatement]) -> KpiRecord | None:
    newest = max((item.period for item in printed if item.is_own), key=lambda period: period.last_day, default=None)
    kpi = published.public(ref, newest) if newest else None
    return record_of(kpi, printed, restated) if kpi else None


def _printed(published: Published, connection: Connection, item: Publication) -> Iterator[tuple[str, PrintedFigure]]:
    """Take from the ratings an edition was made from what it printed of public KPIs, the figure before included."""
    workspace, period = published.workspace, parse_period(item.period)
    policy_id = published.policies[period].id
    rows = workspace.read(connection, "ratings_at", period=period.key, policy_id=policy_id, as_at=item.made_at)
    withheld = withheld_parts(workspace, connection, period, made_at=item.made_at)
    of_document = {kpi.kpi_ref for kpi in printed_kpis(workspace.register, period, item.document_id)}
    by = Printing(f"{item.period}/{item.document_id}", item.made_at, item.published_at)
    for row in rows:
        kpi = published.public(row["kpi_ref"], period)
        if kpi is not None and kpi.kpi_ref in of_document:
            measure = redacted(Measure(kpi, row), withheld.get(kpi.kpi_ref, frozenset()))
            yield kpi.kpi_ref, printed_figure(measure, period, by)
            before = printed_before(measure, by)
            if before is not None and published.public(kpi.kpi_ref, before.period) is not None:
                yield kpi.kpi_ref, before


def _criteria(policy: Policy) -> Criteria:
    return Criteria(policy.title, policy.criteria, tuple(Fill(band.words, band.because or "") for band in policy.declared_fills))


def _in_force(register: Register, kpi_ref: str, day: date) -> Kpi | None:
    versions: Iterable[Kpi] = register.kpi_versions
    return next((kpi for kpi in versions if kpi.kpi_ref == kpi_ref and kpi.holds_on(day)), None)
