"""Deep-dive packs: everything the warehouse knows of one KPI, put together as a document, and the letter that takes it to people."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from pmf.cycle.documents import DEEP_DIVE, PAPER_FORMATS, PDF, Edition, FinishedFile
from pmf.cycle.figures import Figures, load_figures
from pmf.cycle.inforce import load_standing
from pmf.cycle.intervention.record import load_interventions
from pmf.cycle.intervention.standing import FORESEEN, Printer, headline_policy, load_states
from pmf.cycle.letters import Occasion, digest_of, write_letters
from pmf.cycle.measures import load_measures
from pmf.cycle.querylist import states_of
from pmf.cycle.querythread import Thread, load_threads
from pmf.cycle.rated.standing import Rater
from pmf.cycle.rated.window import window_of
from pmf.cycle.workspace import Workspace
from pmf.mail import Attachment, Letter
from pmf.mail.letter import PDF_SUBTYPE
from pmf.period import Month, parse_month, parse_period
from pmf.reporting.deepdive import Corrected, DeepDive, Past, Said, deep_dive_pack
from pmf.reporting.measure import Measure
from pmf.reporting.standing import period_noun
from pmf.reporting.wording import counted
from pmf.warehouse.engine import reading

# How far back comments, queries and corrections are looked for, and how many periods of history are shown.
_MONTHS_BACK, _PERIODS = 12, 24


def pack_editions(workspace: Workspace, month: Month, kpi_refs: Collection[str], *, as_at: datetime) -> list[Edition]:
    """Build the packs of KPIs that were rated in a month, in register order; one that was not has none."""
    if not kpi_refs:
        return []
    with reading(workspace.engine) as connection:
        standing = load_standing(workspace, connection, month, as_at=as_at)
        figures = load_figures(workspace, connection, month, as_at=as_at)
        policy, printer = headline_policy(workspace, month), Printer(workspace, connection, as_at)
        measures = load_measures(workspace, month, policy, standing, as_at=as_at, figures=figures, kpi_refs=kpi_refs)
        rater = Rater(workspace.register, figures, policy, as_at)
        dives = [_dive(printer, rater, month, measure) for measure in measures]
    return [Edition(f"{DEEP_DIVE}{dive.measure.ref}", deep_dive_pack(dive), PAPER_FORMATS) for dive in dives]


def pack_letters(
    workspace: Workspace, month: Month, measures: Sequence[Measure], files: Sequence[FinishedFile], *, as_at: datetime
) -> list[Letter]:
    """Send each pack to whoever answers for the KPI, to its head of service and director, and to the performance team."""
    profile, letters = workspace.profile, []
    for measure in measures:
        service = profile.service(measure.kpi.service_id)
        own = [file for file in files if file.edition.document_id == f"{DEEP_DIVE}{measure.ref}"]
        version = digest_of([measure.rating["reason"], measure.rating["comment"]])
        letters += write_letters(
            profile,
            workspace.settings,
            occasion=Occasion(event="deep_dive", period=month.key, subject=measure.ref, version=version, at=as_at),
            recipients=(
                *workspace.register.answering_posts(service, month, {measure.ref}),
                service.head,
                profile.directorate_of(service.id).director,
                profile.performance_team,
            ),
            template="deep_dive",
            context={
                "period_label": month.label,
                "kpi_label": f"{measure.ref} {measure.kpi.title}",
                "service_name": service.name,
                "reason": measure.rating["reason"],
                "reds": counted(measure.rating["reds_in_a_row"], period_noun(measure)),
                "paths": [str(file.path) for file in own],
            },
            attachments=tuple(Attachment(file.path.name, file.content, PDF_SUBTYPE) for file in own if file.format == PDF),
        )
    return letters


def _dive(printer: Printer, rater: Rater, month: Month, measure: Measure) -> DeepDive:
    workspace, connection, as_at = printer.workspace, printer.connection, printer.as_at
    months = tuple(reversed(list(month.plus(1 - _MONTHS_BACK).up_to(month))))
    refs = (measure.ref, *measure.parts)
    interventions = [item for item in load_interventions(workspace, connection, as_at=as_at) if item.kpi_ref == measure.ref]
    template = workspace.register.template(measure.ref, month.last_day)
    return DeepDive(
        profile=workspace.profile,
        measure=measure,
        month=month,
        as_at=as_at,
        months=_MONTHS_BACK,
        past=tuple(_past(printer, rater, measure, month)),
        said=tuple(_said(workspace, rater.figures, refs, months)),
        asked=tuple(states_of(workspace, _threads(workspace, connection, refs, months, as_at=as_at), as_at=as_at)),
        corrected=tuple(_corrected(workspace, connection, refs, months, as_at=as_at)),
        foreseen=tuple((question, words) for field, question in FORESEEN if template and (words := getattr(template, field))),
        interventions=tuple(load_states(workspace, connection, interventions, as_at=as_at)),
        criteria=rater.policy.criteria,
    )


def _past(printer: Printer, rater: Rater, measure: Measure, month: Month) -> Iterator[Past]:
    """Give the KPI's periods up to the month, the latest first: as they were rated, and before that as they would be now."""
    points = rater.figures.points.get(measure.ref, ())
    first = min((point.period for point in points if isinstance(point.period, Month)), default=month)
    due = [each for each in first.up_to(month) if measure.kpi.is_due(each)]
    for each in reversed(due[-_PERIODS:]):
        rated = printer.measure(measure.ref, each)
        if rated is not None:
            yield Past(each.label, rated.in_unit(rated.current), rated.in_unit(rated.target), rated.status)
            continue
        kpi = rater.as_defined(measure.kpi, window_of(measure.kpi, each))
        judged = rater.rated(kpi, window_of(kpi, each))
        status, value = judged.judgement.status, judged.figure.value
        figure = status.label if value is None else measure.in_unit(measure.as_figure(value))
        target = measure.in_unit(judged.target.printed(kpi)) if judged.target else "No target"
        yield Past(each.label, figure, target, status)


def _said(workspace: Workspace, figures: Figures, refs: Sequence[str], months: Sequence[Month]) -> Iterator[Said]:
    for month in months:
        for ref in refs:
            row, kpi = figures.rows.get((ref, month)), workspace.register.kpi(ref, month)
            if row and kpi and row["comment"].strip():
                # A withheld figure is not printed because a comment about it is.
                point = next((point for point in figures.points.get(ref, ()) if point.period == month), None)
                measure = Measure(kpi, {})
                yield Said(month, ref, measure.in_unit(measure.as_figure(point.value if point else None)), row["comment"].strip())


def _threads(
    workspace: Workspace, connection: Connection, refs: Sequence[str], months: Sequence[Month], *, as_at: datetime
) -> list[Thread]:
    threads = load_threads(workspace, connection, as_at=as_at)
    return [thread for thread in threads if thread.kpi_ref in refs and parse_period(thread.key.period).months[-1] in months]


def _corrected(
    workspace: Workspace, connection: Connection, refs: Sequence[str], months: Sequence[Month], *, as_at: datetime
) -> Iterator[Corrected]:
    """Find figures that were stated anew as another figure, the latest month first."""
    keys = [month.key for month in months]
    rows = workspace.read(connection, "figure_versions_at", kpi_refs=list(refs), periods=keys, as_at=as_at)
    found = []
    for before, after in pairwise(rows):
        is_same_figure = (before["kpi_ref"], before["period"]) == (after["kpi_ref"], after["period"])
        is_anew = after["status"] == "restated" or after["source"] == "entry"
        if is_same_figure and is_anew and before["value"] != after["value"]:
            found.append((before, after))
    for before, after in sorted(found, key=lambda pair: keys.index(pair[1]["period"])):
        month = parse_month(after["period"])
        kpi = workspace.register.kpi(after["kpi_ref"], month)
        if kpi is not None:
            was, now = (Measure(kpi, {}).as_figure(row["value"]) for row in (before, after))
            on = after["recorded_at"].astimezone(ZoneInfo(workspace.profile.timezone)).date()
            because = after["reason"] or ("" if after["source"] == "entry" else after["comment"])
            yield Corrected(month, was, now, on, because.strip())
