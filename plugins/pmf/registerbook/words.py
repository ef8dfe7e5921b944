"""The words over the columns of a register's workbook, in reading order: group, field, heading, width, meaning.

A meaning is at most 255 characters long: spreadsheet programs show no more beside a cell. It begins with what the column
holds and ends with the right form.
"""

from __future__ import annotations

# Field: (heading, width in characters, meaning).
Words = dict[str, tuple[str, int, str]]

_FROM = ("Holds from", 12, "The first day on which this row holds, like 2025-04-01. What changes gets a row with a later day.")
_TO = ("Holds until", 12, "The first day on which it holds no longer: that of the row after it. Empty while it holds.")
_KPI = ("KPI", 10, "The reference of the KPI, the same for ever. Letters, digits, hyphens and underscores, like 36 or 36-A.")

KPIS: dict[str, Words] = {
    "Which KPI": {"kpi_ref": _KPI, "valid_from": _FROM, "valid_to": _TO},
    "What it measures": {
        "title": ("Title", 44, "The KPI's name as it is printed. At least five characters."),
        "description": ("Description", 50, "What the KPI says, in a sentence or two."),
        "level": ("Level", 13, "Where in the framework it is looked at: strategic, corporate or operational."),
        "perspective": ("Perspective", 13, "The perspective of the scorecard, like residents or corporate. Empty: residents."),
        "metric_category": ("Metric category", 18, "The category printed on the scorecard. Empty: Local authority."),
        "ambition_ids": ("Ambitions", 12, "The ambitions or priorities it serves, with semicolons between, like 5;6. Names are taken too."),
        "influence": ("Influence", 12, "How far the council itself can move the figure: do, enable or influence."),
        "criteria": ("Criteria met", 16, "Which of the council's selection criteria it meets, with semicolons between."),
        "lead_lag": ("Leading or lagging", 12, "leading shows early what is coming, lagging what has happened. Empty: lagging."),
    },
    "Who answers for it": {
        "directorate_id": ("Directorate", 24, "The directorate it belongs to. Choose from the list; its name is taken too."),
        "service_id": ("Service", 22, "The service that returns its figures. Choose from the list; its name is taken too."),
        "committee_id": ("Committee", 30, "The committee whose paper it appears in. Empty: none."),
        "holder_post": ("Holder", 30, "The post that answers for this KPI. Empty: the holder of its service."),
        "deputy_post": ("Deputy", 30, "The post that stands in for the holder. Empty: the deputy of its service."),
        "portfolio_holder_post": ("Portfolio holder", 30, "The post of the member whose portfolio it is in. Empty: none named."),
    },
    "How it is measured": {
        "unit": ("Unit", 11, "What the figure counts: %, £, number, days, tonnes. Empty: number."),
        "decimals": ("Decimals", 10, "How many decimals are printed, from 0 to 6. Empty: 0."),
        "direction": ("Direction", 12, "Which way is better: higher, lower, range or maintain. Empty only for KPIs without a colour."),
        "status_type": ("Kind of KPI", 15, "Only rated ones have a colour. Empty: rated."),
        "frequency": ("Due", 11, "How often a figure is due: monthly, quarterly or annual. Empty: monthly."),
        "due_working_day": (
            "Figure by working day",
            12,
            "The working day of the next month on which it can be had. Empty: by the deadline.",
        ),
        "aggregation": ("Months add up by", 12, "How months become a quarter or a year: sum, last, mean, ratio or weighted."),
        "ratio_multiplier": ("Ratio times", 10, "What numerator over denominator is multiplied by: 100 for a percentage. Empty: 1."),
        "is_cumulative": ("Counts up in the year", 12, "yes if each month's figure counts from April on. Empty: no."),
        "incomplete": ("Month missing", 14, "What becomes of a quarter with a month missing: rated on the months there are. Empty: rated."),
        "period_mode": ("Figure is about", 14, "What stretch of time a figure is about. Empty: not said."),
        "numerator_definition": ("Numerator", 36, "What is counted above the line of a ratio."),
        "denominator_definition": ("Denominator", 36, "What is counted below the line of a ratio."),
        "part_of": ("Part of KPI", 12, "The KPI that this one's figure is combined into, by its reference. Empty: none."),
    },
    "Where figures come from": {
        "source_kind": ("How figures arise", 16, "How a figure comes about. Empty: not said."),
        "source_id": ("Source", 18, "The source declared in sources.yaml that states its figures. Empty: the service's form."),
        "has_national_definition": ("Nationally defined", 12, "yes if there is one: only then can it be benchmarked. Empty: no."),
        "national_definition": ("National definition", 36, "Which national definition it follows, by name or number."),
        "benchmark_source": ("Benchmark", 30, "Where others' figures are published. Needs a national definition."),
    },
    "How it is treated": {
        "is_financial": ("Financial", 11, "yes if it is about money. Empty: no."),
        "is_critical": ("Critical", 10, "yes if a red must be looked at outside the round of meetings. Empty: no."),
        "is_public": ("Public", 10, "yes if it may be published. Empty: no, it stays inside the council."),
        "about_people": (
            "About people",
            12,
            "yes if it counts people; sensitive if that there are none says something too. Empty: no. See docs/disclosure.md.",
        ),
        "suppress_below": ("Left out below", 12, "Public editions leave out what tells of fewer people than this. Empty: 5."),
        "no_target_reason": ("Why no target", 32, "Why a rated KPI has no target yet."),
        "suspended_reason": ("Why suspended", 32, "Why a suspended KPI is suspended."),
        "review_on": ("Review on", 12, "The day a suspended KPI is looked at again. Write a date, like 2025-04-01."),
    },
}

TARGETS: dict[str, Words] = {
    "Which target": {
        "kpi_ref": _KPI,
        "valid_from": _FROM,
        "valid_to": _TO,
        "period_kind": ("Target for a", 12, "The kind of period it is for: month, quarter or year. Empty: month."),
    },
    "What is to be reached": {
        "target": ("Target", 14, "The figure to reach, in the KPI's unit, like 95; where the direction is range, like 85..95."),
        "intervention_level": ("Intervention level", 14, "The figure beyond which it is red. It is worse than the target. Empty: none."),
        "tolerance_pct": ("Tolerance, %", 12, "How far short is still amber, in per cent of the target, if the policy asks. Empty: none."),
        "profile": ("Profile of the year", 24, "How a year's target is spread: even, or 12 or 4 rising per cents, like 20;45;70;100."),
    },
    "How it was set": {
        "method": ("Method", 12, "growth, maintain or reduction, on last year's figure. Empty: not by one of these."),
        "base": ("Base", 14, "The figure the method starts from: last year's."),
        "change_pct": ("Change, %", 12, "What growth adds or reduction takes away, in per cent, without a sign."),
        "set_by": ("Set by", 44, "Who set the target."),
        "approved_on": ("Approved on", 12, "The day it was approved. Write a date, like 2025-04-01."),
        "reason": ("Why it changed", 44, "Why it was changed within the year; this is printed in the next report."),
    },
}

TEMPLATES: dict[str, Words] = {
    "Which KPI": {"kpi_ref": _KPI, "valid_from": _FROM, "valid_to": _TO},
    "Who does what": {
        "collector_post": ("Collects", 30, "The post that collects the figures."),
        "forecaster_post": ("Forecasts", 30, "The post that forecasts the year's end. Empty: nobody, and no forecast is asked for."),
        "commentator_post": ("Comments", 30, "The post that writes the comment."),
        "cover_post": ("Covers", 30, "The post that stands in for them."),
        "access_confirmed": ("Access confirmed", 12, "yes once those who collect and cover can get at every system named. Empty: no."),
    },
    "How figures are made": {
        "systems": ("Systems", 40, "The systems and records the figures come from."),
        "method": ("Method", 60, "Step by step, so that another officer comes to the same figure."),
        "needs_numerator": ("Asks for a ratio", 12, "yes if numerator and denominator are asked for. Empty: no."),
    },
    "What is plausible": {
        "minimum": ("Lowest plausible", 14, "No figure lies below this, in the KPI's unit. Empty: no limit."),
        "maximum": ("Highest plausible", 14, "No figure lies above this, in the KPI's unit. Empty: no limit."),
        "max_decimals": ("Decimals at most", 12, "How many decimals a figure may have. A whole number; 0 for counts. Empty: any."),
        "large_movement_pct": ("Large movement, %", 14, "A change larger than this, in per cent, needs a comment. Empty: no limit."),
        "is_seasonal": ("Seasonal", 11, "yes if a figure is best compared with the same month of other years. Empty: no."),
        "sensitivity": ("Sensitivity", 12, "How soon a figure unlike its own history is asked about: low, usual or high. Empty: usual."),
        "zero_is_plausible": ("Nought plausible", 12, "yes if a figure of 0 is nothing to ask about. Empty: no."),
        "repeat_is_plausible": ("Repeats plausible", 12, "yes if a figure that stays as it was for months is no question. Empty: no."),
        "restatement_tolerance_pct": (
            "Restated by at most, %",
            14,
            "A published figure that changes by more than this, in per cent, must be explained. Empty: not asked.",
        ),
    },
    "How to read the figures": {
        "importance": ("Why it matters", 44, "Why the KPI matters."),
        "seasonality": ("Seasonality", 44, "How the figure moves with the seasons."),
        "amber_factors": ("What turns it amber", 44, "What would make it amber."),
        "red_factors": ("What turns it red", 44, "What would make it red."),
        "actions": ("What would be done", 44, "What would be done about it."),
        "benchmarking": ("Benchmarking", 40, "With whom it is compared, and where their figures stand."),
        "benchmark_max_age_months": (
            "Benchmark at most, months",
            14,
            "A benchmark about a period that ended longer ago than so many months is out of date. Empty: not asked.",
        ),
    },
}

ACTIONS: dict[str, Words] = {
    "Which action": {
        "action_ref": ("Action", 12, "The reference of the action, the same for ever. Letters, digits, hyphens and underscores."),
        "valid_from": _FROM,
        "valid_to": _TO,
    },
    "What is to be done": {
        "title": ("Title", 50, "The action as it is printed. At least five characters."),
        "description": ("Description", 60, "More about it."),
        "due_on": ("Due on", 12, "The day by which it is to be done. Write a date, like 2025-04-01. Empty: it is ongoing."),
    },
    "Where it belongs": {
        "ambition_id": ("Ambition", 12, "The ambition or priority it serves. Choose from the list; its name is taken too."),
        "service_id": ("Service", 24, "The service that reports on it. Choose from the list; its name is taken too."),
        "committee_id": ("Committee", 30, "The committee or panel it is reported to. Empty: none."),
        "influence": ("Influence", 12, "How far the council itself can bring it about: do, enable or influence."),
    },
}

BENCHMARKS: dict[str, Words] = {
    "Which KPI": {"kpi_ref": _KPI},
    "Whose figure": {
        "area": ("Area", 30, "Whose figure it is, as it is printed: a council, a group of councils, a region, England."),
        "kind": ("Kind of area", 14, "neighbour (one council), neighbours (the statistical neighbours together), regional or national."),
        "period": ("Period", 14, "What stretch of time it is about: 2024-09, 2024-25-Q2 or FY2024-25."),
    },
    "What it is, and where it stands": {
        "value": ("Figure", 14, "The figure, in the KPI's unit."),
        "source": ("Source", 50, "Where it is published, so that anyone can find it."),
        "definition": ("Definition", 50, "What the publisher counts. Empty: the national definition the KPI names."),
        "published_on": ("Published on", 12, "The day it was published. Write a date, like 2025-04-01. Empty: not known."),
    },
}

PANELS: dict[str, Words] = {
    "Which line": {
        "line_ref": ("Line", 12, "The reference of the line, the same for ever. Letters, digits, hyphens and underscores."),
        "valid_from": _FROM,
        "valid_to": _TO,
    },
    "What it is": {
        "panel": ("Panel", 12, "risk, finance (a budget) or change (a project)."),
        "title": ("Title", 50, "The risk, budget or project as it is printed. At least five characters."),
        "directorate_id": ("Directorate", 30, "The directorate that reports on it. Choose from the list; its name is taken too."),
        "holder_post": ("Holder", 30, "The post that answers for it. Choose from the list; its title is taken too."),
    },
    "What it is held against": {
        "target_score": ("Target score", 12, "Of a risk: the score it is to be brought to, from 1 to 25. Else empty."),
        "budget": ("Budget", 14, "Of a budget: what may be spent in the year, in pounds; income is below nought. Else empty."),
        "due_on": ("Due on", 12, "Of a project: the day by which it is to be done. Empty: it is ongoing."),
    },
    "How it is treated": {
        "is_public": ("Public", 10, "no if it stays inside the council. Empty: yes, it may be published."),
    },
}
