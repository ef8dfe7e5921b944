"""The data-quality template (DQT) of a KPI: who collects it, how, and within which limits (HDC framework, Appendix B.2)."""

from __future__ import annotations

import hashlib
import json

from pmf.register.dated import Dated, OptionalCount, OptionalFigure, OptionalText, YesNo

DECLARATION = (
    "I confirm that the above documented procedure is an appropriate and robust procedure that will ensure that the produced results are "
    "accurate and reliable for this indicator. I also confirm that the instructions are detailed enough for another officer to be able to "
    "generate the same result in the event of an absence."
)


class DataQualityTemplate(Dated):
    """The answers of a KPI's data-quality template that checks are compiled from, with those people read.

    ``minimum``/``maximum`` bound what is plausible, in the KPI's unit. ``large_movement_pct``: a change on the previous
    figure larger than this, in per cent, must be explained by a comment. None: the question was not answered.
    ``access_confirmed``: those who collect and those who cover can get at all systems named.
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

    @property
    def digest(self) -> str:
        """Name what a service manager signs: every answer, but not the dates between which the template holds."""
        # What is left at its default is left out: a question a later release adds must not undo a signature.
        answers = self.model_dump(mode="json", exclude={"valid_from", "valid_to"}, exclude_defaults=True)
        return hashlib.sha256(json.dumps(answers, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]
