"""The pages' addresses. Each is a page of the desk as known now; none changes anything."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from pmf.cycle.desk.documents import file_of, read_outbox, reports_document, sign_offs_document
from pmf.cycle.desk.findings import findings_document
from pmf.cycle.desk.glance import glance_document
from pmf.cycle.desk.returns import returns_document
from pmf.cycle.querylist import query_document
from pmf.orchestration.councils import readable_profiles
from pmf.orchestration.pages.access import SettingsDep, readable_council, readable_councils
from pmf.orchestration.pages.visit import VisitDep, read_period
from pmf.page.web import render_html
from pmf.reporting.desk.address import Place
from pmf.reporting.desk.councils import councils_page

router = APIRouter()

HTML = "html"
_MEDIA_TYPES = {
    HTML: "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}


@router.get("/")
def councils(own: Annotated[list[str], Depends(readable_councils)], settings: SettingsDep) -> Response:
    """Name the councils a visitor may look at; who may look at one alone is led to it."""
    if len(own) == 1:
        return RedirectResponse(f"{own[0]}/")
    profiles = [profile for profile in readable_profiles(settings) if profile.slug in own]
    return HTMLResponse(render_html(councils_page(profiles), templates=settings.templates))


@router.get("/{council}")
def enter(council: Annotated[str, Depends(readable_council)]) -> Response:
    """Lead to a council's desk, whose pages name each other by addresses in its folder."""
    return RedirectResponse(f"{council}/")


@router.get("/{council}/")
def glance(visit: VisitDep) -> Response:
    """Show a month at a glance."""
    return visit.show(glance_document(visit.workspace, visit.month, as_at=visit.now), Place.MONTH)


@router.get("/{council}/returns")
def returns(visit: VisitDep) -> Response:
    """Show who has returned a month."""
    return visit.show(returns_document(visit.workspace, visit.month, as_at=visit.now), Place.RETURNS)


@router.get("/{council}/findings")
def findings(visit: VisitDep) -> Response:
    """Show what the last validations of a period found."""
    return visit.show(findings_document(visit.workspace, visit.period or visit.month, as_at=visit.now), Place.FINDINGS)


@router.get("/{council}/queries")
def queries(visit: VisitDep) -> Response:
    """Show every query that is open, and those closed of late."""
    return visit.show(query_document(visit.workspace, as_at=visit.now), Place.QUERIES)


@router.get("/{council}/sign-offs")
def sign_offs(visit: VisitDep) -> Response:
    """Show where a period's documents stand."""
    return visit.show(sign_offs_document(visit.workspace, visit.period, as_at=visit.now), Place.SIGN_OFFS)


@router.get("/{council}/reports")
def reports(visit: VisitDep) -> Response:
    """Show the files of a period's documents, or the latest."""
    return visit.show(reports_document(visit.workspace, visit.period, as_at=visit.now), Place.REPORTS)


@router.get("/{council}/calendar")
def calendar(visit: VisitDep) -> Response:
    """Show the calendar of meetings as the morning's look at it left it."""
    content = read_outbox(visit.workspace, f"outbox/{visit.workspace.organisation}/calendar.html")
    if content is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no calendar yet: the calendar's DAG makes it every working morning.")
    return _report(content)


@router.get("/{council}/files/{of}/{name}")
def file(visit: VisitDep, of: str, name: str) -> Response:
    """Hand out a document's last edition in one format: a web page to be read as it is, anything else to be saved."""
    period = read_period(of)
    content = file_of(visit.workspace, period, name, as_at=visit.now)
    if content is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"There is no {name} of {period.label}.")
    ending = name.rpartition(".")[2]
    if ending == HTML:
        return _report(content)
    headers = {"Content-Disposition": f'attachment; filename="{visit.workspace.organisation}-{period.key}-{name}"'}
    return Response(content, media_type=_MEDIA_TYPES[ending], headers=headers)


def _report(content: bytes) -> Response:
    """Show a finished page. It holds words from many hands, so it is shown as if from nowhere: it could reach nothing of Airflow's."""
    policy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
    return Response(content, media_type=_MEDIA_TYPES[HTML], headers={"Content-Security-Policy": policy})


@router.get("/{rest:path}")
def nowhere(rest: str) -> Response:
    """Answer for every other address, so that a login is asked for there as well."""
    raise HTTPException(HTTPStatus.NOT_FOUND, f"There is no page {rest}.")
