"""Hold year ends forecast for real KPIs against what came; count the sample council's KPIs that have one, and time them.

Usage: bench_year_end.py [FILE OF QUARTERLY FIGURES], by default the Scottish councils' of ../shared/data/lgbf or of lgbf in
PMF_REFERENCE_DATA.

The real ones: two shares, quarter by quarter, of 32 Scottish councils. Every year with its four quarters is forecast after
its first, second and third by the rule "ratio", and held against the year's numerators over its denominators; beside it
stands the year as it would end if the quarters to come were like the last one ("no change").

The sample council's history and returns are imported into a warehouse in a temporary folder, as they came in by September
2024. Its figures are mostly illustrative: the counts show how the rule works, not how well KPIs can be forecast.
"""

from __future__ import annotations

import csv
import io
import os
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from pmf.cycle.figures import load_figures
from pmf.cycle.history import import_history
from pmf.cycle.rated.standing import Rater
from pmf.cycle.rated.yearend import year_ends
from pmf.cycle.workspace import open_workspace
from pmf.period import Month, Quarter, parse_quarter
from pmf.rating.policy import load_policy
from pmf.register.kpi import Aggregation
from pmf.series.forecast import Shown
from pmf.series.point import Point
from pmf.series.track import History
from pmf.series.yearend import UnfinishedYear, project_year_ends
from pmf.settings import Settings, read_settings
from pmf.warehouse.engine import reading

SLUG = "cambridgeshire"
AS_AT = datetime(2024, 10, 31, tzinfo=UTC)
COLUMNS = ("kpi_ref", "period", "value", "numerator", "denominator", "provenance", "source")


def known_figures(folder: Path) -> str:
    """Put the council's history and its returns together, as an import reads them; what was not available is left out."""
    lines = io.StringIO()
    writer = csv.DictWriter(lines, COLUMNS, extrasaction="ignore")
    writer.writeheader()
    for name in ("history.csv", "sample_returns.csv"):
        with (folder / name).open(encoding="utf-8", newline="") as rows:
            writer.writerows(row for row in csv.DictReader(rows) if row["value"] or row["numerator"])
    return lines.getvalue()


def rater(settings: Settings) -> Rater:
    """Import the figures, and rate by the council's headline policy."""
    path = settings.home / "figures.csv"
    path.write_text(known_figures(settings.organisations / SLUG), encoding="utf-8")
    import_history(SLUG, path, as_at=AS_AT, settings=settings)
    workspace = open_workspace(SLUG, settings)
    with reading(workspace.engine) as connection:
        figures = load_figures(workspace, connection, Month(2024, 9), as_at=AS_AT)
    policy = load_policy(settings.policies / f"{workspace.profile.policy_id(Month(2024, 9))}.yaml")
    return Rater(workspace.register, figures, policy, AS_AT)


@dataclass(frozen=True)
class Task:
    """A year to be forecast after some of its quarters, how it ended, and how it would have ended with no change."""

    unfinished: UnfinishedYear
    quarters: int
    outcome: float
    no_change: float


def tasks(path: Path) -> list[Task]:
    """Make a task of every year with four quarters, after its first, second and third, with six figures or more by then."""
    series: dict[tuple[str, str], dict[Quarter, Point]] = defaultdict(dict)
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            if all(row[name] not in ("", "null") for name in ("Numerator", "Denominator")) and float(row["Denominator"]):
                quarter, over, under = (
                    parse_quarter(row["Period"].replace(";", " ")),
                    Decimal(row["Numerator"]),
                    Decimal(row["Denominator"]),
                )
                point = Point(period=quarter, value=100 * over / under, numerator=over, denominator=under)
                series[row["Code"], row["LocalAuthority"]][quarter] = point
    return [task for points in series.values() for task in tasks_of(points)]


def tasks_of(points: dict[Quarter, Point]) -> list[Task]:
    """Make the tasks of one series."""
    made = []
    for year in sorted({quarter.financial_year for quarter in points}):
        quarters = [Quarter(year.start_year, number) for number in (1, 2, 3, 4)]
        if not all(quarter in points for quarter in quarters):
            continue
        of_year = [points[quarter] for quarter in quarters]
        for known in (1, 2, 3):
            past = [point for quarter, point in points.items() if quarter <= quarters[known - 1]]
            if len(past) >= 6:
                unfinished = UnfinishedYear(
                    history=History(points=past, is_percentage=True), year=year, aggregation=Aggregation.RATIO, multiplier=100
                )
                made.append(Task(unfinished, known, share(of_year), share([*of_year[:known], *[of_year[known - 1]] * (4 - known)])))
    return made


def share(points: Sequence[Point]) -> float:
    """Give the numerators in per cent of the denominators."""
    return float(100 * sum(point.numerator or 0 for point in points) / sum(point.denominator or 0 for point in points))


def print_real(path: Path) -> None:
    """Print how the year ends that would have been shown came true, after one, two and three quarters."""
    given = tasks(path)
    made = project_year_ends([task.unfinished for task in given])
    years = sorted({task.unfinished.year for task in given})
    print(f"{path.name}: {len(given)} year ends, {years[0].label} to {years[-1].label}")
    for quarters in (1, 2, 3):
        pairs = [(task, shown) for task, shown in zip(given, made, strict=True) if task.quarters == quarters]
        misses = [
            (abs(float(each.projection.value) - task.outcome), abs(task.no_change - task.outcome))
            for task, each in pairs
            if each.projection
        ]
        ours, rival = (sum(each) / len(misses) for each in zip(*misses, strict=True))
        held = [holds(shown, task.outcome) for task, shown in pairs if shown.projection]
        print(
            f"  after {quarters} quarters: {len(misses)} of {len(pairs)} shown; mean miss {ours:.2f} points against {rival:.2f} of "
            f"no change; band holds {sum(held) / len(held):.0%}"
        )


def holds(shown: Shown, outcome: float) -> bool:
    """Tell whether a year ended within the band."""
    made = shown.projection
    return made is not None and made.low is not None and made.high is not None and float(made.low) <= outcome <= float(made.high)


def main() -> None:
    """Print how real year ends came true, the sample's counts month by month, and the seconds of one month."""
    default = Path(os.environ.get("PMF_REFERENCE_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else default / "lgbf" / "indicator_data_real_quarterly.csv"
    if path.is_file():
        print_real(path)
    else:
        print(f"{path} is not there: real year ends are left out")
    print_sample()


def print_sample() -> None:
    """Print for how many of the sample's KPIs a year end is shown, why not for the others, and what it costs."""
    with tempfile.TemporaryDirectory() as home:
        rating = rater(read_settings({"PMF_HOME": home}))
        for month in Month(2024, 4).up_to(Month(2024, 9)):
            kpis = rating.register.kpis(month)
            shown = year_ends(rating, kpis, month)
            methods = Counter(each.projection.method for each in shown.values() if each.projection)
            by_method = ", ".join(f"{count} by {name}" for name, count in methods.items())
            print(f"\n{month.label}: shown for {methods.total()} of {len(kpis)} KPIs ({by_method})")
            reasons = Counter(re.sub(r" \(.*|\d+ figures?(?=,)", "", each.reason) for each in shown.values() if not each.projection)
            for reason, count in reasons.most_common():
                print(f"  {count:3} {reason}")
        for title, parts in (("at once", [kpis]), ("one by one", [[kpi] for kpi in kpis])):
            began = time.process_time()
            for part in parts:
                year_ends(rating, part, Month(2024, 9))
            print(f"{len(kpis)} KPIs {title}: {time.process_time() - began:.2f} s of processor time")


if __name__ == "__main__":
    main()
