"""Replacing the key that signs forms: what is out stays readable for its time, and what comes after is signed anew."""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cycle.council import SLUG, Council
from cycle.desk import table
from cycle.publishing import HOUR, PAPER, Q1, START, Publisher
from pmf.cli import app
from pmf.cycle.check import FileChecked, check_return
from pmf.cycle.editions import editions_at
from pmf.cycle.keyring import earlier_keys, key_id, retired_keys, rotate_key
from pmf.cycle.signingoff import code_of, codes_of
from pmf.cycle.workspace import open_workspace
from pmf.period import Month
from pmf.settings import Settings
from pmf.store import StoreError, create_signing_key, load_signing_key
from processes import at_once

APRIL = Month(2024, 4)
LATER = date(2024, 12, 31)


@pytest.fixture
def home(settings: Settings) -> Settings:
    """An installation that has a key."""
    create_signing_key(settings.signing_key_path)
    return settings


def test_forms_that_are_out_are_taken_until_their_day(sqlite_council: Council) -> None:
    """Every return of a month whose forms went out before the key was replaced is read as if nothing had happened."""
    sqlite_council.open(APRIL)
    rotate_key(sqlite_council.settings, until=LATER)
    sqlite_council.deliver(APRIL)
    scanned = sqlite_council.scan(APRIL)
    assert scanned.accepted > 10
    assert (scanned.rejected, scanned.quarantined) == (0, 0)


def test_after_its_day_a_form_is_asked_for_afresh(sqlite_council: Council) -> None:
    """A form signed with a key whose time is over is told from one that is not ours, and its sender is told what to do."""
    sqlite_council.open(APRIL)
    deadline = sqlite_council.teller.profile.deadline(APRIL)
    rotate_key(sqlite_council.settings, until=deadline.date() - timedelta(days=1))
    sqlite_council.deliver(APRIL)
    assert sqlite_council.scan(APRIL).accepted == 0
    files = table(sqlite_council, "received_file")
    assert {row["problem"] for row in files} == {"expired_signature"}
    assert all("Ask the performance team for a new form" in row["fix"] for row in files)
    form = next((sqlite_council.settings.inbox / SLUG).rglob("*.xlsx"))
    for moment, verdict in ((deadline, FileChecked.UNREADABLE), (deadline - timedelta(days=1), FileChecked.CLEAN)):
        checked = check_return(form, organisation=SLUG, month=None, settings=sqlite_council.settings, as_at=moment)
        assert checked.verdict is verdict, checked.unreadable


def test_what_goes_out_afterwards_is_signed_with_the_new_key(sqlite_council: Council) -> None:
    """Forms opened after the key was replaced are read without the old one."""
    sqlite_council.open(APRIL)
    rotate_key(sqlite_council.settings, until=LATER)
    sqlite_council.open(APRIL.next)
    for item in retired_keys(sqlite_council.settings):
        item.path.unlink()
    sqlite_council.deliver(APRIL.next)
    assert sqlite_council.scan(APRIL.next).quarantined == 0


def test_a_sign_off_code_that_was_sent_holds_for_its_time(tmp_path: Path) -> None:
    """A code mailed before the key was replaced signs off until the key's last day, and the new code does too."""
    publisher = Publisher.at(tmp_path / "home")
    publisher.issue(hours=0, **{PAPER: "Q1"})
    workspace = open_workspace(SLUG, publisher.council.settings)
    files, post = editions_at(workspace, Q1, START + HOUR)[PAPER], workspace.profile.performance_team
    sent = code_of(workspace, files, post)
    rotate_key(workspace.settings, until=START.date())
    assert code_of(workspace, files, post) != sent
    assert codes_of(workspace, files, post, as_at=START) == (code_of(workspace, files, post), sent)
    assert sent not in codes_of(workspace, files, post, as_at=START + timedelta(days=1))


def test_the_old_key_is_kept_and_nobody_else_can_read_it(home: Settings) -> None:
    """Both keys are their owner's alone, the old one under its fingerprint, and no key is like another."""
    old = load_signing_key(home.signing_key_path)
    done = rotate_key(home, until=LATER)
    (kept,) = retired_keys(home)
    assert (done.retired_id, done.key_id, done.until) == (key_id(old), key_id(load_signing_key(home.signing_key_path)), "2024-12-31")
    assert (kept.key_id, kept.until, load_signing_key(kept.path)) == (key_id(old), LATER, old)
    assert load_signing_key(home.signing_key_path) != old
    assert [stat.S_IMODE(path.stat().st_mode) for path in (kept.path, home.signing_key_path)] == [0o600, 0o600]
    assert kept.path == home.home / f"signing-{key_id(old)}-until-2024-12-31.key"  # `pmf backup` keeps what is called signing…
    assert old.hex()[:8] not in kept.path.name


def test_killed_anywhere_no_key_is_lost(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever step was the last, every key that ever signed is there, and doing it again goes through."""
    keys = {load_signing_key(home.signing_key_path)}
    steps: list[tuple[str, Callable[..., object]]] = [("hardlink_to", Path.hardlink_to), ("replace", Path.replace)]
    for name, step in steps:
        for is_done in (False, True):

            def dies(self: Path, target: Path, step: Callable[..., object] = step, is_done: bool = is_done) -> None:
                if is_done:
                    step(self, target)
                raise KeyboardInterrupt

            with monkeypatch.context() as patched:
                patched.setattr(Path, name, dies)
                with pytest.raises(KeyboardInterrupt):
                    rotate_key(home, until=LATER)
            keys.add(load_signing_key(home.signing_key_path))
            assert keys <= {load_signing_key(home.signing_key_path), *earlier_keys(home, as_at=None).accepted}
    rotate_key(home, until=LATER)
    assert keys <= set(earlier_keys(home, as_at=None).accepted)


def test_two_who_replace_it_at_once_take_turns(home: Settings) -> None:
    """Each replaces the key the other has just made: none that may have signed something is lost."""
    made = at_once(lambda _: rotate_key(home, until=LATER), processes=8)
    assert {item.key_id for item in made} - {key_id(load_signing_key(home.signing_key_path))} <= {
        item.key_id for item in retired_keys(home)
    }
    assert len(retired_keys(home)) == 8


def test_what_cannot_be_trusted_is_refused(home: Settings, tmp_path: Path) -> None:
    """Without a key there is nothing to replace; a stray file among old keys, or one others can read, is named."""
    with pytest.raises(StoreError, match="is missing"):
        rotate_key(replace(home, home=tmp_path / "other"), until=LATER)
    assert not (tmp_path / "other").exists()
    rotate_key(home, until=LATER)
    (kept,) = retired_keys(home)
    kept.path.chmod(0o644)
    with pytest.raises(StoreError, match="can be read by others"):
        earlier_keys(home, as_at=None)
    (home.home / "signing-notes.txt").write_text("x", encoding="utf-8")
    with pytest.raises(StoreError, match=r"signing-notes.txt is no retired key"):
        retired_keys(home)


def test_the_command_says_what_it_did_and_tells_no_key(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """``pmf rotate-key`` names both keys by their fingerprints; a day that is none, or no key at all, ends with 2."""
    monkeypatch.setenv("PMF_HOME", str(home.home))
    old = load_signing_key(home.signing_key_path)
    done = CliRunner().invoke(app, ["rotate-key", "--until", "2024-12-31"])
    assert (done.exit_code, f"those signed with {key_id(old)} are taken until 2024-12-31" in done.output) == (0, True)
    assert old.hex() not in done.output
    assert load_signing_key(home.signing_key_path).hex() not in done.output
    assert CliRunner().invoke(app, ["rotate-key", "--until", "soon"]).exit_code == 2
    home.signing_key_path.unlink()
    assert CliRunner().invoke(app, ["rotate-key"]).exit_code == 2
