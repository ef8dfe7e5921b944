"""The data-quality template (DQT) of a KPI: who collects it, how, and within which limits (HDC framework, Appendix B.2)."""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator

from pmf.register.dated import Dated, OptionalCount, OptionalFigure, OptionalText, YesNo, blank_is_none

DECLARATION = (
    "I confirm that the above documented procedure is an appropriate and robust procedure that will ensure that the produced results are "
    "accurate and reliable for this indicator. I also confirm that the instructions are detailed enough for another officer to be able to "
    "generate the same result in the event of an absence."
)


# The questions answered in words or by a post, as a finding names those left open. Who forecasts is none of them: where
# nobody is named, no forecast is made.
QUESTIONS = {
    "collector_post": "who collects the figures",
    "commentator_post": "who comments",
    "cover_post": "who covers for them",
    "systems": "from which systems",
    "method": "how the result is calculated",
    "importance": "why the KPI matters",
    "seasonality": "whether the season affects it",
    "amber_factors": "what may turn it amber",
    "red_factors": "what may turn it red",
    "actions": "what would be done about it",
    "benchmarking": "whether others' figures can be compared",
}


class Sensitivity(StrEnum):
    """How readily a figure out of line with its own history is asked about: ``high`` sooner than ``usual``, ``low`` later."""

    LOW = "low"
    USUAL = "usual"
    HIGH = "high"


class DataQualityTemplate(Dated):
    """The answers of a KPI's data-quality template that checks are compiled from, with those people read.

    ``minimum``/``maximum`` bound what is plausible, in the KPI's unit. ``large_movement_pct``: a change on the previous
    figure larger than this, in per cent, must be explained by a comment. None: the question was not answered.
    ``forecaster_post`` None: nobody forecasts its year's end. ``access_confirmed``: those who collect and those who cover can
    get at all systems named.

    What the framework's form forgot to ask: ``is_seasonal`` (the same month of other years is what a figure is compared
    with), ``sensitivity`` (None: usual), ``zero_is_plausible`` and ``repeat_is_plausible`` (a figure of nought, one that
    stays as it was for months, is nothing to ask about), ``restatement_tolerance_pct`` (a published figure that changes by
    more, in per cent, must be explained; None: not asked) and ``benchmark_max_age_months`` (a benchmark older than this at
    the end of the month is out of date; None: not asked).
    """

    collector_post: OptionalText = None
    forecaster_post: OptionalText = None
    commentator_post: OptionalText = None
    cover_post: OptionalText = None
    systems: str = ""
    method: str = ""
    minimum: OptionalFigure = None
    maximum: OptionalFigure = None
    max_decimals: OptionalCount = None
    needs_numerator: YesNo = False
    large_movement_pct: OptionalFigure = None
    importance: str = ""
    seasonality: str = ""
    amber_factors: str = ""
    red_factors: str = ""
    actions: str = ""
    benchmarking: str = ""
    access_confirmed: YesNo = False
    is_seasonal: YesNo = False
    sensitivity: Annotated[Sensitivity | None, BeforeValidator(blank_is_none)] = None
    zero_is_plausible: YesNo = False
    repeat_is_plausible: YesNo = False
    restatement_tolerance_pct: OptionalFigure = None
    benchmark_max_age_months: OptionalCount = None

    @property
    def unanswered(self) -> tuple[str, ...]:
        """List the questions left open, by field. A limit that is empty is no open question: there is none."""
        return tuple(field for field in QUESTIONS if not getattr(self, field))

    @property
    def digest(self) -> str:
        """Name what a service manager signs: every answer, but not the dates between which the template holds."""
        # What is left at its default is left out: a question a later release adds must not undo a signature.
        answers = self.model_dump(mode="json", exclude={"valid_from", "valid_to"}, exclude_defaults=True)
        return hashlib.sha256(json.dumps(answers, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]
