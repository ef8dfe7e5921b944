"""LibreOffice, which many residents have in place of Excel, opens both spreadsheets and shows what the report says."""

from __future__ import annotations

import csv
import shutil
import subprocess
from pathlib import Path

import pytest

from page.reading import squeezed, texts
from pmf.page.document import Document
from pmf.page.opensheet import render_ods
from pmf.page.sheet import render_xlsx

SOFFICE = shutil.which("soffice")
# Every sheet as CSV: comma, quote, UTF-8, from line 1, cells as they are shown.
AS_SHOWN = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1"


@pytest.mark.slow
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")
@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_it_opens_and_shows_every_text_and_figure(kind: str, scorecard: Document, live: Document, templates: Path, tmp_path: Path) -> None:
    """Opened in LibreOffice, every sheet is there, every text and every figure is shown as it is printed, and no formula is worked out."""
    for name, document in (("scorecard", scorecard), ("live", live)):
        content = render_xlsx(document) if kind == "xlsx" else render_ods(document, templates=templates)
        (tmp_path / f"{name}.{kind}").write_bytes(content)
    files = sorted(str(path) for path in tmp_path.glob(f"*.{kind}"))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [str(SOFFICE), profile, "--headless", "--convert-to", AS_SHOWN, "--outdir", str(tmp_path / "shown"), *files]
    subprocess.run(command, check=True, capture_output=True, timeout=120)

    assert {path.name for path in (tmp_path / "shown").iterdir()} >= {f"scorecard-{sheet}.csv" for sheet in ("Cover", "Notes", "Table 2")}
    for name, document in (("scorecard", scorecard), ("live", live)):
        shown = _shown(tmp_path / "shown", name)
        # A dash is shorthand in a spreadsheet, and "$$" is parted for gptables.
        lost = [words for words in texts(document) if words != "–" and squeezed(words).replace("$$", "$") not in shown.replace("$$", "$")]
        assert lost == []
        assert not any(error in shown for error in ("Err:", "#NAME?", "#VALUE!", "#REF!"))


def _shown(folder: Path, name: str) -> str:
    rows = (row for path in sorted(folder.glob(f"{name}-*.csv")) for row in csv.reader(path.open(encoding="utf-8", newline="")))
    return squeezed("\n".join(cell for row in rows for cell in row))
