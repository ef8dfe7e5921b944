"""Audiences: each document is built for readers inside the council, and, where that says more than the public may read, for these too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from pmf.assurance.panels import items_of
from pmf.cycle.documents import Edition
from pmf.cycle.printed import internal_id, printed_kpis
from pmf.cycle.withheld import parts_by_ref
from pmf.cycle.workspace import Workspace
from pmf.period import Period
from pmf.reporting.disclosure.edition import Audience, internal_edition, public_edition
from pmf.reporting.disclosure.guard import Suppression
from pmf.reporting.disclosure.redaction import public_measures
from pmf.reporting.measure import Measure

# Builds a period's documents from measures, for an audience.
Builder = Callable[[Sequence[Measure], Audience], Iterable[Edition]]


def for_both(
    workspace: Workspace, period: Period, measures: Sequence[Measure], decided: Iterable[Suppression], build: Builder
) -> list[Edition]:
    """Build a period's documents for both audiences: one edition of each that says the same to both, else two.

    The public edition keeps the document's id, so that its address on the site never changes; what is not for publication says so in its
    own (``-internal``). A document that would have nothing left to say to the public has no public edition, nor has one of a period
    whose documents wait for no sign-off: nobody publishes these.
    """
    parts = parts_by_ref((item.kpi_ref, item.part) for item in decided)
    public = {measure.ref: measure for measure in public_measures(measures, parts)}
    inside = list(build(measures, Audience()))
    refs = {kpi.kpi_ref for kpi in workspace.register.kpi_versions}
    internal = frozenset(ref for ref in refs if workspace.register.is_internal(ref, period))
    lines = workspace.register.internal_lines(period)
    if not parts and not internal and not lines:
        return inside
    audience = Audience(internal, frozenset(parts), lines)
    outside = {edition.document_id: edition for edition in build(list(public.values()), audience)}
    is_published = workspace.profile.sign_off.is_needed(period)
    made: list[Edition] = []
    for edition in inside:
        own = outside.get(edition.document_id)
        if own is not None and own.document == edition.document:
            made.append(edition)
            continue
        made.append(_internal(edition))
        if own is not None and is_published:
            made.append(_public(workspace, period, own, printed=_printed(workspace, period, edition, measures), public=public))
    return made


def _printed(workspace: Workspace, period: Period, inside: Edition, measures: Sequence[Measure]) -> list[Measure]:
    """Select what a document tells to readers inside."""
    refs = {kpi.kpi_ref for kpi in printed_kpis(workspace.register, period, internal_id(inside.document_id))}
    return [measure for measure in measures if measure.ref in refs]


def _internal(inside: Edition) -> Edition:
    return replace(inside, document_id=internal_id(inside.document_id), document=internal_edition(inside.document))


def _public(
    workspace: Workspace, period: Period, outside: Edition, *, printed: Sequence[Measure], public: Mapping[str, Measure]
) -> Edition:
    told = [public[measure.ref] for measure in printed if measure.ref in public]
    items = items_of(workspace.register, period, outside.document_id, [measure.kpi for measure in printed])
    lines = sum(not item.is_public for item in items)
    return replace(outside, document=public_edition(outside.document, told, kpis=len(printed) - len(told), lines=lines))
