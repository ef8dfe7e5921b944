"""Fetching files from a folder on any store fsspec knows: a disk, a share, S3, Azure, SFTP."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePosixPath
from typing import Any

from fsspec.core import url_to_fs  # type: ignore[import-untyped]

from pmf.connector import ConnectorError

_MEGABYTE = 1024 * 1024
_MOST_FILES = 100
_FILE_BYTES = 5 * _MEGABYTE
_ALL_BYTES = 50 * _MEGABYTE


def list_files(url: str, *, most_files: int = _MOST_FILES, file_bytes: int = _FILE_BYTES) -> list[tuple[str, bytes]]:
    """Fetch the files that a pattern like ``s3://bucket/kpis/2024-09/*.csv`` names, by name and content, in the order of their paths.

    Folders, links and files that begin with a dot are passed over. There may be none (yet).

    Raises:
        ConnectorError: when the store cannot be used, there is more to fetch than a source's files can be, or two have one name.
    """
    place = f"The folder {_named(url)}"
    try:
        store, pattern = url_to_fs(url)
        paths = _paths(store, f"{pattern}/*" if store.isdir(pattern) else pattern)
        if len(paths) > most_files:
            raise ConnectorError(f"{place} has more than {most_files} such files: move old ones away, or have {{period}} in its address.")
        if twice := [name for name, count in Counter(_name(path) for path in paths).items() if count > 1]:
            raise ConnectorError(f'{place} has more than one file called "{twice[0]}": give each a name of its own.')
        return _read(store, paths, place, file_bytes)
    except ConnectorError:
        raise
    except ImportError as error:
        raise ConnectorError(f"{place} cannot be read: {error}.") from None
    except Exception as error:  # noqa: BLE001 - each store raises errors of its own library
        message = f"{place} cannot be read ({type(error).__name__}): check its address, and that the store lets us read it."
        raise ConnectorError(message) from None


def _named(url: str) -> str:
    """Name the folder without what may be secret: the user and password before the "@", the query after the "?"."""
    scheme, separator, rest = url.partition("://")
    return f"{scheme}{separator}{rest.partition('?')[0].rpartition('@')[2]}"


def _paths(store: Any, pattern: str) -> list[str]:
    found: dict[str, dict[str, Any]] = store.glob(pattern, detail=True)
    return sorted(path for path, about in found.items() if _is_ours_to_read(path, about))


def _is_ours_to_read(path: str, about: dict[str, Any]) -> bool:
    return about["type"] == "file" and not about.get("islink") and not _name(path).startswith(".")


def _name(path: str) -> str:
    return PurePosixPath(path).name


def _read(store: Any, paths: list[str], place: str, file_bytes: int) -> list[tuple[str, bytes]]:
    contents: list[tuple[str, bytes]] = []
    left = _ALL_BYTES
    for path in paths:
        with store.open(path, "rb") as file:
            content: bytes = file.read(file_bytes + 1)
        left -= len(content)
        if len(content) > file_bytes or left < 0:
            raise ConnectorError(f'{place} holds more than a source can state, at "{_name(path)}": move what does not belong there away.')
        contents.append((_name(path), content))
    return contents
