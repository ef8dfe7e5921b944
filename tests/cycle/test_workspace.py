"""What every verb starts from: a council's register as its files stand now."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cycle.council import SLUG
from cycle.desk import edited
from pmf.cycle.beforehand import open_beforehand
from pmf.cycle.workspace import register_of
from pmf.register import RegisterError
from pmf.settings import read_settings


def test_a_register_is_read_once_while_its_files_say_the_same(tmp_path: Path) -> None:
    """Touching a file changes nothing; another word in it does, in a file of the same length and time too."""
    settings = read_settings({"PMF_HOME": str(tmp_path / "home"), "PMF_ORGANISATIONS": str(edited(tmp_path))})
    path = settings.organisations / SLUG / "kpis.csv"
    first, was = register_of(SLUG, settings), path.stat()
    path.touch()
    assert register_of(SLUG, settings) is first
    text = path.read_text(encoding="utf-8")
    title = first.kpi_versions[0].title
    path.write_text(text.replace(title, title.swapcase(), 1), encoding="utf-8")
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))
    assert path.stat().st_size == was.st_size
    assert register_of(SLUG, settings).kpi_versions[0].title == title.swapcase()


def test_what_an_installation_lays_over_a_council_counts(tmp_path: Path) -> None:
    """The domains it may write to are read anew by the next stage, without a restart."""
    overlay = tmp_path / "overlay"
    settings = read_settings({"PMF_HOME": str(tmp_path / "home"), "PMF_OVERLAY": str(overlay)})
    before = register_of(SLUG, settings).profile
    domains = (*sorted({post.email.partition("@")[2] for post in before.posts}), "elsewhere.example.net")
    (overlay / SLUG).mkdir(parents=True)
    (overlay / SLUG / "mail_domains.txt").write_text("\n".join(domains), encoding="utf-8")
    assert register_of(SLUG, settings).profile.mail_domains == domains != before.mail_domains


def test_a_wrong_council_is_left_to_its_own_tasks(tmp_path: Path) -> None:
    """What is made before tasks are forked is made for the others; who asks for the wrong one is told."""
    organisations = edited(tmp_path, kpis=lambda text: text.replace("kpi_ref", "kpi_reference", 1))
    settings = read_settings({"PMF_HOME": str(tmp_path / "home"), "PMF_ORGANISATIONS": str(organisations)})
    open_beforehand(settings)
    with pytest.raises(RegisterError, match="kpi_reference"):
        register_of(SLUG, settings)
