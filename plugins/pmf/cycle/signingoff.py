"""Signing off: who may, what exactly is signed, and the code by which a reply names it.

A sign-off is of an edition's digest: of the clean files, not of the drafts people read. However it comes in (command line, Airflow,
e-mail), it is one row of ``sign_off``, and the clean files then lie in the outbox.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pmf.cycle.drafts import place_clean
from pmf.cycle.editions import digest_of_edition
from pmf.cycle.keyring import earlier_keys
from pmf.cycle.workspace import Workspace
from pmf.period import Period
from pmf.warehouse.access import append_new
from pmf.warehouse.engine import reading
from pmf.warehouse.tables import sign_off

Files = Sequence[Mapping[str, Any]]
# 60 bits, in letters and digits that are not taken for each other: no code is hit by chance, and it can be read out.
_CODE_CHARACTERS, _GROUP = 12, 4


class SignOffError(Exception):
    """A sign-off cannot be recorded; the message says why."""


def sign_offs_given(workspace: Workspace, period: Period, *, as_at: datetime) -> set[tuple[str, str]]:
    """Name the editions of a period that are signed off, by document and digest."""
    with reading(workspace.engine) as connection:
        rows = workspace.read(connection, "sign_offs_at", period=period.key, as_at=as_at)
    return {(row["document_id"], row["content_digest"]) for row in rows}


def sign_editions(workspace: Workspace, period: Period, editions: Mapping[str, Files], *, post: str, reason: str, as_at: datetime) -> None:
    """Record that a post signs off these editions, and put their clean files into the outbox; done twice, it is done once.

    Raises:
        SignOffError: when the post may not sign off.
        StoreError: when a file is missing from the store or has changed there.
    """
    if post not in workspace.profile.signatories:
        who = ", ".join(workspace.profile.signatories)
        raise SignOffError(f"{post} may not sign documents off; who may is named under sign_off in organisation.yaml: {who}")
    rows = [
        {
            "organisation": workspace.organisation,
            "period": period.key,
            "document_id": document_id,
            "content_digest": digest_of_edition(files),
            "post": post,
            "reason": reason,
            "signed_at": as_at,
        }
        for document_id, files in editions.items()
    ]
    with workspace.engine.begin() as connection:
        append_new(connection, sign_off, rows)
    place_clean(workspace, period, editions)


def code_of(workspace: Workspace, files: Files, post: str) -> str:
    """Make the code by which a post signs off an edition in a reply: good for this edition and this post only.

    Whoever has not been sent the code cannot make it: a From header says what its writer likes.
    """
    return _code(workspace.signing_key(), workspace, files, post)


def codes_of(workspace: Workspace, files: Files, post: str, *, as_at: datetime) -> tuple[str, ...]:
    """Make every code that signs an edition off: that of the key in use, and those sent out under keys whose time is not over."""
    keys = (workspace.signing_key(), *earlier_keys(workspace.settings, as_at=as_at).accepted)
    return tuple(_code(key, workspace, files, post) for key in keys)


def _code(key: bytes, workspace: Workspace, files: Files, post: str) -> str:
    parts = [workspace.organisation, files[0]["period"], files[0]["document_id"], digest_of_edition(files), post]
    digest = hmac.digest(key, json.dumps(["sign off", *parts]).encode(), "sha256")
    code = base64.b32encode(digest).decode()[:_CODE_CHARACTERS]
    return "-".join(code[place : place + _GROUP] for place in range(0, _CODE_CHARACTERS, _GROUP))
