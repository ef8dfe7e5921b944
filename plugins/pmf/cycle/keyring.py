"""The keys that sign forms: the one in use, those it replaced, and how one is replaced by the next.

A key is named by its fingerprint. A replaced one stays beside the one in use, under its fingerprint and the last day on which forms
signed with it are taken; it is never deleted here, so that a form that is too old is told from one that is not ours.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from pmf.cycle.workspace import Summary
from pmf.form.signature import EarlierKeys
from pmf.settings import Settings
from pmf.store import StoreError, create_signing_key, load_signing_key
from pmf.website.release import alone_on

_FINGERPRINT_DIGITS = 8
_NAME = re.compile(rf"signing-(?P<id>[0-9a-f]{{{_FINGERPRINT_DIGITS}}})-until-(?P<until>\d{{4}}-\d\d-\d\d)\.key")


@dataclass(frozen=True)
class RetiredKey:
    """A key that was replaced: its fingerprint, the last day on which forms signed with it are taken, and the file it is in."""

    key_id: str
    until: date
    path: Path


@dataclass(frozen=True)
class Rotated(Summary):
    """The fingerprints of the new key and of the one it replaced, whose forms are taken up to and including ``until``."""

    key_id: str
    retired_id: str
    until: str


def key_id(key: bytes) -> str:
    """Name a key by a fingerprint that tells nothing of it."""
    return hashlib.sha256(b"pmf signing key " + key).hexdigest()[:_FINGERPRINT_DIGITS]


def retired_keys(settings: Settings) -> tuple[RetiredKey, ...]:
    """List the keys that were replaced, the one that is taken longest last.

    Raises:
        StoreError: when something else lies among them.
    """
    return tuple(sorted(_retired(settings.signing_key_path.parent), key=lambda item: (item.until, item.key_id)))


def earlier_keys(settings: Settings, *, as_at: datetime | None) -> EarlierKeys:
    """Load the keys forms may have been signed with before, as far as they are taken on the day of ``as_at``, by UTC; None: all are.

    Raises:
        StoreError: when one of them cannot be trusted.
    """
    day = date.min if as_at is None else as_at.astimezone(UTC).date()
    keys = [(load_signing_key(item.path), item.until >= day) for item in retired_keys(settings)]
    return EarlierKeys(
        accepted=tuple(key for key, is_accepted in keys if is_accepted),
        expired=tuple(key for key, is_accepted in keys if not is_accepted),
    )


def rotate_key(settings: Settings, *, until: date) -> Rotated:
    """Make a new key the one that signs, and keep the one it replaces for what it has signed, up to and including a day.

    Killed at any moment, forms sent out before are recognised, and doing it again replaces the key that is there then.

    Raises:
        StoreError: when there is no key yet, or it cannot be trusted.
    """
    path = settings.signing_key_path
    load_signing_key(path)  # where there is none, nothing is made
    with alone_on(path.parent):
        retired = key_id(load_signing_key(path))
        with suppress(FileExistsError):
            path.with_name(f"signing-{retired}-until-{until.isoformat()}.key").hardlink_to(path)
        following = path.with_name(f"{path.name}.next")
        create_signing_key(following)
        following.replace(path)
    return Rotated(key_id=key_id(load_signing_key(path)), retired_id=retired, until=until.isoformat())


def _retired(folder: Path) -> Iterator[RetiredKey]:
    for path in folder.glob("signing-*"):
        named = _NAME.fullmatch(path.name)
        if named is None:
            raise StoreError(f"{path} is no retired key: move it away, or give it its name back from the backup")
        yield RetiredKey(named["id"], date.fromisoformat(named["until"]), path)
