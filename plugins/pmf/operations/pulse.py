"""The pulse of an installation: each council's watch notes that it has run, so that something outside can see when it has not.

A scheduler that is dead raises no alarm. ``pmf watch``, started by cron or systemd, reads the note; an address that expects
to be asked for regularly notices from elsewhere, even when the whole machine is gone.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

from pmf.settings import Settings
from pmf.store import place

# The watch runs every hour; the third missed one is no delay any more.
LONGEST_SILENCE = timedelta(hours=3)
_TIMEOUT_SECONDS = 10


class PulseError(OSError):
    """The heartbeat address could not be reached or refuses (an ``OSError``, so that tasks try again)."""


def beat(organisation: str, *, now: datetime, settings: Settings) -> None:
    """Note that a council's watch has run, and ask for its heartbeat address where there is one.

    Raises:
        PulseError: when the address does not answer as it should; the note is there all the same.
    """
    place(_path(organisation, settings), f"{now.isoformat(timespec='seconds')}\n".encode())
    url = settings.heartbeat_url_of(organisation)
    if url is not None:
        _ask_for(url)


def last_beat(organisation: str, settings: Settings) -> datetime | None:
    """Read when a council's watch last ran. None: never."""
    path = _path(organisation, settings)
    return datetime.fromisoformat(path.read_text(encoding="ascii").strip()) if path.exists() else None


def _path(organisation: str, settings: Settings) -> Path:
    return settings.home / "pulse" / organisation


def _ask_for(url: str) -> None:
    parts = urlsplit(url)
    # Only the host is named when it fails, and httpx would log the whole address: what follows the host is often the secret.
    where = f"the heartbeat address {parts.hostname}"
    if parts.scheme not in ("https", "http"):
        raise PulseError(f"{where} does not begin with https://: correct PMF_HEARTBEAT_URL")
    try:
        urlopen(url, timeout=_TIMEOUT_SECONDS).close()  # noqa: S310 - the scheme is looked at above
    except HTTPError as error:
        raise PulseError(f"{where} answers {error.code}: correct PMF_HEARTBEAT_URL") from None
    except OSError as error:
        raise PulseError(f"{where} cannot be reached ({type(error).__name__}): see that it is up, and PMF_HEARTBEAT_URL right") from None
