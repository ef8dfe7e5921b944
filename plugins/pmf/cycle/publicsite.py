"""The files of a release: the published documents as they are in the store, and the site's own pages around them.

They follow from the list of publications, the warehouse as it was when each was made, register and policies: the same list
gives the same bytes, whatever has become known since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic_core import to_json

from pmf.cycle.documents import CSV
from pmf.cycle.inforce import Found, load_standing
from pmf.cycle.publications import live_publications
from pmf.cycle.sitecontent import Published, document_path, load_content
from pmf.cycle.withheld import refs_ever_withheld
from pmf.cycle.workspace import Workspace
from pmf.page.dataset import csv_metadata
from pmf.page.document import Document
from pmf.page.feed import render_feed
from pmf.page.web import Navigation, render_html
from pmf.period import Period
from pmf.reporting.publicsite.content import Content, committee_path, directorate_path, kpi_path, period_path
from pmf.reporting.publicsite.datafile import site_data
from pmf.reporting.publicsite.frontpage import TITLE, front_page, kpis_page
from pmf.reporting.publicsite.kpipage import kpi_page
from pmf.reporting.publicsite.newsfeed import site_feed
from pmf.reporting.publicsite.periodpage import committee_page, directorate_page, period_page
from pmf.reporting.publicsite.statement import accessibility_statement
from pmf.reporting.waiverpage import waivers_page
from pmf.store import get
from pmf.warehouse.engine import reading
from pmf.website.manifest import MANIFEST, Manifest, Provenance, Publication, ReleasedFile, released_file

_FRONT, _KPIS, _STATEMENT, _WAIVERS = "index.html", "kpis.html", "accessibility.html", "waivers.html"
_TEMPLATES = ("report", "site")
_SECTIONS = ((TITLE, _FRONT), ("KPIs", _KPIS), ("Accessibility", _STATEMENT))


@dataclass(frozen=True)
class SiteFiles:
    """The bytes of a release by path, its manifest left out, what the manifest says of them, and the policies they rest on."""

    contents: dict[str, bytes]
    described: tuple[ReleasedFile, ...]
    policy_digests: tuple[str, ...]

    def with_manifest(self, manifest: Manifest) -> dict[str, bytes]:
        """Add the manifest."""
        return self.contents | {MANIFEST: manifest.as_bytes()}


@dataclass(frozen=True)
class Site:
    """All that a release follows from: every publication, each period's page of waivers in the store, and the address to write to."""

    publications: tuple[Publication, ...]
    waiver_pages: Mapping[str, str]
    contact: str


def build_site(workspace: Workspace, site: Site) -> SiteFiles:
    """Build every file of a release.

    Raises:
        StoreError: when a published file is missing from the store or has changed there.
    """
    store = workspace.settings.store
    documents = list(_documents(store, site.publications))
    published = Published(workspace, site.publications, {file.sha256: file.size_bytes for file, _ in documents})
    content = load_content(published, contact=site.contact, waived=frozenset(site.waiver_pages))
    pages = {f"{period}/{_WAIVERS}": get(store, digest) for period, digest in site.waiver_pages.items()}
    pages |= dict(_pages(content, workspace.settings.templates))
    periods = {period.key for period in content.periods}
    described = [(released_file(path, page, period=_folder(path, periods)), page) for path, page in pages.items()]
    files = sorted([*documents, *described], key=lambda item: item[0].path)
    digests = dict.fromkeys(policy.digest for policy in published.policies.values())
    return SiteFiles({file.path: content for file, content in files}, tuple(file for file, _ in files), tuple(digests))


def provenance_of(workspace: Workspace, site: SiteFiles) -> Provenance:
    """Say what makes a release now."""
    return Provenance(**workspace.provenance, policy_digests=site.policy_digests)


def digest_of_templates(templates: Path) -> str:
    """Name the templates of the pages by their bytes: a council may restyle them."""
    paths = sorted(path for folder in _TEMPLATES for path in (templates / folder).rglob("*") if path.is_file())
    parts = (part for path in paths for part in (path.relative_to(templates).as_posix().encode(), path.read_bytes()))
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def waivers_file(workspace: Workspace, period: Period, *, found: Found, as_at: datetime) -> bytes | None:
    """Print the waivers that let something of a period through, those of an internal or guarded KPI left out. None: there are none.

    ``found`` is what was found in the files themselves at their publication.
    """
    with reading(workspace.engine) as connection:
        standing = load_standing(workspace, connection, period, besides=found, as_at=as_at)
        guarded = refs_ever_withheld(workspace, connection, period, by=as_at)
    titles = {kpi.kpi_ref: kpi.title for kpi in workspace.register.kpis(period) if kpi.is_public}
    used = dict.fromkeys(waiver for own in standing.waivers.values() for waiver in own)
    waivers = tuple(waiver for waiver in used if not waiver.kpi_ref or waiver.kpi_ref in titles.keys() - guarded)
    if not waivers:
        return None
    document = waivers_page(waivers, profile=workspace.profile, period=period, titles=titles, as_at=as_at)
    return _rendered(f"{period.key}/{_WAIVERS}", "", document, workspace.settings.templates)


def _documents(store: Path, publications: Iterable[Publication]) -> Iterator[tuple[ReleasedFile, bytes]]:
    for item in live_publications(publications):
        for format_name, digest in item.hashes.items():
            content = get(store, digest)
            yield released_file(document_path(item, format_name), content, period=item.period, edition=item), content


def _folder(path: str, periods: Collection[str]) -> str | None:
    folder = path.partition("/")[0]
    return folder if folder in periods else None


def _pages(content: Content, templates: Path) -> Iterator[tuple[str, bytes]]:
    for path, current, document in _site_pages(content):
        yield path, _rendered(path, current, document, templates)
    yield "feed.xml", render_feed(site_feed(content), templates=templates)
    yield "data.json", to_json(site_data(content), indent=1) + b"\n"
    for period in content.periods:
        files = (file.path.rpartition("/")[2] for item in content.items_of(period) for file in item.downloads)
        if tables := [name for name in files if name.endswith(f".{CSV}")]:
            yield f"{period.key}/csv-metadata.json", csv_metadata(tables)


def _rendered(path: str, current: str, document: Document, templates: Path) -> bytes:
    root = "../" * path.count("/")
    links = tuple((label, root + address) for label, address in _SECTIONS)
    return render_html(document, templates=templates, navigation=Navigation(links, current, f"{root}feed.xml"))


def _site_pages(content: Content) -> Iterator[tuple[str, str, Document]]:
    """List the pages: path, the label of the part of the site they belong to, and what they say."""
    yield _FRONT, TITLE, front_page(content)
    yield _KPIS, "KPIs", kpis_page(content)
    yield _STATEMENT, "Accessibility", accessibility_statement(content)
    for period in content.periods:
        yield period_path(period), TITLE, period_page(period, content)
    for committee in content.committees:
        yield committee_path(committee.id), TITLE, committee_page(committee, content)
    for directorate in content.directorates:
        yield directorate_path(directorate.id), TITLE, directorate_page(directorate, content)
    for record in content.kpis:
        yield kpi_path(record.kpi.kpi_ref), "KPIs", kpi_page(record, content)
