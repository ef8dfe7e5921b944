"""Which councils get DAGs: those whose profile can be read. The others are named by ``dags/profiles_check.py``."""

from __future__ import annotations

from datetime import datetime, time
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from airflow.sdk import get_parsing_context

from pmf.period import parse_month
from pmf.register import Profile, RegisterError, load_profile, organisation_slugs
from pmf.register.load import PROFILE_FILE, digest_of, known_policies
from pmf.settings import Settings


def readable_profiles(settings: Settings) -> tuple[Profile, ...]:
    """Read the profiles a DAG file builds DAGs for, skipping any that is wrong.

    One council's mistake must not take the others' DAGs away. A process that parses the file to run one task reads
    only that task's council.
    """
    return _read(settings, _slugs_wanted(settings))[0]


def all_readable_profiles(settings: Settings) -> tuple[Profile, ...]:
    """Read the profiles of every council, whichever DAG this process runs a task of, skipping any that is wrong."""
    return _read(settings, organisation_slugs(settings.organisations))[0]


def council_of(dag_id: str) -> str:
    """Name the council a DAG is of: its id is <slug>_<stage>, and a slug holds no underscore. Empty: the installation's own."""
    slug, _, stage = dag_id.partition("_")
    return slug if stage else ""


def first_day(profile: Profile) -> datetime:
    """Give the first moment of the first month a council reports on: no run is scheduled for anything earlier."""
    return datetime.combine(parse_month(profile.first_month).first_day, time.min, tzinfo=ZoneInfo(profile.timezone))


def profile_problems(settings: Settings) -> tuple[str, ...]:
    """List what is wrong with the councils' profiles, one sentence each, naming file and field."""
    return _read(settings, organisation_slugs(settings.organisations))[1]


def _read(settings: Settings, slugs: tuple[str, ...]) -> tuple[tuple[Profile, ...], tuple[str, ...]]:
    profiles: list[Profile] = []
    problems: list[str] = []
    policy_ids = known_policies(settings.policies)
    for slug in slugs:
        try:
            folder = settings.organisations / slug
            digest = digest_of(folder, (PROFILE_FILE,), overlay=settings.overlay, policy_ids=policy_ids)
            profiles.append(_parsed(folder, settings.overlay, settings.policies, digest))
        except RegisterError as error:
            problems.extend(error.problems)
        except OSError as error:
            problems.append(f"{error.filename} cannot be read: {error.strerror}")
    return tuple(profiles), tuple(problems)


# Parsed once for a process and those forked from it, as long as the files say the same: the DAG processor reads every profile when it
# starts (``preload``), and the process that it forks for a DAG file parses what was written since.
@lru_cache(maxsize=512)
def _parsed(folder: Path, overlay: Path | None, policies: Path, digest: str) -> Profile:  # noqa: ARG001 - part of the key
    return load_profile(folder, overlay=overlay, policies=policies)


def _slugs_wanted(settings: Settings) -> tuple[str, ...]:
    slugs = organisation_slugs(settings.organisations)
    dag_id = get_parsing_context().dag_id
    if dag_id is None:
        return slugs
    return tuple(slug for slug in slugs if slug == council_of(dag_id))
