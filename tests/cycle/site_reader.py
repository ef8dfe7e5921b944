"""Read the live site over and over, hashing everything, until a file appears; print how many reads, releases and torn ones there were.

Usage: site_reader.py SITE STOP_FILE. A read is torn when the release it resolved is not exactly what its manifest says.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path


def is_whole(folder: Path) -> bool:
    """Hash a release and hold it against its manifest and its name."""
    manifest = (folder / "manifest.json").read_bytes()
    listed = {file["path"]: file["sha256"] for file in json.loads(manifest)["files"]}
    found = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()
    }
    own = found.pop("manifest.json")
    return found == listed and own == hashlib.sha256(manifest).hexdigest() == folder.name


def main() -> None:
    """Read until told to stop."""
    site, stop = Path(sys.argv[1]), Path(sys.argv[2])
    reads, torn, seen = 0, 0, set()
    while not stop.exists():
        try:
            folder = (site / "current").resolve(strict=True)
            torn += not is_whole(folder)
            seen.add(folder.name)
        except FileNotFoundError:
            torn += 1
        reads += 1
    print(reads, len(seen), torn)  # noqa: T201 - what the test reads


if __name__ == "__main__":
    main()
