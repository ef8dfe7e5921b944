"""Profiles are parsed again only when something they are read from has changed, and what is wrong with one is its own affair."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from councils import make_councils
from pmf.orchestration import councils
from pmf.orchestration.councils import profile_problems, readable_profiles
from pmf.settings import Settings, read_settings

ONE, OTHER = "district-01", "district-02"
POST = "business-performance-and-insights-team"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation of two councils with folders of its own for everything a profile is read from."""
    make_councils(tmp_path / "organisations", 2)
    shutil.copytree(read_settings({}).policies, tmp_path / "include" / "rating_policies")
    organisations, overlay = str(tmp_path / "organisations"), str(tmp_path / "overlay")
    settings = read_settings({"PMF_PROJECT_ROOT": str(tmp_path), "PMF_ORGANISATIONS": organisations, "PMF_OVERLAY": overlay})
    _write(settings, "posts.csv", f"id,email\n{POST},team@district-01.example\n")
    return settings


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The councils whose profiles were parsed."""
    slugs: list[str] = []
    load = councils.load_profile

    def note(folder: Path, *, overlay: Path | None, policies: Path) -> object:
        slugs.append(folder.name)
        return load(folder, overlay=overlay, policies=policies)

    monkeypatch.setattr(councils, "load_profile", note)
    return slugs


def _write(settings: Settings, name: str, text: str) -> None:
    """Write a file of the first council's overlay."""
    assert settings.overlay
    (settings.overlay / ONE).mkdir(parents=True, exist_ok=True)
    (settings.overlay / ONE / name).write_text(text, encoding="utf-8")


def _rename(settings: Settings) -> None:
    path = settings.organisations / ONE / "organisation.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("District 1 Council", "District X Council"), encoding="utf-8")


def _move(settings: Settings) -> None:
    _write(settings, "posts.csv", f"id,email\n{POST},desk@district-01.example\n")


def _limit(settings: Settings) -> None:
    _write(settings, "mail_domains.txt", "district-01.example\nexample.org\n")


def test_what_has_not_changed_is_parsed_once(settings: Settings, parsed: list[str]) -> None:
    """Every DAG file of a process asks for the same profiles and is given the same objects."""
    first = readable_profiles(settings)
    assert all(one is other for one, other in zip(first, readable_profiles(settings), strict=True))
    assert parsed == [ONE, OTHER]


@pytest.mark.parametrize("change", [_rename, _move, _limit])
def test_a_change_is_seen_at_once(settings: Settings, parsed: list[str], change: Callable[[Settings], None]) -> None:
    """A council's profile, addresses and domains are read anew when their files say something else, in as many letters or not."""
    before = readable_profiles(settings)
    change(settings)
    after = readable_profiles(settings)
    assert after[0] != before[0]
    assert after[1] is before[1]
    assert parsed == [ONE, OTHER, ONE]


def test_a_policy_that_is_taken_away_is_missed(settings: Settings) -> None:
    """The profiles that name it are wrong from then on."""
    assert profile_problems(settings) == ()
    (policy, *_) = {policy.policy_id for policy in readable_profiles(settings)[0].headline_policies}
    (settings.policies / f"{policy}.yaml").unlink()
    assert readable_profiles(settings) == ()
    assert all(policy in problem for problem in profile_problems(settings))


def test_a_profile_that_cannot_be_read_is_its_councils_affair(settings: Settings) -> None:
    """A file the system does not hand out is named, and the other council keeps its DAGs."""
    path = settings.organisations / ONE / "organisation.yaml"
    path.unlink()
    path.mkdir()
    assert [profile.slug for profile in readable_profiles(settings)] == [OTHER]
    assert profile_problems(settings) == (f"{path} cannot be read: Is a directory",)


def test_without_an_overlay_the_profile_stands_alone(settings: Settings, parsed: list[str]) -> None:
    """The same council with and without an installation's own addresses is two profiles."""
    mine, plain = readable_profiles(settings)[0], readable_profiles(replace(settings, overlay=None))[0]
    assert mine.post(POST).email != plain.post(POST).email
    assert parsed == [ONE, OTHER, ONE, OTHER]
