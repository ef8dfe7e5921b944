"""Which councils get DAGs: those whose profile can be read. The others are named by ``dags/profiles_check.py``."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from airflow.sdk import get_parsing_context

from pmf.period import parse_month
from pmf.register import Profile, RegisterError, load_profile, organisation_slugs
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
    for slug in slugs:
        try:
            profiles.append(load_profile(settings.organisations / slug, overlay=settings.overlay, policies=settings.policies))
        except RegisterError as error:
            problems.extend(error.problems)
    return tuple(profiles), tuple(problems)


def _slugs_wanted(settings: Settings) -> tuple[str, ...]:
    slugs = organisation_slugs(settings.organisations)
    dag_id = get_parsing_context().dag_id
    if dag_id is None:
        return slugs
    return tuple(slug for slug in slugs if slug == council_of(dag_id))
