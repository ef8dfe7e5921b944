"""The checklist of docs/security.md is what an installation has: set by us, or Airflow's own default."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from airflow.configuration import conf

from pmf.orchestration.production import IN_CONTAINERS, environment

PAGE = Path(__file__).parents[2] / "docs" / "security.md"


def checklist() -> list[tuple[str, str, str]]:
    """Settings, value and by whom of each row of the checklist."""
    section = PAGE.read_text(encoding="utf-8").split("## Airflow's production checklist")[1].split("\n## ")[0]
    return re.findall(r"^\| [^|]+ \| ([^|]+) \| ([^|]+) \| (set|default) \|$", section, flags=re.MULTILINE)


@pytest.mark.parametrize(("settings", "value", "by"), checklist())
def test_a_row_is_what_an_installation_has(settings: str, value: str, by: str) -> None:
    """What is said to be set is set so, by file where it is a secret; what is left to Airflow is left, and its default is as said."""
    has = environment(IN_CONTAINERS)
    expected = value.strip("`").replace("empty", "")
    for section, option in re.findall(r"`(\w+)\.(\w+)`", settings):
        name = f"AIRFLOW__{section}__{option}".upper()
        if by == "default":
            assert (name in has, conf.get_default_value(section, option) or "") == (False, expected), name
        elif expected.startswith("cat "):
            assert has[f"{name}_CMD"].startswith("cat /run/secrets/"), name
            assert name not in has
        else:
            assert has[name] == expected


def test_the_checklist_was_read() -> None:
    """The rows above are all of the table's."""
    assert len(checklist()) == 16
