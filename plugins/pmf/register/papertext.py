"""The standing words of a council's committee papers (``paper.yaml``): its own voice, kept out of the code.

Texts may name ``{committee}``, ``{quarter}``, ``{first_day}``, ``{last_day}`` and ``{ambitions}``.
"""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import Field, ValidationError, field_validator

from pmf.period import Quarter, parse_quarter
from pmf.register.load import RegisterError, problems_of
from pmf.register.structure import Definition
from pmf.register.yamlfile import parse_yaml


class Topic(Definition):
    """Section 4 of the papers from a quarter on: heading, paragraphs, and the words that lead to the list of indicators."""

    since: str
    heading: str
    paragraphs: tuple[str, ...]
    indicators_lead: str

    @field_validator("since")
    @classmethod
    def _is_a_quarter(cls, text: str) -> str:
        return parse_quarter(text).key


class PaperText(Definition):
    """The standing words of a paper, section by section (model: CCC quarter 2 report 2024/25)."""

    title: str
    electoral_divisions: str
    divisions_label: str = "Electoral division(s)"
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
    topics: tuple[Topic, ...] = Field(min_length=1)
    implications: str
    source_documents: str

    def topic(self, quarter: Quarter) -> Topic:
        """Choose the topic of a quarter: the last that has begun, else the first."""
        begun = [topic for topic in self.topics if parse_quarter(topic.since) <= quarter]
        return max(begun, key=lambda topic: topic.since, default=self.topics[0])


def load_paper_text(folder: Path) -> PaperText:
    """Read ``paper.yaml`` of a council's folder.

    Raises:
        RegisterError: naming file and field, when it is missing or breaks a rule.
    """
    path = folder / "paper.yaml"
    try:
        return PaperText.model_validate(parse_yaml(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise RegisterError([f"{path} does not exist: copy a shipped council's paper.yaml and edit its words"]) from None
    except yaml.YAMLError as error:
        raise RegisterError([f"{path} is not readable as YAML: {' '.join(str(error).split())}"]) from error
    except ValidationError as error:
        raise RegisterError(problems_of(path, error)) from error
