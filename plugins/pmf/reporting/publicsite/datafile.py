"""``data.json``: all that is on the site, for programs."""

from __future__ import annotations

from typing import Any

from pmf.reporting.publicsite.content import Content, Item, committee_path, kpi_path, period_path
from pmf.reporting.publicsite.record import Correction, KpiRecord, PrintedFigure
from pmf.value import plain


def site_data(content: Content) -> dict[str, Any]:
    """Give everything published as plain values; figures are text, as exact as they were printed, null for none."""
    return {
        "organisation": content.profile.slug,
        "name": content.profile.name,
        "notice": content.profile.notice,
        "as_at": content.moment,
        "periods": [
            {
                "period": period.key,
                "label": period.label,
                "page": period_path(period),
                "documents": [_document(item) for item in content.items_of(period)],
            }
            for period in content.periods
        ],
        "committees": [{"id": item.id, "name": item.name, "page": committee_path(item.id)} for item in content.committees],
        "kpis": [_kpi(record, content) for record in content.kpis],
    }


def _document(item: Item) -> dict[str, Any]:
    return {
        "document": item.document_id,
        "title": item.title,
        "committee": item.committee_id,
        "as_at": item.made_at,
        "first_published_at": item.first_published_at,
        "published_at": item.published_at,
        "files": [{"path": file.path, "format": file.label, "bytes": file.size_bytes, "sha256": file.sha256} for file in item.downloads],
    }


def _kpi(record: KpiRecord, content: Content) -> dict[str, Any]:
    kpi = record.kpi
    return {
        "kpi": kpi.kpi_ref,
        "title": kpi.title,
        "description": kpi.description,
        "unit": kpi.unit,
        "direction": kpi.direction,
        "committee": kpi.committee_id,
        "page": kpi_path(kpi.kpi_ref),
        "history": [
            {
                "period": found.period.key,
                **_figure(found.last),
                "corrections": [_correction(correction, content) for correction in found.corrections],
            }
            for found in record.periods
        ],
    }


def _figure(printed: PrintedFigure) -> dict[str, Any]:
    return {
        "value": None if printed.value is None else plain(printed.value),
        "printed": printed.figure,
        "target": printed.target,
        "status": printed.status.value,
        "is_provisional": printed.is_provisional,
        "document": printed.by.document,
        "published_at": printed.by.published_at,
    }


def _correction(correction: Correction, content: Content) -> dict[str, Any]:
    return {
        "from": _figure(correction.before),
        "to": _figure(correction.after),
        "because": correction.because or None,
        "words": correction.words(content.day(correction.after.by.published_at)),
    }
