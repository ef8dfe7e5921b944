"""The guide for adding a council names everything the files can hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pmf.register import Committee, DataQualityTemplate, Directorate, Kpi, Meeting, Post, Profile, Service, Target
from pmf.register.action import PlanAction
from pmf.register.assessment import PolicyInForce
from pmf.register.benchmark import Benchmark
from pmf.register.collection import ApprovalChain, ApprovalStep, ChaseStep, CollectionCalendar, Criterion, QualityTolerance
from pmf.register.structure import Ambition, Board, Chair, Definition, FrameworkVersion

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "new-council.md"
IN_THE_PROFILE = (
    Profile, CollectionCalendar, Post, Directorate, Service, Committee, Meeting, Ambition, PolicyInForce, QualityTolerance,
    Board, Chair, FrameworkVersion, ChaseStep, Criterion, ApprovalChain, ApprovalStep,
)  # fmt: skip


@pytest.mark.parametrize("model", [*IN_THE_PROFILE, Kpi, Target, DataQualityTemplate, PlanAction, Benchmark])
def test_the_guide_names_every_field(model: type[Definition]) -> None:
    """A field of a council's files that the guide does not name cannot be found by who adds one."""
    named = set(re.findall(r"`([a-z_]+)[`:]", GUIDE.read_text(encoding="utf-8")))
    assert set(model.model_fields) - named == set()
