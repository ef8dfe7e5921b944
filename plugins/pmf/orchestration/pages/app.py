"""The application Airflow's API server mounts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from airflow.api_fastapi.core_api.security import get_user
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from pmf.orchestration.connections import settings_for_tasks
from pmf.orchestration.pages.routes import router
from pmf.page.web import render_html
from pmf.register import RegisterError
from pmf.reporting.desk.councils import refusal_page
from pmf.warehouse.engine import WarehouseError

# Nothing is loaded but the page's own style and drawings; Airflow may frame it, nobody else; nothing of it stays in a cache.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_TITLES = {
    HTTPStatus.UNAUTHORIZED: "You are not signed in",
    HTTPStatus.FORBIDDEN: "You may not see this",
    HTTPStatus.NOT_FOUND: "There is no such page",
}
_WAYS_OUT = {
    HTTPStatus.UNAUTHORIZED: "Sign in to Airflow and open this page again.",
    HTTPStatus.FORBIDDEN: "Whoever looks after Airflow can give you the right to read a council's DAGs.",
}


def pages_app() -> FastAPI:
    """Build the application: every route asks for a login first, and every answer says what a browser may do with it."""
    app = FastAPI(dependencies=[Depends(get_user)], docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.include_router(router)
    app.middleware("http")(_guard)
    app.exception_handler(HTTPException)(_refuse)
    for error in (RegisterError, WarehouseError):
        app.add_exception_handler(error, _apologise)
    return app


async def _guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await call_next(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _refuse(_request: Request, error: HTTPException) -> Response:
    """Say in words why a page is not shown, with the status Airflow or a route gave it."""
    status = HTTPStatus(error.status_code)
    words = [str(error.detail)] + ([_WAYS_OUT[status]] if status in _WAYS_OUT else [])
    return _page(status, _TITLES.get(status, status.phrase), words)


def _apologise(_request: Request, error: Exception) -> Response:
    """Say what is wrong with the installation: only those who may read the council's DAGs come so far."""
    return _page(HTTPStatus.SERVICE_UNAVAILABLE, "This cannot be shown now", str(error).splitlines())


def _page(status: HTTPStatus, title: str, words: list[str]) -> Response:
    page = render_html(refusal_page(title, words), templates=settings_for_tasks().templates)
    return HTMLResponse(page, status_code=status)
