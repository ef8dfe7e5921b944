"""Whose form it is, and the signature that proves it is one of ours.

The identity stands in the very hidden sheet ``_meta``; every row carries a mark of its own, so that rows may be sorted
or moved and a row pasted from another service, month or council is recognised. The key comes in as bytes.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass

META_SHEET = "_meta"
# 64 bits: no mark is hit by chance, and it is short enough to be read out over the telephone.
_ROW_MARK_DIGITS = 16


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Whose form it is: form version, organisation, period, service, and its KPIs in the order they went out."""

    form_version: str
    organisation: str
    period: str
    service_id: str
    kpi_refs: tuple[str, ...]


def _digest(key: bytes, *parts: str) -> str:
    # As JSON, no two lists of parts make the same message.
    return hmac.digest(key, json.dumps(parts).encode(), "sha256").hex()


def sign(identity: Identity, *, key: bytes) -> str:
    """Sign an identity: 64 hexadecimal digits of HMAC-SHA256."""
    return _digest(key, "form", identity.form_version, identity.organisation, identity.period, identity.service_id, *identity.kpi_refs)


def is_signed(identity: Identity, signature: str, *, key: bytes) -> bool:
    """Tell whether the signature is ours for this identity, in time that does not depend on where it differs."""
    return hmac.compare_digest(sign(identity, key=key).encode(), signature.encode())


def row_mark(identity: Identity, kpi_ref: str, *, key: bytes) -> str:
    """Make the mark of a KPI's row, ``36.<16 hexadecimal digits>``: good for this service and period only."""
    digest = _digest(key, "row", identity.organisation, identity.period, identity.service_id, kpi_ref)
    return f"{kpi_ref}.{digest[:_ROW_MARK_DIGITS]}"


def meta_rows(identity: Identity, *, key: bytes) -> list[tuple[str, str]]:
    """List what stands in ``_meta``, one name and value a row. KPI references contain no spaces."""
    return [
        ("form_version", identity.form_version),
        ("organisation", identity.organisation),
        ("period", identity.period),
        ("service_id", identity.service_id),
        ("kpi_refs", " ".join(identity.kpi_refs)),
        ("signature", sign(identity, key=key)),
    ]


def read_meta(rows: Iterable[tuple[str, str]]) -> tuple[Identity, str] | None:
    """Read identity and signature back from the rows of ``_meta``; the signature is yet to be checked.

    None: a line is missing, so it is not a sheet of ours.
    """
    values = dict(rows)
    try:
        identity = Identity(
            form_version=values["form_version"],
            organisation=values["organisation"],
            period=values["period"],
            service_id=values["service_id"],
            kpi_refs=tuple(values["kpi_refs"].split()),
        )
        return identity, values["signature"]
    except KeyError:
        return None
