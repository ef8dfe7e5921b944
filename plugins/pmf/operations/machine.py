"""What the machine gives: room, rights, one file system, a clock that is right, fonts and the dictionary."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pmf.operations.diagnosis import Diagnosis, doubtful, well, wrong
from pmf.reporting.wording import counted
from pmf.settings import Settings
from pmf.store import UNFINISHED
from pmf.validation.language.dictionary import british_dictionary

# A month of a large council with all its documents takes some 200 MB.
_TOO_LITTLE, _LITTLE = 1_000_000_000, 5_000_000_000
_WRITTEN = ("store", "published", "inbox", "outbox", "mail", "mailbox", "pulse")
_MOST_APART = timedelta(seconds=5)
_FONT, _ZONE = "Liberation Sans", "Europe/London"


def disk(settings: Settings) -> Diagnosis:
    """See how much room there is where everything is written."""
    free = shutil.disk_usage(_nearest(settings.home)).free
    found = f"{free / 1_000_000_000:,.1f} GB free at {settings.home}"
    if free < _TOO_LITTLE:
        return wrong("disk", found, "Make room: with less than 1 GB a month's documents may not fit. `pmf housekeeping` says what may go")
    return doubtful("disk", found, "Make room soon. `pmf housekeeping` says what may go") if free < _LITTLE else well("disk", found)


def rights(settings: Settings) -> Diagnosis:
    """See whether the folders of the home can be written to, and by nobody who should not."""
    home = settings.home
    if not home.exists():
        return doubtful("folders", f"{home} is not there yet", "Nothing: the first run makes it. Set PMF_HOME if it should be elsewhere")
    folders = [home, *(home / name for name in _WRITTEN if (home / name).exists())]
    closed = [path for path in folders if not os.access(path, os.W_OK | os.X_OK)]
    if closed:
        return wrong("folders", f"cannot write into {_named(closed)}", f"Give them to the pipeline's user: chown -R {os.getuid()} {home}")
    if open_to_all := [path for path in folders if path.stat().st_mode & stat.S_IWOTH]:
        return wrong("folders", f"everybody may write into {_named(open_to_all)}", f"chmod -R o-w {home}")
    return well("folders", f"{counted(len(folders), 'folder')} to write into, closed to others")


def file_system(settings: Settings) -> Diagnosis:
    """See whether the home is one file system: files are swapped in by renaming, which works within one alone."""
    folders = [path for path in (settings.home, *(settings.home / name for name in _WRITTEN)) if path.exists()]
    elsewhere = [path for path in folders if path.stat().st_dev != folders[0].stat().st_dev]
    if elsewhere:
        return doubtful(
            "file system",
            f"{_named(elsewhere)} {'lies' if len(elsewhere) == 1 else 'lie'} on another file system than {settings.home}",
            "Mount one file system at the home, shared by all workers: a restore and housekeeping move files across it",
        )
    return well("file system", "the home is one file system")


def clock(settings: Settings, *, now: datetime) -> Diagnosis:
    """See whether this machine, the file server behind the home and the time zones agree on what time it is."""
    try:
        ZoneInfo(_ZONE)
    except ZoneInfoNotFoundError:
        return wrong("clock", f"this machine does not know the time zone {_ZONE}", "Install tzdata")
    if not os.access(settings.home, os.W_OK):
        return doubtful("clock", "the home cannot be written to, so its clock was not asked", "See folders")
    with tempfile.NamedTemporaryFile(dir=settings.home, prefix=UNFINISHED) as file:
        apart = abs(datetime.fromtimestamp(Path(file.name).stat().st_mtime, UTC) - now)
    if apart > _MOST_APART:
        seconds = f"{apart.total_seconds():,.0f} s"
        return doubtful("clock", f"the file server behind {settings.home} is {seconds} away", "Let both machines set their clocks by NTP")
    return well("clock", f"{now:%-d %B %Y, %H:%M} UTC, as the file system has it")


def fonts() -> Diagnosis:
    """See whether PDFs get their typeface."""
    import typst

    if _FONT in typst.Fonts().families():
        return well("fonts", _FONT)
    return doubtful("fonts", f"{_FONT} is not installed: PDFs use another typeface", "As root: apt-get install fonts-liberation")


def dictionary() -> Diagnosis:
    """See whether comments can be spelt."""
    if british_dictionary() is not None:
        return well("dictionary", "hunspell's en_GB")
    way_out = "As root: apt-get install hunspell-en-gb libenchant-2-2"
    return doubtful("dictionary", "hunspell's en_GB is not there: spelling is not checked, and every month is flagged for it", way_out)


def _nearest(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.exists())


def _named(paths: list[Path]) -> str:
    return ", ".join(str(path) for path in paths)
