"""The balanced scorecards: directorate and organisational, of a month or a quarter, a page that sums up before all else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pmf.page.document import Document, Section, Table, bullets, paragraph
from pmf.period import Period
from pmf.register import Directorate, Level, Profile
from pmf.reporting.criteria import Fill, fill_blocks
from pmf.reporting.depth import depth_sections
from pmf.reporting.figurecell import FORECAST_MARK
from pmf.reporting.measure import Measure
from pmf.reporting.panels import PanelLine, panel_blocks
from pmf.reporting.scorecardsummary import summary_blocks
from pmf.reporting.scorecardtable import scorecard_table
from pmf.reporting.waiver import PrintedWaiver
from pmf.reporting.wording import as_at_words, counted, sentence_case

_LEVEL_HEADINGS = (
    (Level.CORPORATE, "Corporate KPIs"),
    (Level.STRATEGIC, "Strategic KPIs"),
    (Level.OPERATIONAL, "Operational KPIs"),
)


@dataclass(frozen=True, kw_only=True)
class ScorecardSetting:
    """What a scorecard needs besides its measures.

    ``criteria`` are the rating policy's sentences, colour by colour, and ``fills`` what it gives a status to beyond its source;
    ``waivers`` those in use that are about no KPI; ``panels`` the lines of the risk, finance and change panels of all directorates.
    """

    profile: Profile
    period: Period
    as_at: datetime
    policy_title: str
    criteria: tuple[str, ...]
    fills: tuple[Fill, ...] = ()
    waivers: tuple[PrintedWaiver, ...] = ()
    panels: tuple[PanelLine, ...] = ()


@dataclass(frozen=True)
class _Part:
    """KPIs that stand together on a scorecard, under a heading and in a table with a caption."""

    heading: str
    caption: str
    measures: tuple[Measure, ...]


def directorate_scorecard(measures: Sequence[Measure], directorate: Directorate, setting: ScorecardSetting) -> Document:
    """Build a directorate's scorecard: its corporate, strategic and operational KPIs, and its panels."""
    parts = [
        _Part(heading, f"{heading} of {directorate.name}", tuple(item for item in measures if item.kpi.level is level))
        for level, heading in _LEVEL_HEADINGS
    ]
    panels = [line for line in setting.panels if line.directorate_id == directorate.id]
    return _scorecard(f"{directorate.name}: directorate scorecard", parts, panels, setting)


def organisational_scorecard(measures: Sequence[Measure], setting: ScorecardSetting) -> Document:
    """Build the organisational scorecard: corporate KPIs combined, then all strategic KPIs by ambition, and every panel."""
    profile = setting.profile
    corporate = tuple(item for item in measures if item.kpi.level is Level.CORPORATE)
    parts = [_Part("Corporate KPIs", f"Corporate KPIs of {profile.name}", corporate)]
    parts += _by_ambition([item for item in measures if item.kpi.level is Level.STRATEGIC], profile)
    return _scorecard("Organisational scorecard", parts, setting.panels, setting)


def _by_ambition(strategic: Sequence[Measure], profile: Profile) -> Iterable[_Part]:
    """Part strategic KPIs by the first ambition each names."""
    for ambition in profile.ambitions:
        name = f"{profile.ambition_term} {ambition.id}"
        own = tuple(item for item in strategic if item.kpi.ambition_ids[:1] == (ambition.id,))
        yield _Part(f"{name}: {ambition.text}", f"Strategic KPIs of {name}", own)
    known, term = {ambition.id for ambition in profile.ambitions}, profile.ambition_term.lower()
    others = tuple(item for item in strategic if not known & set(item.kpi.ambition_ids[:1]))
    yield _Part(f"No {term} named", f"Strategic KPIs that name no {term}", others)


def _scorecard(title: str, parts: Iterable[_Part], panels: Sequence[PanelLine], setting: ScorecardSetting) -> Document:
    profile, period = setting.profile, setting.period
    printed = [part for part in parts if part.measures]
    measures = [measure for part in printed for measure in part.measures]
    lead = f"{counted(len(measures), 'KPI')} on this scorecard for {period.label}, by status:"
    return Document(
        title=title,
        organisation=profile.name,
        subtitle=sentence_case(period.label),
        header=(),
        sections=(
            Section("Summary", tuple(summary_blocks(measures, lead, period.label, rule=profile.deep_dive, waivers=setting.waivers))),
            *(_part_section(part, setting, is_first=number == 0) for number, part in enumerate(printed)),
            *_panel_section(panels, period.label),
            *depth_sections(measures, label=period.label, year=period.financial_year.label),
            _criteria(setting),
        ),
        footer=f"{profile.name} – {title}, {period.label}, {as_at_words(setting.as_at, profile)}",
        banner=profile.notice,
        is_landscape=True,
    )


def _part_section(part: _Part, setting: ScorecardSetting, *, is_first: bool) -> Section:
    """Print a part's table; the first begins a page, so that the summary stands alone on its own."""
    table = scorecard_table(part.measures, f"{part.caption}, {setting.period.label}", setting.period)
    return Section(part.heading, (table,), starts_page=is_first)


def _panel_section(panels: Sequence[PanelLine], label: str) -> Iterable[Section]:
    """Print the panels, their tables as small as those of the KPIs."""
    blocks = (replace(block, is_wide=True) if isinstance(block, Table) else block for block in panel_blocks(panels, label))
    if printed := tuple(blocks):
        yield Section("Risk, finance and change", printed)


def _criteria(setting: ScorecardSetting) -> Section:
    return Section(
        "How to read this scorecard",
        (
            paragraph(f"Rated under the policy “{setting.policy_title}”:"),
            bullets(*setting.criteria),
            *fill_blocks(setting.fills),
            paragraph(
                "Change in performance says whether the figure is better or worse than the period before, and below that than the same "
                "period last year, whichever way is better for that KPI; figures that print the same count as no change. Trend analysis "
                "tests the last twelve figures, or, of a KPI that follows the seasons, each month against the same month of the year "
                "before, and names a trend only where it is more than chance."
            ),
            paragraph(
                f"{FORECAST_MARK} marks a forecast of the year's figure made from the KPI's own past. It is shown only where such "
                "forecasts have come nearer than “no change” would have; four years in five should end within its 80% band."
            ),
            paragraph(
                "Variation says whether the latest figures do more than a process's usual ups and downs, by the rules of an XmR chart; "
                "assurance, whether the process as it runs can be relied on to meet its target. Data quality is the share of the "
                "checks of a KPI's data that were met, a doubt counting half."
            ),
        ),
    )
