"""Look into: what a month's persistent reds call for - a deep-dive pack, an intervention form - and how interventions go on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from pmf.cycle.deepdives import pack_editions, pack_letters
from pmf.cycle.documents import FinishedFile, document_rows, finish_files, place_files
from pmf.cycle.intervention.paperwork import Paperwork, board_letters, month_letters, prepare, write_intervention_page
from pmf.cycle.intervention.record import CAUSE, STEPS, Intervention, Kind, load_interventions, opened, save_interventions
from pmf.cycle.intervention.standing import Printer, headline_policy
from pmf.cycle.querythread import PIPELINE
from pmf.cycle.workspace import Summary, Workspace, open_workspace
from pmf.mail import Letter, queue_rows
from pmf.period import Month
from pmf.register.assessment import Persistence
from pmf.reporting.measure import Measure
from pmf.reporting.standing import period_noun
from pmf.reporting.wording import counted, sentence_case
from pmf.settings import Settings
from pmf.warehouse.access import append_new, replace_partition
from pmf.warehouse.engine import reading
from pmf.warehouse.tables import document, mail_queue

STAGE = "look_into"
# How far back a KPI's last rating before the month is looked for: a yearly one's lies this far.
_MONTHS_BACK = 12


@dataclass(frozen=True)
class LookedInto(Summary):
    """How many packs were written and interventions opened, how many interventions are open now, and the folders of both.

    ``is_superseded`` says that a run with a later business clock has been here already, so that nothing was done.
    """

    packs: int
    opened: int
    open: int
    pack_folder: str
    form_folder: str
    is_superseded: bool


def look_into_reds(organisation: str, month: Month, *, as_at: datetime, settings: Settings) -> LookedInto:
    """Write the packs that become due in a month, open interventions where reds persist, and go on with those that are open.

    Which of them a council has, its profile says. A pack is written when a KPI becomes due a deep dive, not again while it
    stays so; an intervention is opened where the KPI has none that is open.
    """
    workspace = open_workspace(organisation, settings)
    packs, forms = (Path("outbox") / organisation / month.key / name for name in ("deep-dives", "interventions"))
    with reading(workspace.engine) as connection:
        if workspace.read(connection, "later_stage_runs", period=month.key, stage=STAGE, as_at=as_at):
            return LookedInto(0, 0, 0, str(packs), str(forms), True)
        due = _due(workspace, connection, month, as_at=as_at)
        begun = _begun(workspace, connection, month, due, as_at=as_at) if workspace.profile.deep_dive.writes_pack else []
        items = _interventions(workspace, connection, month, due, as_at=as_at)

    papers = _prepared(workspace, [item for item in items if not item.closed], forms, as_at=as_at)
    pack_files = finish_files(pack_editions(workspace, month, [measure.ref for measure in begun], as_at=as_at), packs, settings)
    files = [*pack_files, *(file for paper in papers for file in paper.files)]
    place_files(files, settings)
    letters = [
        *pack_letters(workspace, month, begun, pack_files, as_at=as_at),
        *month_letters(workspace, papers, month, as_at=as_at),
        *board_letters(workspace, [paper.state for paper in papers], month, as_at=as_at),
    ]
    summary = LookedInto(len(begun), sum(item.month == month for item in items), len(papers), str(packs), str(forms), False)
    _save(workspace, month, items, files, letters, summary=summary, as_at=as_at)
    if items:
        write_intervention_page(workspace, as_at=as_at)
    return summary


def write_pack(organisation: str, month: Month, *, kpi_ref: str, as_at: datetime, settings: Settings) -> tuple[str, ...]:
    """Write the deep-dive pack of one KPI that was rated in a month, due one or not, and give its files' paths; nobody is written to.

    Raises:
        KeyError: when the KPI was not rated in the month.
    """
    workspace = open_workspace(organisation, settings)
    editions = pack_editions(workspace, month, [kpi_ref], as_at=as_at)
    if not editions:
        raise KeyError(kpi_ref)
    files = finish_files(editions, Path("outbox") / organisation / month.key / "deep-dives", settings)
    place_files(files, settings)
    with workspace.engine.begin() as connection:
        _note(workspace, connection, month, files, as_at=as_at)
    return tuple(str(file.path) for file in files)


def _due(workspace: Workspace, connection: Connection, month: Month, *, as_at: datetime) -> list[Measure]:
    """List the KPIs whose figure of the month makes them due a deep dive, in register order."""
    printer = Printer(workspace, connection, as_at)
    measures = (printer.measure(kpi.kpi_ref, month) for kpi in workspace.register.kpis(month))
    return [measure for measure in measures if measure and measure.rating["is_deep_dive"] and measure.is_updated_in(month)]


def _begun(workspace: Workspace, connection: Connection, month: Month, due: Iterable[Measure], *, as_at: datetime) -> list[Measure]:
    """Keep those that were not due one when they were rated last before."""
    before = [earlier.key for earlier in month.plus(-_MONTHS_BACK).up_to(month.previous)]
    policy_id = workspace.profile.policy_id(month)
    rows = workspace.read(connection, "deep_dives_before", periods=before, policy_id=policy_id, as_at=as_at)
    known = {row["kpi_ref"] for row in rows}
    return [measure for measure in due if measure.ref not in known]


def _interventions(
    workspace: Workspace, connection: Connection, month: Month, due: Sequence[Measure], *, as_at: datetime
) -> list[Intervention]:
    """Load the interventions there are, with those that the month opens; none where the council has no such form."""
    if workspace.profile.intervention is None:
        return []
    known = [item for item in load_interventions(workspace, connection, as_at=as_at) if item.month <= month]
    by_ref = {measure.ref: measure for measure in due}
    busy = {item.kpi_ref for item in known if not item.closed or item.month == month}
    rule = workspace.profile.deep_dive
    new = [opened(measure.ref, month, post=PIPELINE, words=_fired(measure, rule), at=as_at) for measure in due if measure.ref not in busy]
    return [_with_proposals(item, by_ref, month, at=as_at) for item in (*known, *new)]


def _fired(measure: Measure, rule: Persistence) -> str:
    """Say which rule opened it."""
    running: int = measure.rating["reds_in_a_row"]
    return f"Red {counted(running, period_noun(measure))} running; a form is opened for {rule.reds} reds in {rule.of} rated periods."


def _with_proposals(item: Intervention, due: Mapping[str, Measure], month: Month, *, at: datetime) -> Intervention:
    """Propose as cause and steps what the service said with the figure, where that is news and nobody has put in a plan."""
    measure = due.get(item.kpi_ref)
    if measure is None or item.month != month or item.closed:
        return item
    for part, words in ((CAUSE, sentence_case(measure.commentary)), (STEPS, sentence_case(measure.path_to_green))):
        if words and words != item.proposed(part) and item.planned(part) is None:
            item = item.then(Kind.PROPOSED, part, post=PIPELINE, words=words, at=at)
    return item


def _prepared(workspace: Workspace, items: Iterable[Intervention], folder: Path, *, as_at: datetime) -> list[Paperwork]:
    with reading(workspace.engine) as connection:
        printer = Printer(workspace, connection, as_at)
        return [paper for item in items if (paper := prepare(workspace, printer, item, folder=folder)) is not None]


def _save(
    workspace: Workspace,
    month: Month,
    items: Sequence[Intervention],
    files: Sequence[FinishedFile],
    letters: Sequence[Letter],
    *,
    summary: LookedInto,
    as_at: datetime,
) -> None:
    with workspace.engine.begin() as connection:
        save_interventions(connection, workspace.organisation, items)
        _note(workspace, connection, month, files, as_at=as_at)
        append_new(connection, mail_queue, queue_rows(letters))
        workspace.finish(connection, STAGE, month, as_at=as_at, summary=summary.as_dict())


def _note(workspace: Workspace, connection: Connection, month: Month, files: Sequence[FinishedFile], *, as_at: datetime) -> None:
    """Note finished files as documents of the month."""
    rows = document_rows(workspace, files, month, as_at=as_at, policy_digest=headline_policy(workspace, month).digest)
    for document_id in dict.fromkeys(row["document_id"] for row in rows):
        key = {"organisation": workspace.organisation, "period": month.key, "document_id": document_id, "as_at": as_at}
        replace_partition(connection, document, key, [row for row in rows if row["document_id"] == document_id])
