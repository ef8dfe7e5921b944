"""Files that must not change or tear: the store of received bytes by content, files put in place whole, the signing key.

A file of the store is named by the SHA-256 of its bytes and never written again. Every other file is written beside its
place and renamed into it, so that a reader finds the old bytes or the new ones, after a crash too. Needs one POSIX file
system shared by all workers (rulings 25). What files mean does not belong here.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

# What the name of a file or folder begins with until it is whole.
UNFINISHED = ".tmp-"
# No task takes this long over one file, so what is older was left by one that was killed.
_LEFT_BEHIND = timedelta(hours=1)
_NO_ROOM = {errno.ENOSPC: "the disk is full", errno.EDQUOT: "the disk quota is used up", errno.EFBIG: "files may not grow this large here"}
_KEY_BYTES = 32

RefusalCode = Literal["missing", "outside", "link", "no_file", "forbidden", "too_large"]
_REFUSALS: dict[int, tuple[RefusalCode, str, str]] = {
    errno.ENOENT: ("missing", "is no longer there", "Send the file again."),
    errno.ELOOP: ("link", "is a link or lies behind one", "Put the file itself into the inbox."),
    errno.ENOTDIR: ("link", "is a link or lies behind one", "Put the file itself into the inbox."),
    errno.ENXIO: ("no_file", "is not a file", "Put an ordinary file into the inbox."),
    errno.EACCES: ("forbidden", "may not be read", "Let the pipeline's user read the file."),
}


class StoreError(Exception):
    """A file cannot be kept or trusted as it is; the message says what to do."""


class RefusedFileError(StoreError):
    """A file from outside is not read: ``code`` for the record, ``message`` and ``fix`` for its sender."""

    def __init__(self, code: RefusalCode, message: str, *, fix: str) -> None:
        super().__init__(f"{message}. {fix}")
        self.code, self.message, self.fix = code, message, fix


def address(store: Path, digest: str) -> Path:
    """Name the file of the store that holds the bytes with this SHA-256.

    Raises:
        StoreError: when the text is no SHA-256 in lower-case hexadecimal, so that no other path can be reached.
    """
    if len(digest) != 64 or digest.strip("0123456789abcdef"):
        raise StoreError(f"{digest!r} is no address in the store: it takes the 64 hexadecimal digits of a SHA-256")
    return store / digest[:2] / digest[2:]


def put(store: Path, content: bytes) -> str:
    """Keep the bytes for good, read-only, and return their SHA-256; bytes that are kept already are left alone.

    Raises:
        StoreError: when other bytes lie at their address, or there is no room.
    """
    digest = hashlib.sha256(content).hexdigest()
    path = address(store, digest)
    if path.exists() or not _create(path, content, mode=0o444):
        get(store, digest)
    return digest


def get(store: Path, digest: str) -> bytes:
    """Return the bytes with this SHA-256, checked against it.

    Raises:
        StoreError: when they are not there or have changed.
    """
    path = address(store, digest)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise StoreError(f"{path} is missing: restore it from the backup of the store") from None
    if hashlib.sha256(content).hexdigest() != digest:
        raise StoreError(f"{path} does not hold the bytes it is named after: move it away and restore it from the backup of the store")
    return content


def place(path: Path, content: bytes) -> bool:
    """Make the file hold these bytes, whole or not at all, and tell whether that changed it.

    Raises:
        StoreError: when there is no room; the file then is as it was.
    """
    with suppress(FileNotFoundError):
        if path.read_bytes() == content:
            return False
    with _beside(path, content, mode=0o644) as temporary:
        temporary.replace(path)
    _sync_folder(path.parent)
    return True


def place_folder(folder: Path, files: Mapping[str, bytes]) -> bool:
    """Make the folder hold exactly these files (name -> bytes), all of them at one instant, and tell whether that changed it.

    A reader finds all the old files or all the new ones. Killed between the two, there is no folder until the task runs again.

    Raises:
        StoreError: when there is no room; the folder then is as it was.
    """
    if _holds(folder, files):
        return False
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=folder.parent) as name:
        old, new = Path(name) / "old", Path(name) / "new"
        new.mkdir()
        for file, content in files.items():
            place(new / file, content)
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
        _sync_folder(folder.parent)
    return True


def _holds(folder: Path, files: Mapping[str, bytes]) -> bool:
    with suppress(FileNotFoundError, NotADirectoryError):
        names = {path.name for path in folder.iterdir()}
        return names == set(files) and all((folder / name).read_bytes() == content for name, content in files.items())
    return False


def clear_leftovers(folder: Path, *, now: datetime) -> int:
    """Delete what killed tasks left half-written under the folder more than an hour before ``now``; return how many."""
    left = leftovers(folder, now=now)
    for path in left:
        remove(path)
    return len(left)


def leftovers(folder: Path, *, now: datetime) -> list[Path]:
    """List what killed tasks left half-written under the folder more than an hour before ``now``: a folder, not what is in it."""
    oldest = (now - _LEFT_BEHIND).timestamp()
    found = []
    for path in sorted(folder.rglob(f"{UNFINISHED}*")):
        with suppress(FileNotFoundError):  # its writer has just finished with it
            is_inside = any(part.startswith(UNFINISHED) for part in path.relative_to(folder).parts[:-1])
            if not is_inside and path.lstat().st_mtime < oldest:
                found.append(path)
    return found


def remove(path: Path) -> None:
    """Remove a file, a link or a whole folder, unless it is gone by now."""
    with suppress(FileNotFoundError):
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def create_signing_key(path: Path) -> bool:
    """Make the key that signs forms, readable by its owner alone, unless there is one; tell whether it was made."""
    return not path.exists() and _create(path, secrets.token_hex(_KEY_BYTES).encode(), mode=0o600)


def load_signing_key(path: Path) -> bytes:
    """Read the key that signs forms.

    Raises:
        StoreError: when it is missing, others may read it, or it is no key.
    """
    try:
        mode, text = path.stat().st_mode, path.read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        raise StoreError(f"{path} is missing: restore it from the backup, or no form sent out earlier can be recognised") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise StoreError(f"{path} can be read by others than its owner: run `chmod 600 {path}`")
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise StoreError(f"{path} holds no key of {_KEY_BYTES} bytes in hexadecimal: restore it from the backup")
    return key


def load_or_create_signing_key(path: Path) -> bytes:
    """Read the key that signs forms, making it first where this installation has none yet."""
    create_signing_key(path)
    return load_signing_key(path)


def read_untrusted(path: Path, *, root: Path, limit_bytes: int) -> bytes:
    """Read a file that somebody else put under ``root``, following no link on the way and reading no more than the limit.

    Raises:
        RefusedFileError: when it is gone, outside the root, behind a link, no ordinary file, not for us to read or too large.
    """
    try:
        parts = path.relative_to(root).parts
    except ValueError:
        parts = ()
    if not parts or ".." in parts:
        raise RefusedFileError("outside", f"{path} is not under {root}", fix="Put the file itself into the inbox.")
    with _opened(root, parts) as descriptor, os.fdopen(descriptor, "rb", closefd=False) as file:
        content = file.read(limit_bytes + 1)
    if len(content) > limit_bytes:
        message = f"{path.name} is larger than {limit_bytes:,} bytes"
        raise RefusedFileError("too_large", message, fix="Send the form as it was sent out, without pictures or further sheets.")
    return content


@contextmanager
def _opened(root: Path, parts: tuple[str, ...]) -> Iterator[int]:
    """Open a file step by step from the root, so that no step can be swapped for a link while we look at another."""
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part, flag in zip(parts, [os.O_DIRECTORY] * (len(parts) - 1) + [os.O_NONBLOCK], strict=True):
            parent, descriptor = descriptor, os.open(part, os.O_RDONLY | os.O_NOFOLLOW | flag, dir_fd=descriptor)
            os.close(parent)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.ENXIO, "neither a link nor a file")
        yield descriptor
    except OSError as error:
        if error.errno not in _REFUSALS:
            raise
        code, what, fix = _REFUSALS[error.errno]
        raise RefusedFileError(code, f"{parts[-1]} {what}", fix=fix) from None
    finally:
        os.close(descriptor)


def _create(path: Path, content: bytes, *, mode: int) -> bool:
    """Make the file, whole or not at all, unless there is one already; tell whether it was made."""
    with _beside(path, content, mode=mode) as temporary:
        try:
            os.link(temporary, path)  # a rename would replace what another process has just put there
        except FileExistsError:
            return False
    _sync_folder(path.parent)
    return True


@contextmanager
def _beside(path: Path, content: bytes, *, mode: int) -> Iterator[Path]:
    """Write the bytes, safe on disk, under a passing name in the folder of ``path``; that name is gone afterwards."""
    try:
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
            _sync_folder(path.parent.parent)
        descriptor, name = tempfile.mkstemp(prefix=UNFINISHED, dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fchmod(descriptor, mode)
                os.fsync(descriptor)
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        size = f"{len(content):,} bytes"
        raise StoreError(
            f"cannot write {path} ({size}): {_NO_ROOM[error.errno]}. Make room and run the task again; nothing was changed"
        ) from error


def _sync_folder(folder: Path) -> None:
    """Make new names in the folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
