"""The public site: what its pages say, that they hold together, and that nothing internal is on them."""

from __future__ import annotations

import hashlib
import html
import json
import re
import shutil
from collections.abc import Iterator
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

import pytest

from cycle.council import SLUG
from cycle.desk import edited, insert, table
from cycle.publishing import HOUR, PAPER, Q1, Q2, START, Publisher
from pmf.cycle.publish import publish_signed_off
from pmf.cycle.releases import SiteError
from pmf.period import Month
from pmf.register import load_register
from pmf.store import put
from pmf.warehouse.access import replace_partition
from pmf.warehouse.engine import open_warehouse
from pmf.warehouse.tables import document, site_release
from pmf.website.manifest import read_manifest
from tampering import tampering

ATOM = "{http://www.w3.org/2005/Atom}"
CORPORATE = "C1-SP"  # a KPI of the sample that is not public


@pytest.fixture(scope="module", autouse=True)
def _unlinted() -> Iterator[None]:
    """The documents here are a few bytes each: what the linter finds in real ones is proved in tests/assurance."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("pmf.cycle.clearance.problems_of", lambda *_: ())
        yield


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Publisher:
    """Two quarters of a committee's paper are out; quarter 1 was corrected in between. For reading."""
    publisher = Publisher.at(tmp_path_factory.mktemp("site") / "home")
    publisher.rate("220", "38.4", "red", hours=0)
    publisher.rate("36", "101318", "green", hours=0, target="97000")
    publisher.rate(CORPORATE, "6.66", "green", hours=0)
    publisher.paper("Q1", hours=0)
    publisher.restate("220", Month(2024, 5), "31", "Late registrations were counted twice.", hours=10)
    publisher.rate("220", "31.2", "red", hours=11)
    publisher.rate("36", "101318", "green", hours=11, target="97000")
    publisher.paper("Q1 corrected", hours=11)
    publisher.rate("220", "97", "green", hours=2000, period=Q2, previous_value=None)
    publisher.paper("Q2", hours=2000, period=Q2)
    return publisher


@pytest.fixture
def publisher(published: Publisher, tmp_path: Path) -> Publisher:
    """The same, to go on from."""
    return published.copied(tmp_path / "home")


class Page(HTMLParser):
    """The links and the identifiers of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.sources: list[str] = []
        self.feed(text)

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.ids |= {values["id"] or ""} if "id" in values else set()
        self.links += [values["href"] or ""] if "href" in values else []
        self.sources += [values["src"] or ""] if "src" in values else []


def words(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.partition("<body")[2])).split())


def test_there_is_a_page_for_everything(published: Publisher) -> None:
    """Front page, list of KPIs, statement, each quarter, committee, directorate and KPI, feed, data and manifest; and the documents."""
    assert set(published.content()) == {
        *("index.html", "kpis.html", "accessibility.html", "feed.xml", "data.json", "manifest.json"),
        *("2024-25-Q1/index.html", "2024-25-Q2/index.html", "kpi/220.html", "kpi/36.html"),
        *("committee/communities-social-mobility-inclusion.html", "directorate/strategy-partnerships.html"),
        *(f"{period}/{PAPER}.{ending}" for period in ("2024-25-Q1", "2024-25-Q2") for ending in ("html", "pdf")),
    }


def test_every_link_leads_to_something_in_the_folder(published: Publisher) -> None:
    """All addresses are relative and resolve within the release, so that it works from a folder and under any path."""
    content = published.content()
    pages = {path: Page(text.decode()) for path, text in content.items() if path.endswith(".html") and PAPER not in path}
    assert len(pages) == 9
    for path, page in pages.items():
        assert not page.sources
        for link in page.links:
            address, _, anchor = link.partition("#")
            assert not re.match(r"[a-z]+:|/", address), f"{path}: {link}"
            target = (published.live / PurePosixPath(path).parent / address).resolve() if address else published.live.resolve() / path
            assert target.relative_to(published.live.resolve()).as_posix() in content, f"{path}: {link}"
            assert not anchor or anchor in pages[path].ids


def test_no_page_asks_for_anything_else(published: Publisher) -> None:
    """Every page forbids itself, by its own policy, to load anything or run any script, and holds none."""
    for path, text in published.content().items():
        if path.endswith(".html") and PAPER not in path:
            assert b"default-src 'none'" in text, path
            assert b"<script" not in text
            assert not re.search(rb"https?://(?!www\.w3\.org/2000/svg)", text), path


def test_a_kpi_page_shows_what_was_published_and_how_it_was_corrected(published: Publisher) -> None:
    """The figure that stands, the one printed first, the day of the correction and the reason given are all there."""
    page = words(published.read("kpi/220.html"))
    sentence = "Quarter 1 2024/25: reported 38.4%, corrected to 31.2% on 12 July 2024, because: Late registrations were counted twice."
    assert sentence in page
    assert "31.2% first published as 38.4%" in page
    assert "97.0%" in page
    assert f"220 Registrations - All deaths registered within 5 days. {sentence}" in words(published.read("2024-25-Q1/index.html"))
    assert "No published figure of this KPI has been corrected." in words(published.read("kpi/36.html"))


def test_a_correction_that_only_a_later_paper_printed_is_shown(publisher: Publisher) -> None:
    """What the next quarter's paper gives as the figure before, and nobody had read so far, is a correction of that quarter."""
    columns = {"previous_value": Decimal(32), "previous_status": "red", "previous_target": "95"}
    publisher.rate("220", "96", "green", hours=2100, period=Q2, **columns)
    publisher.paper("Q2 corrected", hours=2100, period=Q2)
    page = words(publisher.read("kpi/220.html"))
    assert "Quarter 1 2024/25: reported 31.2%, corrected to 32.0% on 7 October 2024. No reason is recorded." in page
    assert "Quarter 2 2024/25: reported 97.0%, corrected to 96.0% on 7 October 2024. No reason is recorded." in page


def test_pages_say_nothing_that_was_not_published(publisher: Publisher) -> None:
    """A figure rated since, and not published yet, is nowhere; pages speak of the moment of the last publication."""
    publisher.rate("220", "12.3", "red", hours=3000, period=Q2)
    publish_signed_off(SLUG, Q2, as_at=START + 3001 * HOUR, settings=publisher.council.settings)
    assert not [path for path, text in publisher.content().items() if b"12.3%" in text]
    assert "as published up to 3 October 2024" in words(publisher.read("index.html"))


def test_internal_kpis_are_nowhere_on_the_site(published: Publisher) -> None:
    """Neither number, title nor figure of a KPI that is not public is in any file, though it is rated like the others."""
    register = load_register(published.council.settings.organisations / SLUG)
    internal = [kpi for kpi in register.kpi_versions if not kpi.is_public]
    assert CORPORATE in {kpi.kpi_ref for kpi in internal}
    public_titles = {kpi.title for kpi in register.kpi_versions if kpi.is_public}
    for path, text in published.content().items():
        for kpi in internal:
            assert not re.search(rf"(?<![\w-]){re.escape(kpi.kpi_ref)}(?![\w-])".encode(), text), f"{path}: {kpi.kpi_ref}"
            assert kpi.title in public_titles or kpi.title.encode() not in text, f"{path}: {kpi.title}"
        assert b"6.66" not in text


def test_an_internal_edition_does_not_go_out(publisher: Publisher) -> None:
    """A directorate's scorecard is signed off in both editions: the public one is on the site, nothing of the internal one is."""
    publisher.issue(
        hours=2, period=Month(2024, 4), scorecard_strategy_partnerships="open", scorecard_strategy_partnerships_internal="secret"
    )
    published = publisher.publish(hours=3, period=Month(2024, 4))
    assert (published.published, published.waiting, published.blocked) == (1, (), {})
    pdfs = {path.name for path in (publisher.live / "2024-04").iterdir() if path.suffix == ".pdf"}
    assert pdfs == {"scorecard-strategy-partnerships.pdf"}
    assert not [path for path, text in publisher.content().items() if b"secret" in text]


def test_a_kpi_that_is_public_no_longer_leaves_the_pages(publisher: Publisher, tmp_path: Path) -> None:
    """Once the register calls a KPI internal, the next release has no page, row or value of it; what was printed stays printed."""
    changed = publisher.with_register(edited(tmp_path, kpis=lambda text: "\n".join(map(_internal_220, text.split("\n")))))
    publish_signed_off(SLUG, Q2, as_at=START + 3000 * HOUR, settings=changed.council.settings)
    assert not (changed.live / "kpi" / "220.html").exists()
    assert "All deaths" not in "".join(text.decode() for path, text in changed.content().items() if PAPER not in path)
    assert (changed.live / "2024-25-Q2" / f"{PAPER}.html").read_text(encoding="utf-8") == "<p>Q2.html</p>"


def _internal_220(line: str) -> str:
    cells = line.split(",")
    if cells[0] != "220":
        return line
    # is_public is the last yes/no of the row.
    last_yes = max(place for place, cell in enumerate(cells) if cell == "yes")
    return ",".join([*cells[:last_yes], "no", *cells[last_yes + 1 :]])


def test_a_waiver_of_an_internal_kpi_stays_inside(publisher: Publisher) -> None:
    """The page of waivers names those of public KPIs alone."""
    key = {"period": Q2.key, "point": "ratings", "as_at": START + 2200 * HOUR}
    counts = dict.fromkeys(("due", "returned", "withheld", "failed", "flagged"), 0)
    texts = {"outcome": "flag", "reason": "", "withheld_refs": "[]", "results": "{}", "register_digest": "x"}
    insert(publisher.council, "validation_run", key | counts | texts)
    for ref in ("220", CORPORATE):
        said = {"finding_id": ref, "rule_id": "commentary.red_without_comment", "severity": "warning", "scope": "publication"}
        said |= {"dimension": "completeness", "kpi_ref": ref, "message": "No comment.", "fix": "Explain it.", "is_waived": False}
        insert(publisher.council, "finding", key | said)
        waiver = {"period": Q2.key, "rule_id": "commentary.red_without_comment", "kpi_ref": ref, "granted_at": START + 2200 * HOUR}
        waiver |= {"post": "governance-and-performance-team", "reason": f"About {ref}.", "expires_at": START + 9000 * HOUR}
        insert(publisher.council, "waiver", waiver)
    publisher.paper("Q2 corrected", hours=2300, period=Q2)
    page = words(publisher.read("2024-25-Q2/waivers.html"))
    assert "About 220." in page
    assert CORPORATE not in page
    assert "waivers.html" in publisher.read("2024-25-Q2/index.html")


def test_the_feed_is_atom(published: Publisher) -> None:
    """RFC 4287: id, title and updated everywhere, ids of their own, updated at the moment of publication, links that lead somewhere."""
    feed = ElementTree.fromstring(published.read("feed.xml"))  # noqa: S314 - our own
    assert feed.tag == f"{ATOM}feed"
    assert feed.find(f"{ATOM}author/{ATOM}name").text == "Cambridgeshire County Council"
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.find(f"{ATOM}updated").text for entry in entries] == ["2024-10-03T15:06:00Z", "2024-07-12T18:06:00Z"]
    assert feed.find(f"{ATOM}updated").text == "2024-10-03T15:06:00Z"
    assert [entry.find(f"{ATOM}title").text.startswith("Corrected: ") for entry in entries] == [False, True]
    ids = [item.find(f"{ATOM}id").text for item in (feed, *entries)]
    assert len(set(ids)) == 3
    assert all(found.startswith("urn:uuid:") for found in ids)
    for entry in entries:
        assert (published.live / entry.find(f"{ATOM}link").get("href")).is_file()


def test_the_data_file_holds_the_published_history(published: Publisher) -> None:
    """Values as printed, targets, statuses, corrections and the hash of every document are there for programs."""
    data = json.loads(published.read("data.json"))
    record = next(kpi for kpi in data["kpis"] if kpi["kpi"] == "220")
    assert [(found["period"], found["value"], found["status"]) for found in record["history"]] == [
        ("2024-25-Q2", "97.0", "green"),
        ("2024-25-Q1", "31.2", "red"),
    ]
    (correction,) = record["history"][1]["corrections"]
    assert (correction["from"]["value"], correction["because"]) == ("38.4", "Late registrations were counted twice.")
    hashes = read_manifest(published.read("manifest.json")).hashes
    for period in data["periods"]:
        for file in (file for item in period["documents"] for file in item["files"]):
            assert hashes[file["path"]] == file["sha256"]


def test_each_release_names_the_one_before_and_all_it_is_made_of(published: Publisher) -> None:
    """Three publications are three releases in a chain, each recorded in the warehouse as it is on disk."""
    rows = sorted(table(published.council, "site_release"), key=lambda row: row["number"])
    manifests = [read_manifest(row["manifest"]) for row in rows]
    assert [manifest.previous for manifest in manifests] == [None, rows[0]["digest"], rows[1]["digest"]]
    for row, manifest in zip(rows, manifests, strict=True):
        folder = published.site / ".releases" / row["digest"]
        assert (folder / "manifest.json").read_text(encoding="utf-8") == row["manifest"]
        assert manifest.digest == row["digest"]
        assert {file.path for file in manifest.files} | {"manifest.json"} == {
            path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
        }
    last = manifests[-1]
    paper = next(file for file in last.files if file.path == f"2024-25-Q1/{PAPER}.pdf")
    assert (paper.document_id, paper.period, paper.format, paper.as_at) == (PAPER, Q1.key, "pdf", START + 11 * HOUR)
    assert [(item.period, item.made_by.code_version) for item in last.publications] == [(Q1.key, "x"), (Q1.key, "x"), (Q2.key, "x")]


def test_a_site_of_the_older_layout_moves_over_at_its_next_publication(tmp_path: Path) -> None:
    """Documents published before there were releases of the whole site are in the new one, and at their old address."""
    publisher = Publisher.at(tmp_path / "home")
    publisher.rate("220", "38.4", "red", hours=0)
    publisher.paper("Q1", hours=0)
    _make_old(publisher)
    old = publisher.site / Q1.key
    assert {path.name for path in old.iterdir()} == {f"{PAPER}.html", f"{PAPER}.pdf"}
    publisher.paper("Q2", hours=2000, period=Q2)
    assert (publisher.live / Q1.key / f"{PAPER}.html").read_text(encoding="utf-8") == "<p>Q1.html</p>"
    assert (old / f"{PAPER}.pdf").read_text(encoding="utf-8") == "<p>Q1.pdf</p>"
    assert old.readlink() == Path("current") / Q1.key
    assert len(list((publisher.site / ".releases").iterdir())) == 2
    assert "38.4%" in publisher.read("kpi/220.html")


def _make_old(publisher: Publisher) -> None:
    """Turn a site into what an older pmf left: a release for each period, and no record of it."""
    files = {f"{PAPER}.{ending}": f"<p>Q1.{ending}</p>".encode() for ending in ("html", "pdf")}
    digest = hashlib.sha256(b"".join(name.encode() + b"\0" + hashlib.sha256(files[name]).digest() for name in sorted(files)))
    shutil.rmtree(publisher.site)
    folder = publisher.site / ".releases" / f"{Q1.key}-{digest.hexdigest()[:16]}"
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    (publisher.site / Q1.key).symlink_to(Path(".releases") / folder.name)
    with tampering(open_warehouse(publisher.council.settings)) as connection:
        connection.execute(site_release.delete())


def test_a_warehouse_older_than_the_site_publishes_nothing(publisher: Publisher) -> None:
    """Where the live release is not on record, as after restoring an old backup, publishing is refused and the site stays."""
    before = publisher.content()
    with tampering(open_warehouse(publisher.council.settings)) as connection:
        connection.execute(site_release.delete().where(site_release.c.number == 3))
    with pytest.raises(SiteError, match="which the warehouse does not know"):
        publisher.paper("Q2 again", hours=2500, period=Q2)
    assert publisher.content() == before


def test_a_paper_made_again_at_the_same_moment_does_not_slip_in(publisher: Publisher) -> None:
    """An export repeated with the same clock and other bytes replaces its row; what is live stays what was signed."""
    at = START + 2000 * HOUR
    with open_warehouse(publisher.council.settings).begin() as connection:
        for row in table(publisher.council, "document", as_at=at):
            key = {name: row[name] for name in ("organisation", "period", "document_id", "format", "as_at")}
            replace_partition(connection, document, key, [row | {"content_hash": put(publisher.council.settings.store, b"unsigned")}])
    publisher.paper("Q1 again", hours=2100)
    assert (publisher.live / Q2.key / f"{PAPER}.html").read_text(encoding="utf-8") == "<p>Q2.html</p>"


def test_what_came_out_of_a_workbook_is_text_on_every_page(publisher: Publisher) -> None:
    """Markup in a KPI's title or in a reason is printed, in pages and feed, and never read as markup."""
    publisher.restate("36", Month(2024, 4), "5", "<img src=x onerror=alert(1)>", hours=2050)
    publisher.rate("36", "5", "red", hours=2060, target="97000")
    publisher.paper("<b>", hours=2060)
    page = publisher.read("kpi/36.html")
    assert "<img" not in page
    assert "because: <img src=x onerror=alert(1)>." in words(page.replace("&lt;", "‹").replace("&gt;", "›")).replace("‹", "<").replace(
        "›", ">"
    )
