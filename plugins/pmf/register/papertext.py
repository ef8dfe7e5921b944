"""The standing words of a council's committee papers (``paper.yaml``): its own voice, kept out of the code.

Texts may name ``{committee}``, ``{quarter}``, ``{first_day}``, ``{last_day}`` and ``{ambitions}``.
"""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import ValidationError

from pmf.register.load import RegisterError, problems_of
from pmf.register.profile import Definition


class Topic(Definition):
    """Section 4 of the paper: a heading, its paragraphs, and the words that lead to the list of indicators."""

    heading: str
    paragraphs: tuple[str, ...]
    indicators_lead: str


class PaperText(Definition):
    """The standing words of a paper, section by section (model: CCC quarter 2 report 2024/25)."""

    title: str
    electoral_divisions: str
    key_decision: str
    executive_summary: str
    recommendation: str
    ambitions_link: str
    role_lead: str
    role: tuple[str, ...]
    purpose: str
    period_covered: str
    dashboard_lead: str
    dashboard: tuple[str, ...]
    topic: Topic
    implications: str
    source_documents: str


def load_paper_text(folder: Path) -> PaperText:
    """Read ``paper.yaml`` of a council's folder.

    Raises:
        RegisterError: naming file and field, when it is missing or breaks a rule.
    """
    path = folder / "paper.yaml"
    try:
        return PaperText.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise RegisterError([f"{path} does not exist: copy a shipped council's paper.yaml and edit its words"]) from None
    except yaml.YAMLError as error:
        raise RegisterError([f"{path} is not readable as YAML: {' '.join(str(error).split())}"]) from error
    except ValidationError as error:
        raise RegisterError(problems_of(path, error)) from error
