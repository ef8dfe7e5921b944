"""Writing changed register files: tried in a copy of the council's folder first, then each put in place whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from pmf.register.load import load_register


def save(folder: Path, texts: Mapping[str, str]) -> None:
    """Replace files of a council's folder by these texts, by name, once the folder with them loads without complaint.

    Raises:
        RegisterError: when it would not load; then nothing is written.
    """
    with TemporaryDirectory() as scratch:
        trial = Path(scratch) / folder.name
        shutil.copytree(folder, trial)
        for name, text in texts.items():
            (trial / name).write_text(text, encoding="utf-8", newline="")
        load_register(trial)
    beside = {folder / name: folder / f".{name}.new" for name in texts}
    for path, new in beside.items():
        with new.open("w", encoding="utf-8", newline="") as file:
            file.write(texts[path.name])
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, new)
    for path, new in beside.items():
        new.replace(path)
