"""Whose form it is, and the signature that proves it is one of ours.

The identity stands in the very hidden sheet ``_meta``; every row carries a mark of its own, so that rows may be sorted
or moved and a row pasted from another service, month or council is recognised. The key comes in as bytes.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

META_SHEET = "_meta"
# 64 bits: no mark is hit by chance, and it is short enough to be read out over the telephone.
_ROW_MARK_DIGITS = 16
_NOT_ASKED, _QUESTIONS = "not asked: ", "questions"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Whose form it is: form version (and with it the kind), organisation, period, service, and its rows.

    ``refs`` are its KPIs or actions in the order they went out; ``not_asked`` maps the KPIs whose figure comes from
    elsewhere to what stands in its place. ``questions`` are the queries that went out with it, by their ids.
    """

    form_version: str
    organisation: str
    period: str
    service_id: str
    refs: tuple[str, ...]
    not_asked: Mapping[str, str] = field(default_factory=dict)
    questions: tuple[str, ...] = ()


@dataclass(frozen=True)
class EarlierKeys:
    """The keys that forms were signed with before: those whose forms are taken still, and those whose time is over."""

    accepted: tuple[bytes, ...] = ()
    expired: tuple[bytes, ...] = ()


NO_EARLIER_KEYS = EarlierKeys()


def _digest(key: bytes, *parts: str | tuple[str, ...]) -> str:
    # As JSON, no two lists of parts make the same message.
    return hmac.digest(key, json.dumps(parts).encode(), "sha256").hex()


def sign(identity: Identity, *, key: bytes) -> str:
    """Sign an identity: 64 hexadecimal digits of HMAC-SHA256."""
    # A form without questions is signed as it was before there were any.
    asked = ("form and questions", identity.questions) if identity.questions else ("form",)
    return _digest(key, *asked, *_whose(identity), identity.refs, *sorted(identity.not_asked.items()))


def _whose(identity: Identity) -> tuple[str, str, str, str]:
    return identity.form_version, identity.organisation, identity.period, identity.service_id


def is_signed(identity: Identity, signature: str, *, key: bytes) -> bool:
    """Tell whether the signature is ours for this identity, in time that does not depend on where it differs."""
    return hmac.compare_digest(sign(identity, key=key).encode(), signature.encode())


def row_mark(identity: Identity, ref: str, *, key: bytes) -> str:
    """Make the mark of a row, ``36.<16 hexadecimal digits>``: good for this form version, service and period only."""
    return f"{ref}.{_digest(key, 'row', *_whose(identity), ref)[:_ROW_MARK_DIGITS]}"


def question_mark(identity: Identity, query_id: str, *, key: bytes) -> str:
    """Make the mark of a question's row: good for this form version, service and period only."""
    return f"{query_id}.{_digest(key, 'question', *_whose(identity), query_id)[:_ROW_MARK_DIGITS]}"


def meta_rows(identity: Identity, *, key: bytes) -> list[tuple[str, str]]:
    """List what stands in ``_meta``, one name and value a row. References and ids contain no spaces."""
    return [
        ("form_version", identity.form_version),
        ("organisation", identity.organisation),
        ("period", identity.period),
        ("service_id", identity.service_id),
        ("refs", " ".join(identity.refs)),
        ("signature", sign(identity, key=key)),
        *((f"{_NOT_ASKED}{ref}", source) for ref, source in identity.not_asked.items()),
        *([(_QUESTIONS, " ".join(identity.questions))] if identity.questions else []),
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
            refs=tuple(values["refs"].split()),
            not_asked={name.removeprefix(_NOT_ASKED): text for name, text in values.items() if name.startswith(_NOT_ASKED)},
            questions=tuple(values.get(_QUESTIONS, "").split()),
        )
        return identity, values["signature"]
    except KeyError:
        return None
