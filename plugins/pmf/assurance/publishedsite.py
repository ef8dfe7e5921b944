"""Verification of the public site: every file of every release against its manifest, and the releases against each other.

Manifests are read here as plain JSON, and nothing is asked of the code that writes them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_MANIFEST, _CURRENT, _RELEASES = "manifest.json", "current", ".releases"
# Before there were manifests a release was one period's, named by it and by what it held.
_EARLIER = re.compile(r"^(?P<period>.+)-(?P<digest>[0-9a-f]{16})$")
_UNFINISHED = ".tmp-"


@dataclass(frozen=True)
class Fault:
    """Something that is not as it was published: in which release ("": none), at which path, and what is wrong with it."""

    release: str
    path: str
    words: str

    def __str__(self) -> str:
        release = _short(self.release) if _EARLIER.match(self.release) is None else self.release
        place = "/".join(part for part in (release, self.path) if part)
        return f"{place}: {self.words}" if place else self.words


@dataclass(frozen=True)
class Verified:
    """How many releases and files were looked at, which release is live, and everything found wrong."""

    releases: int
    files: int
    live: str | None
    faults: tuple[Fault, ...]


@dataclass
class _Hashes:
    """The hash of each file, worked out once for all the releases that share it."""

    known: dict[tuple[int, int], str] = field(default_factory=dict)
    read: int = 0

    def of(self, path: Path) -> str:
        self.read += 1
        status = path.stat()
        key = (status.st_dev, status.st_ino)
        if key not in self.known:
            with path.open("rb") as file:
                self.known[key] = hashlib.file_digest(file, "sha256").hexdigest()
        return self.known[key]


def verify_site(site: Path, recorded: Sequence[Mapping[str, Any]]) -> Verified:
    """Hash every file of every release again and hold it against manifest, chain and warehouse.

    ``recorded`` are the releases as the warehouse has them (``digest`` and ``manifest``), oldest first.
    """
    hashes, folders = _Hashes(), _folders(site)
    known = {row["digest"]: row["manifest"] for row in recorded}
    faults = [*_strange(site), *_chain(site, recorded, {path.name for path in folders})]
    for folder in folders:
        faults += _release(folder, known, hashes)
    current = site / _CURRENT
    return Verified(len(folders), hashes.read, current.readlink().name if current.is_symlink() else None, tuple(faults))


def _folders(site: Path) -> list[Path]:
    return sorted(path for path in (site / _RELEASES).glob("*") if not path.name.startswith(_UNFINISHED))


def _strange(site: Path) -> Iterator[Fault]:
    """Name what lies beside the releases and is no link into them."""
    for path in sorted(site.glob("*")):
        if path.name == _RELEASES or path.name.startswith(_UNFINISHED):
            continue
        if not path.is_symlink():
            yield Fault("", path.name, "does not belong to the site")
        elif not path.exists() or not path.resolve().is_relative_to((site / _RELEASES).resolve()):
            yield Fault("", path.name, f"leads to {path.readlink()}, which is no release")


def _chain(site: Path, recorded: Sequence[Mapping[str, Any]], present: set[str]) -> Iterator[Fault]:
    """Follow the releases from the first: each names the one before it, is there, and the last one is live."""
    before: str | None = None
    for row in recorded:
        manifest, digest = row["manifest"], row["digest"]
        if hashlib.sha256(manifest.encode()).hexdigest() != digest:
            yield Fault(digest, "", "the manifest in the warehouse is not the one this release is named after: the chain is broken")
        elif json.loads(manifest)["previous"] != before:
            yield Fault(digest, "", f"names {_short(json.loads(manifest)['previous'])} as the release before it, not {_short(before)}")
        if digest not in present:
            yield Fault(digest, "", f"the whole release is missing: pmf rebuild -o {site.name} --release {digest[:12]} makes it again")
        before = digest
    link = site / _CURRENT
    live = link.readlink().name if link.is_symlink() else None
    if live != before:
        yield Fault("", _CURRENT, f"shows {_short(live)}, but the release published last is {_short(before)}: publish again")


def _release(folder: Path, known: Mapping[str, str], hashes: _Hashes) -> Iterator[Fault]:
    """Hold a release against its manifest; the warehouse's copy counts where the one on disk is not the release's."""
    earlier = _EARLIER.match(folder.name)
    if folder.is_symlink() or not folder.is_dir():
        yield Fault("", f"{_RELEASES}/{folder.name}", "is no folder: it does not belong to the site")
    elif earlier and folder.name not in known:
        yield from _earlier_release(folder, earlier["digest"], hashes)
    else:
        path = folder / _MANIFEST
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        hashes.read += bool(content)
        is_sound = hashlib.sha256(content).hexdigest() == folder.name
        if not is_sound:
            yield Fault(folder.name, _MANIFEST, "altered" if content else "missing")
        if folder.name not in known:
            yield Fault(folder.name, "", "the warehouse knows no such release")
        manifest = content.decode() if is_sound else known.get(folder.name)
        if manifest is not None:
            yield from _files(folder, json.loads(manifest), hashes)


def _files(folder: Path, manifest: Mapping[str, Any], hashes: _Hashes) -> Iterator[Fault]:
    """Name altered, missing, extra and renamed files of a release."""
    listed = {str(file["path"]): str(file["sha256"]) for file in manifest["files"]}
    present = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()}
    present.pop(_MANIFEST, None)
    found = {name: hashes.of(path) if path.is_file() and not path.is_symlink() else "" for name, path in sorted(present.items())}
    missing = [name for name in listed if name not in found]
    extra = {name: digest for name, digest in found.items() if name not in listed}
    for name in missing:
        renamed = next((other for other, digest in extra.items() if digest == listed[name]), None)
        extra.pop(renamed or "", None)
        yield Fault(folder.name, name, f"renamed to {renamed}" if renamed else "missing")
    for name in extra:
        yield Fault(folder.name, name, "extra: it was not published")
    for name, digest in found.items():
        if name in listed and digest != listed[name]:
            yield Fault(folder.name, name, "altered")


def _earlier_release(folder: Path, digest: str, hashes: _Hashes) -> Iterator[Fault]:
    """Hold a release without a manifest against its name, which tells that something is wrong and not what."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        whole.update(path.name.encode() + b"\0" + bytes.fromhex(hashes.of(path)))
    if whole.hexdigest()[: len(digest)] != digest:
        yield Fault(folder.name, "", "a file of it was altered, added, renamed or removed (it is from before there were manifests)")


def _short(digest: str | None) -> str:
    return "none" if digest is None else digest[:12]
