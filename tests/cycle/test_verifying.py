"""Verify names whatever is not as it was published; rebuild makes a release again, byte for byte."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from cycle.council import SLUG, Council
from cycle.desk import edited, table
from cycle.publishing import HOUR, PAPER, Q2, START, Publisher
from pmf.cli import app
from pmf.cycle.publish import publish_signed_off
from pmf.cycle.releases import SiteError
from pmf.cycle.verifying import Rebuilt, rebuild_release, verify_published
from pmf.period import Month
from pmf.store import StoreError, address
from pmf.warehouse.engine import open_warehouse
from pmf.warehouse.tables import site_release
from tampering import tampering


@pytest.fixture(scope="module", autouse=True)
def _unlinted() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("pmf.cycle.clearance.problems_of", lambda *_: ())
        yield


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Publisher:
    """Two releases: quarter 1, and quarter 2 after it."""
    publisher = Publisher.at(tmp_path_factory.mktemp("verify") / "home")
    publisher.rate("220", "38.4", "red", hours=0)
    publisher.paper("Q1", hours=0)
    publisher.rate("220", "97", "green", hours=2000, period=Q2)
    publisher.paper("Q2", hours=2000, period=Q2)
    return publisher


@pytest.fixture
def publisher(published: Publisher, tmp_path: Path) -> Publisher:
    return published.copied(tmp_path / "home")


def releases(publisher: Publisher) -> list[str]:
    return [row["digest"] for row in sorted(table(publisher.council, "site_release"), key=lambda row: row["number"])]


def faults(publisher: Publisher) -> list[str]:
    return [str(fault) for fault in verify_published(SLUG, settings=publisher.council.settings).faults]


def folder(publisher: Publisher, number: int) -> Path:
    return publisher.site / ".releases" / releases(publisher)[number]


def altered(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b" ")


def test_a_site_nobody_touched_has_no_fault(published: Publisher) -> None:
    """Both releases and all their files are as published, though the files they share are one on disk."""
    found = verify_published(SLUG, settings=published.council.settings)
    assert found.faults == ()
    assert found.releases == 2
    assert found.live == releases(published)[-1]
    assert found.files == sum(path.is_file() for path in (published.site / ".releases").rglob("*"))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda live: altered(live / "index.html"), "index.html: altered"),
        (lambda live: (live / "kpi" / "220.html").unlink(), "kpi/220.html: missing"),
        (lambda live: (live / "kpi" / "999.html").write_text("new"), "kpi/999.html: extra: it was not published"),
        (lambda live: (live / "data.json").rename(live / "data.txt"), "data.json: renamed to data.txt"),
        (lambda live: altered(live / "manifest.json"), "manifest.json: altered"),
        (lambda live: (live / "manifest.json").unlink(), "manifest.json: missing"),
        (lambda live: _linked_elsewhere(live / "kpis.html"), "kpis.html: altered"),
    ],
)
def test_what_was_done_to_a_file_is_named(publisher: Publisher, damage: Callable[[Path], None], words: str) -> None:
    """An altered, missing, added or renamed file is named with its release, even where the manifest itself is the one."""
    live = folder(publisher, 1)
    damage(live)
    assert faults(publisher) == [f"{live.name[:12]}/{words}"]


def _linked_elsewhere(path: Path) -> None:
    outside = path.parents[4] / "outside"
    outside.write_bytes(path.read_bytes())
    path.unlink()
    path.symlink_to(outside)


def test_old_releases_are_looked_at_too(publisher: Publisher) -> None:
    """Files changed in a release that is no longer live are found."""
    altered(folder(publisher, 0) / "index.html")
    altered(folder(publisher, 0) / "2024-25-Q1" / f"{PAPER}.pdf")
    first = releases(publisher)[0][:12]
    assert faults(publisher) == [f"{first}/2024-25-Q1/{PAPER}.pdf: altered", f"{first}/index.html: altered"]


def test_a_manifest_made_to_fit_an_altered_file_is_found_out(publisher: Publisher) -> None:
    """Whoever changes a file and the manifest with it changes the digest the folder is named after, and the warehouse has another."""
    live = folder(publisher, 1)
    altered(live / "index.html")
    manifest = json.loads((live / "manifest.json").read_text(encoding="utf-8"))

    for file in manifest["files"]:
        if file["path"] == "index.html":
            file["sha256"] = hashlib.sha256((live / "index.html").read_bytes()).hexdigest()
    content = json.dumps(manifest).encode()
    (live / "manifest.json").chmod(0o644)
    (live / "manifest.json").write_bytes(content)
    assert faults(publisher) == [f"{live.name[:12]}/manifest.json: altered", f"{live.name[:12]}/index.html: altered"]
    forged = live.with_name(hashlib.sha256(content).hexdigest())
    live.rename(forged)
    (publisher.live).unlink()
    (publisher.live).symlink_to(Path(".releases") / forged.name)
    assert [fault.partition(": ")[2].split(":")[0] for fault in faults(publisher)] == [
        "the whole release is missing",
        f"shows {forged.name[:12]}, but the release published last is {live.name[:12]}",
        "the warehouse knows no such release",
    ]


def test_a_broken_chain_is_found(publisher: Publisher) -> None:
    """A release taken out of the warehouse, or a manifest changed there, breaks the chain of those after it."""
    engine, (first, second) = open_warehouse(publisher.council.settings), releases(publisher)
    with tampering(engine) as connection:
        connection.execute(site_release.delete().where(site_release.c.digest == first))
    assert faults(publisher) == [
        f"{second[:12]}: names {first[:12]} as the release before it, not none",
        f"{first[:12]}: the warehouse knows no such release",
    ]
    with tampering(engine) as connection:
        connection.execute(update(site_release).values(manifest='{"previous": null, "files": []}'))
    assert f"{second[:12]}: the manifest in the warehouse is not the one this release is named after: the chain is broken" in faults(
        publisher
    )


def test_a_missing_release_and_a_live_site_turned_back_are_found(publisher: Publisher) -> None:
    """A release that is gone, and a link that shows an older release than was published last, are named with the way out."""
    first, second = releases(publisher)
    publisher.live.unlink()
    publisher.live.symlink_to(Path(".releases") / first)
    shutil.rmtree(folder(publisher, 1))
    assert faults(publisher) == [
        f"{second[:12]}: the whole release is missing: pmf rebuild -o {SLUG} --release {second[:12]} makes it again",
        f"current: shows {first[:12]}, but the release published last is {second[:12]}: publish again",
    ]
    assert publish_signed_off(SLUG, Q2, as_at=START + 2003 * HOUR, settings=publisher.council.settings).published == 1
    assert faults(publisher) == []


def test_what_lies_beside_the_releases_is_named(publisher: Publisher) -> None:
    """A file, and a link that leads out of the site, are found at the top of the site."""
    (publisher.site / "hello.html").write_text("hello", encoding="utf-8")
    (publisher.site / "2023").symlink_to("/tmp")
    assert faults(publisher) == ["2023: leads to /tmp, which is no release", "hello.html: does not belong to the site"]


def rebuilt(publisher: Publisher, number: int, to: Path) -> Rebuilt:
    return rebuild_release(SLUG, releases(publisher)[number][:10], to=to, settings=publisher.council.settings)


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_release_is_rebuilt_byte_for_byte_after_restatements(publisher: Publisher, tmp_path: Path) -> None:
    """Figures restated, papers corrected and the whole site gone since: an old release comes out as it was."""
    old = [content(folder(publisher, number)) for number in (0, 1)]
    publisher.restate("220", Month(2024, 5), "31", "Counted twice.", hours=2100)
    publisher.rate("220", "31.2", "red", hours=2101)
    publisher.paper("Q1 corrected", hours=2101)
    shutil.rmtree(publisher.site)
    for number in (0, 1):
        made = rebuilt(publisher, number, tmp_path / str(number))
        assert (made.differences, made.notes) == ((), ())
        assert content(tmp_path / str(number)) == old[number]


def test_a_release_is_rebuilt_with_the_register_of_its_time(publisher: Publisher, tmp_path: Path) -> None:
    """A KPI renamed in the register since does not change an old release: the register as it was read then is in the warehouse."""
    old = content(folder(publisher, 1))
    renamed = publisher.with_register(edited(tmp_path, kpis=lambda text: text.replace("Registrations - All deaths", "Deaths")))
    made = rebuilt(renamed, 1, tmp_path / "made")
    assert (made.differences, made.notes) == ((), ())
    assert content(tmp_path / "made") == old


def test_a_rebuild_says_what_is_not_as_it_was(publisher: Publisher, tmp_path: Path) -> None:
    """Other code, another lock file or restyled templates are said plainly, and each page that comes out otherwise is named."""
    project = tmp_path / "project"
    for name in ("sql", "include", "expectations"):
        shutil.copytree(publisher.council.settings.project_root / name, project / name)
    (project / "uv.lock").write_text("another", encoding="utf-8")
    css = project / "include" / "templates" / "report" / "report.css"
    css.write_text(css.read_text(encoding="utf-8") + "\nbody { color: navy; }\n", encoding="utf-8")
    moved = Publisher(Council(replace(publisher.council.settings, project_root=project), publisher.council.teller))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("pmf.cycle.workspace.__version__", "9.9")
        made = rebuilt(moved, 1, tmp_path / "made")
    assert [note.partition(" it was")[0] for note in made.notes][1:] == ["the lock file", "the templates"]
    assert made.notes[0].endswith("rebuilt by pmf 9.9")
    assert "index.html: other bytes" in made.differences
    assert not [line for line in made.differences if PAPER in line], "documents come from the store as they were"


def test_a_rebuild_without_the_bytes_says_which(publisher: Publisher, tmp_path: Path) -> None:
    """Where the store has lost a published file, the rebuild names it and makes nothing."""
    digest = table(publisher.council, "document", period=Q2.key, format="pdf")[0]["content_hash"]
    address(publisher.council.settings.store, digest).unlink()
    with pytest.raises(StoreError, match="is missing: restore it from the backup"):
        rebuilt(publisher, 1, tmp_path / "made")
    assert not (tmp_path / "made").exists()


def test_only_a_known_release_and_a_new_folder_will_do(publisher: Publisher, tmp_path: Path) -> None:
    """An unknown release is refused with those there are; a folder that exists is left alone."""
    with pytest.raises(SiteError, match="no release begins with 'zz'; there are: "):
        rebuild_release(SLUG, "zz", to=tmp_path / "made", settings=publisher.council.settings)
    with pytest.raises(SiteError, match="is there already"):
        rebuilt(publisher, 0, tmp_path)


def test_the_commands_say_it_and_end_accordingly(publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``pmf verify`` ends with 0 for a sound site and 1 with the fault named; ``pmf rebuild`` puts a damaged release right."""
    monkeypatch.setenv("PMF_HOME", str(publisher.council.settings.home))
    run = CliRunner()
    assert run.invoke(app, ["verify"]).exit_code == 0
    live = folder(publisher, 1)
    (live / "index.html").unlink()
    found = run.invoke(app, ["verify", "-o", SLUG])
    assert (found.exit_code, f"{live.name[:12]}/index.html: missing" in found.output) == (1, True)
    made = run.invoke(app, ["rebuild", "-o", SLUG, "--release", live.name[:8], "--to", str(tmp_path / "made")])
    assert (made.exit_code, "byte for byte as published" in made.output) == (0, True)
    assert run.invoke(app, ["rebuild", "-o", SLUG, "--release", "nothing", "--to", str(tmp_path / "made")]).exit_code == 2


def test_a_release_of_the_older_layout_is_checked_by_its_name(publisher: Publisher) -> None:
    """A release from before there were manifests is named after its content, so that a change in it is found."""
    earlier = publisher.site / ".releases" / "2023-24-Q4-0123456789abcdef"
    earlier.mkdir()
    (earlier / "paper.html").write_text("earlier", encoding="utf-8")
    assert faults(publisher) == [
        "2023-24-Q4-0123456789abcdef: a file of it was altered, added, renamed or removed (it is from before there were manifests)"
    ]
