"""Signatures of forms and marks of rows."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from pmf.form.signature import Identity, is_signed, meta_rows, read_meta, row_mark, sign

IDENTITY = Identity(form_version="1", organisation="exampleshire", period="2024-07", service_id="libraries", refs=("36", "220"))


def test_a_signature_holds_for_its_identity_and_key(key: bytes) -> None:
    """The signature of an identity is good with the key it was made with, and with no other."""
    signature = sign(IDENTITY, key=key)
    assert is_signed(IDENTITY, signature, key=key)
    assert not is_signed(IDENTITY, signature, key=key + b"!")


@pytest.mark.parametrize(
    "change",
    [
        {"form_version": "2"},
        {"organisation": "othershire"},
        {"period": "2024-08"},
        {"service_id": "archives"},
        {"refs": ("220", "36")},
        {"refs": ("36", "2", "20")},
        {"refs": ()},
        {"not_asked": {"220": "Comes from the waste contractor's system"}},
    ],
)
def test_any_change_breaks_the_signature(key: bytes, change: dict[str, object]) -> None:
    """Another version, council, month or service, or other KPIs in another order, is not what was signed."""
    assert not is_signed(replace(IDENTITY, **change), sign(IDENTITY, key=key), key=key)  # type: ignore[arg-type]


def test_a_signature_that_is_no_signature_is_refused(key: bytes) -> None:
    """Whatever stands in its place, in any alphabet, is compared and refused."""
    assert not is_signed(IDENTITY, "", key=key)
    assert not is_signed(IDENTITY, "ключ", key=key)


def test_a_row_mark_names_its_kpi_and_is_good_for_one_version_service_and_month(key: bytes) -> None:
    """A mark reads as its KPI and 16 digits, stays the same when the form's other rows change, and differs everywhere else."""
    mark = row_mark(IDENTITY, "36", key=key)
    assert re.fullmatch(r"36\.[0-9a-f]{16}", mark)
    assert row_mark(replace(IDENTITY, refs=("36",)), "36", key=key) == mark
    changes = ({"form_version": "2"}, {"organisation": "othershire"}, {"period": "2024-08"}, {"service_id": "archives"})
    others = [replace(IDENTITY, **change) for change in changes]  # type: ignore[arg-type]
    assert mark not in {row_mark(other, "36", key=key) for other in others}


def test_the_hidden_sheet_reads_back(key: bytes) -> None:
    """What is written into the hidden sheet is the identity and its signature, with what is not asked for."""
    for identity in (IDENTITY, replace(IDENTITY, not_asked={"220": "Comes from the contractor", "36": "Comes from elsewhere"})):
        assert read_meta(meta_rows(identity, key=key)) == (identity, sign(identity, key=key))


def test_a_hidden_sheet_with_a_line_missing_is_none_of_ours(key: bytes) -> None:
    """Without one of its lines the sheet says nothing."""
    rows = meta_rows(IDENTITY, key=key)
    assert [read_meta(row for row in rows if row[0] != name) for name in ("form_version", "refs", "signature")] == [None] * 3
