"""The published site: whole releases, swapped in at one instant, so that no reader ever sees half of one.

A release is a folder named by its content, written beside the others; a symbolic link per period says which one is
live. Needs one POSIX file system (rulings 25).
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

_RELEASES = ".releases"


def release(site: Path, name: str, files: Mapping[str, bytes]) -> bool:
    """Make ``files`` (name -> bytes) the live content of ``site/name``; tell whether anything changed.

    Killed anywhere, the site shows the whole old release or the whole new one, and running again finishes the job.
    """
    digest = hashlib.sha256()
    for file_name in sorted(files):
        digest.update(file_name.encode() + b"\0" + hashlib.sha256(files[file_name]).digest())
    folder = site / _RELEASES / f"{name}-{digest.hexdigest()[:16]}"
    if not folder.exists():
        _write_whole(folder, files)
    link, target = site / name, Path(_RELEASES) / folder.name
    if link.is_symlink() and link.readlink() == target:
        return False
    beside = site / f".{name}.{os.getpid()}"
    beside.unlink(missing_ok=True)
    beside.symlink_to(target)
    beside.replace(link)
    return True


def _write_whole(folder: Path, files: Mapping[str, bytes]) -> None:
    beside = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    for file_name, content in files.items():
        path = beside / file_name
        path.write_bytes(content)
        with path.open("rb") as written:
            os.fsync(written.fileno())
    try:
        beside.rename(folder)
    except OSError:
        if not folder.exists():
            raise
        shutil.rmtree(beside)  # another process has just written the same release
