"""What the last validations of a period found and what has become of it since, for whoever must see to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pmf.finding import Severity
from pmf.page.document import Block, Cell, Column, Document, Fact, Facts, Link, Section, Table, paragraph
from pmf.period import Period
from pmf.register import Profile
from pmf.reporting.desk.address import Place
from pmf.reporting.wording import counted, sentence_case
from pmf.status import Status

OUTCOMES = {"pass": ("Passed", Status.GREEN), "flag": ("Flagged", Status.AMBER), "fail": ("Failed", Status.RED)}
_COLUMNS = (
    Column("About", width=2.4),
    Column("Effect", width=1.1),
    Column("What is wrong", width=3.6),
    Column("Where", width=1.8),
    Column("How to put it right", width=2.8),
    Column("Query", width=1.2),
)


@dataclass(frozen=True, kw_only=True)
class FindingLine:
    """One finding. ``about`` names the KPI, the plan action or the return; ``query`` the query about it with its state ("": none is).

    ``effect`` says what came of it beyond failing or flagging: withheld, stops publication ("": nothing).
    """

    severity: Severity
    is_waived: bool
    about: str
    service_name: str
    effect: str
    message: str
    rule_id: str
    where: str
    fix: str
    query: str


@dataclass(frozen=True, kw_only=True)
class ValidatedPoint:
    """The last validation of a period at one point ("returns", "ratings"). ``at`` is in the council's own time.

    ``report`` is the address of its data-quality report ("": there is none).
    """

    point: str
    period_label: str
    at: datetime
    outcome: str
    reason: str
    report: str
    findings: tuple[FindingLine, ...]

    def standing(self, severity: Severity) -> int:
        """Count the findings of a severity that nothing has waived."""
        return sum(line.severity is severity and not line.is_waived for line in self.findings)


def findings_page(points: Sequence[ValidatedPoint], *, profile: Profile, period: Period, as_at: str) -> Document:
    """Lay out the page: how each validation ended, and all it found."""
    sections = [Section("At a glance", tuple(_glance(points)))]
    sections += [Section(point.point.capitalize(), tuple(_point(point))) for point in points]
    return Document(
        title="Findings",
        organisation=profile.name,
        subtitle=sentence_case(period.label),
        header=(("As at", as_at),),
        sections=tuple(sections),
        footer=f"{profile.name} – Findings of {period.label}, as at {as_at}",
        banner=profile.notice,
        is_landscape=True,
    )


def _glance(points: Sequence[ValidatedPoint]) -> Iterable[Block]:
    if not points:
        yield paragraph("Nothing has been validated yet.")
        return
    waived = sum(line.is_waived for point in points for line in point.findings)
    yield Facts(
        (
            Fact("Findings that fail", str(sum(point.standing(Severity.CRITICAL) for point in points))),
            Fact("Findings that flag", str(sum(point.standing(Severity.WARNING) for point in points))),
            Fact("Findings waived", str(waived)),
        )
    )


def _point(point: ValidatedPoint) -> Iterable[Block]:
    report = (" ", Link("The whole data-quality report", point.report), ".") if point.report else ()
    yield paragraph(f"Validated on {point.at:%-d %B %Y at %H:%M}. {point.reason}", *report)
    if not point.findings:
        yield paragraph("Nothing was found wrong.")
        return
    caption = f"{counted(len(point.findings), 'finding')} in the {point.point} of {point.period_label}"
    yield Table(caption, _COLUMNS, tuple(_row(line) for line in point.findings), is_wide=True)


def _row(line: FindingLine) -> tuple[Cell, ...]:
    verb, status = line.severity.verb, Status.RED if line.severity is Severity.CRITICAL else Status.AMBER
    return (
        Cell(line.about, note=line.service_name),
        Cell(verb, note="waived") if line.is_waived else Cell(verb, status=status, note=line.effect),
        Cell(line.message, note=line.rule_id),
        Cell(line.where),
        Cell(line.fix),
        Cell(line.query, link=Place.QUERIES if line.query else ""),
    )
