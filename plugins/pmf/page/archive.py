"""Office files that repeat byte for byte: a zip archive without the moment it was written."""

from __future__ import annotations

import io
import re
import zipfile

# The earliest date a zip entry can hold.
NO_DATE = (1980, 1, 1, 0, 0, 0)
_CORE_PROPERTIES = "docProps/core.xml"
_WHEN_WRITTEN = re.compile(rb"<dcterms:(created|modified)\b[^>]*>[^<]*</dcterms:\1>")


def rezip(content: bytes) -> bytes:
    """Write an Office file (docx, xlsx) anew so that equal parts give equal bytes.

    Entries are sorted by name and dated 1980; the created and modified times that python-docx and openpyxl leave in the
    document properties are removed, because they say when a program ran and nothing about the document.
    """
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(result, "w") as target:
        for name in sorted(source.namelist()):
            part = source.read(name)
            entry = zipfile.ZipInfo(name, NO_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            target.writestr(entry, _WHEN_WRITTEN.sub(b"", part) if name == _CORE_PROPERTIES else part)
    return result.getvalue()
