"""Sixty payloads go through comments, names of KPIs and names of files, for a quarter: whatever comes out holds them as text alone."""

from __future__ import annotations

import csv
import email
import email.policy
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import lxml.etree
import lxml.html
import openpyxl
import pikepdf
import pytest
from sqlalchemy import select

from e2e.browser import browse
from e2e.payloads import PAYLOADS, mark
from e2e.quarter import live_through
from page.reading import squeezed
from pmf.form.cell import clean_text
from pmf.settings import read_settings
from pmf.warehouse.engine import connect, reading
from pmf.warehouse.tables import mail_queue

pytestmark = pytest.mark.slow

SLUG = "huntingdonshire"
# A KPI is not called by what is said of it.
_FURTHER_ON = 32
# What would run, load, send or move something.
LIVE_ELEMENTS = {"script", "iframe", "object", "embed", "form", "input", "base", "math", "frame", "applet"}
LIVE_ADDRESS = re.compile(r"^\s*(?:[a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)
ACTIONS = {"/JavaScript", "/Launch", "/URI", "/GoToR", "/SubmitForm", "/ImportData"}
# The start of every /etc/passwd, and what 7 * 191 comes to.
READ_OR_RECKONED = ("root:x:0", "1337", "againagain")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A council whose KPIs are called by payloads and whose officers type them, after a quarter that ended on the site."""
    folder = tmp_path_factory.mktemp("hostile")
    councils = folder / "organisations"
    shutil.copytree(read_settings({}).organisations / SLUG, councils / SLUG)
    _edit(councils / SLUG / "kpis.csv", "title")
    _edit(councils / SLUG / "sample_returns.csv", "comment")
    _drop_files(folder / "home")
    live_through(SLUG, folder / "home", organisations=councils)
    return folder / "home"


def _edit(path: Path, column: str) -> None:
    """Write a payload into every row, the next one each time, so that all of them come up in the last quarter."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    named = [row for row in rows if column == "comment" or row["is_public"] == "yes"]
    # A public edition in which the title of an internal KPI stood, as a comment on another, would rightly not go out.
    for number, row in enumerate(named):
        same = [other for other in named if other.get("period") == row.get("period")]
        at = (number + _FURTHER_ON if column == "title" else same.index(row)) % len(PAYLOADS)
        # A register with characters that nobody sees is refused: tests/register/test_load.py.
        row[column] = PAYLOADS[at] if column == "comment" else " ".join(clean_text(PAYLOADS[at]).split())
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _drop_files(home: Path) -> None:
    """Lay files into the inbox that are called by payloads, as far as a file system has such names, and a link that leads out."""
    inbox = home / "inbox" / SLUG / "2025-04"
    inbox.mkdir(parents=True)
    for text in PAYLOADS:
        (inbox / f"{text.replace('/', '∕')}.xlsx").write_bytes(b"no workbook: " + text.encode())
    (inbox / "passwd.xlsx").symlink_to("/etc/passwd")


def test_every_payload_came_through(home: Path) -> None:
    """All sixty stand in the finished papers and scorecards, so that what follows is about all of them."""
    words = "".join(path.read_text(encoding="utf-8") for path in (home / "outbox").rglob("*.json"))
    assert [mark(number) for number in range(len(PAYLOADS)) if mark(number) not in words] == []


def test_pages_hold_them_as_text(home: Path) -> None:
    """No page has an element, attribute or address made of one; each comment can be read as it was typed."""
    pages = list(home.rglob("*.html"))
    assert len(pages) > 50
    for path in pages:
        page = lxml.html.fromstring(path.read_bytes())
        assert _live(page) == [], path
        words = page.text_content()
        assert not any(sign in words for sign in READ_OR_RECKONED), path
    papers = [path for path in pages if path.name.startswith("paper-") and "outbox" in path.parts]
    shown = squeezed(" ".join(lxml.html.fromstring(path.read_bytes()).text_content() for path in papers))
    told = squeezed(" ".join(path.with_suffix(".json").read_text(encoding="utf-8") for path in papers))
    # A workbook writes "=" that way where it must.
    typed = {text: squeezed(clean_text(text).replace("_x003D_", "=")) for number, text in enumerate(PAYLOADS) if mark(number) in told}
    assert len(typed) > 40
    assert [text for text, words in typed.items() if words not in shown] == []


def test_a_browser_runs_and_loads_nothing(home: Path) -> None:
    """Chromium opens pages of every kind without a script, a message, a question or a request of theirs."""
    kinds = {re.sub(r"[^a-z]", "", f"{path.parent.name}-{path.stem.split('-')[0]}"): path for path in sorted(home.rglob("*.html"))}
    assert len(kinds) > 5
    with browse() as browser:
        said: list[str] = []
        browser.page.on("console", lambda message: said.append(message.text))
        browser.page.on("pageerror", lambda error: said.append(str(error)))
        browser.page.on("dialog", lambda dialog: said.append(dialog.message))
        browser.page.on("request", lambda request: said.append(request.url) if request.url != asked else None)
        for path in kinds.values():
            asked = path.as_uri()
            page = browser.open(path)
            assert page.evaluate("window.pwned") is None, path
            assert page.url == asked, path
        assert said == []


def test_pdfs_hold_them_as_text(home: Path) -> None:
    """No PDF has an action, a link or a file attached, none has read a file or reckoned a sum, and the words are there."""
    paths = list(home.rglob("*.pdf"))
    assert paths
    for path in paths:
        with pikepdf.open(path) as pdf:
            live = [str(item.S) for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and item.get("/S") in ACTIONS]
            assert (live, "/EmbeddedFiles" in pdf.Root.get("/Names", {})) == ([], False), path


def test_word_files_hold_them_as_text(home: Path) -> None:
    """No Word file has a field, a macro or an address of theirs; the sums of templates are not reckoned."""
    paths = list(home.rglob("*.docx"))
    assert paths
    for path in paths:
        with zipfile.ZipFile(path) as parts:
            assert not [name for name in parts.namelist() if "vba" in name.casefold() or "embed" in name.casefold()]
            addresses = "".join(parts.read(name).decode() for name in parts.namelist() if name.endswith(".rels"))
            document = lxml.etree.fromstring(parts.read("word/document.xml"))
        assert "evil" not in addresses, path
        assert not any("canary" in (field.text or "") or "calc" in (field.text or "") for field in document.iter("{*}instrText"))
        words = "".join(element.text or "" for element in document.iter("{*}t"))
        assert not any(sign in words for sign in READ_OR_RECKONED), path


def test_spreadsheets_hold_them_as_text(home: Path) -> None:
    """No cell of theirs is a formula and none is a link: in the reports, and in every form that goes out."""
    for path in home.rglob("*.xlsx"):
        if "inbox" in path.parts:
            continue
        for sheet in openpyxl.load_workbook(path):
            cells = [cell for row in sheet.iter_rows() for cell in row if "canary" in str(cell.value) or "evil" in str(cell.value)]
            assert [cell.coordinate for cell in cells if cell.data_type != "s" or cell.hyperlink] == [], (path, sheet.title)
            assert not any("canary" in rule.formula1 for rule in sheet.data_validations.dataValidation if rule.formula1), path
    for path in home.rglob("*.ods"):
        with zipfile.ZipFile(path) as parts:
            content = lxml.etree.fromstring(parts.read("content.xml"))
        names = {name for element in content.iter() for name in element.attrib}
        assert not any(name.endswith("}formula") for name in names), path
        assert not any(LIVE_ADDRESS.match(link) for link in content.xpath("//@*[local-name()='href']")), path


def test_data_copies_hold_them_as_text(home: Path) -> None:
    """JSON is JSON, feeds are XML, and no field of a CSV file begins as a formula does."""
    for path in (home / "outbox").rglob("*.json"):
        json.loads(path.read_text(encoding="utf-8"))
    feeds = [path for path in (home / "published").rglob("*.xml") if not path.is_symlink()]
    assert feeds
    for path in feeds:
        feed = lxml.etree.parse(path)
        assert not [link for link in feed.xpath("//@href") if "javascript" in link or "evil" in link], path
    for path in (home / "outbox").rglob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                begun = [text for name, text in row.items() if name != "value" and text[:1] in {"=", "+", "-", "@", "\t", "\r"}]
                assert [text for text in begun if "canary" in text] == [], path


def test_letters_hold_them_as_text(home: Path) -> None:
    """No letter goes to anybody it should not, has a header of theirs, a file with a path for a name, or anything live in its page."""
    letters = list(_letters(home))
    assert letters
    for letter in letters:
        assert letter["Bcc"] is None
        assert not letter.defects
        assert not any("evil" in str(letter[name]) for name in ("To", "Cc", "From", "Reply-To", "Return-Path"))
        names = [part.get_filename() for part in letter.iter_attachments()]
        assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._ -]*", name or "") for name in names), names
        page = letter.get_body(("html",))
        assert page is not None
        assert _live(lxml.html.fromstring(page.get_content())) == []


def test_no_file_lies_elsewhere(home: Path) -> None:
    """What was put out is called by no payload and lies in the home folder, and what the link led to was not taken."""
    assert not Path("/tmp/pwned").exists()
    made = [path for path in home.rglob("*") if "inbox" not in path.relative_to(home).parts]
    assert not [path for path in made if "canary" in path.name]
    assert not [path for path in made if path.is_symlink() and not path.resolve().is_relative_to(home)]
    stored = [path for path in (home / "store").rglob("*") if path.is_file()]
    assert not [path for path in stored if path.read_bytes().startswith(b"root:")]


def _live(page: lxml.html.HtmlElement) -> list[str]:
    """List what of a page would do something: elements, handlers, and addresses outside the site or of scripts."""
    found = [element.tag for element in page.iter(*LIVE_ELEMENTS)]
    found += [str(element.tag) for element in page.iter("meta") if element.get("http-equiv") not in (None, "Content-Security-Policy")]
    for element in page.iter(lxml.etree.Element):
        found += [name for name in element.attrib if name.startswith("on") or name == "autofocus"]
        found += [
            value
            for name, value in element.attrib.items()
            if name in ("href", "src", "action", "xlink:href") and LIVE_ADDRESS.match(value) and not value.startswith("mailto:")
        ]
    return [item for item in found if not item.startswith(("data:image/", "http://localhost", "https://localhost"))]


def _letters(home: Path) -> Iterator[EmailMessage]:
    with reading(connect(read_settings({"PMF_HOME": str(home)}).warehouse_url)) as connection:
        contents = connection.scalars(select(mail_queue.c.content)).all()
    for content in contents:
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        yield message
