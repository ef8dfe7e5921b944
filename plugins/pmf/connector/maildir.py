"""A Maildir: a folder that a mail server delivers into, a file for each message."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pmf.connector.message import MESSAGE_BYTES, MESSAGES, MailboxError, RefusalCode, RefusedMessage, too_large

# Behind these a file's name tells what has been done with the message.
_FLAGS = ":2,"
_SEEN = "S"
_REFUSALS: dict[int, tuple[RefusalCode, str, str]] = {
    errno.ELOOP: ("link", "is a link", "Put the message itself into the Maildir."),
    errno.ENXIO: ("no_file", "is not a file", "Put an ordinary file into the Maildir."),
    errno.EACCES: ("forbidden", "may not be read", "Let the pipeline's user read the Maildir's files."),
}


@dataclass(frozen=True)
class Maildir:
    """Reads a Maildir; a key is a file's place in it.

    What a mail program has moved into ``cur`` without showing it to anybody is unread still. Marking is one rename, so of
    two readers at once both may see a message and neither loses one.
    """

    path: Path

    def unread(self, *, most: int = MESSAGES) -> Iterator[tuple[str, bytes | RefusedMessage]]:
        """Yield messages in the order their files were written, names breaking ties; links are refused, not followed."""
        with _told(self.path):
            waiting = sorted(self._waiting())
        for _, name, folder in waiting[:most]:
            with _told(self.path):
                content = _content(self.path / folder / name)
            if content is not None:
                yield f"{folder}/{name}", content

    def done(self, key: str) -> None:
        """Move the message into ``cur``, flagged as seen. What another program has moved since comes again."""
        name, _, flags = key.partition("/")[2].partition(_FLAGS)
        seen = f"{name}{_FLAGS}{''.join(sorted({*flags, _SEEN}))}"
        with _told(self.path), suppress(FileNotFoundError):
            (self.path / key).rename(self.path / "cur" / seen)

    def _waiting(self) -> Iterator[tuple[int, str, str]]:
        for folder in ("new", "cur"):
            for path in (self.path / folder).iterdir():
                if not path.name.startswith(".") and _SEEN not in path.name.partition(_FLAGS)[2]:
                    with suppress(FileNotFoundError):
                        yield path.lstat().st_mtime_ns, path.name, folder


def open_maildir(path: Path) -> Maildir:
    """Open a Maildir, making what is missing of it.

    Raises:
        MailboxError: when something else is in its place, or it may not be made.
    """
    with _told(path):
        for folder in ("tmp", "new", "cur"):
            (path / folder).mkdir(parents=True, exist_ok=True)
    return Maildir(path)


def _content(path: Path) -> bytes | RefusedMessage | None:
    """Read a file that somebody else put there: no link, and no more than the limit. None: another reader has just moved it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise OSError(errno.ENXIO, "neither a link nor a file")
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                content = file.read(MESSAGE_BYTES + 1)
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno not in _REFUSALS:
            raise
        code, what, fix = _REFUSALS[error.errno]
        return RefusedMessage(code, f"{path.name} {what}.", fix)
    return content if len(content) <= MESSAGE_BYTES else too_large(content)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        advice = "Let the pipeline's user read and write that folder, or name another one"
        raise MailboxError(f"The Maildir {path} cannot be used: {error.strerror}. {advice}.") from error
