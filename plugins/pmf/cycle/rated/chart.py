"""Chart: the process behaviour chart of a KPI as it is rated, for the reports to place."""

from __future__ import annotations

from pmf.cycle.rated.standing import Rater
from pmf.cycle.rated.variation import chart_stretches, chart_target
from pmf.cycle.rated.window import window_of
from pmf.page.document import Chart
from pmf.period import Period
from pmf.register import Kpi
from pmf.register.fitness import unfit
from pmf.reporting.processchart import process_chart


def chart_of(rater: Rater, kpi: Kpi, period: Period, *, said: str) -> Chart | None:
    """Draw a KPI's chart up to the last figure of a period. None where the rating has none either.

    ``said`` is the rating's ``variation_reason``.
    """
    if unfit(kpi) is not None:
        return None
    stretches = chart_stretches(rater, kpi, window_of(kpi, period))
    charted = (each for stretch in stretches for each in stretch.periods)
    targets = {each: target for each in charted if (target := chart_target(rater, kpi, each)) is not None}
    return process_chart(kpi, stretches, targets=targets, said=said)
