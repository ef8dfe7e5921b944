"""Asking another system's web service for a page of JSON, and asking again when it stumbles."""

from __future__ import annotations

import ipaddress
import time

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from pmf.connector import ConnectorError

_MOST_BYTES = 5 * 1024 * 1024
_ATTEMPTS = 4
_LONGEST_WAIT_SECONDS = 30
_TOO_MANY_REQUESTS = 429
_WORDS = {
    401: "it does not accept the token: renew it in the connection's settings",
    403: "the token does not give access to this: ask for the right to read it",
    404: "there is nothing at this path: correct it in sources.yaml",
    _TOO_MANY_REQUESTS: "it is asked too often: try again later",
}


class _StumbleError(ConnectorError):
    """A failure that may be over in a moment."""


def fetch_json(base_url: str, path: str, *, token: str | None = None, timeout: float = 30, first_wait_seconds: float = 1) -> bytes:
    """Fetch a page and give its bytes as they came; ``token`` (None: none) is sent as a bearer token.

    ``timeout`` seconds are what one attempt may take in all. Lost connections, server errors and "too many requests" are
    tried four times, after ``first_wait_seconds``, then twice that, and so on. Redirects are not followed: they would take
    the token elsewhere.

    Raises:
        ConnectorError: when the address is not https (or on this machine), or no page of at most 5 MB comes back.
    """
    url = _address(base_url, path)
    attempts = Retrying(
        retry=retry_if_exception_type(_StumbleError),
        stop=stop_after_attempt(_ATTEMPTS),
        wait=wait_exponential(multiplier=first_wait_seconds, max=_LONGEST_WAIT_SECONDS),
        reraise=True,
    )
    return attempts(_fetch, url, token, timeout)


def _address(base_url: str, path: str) -> httpx.URL:
    try:
        base, url = httpx.URL(base_url), httpx.URL(f"{base_url.rstrip('/')}{path}")
    except (httpx.InvalidURL, ValueError):
        raise ConnectorError("The address of a web service cannot be read: write it like https://host/folder.") from None
    if not path.startswith("/") or (base.scheme, base.netloc) != (url.scheme, url.netloc):
        raise ConnectorError(f"{_named(base)} was not asked: the path in sources.yaml must begin with a slash.")
    if url.scheme != "https" and not (url.scheme == "http" and _is_this_machine(url.host)):
        raise ConnectorError(f"{_named(base)} was not asked: its address must begin with https://, so that nobody can read the token.")
    return url


def _named(url: httpx.URL) -> str:
    """Name the service without what may be secret: users, passwords and the query."""
    return f"The web service {url.scheme}://{url.host}{f':{url.port}' if url.port else ''}{url.path.rstrip('/')}"


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _fetch(url: httpx.URL, token: str | None, timeout: float) -> bytes:
    # Unpacked answers only: a packed one may unpack to any size.
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"} | ({"Authorization": f"Bearer {token}"} if token else {})
    ends = time.monotonic() + timeout
    try:
        with httpx.Client(timeout=timeout) as client, client.stream("GET", url, headers=headers) as response:
            _check(response, url)
            return _body(response, url, ends)
    except httpx.TransportError as error:
        message = f"{_named(url)} does not answer ({type(error).__name__}): check that it is up and can be reached from here."
        raise _StumbleError(message) from None


def _check(response: httpx.Response, url: httpx.URL) -> None:
    status = response.status_code
    if status == httpx.codes.OK:
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise ConnectorError(f"{_named(url)} sends packed answers although it is asked not to: have that turned off.")
        return
    reason = _WORDS.get(status, "ask those who run it")
    kind = _StumbleError if status >= httpx.codes.INTERNAL_SERVER_ERROR or status == _TOO_MANY_REQUESTS else ConnectorError
    raise kind(f"{_named(url)} answers {status} {response.reason_phrase}: {reason}.")


def _body(response: httpx.Response, url: httpx.URL, ends: float) -> bytes:
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise ConnectorError(f"{_named(url)} answers with more than 5 MB: ask it for one month only, in the path in sources.yaml.")
        if time.monotonic() > ends:
            raise _StumbleError(f"{_named(url)} takes too long to answer: ask it for one month only, or allow it more time.")
    return bytes(body)
