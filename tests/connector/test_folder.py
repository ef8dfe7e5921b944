"""Folders on stores: memory and disk stand for all that fsspec knows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from pmf.connector import ConnectorError
from pmf.connector.folder import list_files


@pytest.fixture(params=["memory", "file"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An address with three CSV files, a workbook, a hidden file and a folder below it."""
    url = "memory://kpis/2024-09" if request.param == "memory" else f"file://{tmp_path}/2024-09"
    store, path = fsspec.core.url_to_fs(url)
    store.makedirs(f"{path}/sub.csv")
    for name in ("b.csv", "a.csv", "empty.csv", "table.xlsx", ".hidden.csv"):
        store.pipe_file(f"{path}/{name}", b"" if name == "empty.csv" else name.encode())
    yield url
    if request.param == "memory":
        store.rm("/kpis", recursive=True)


def test_a_patterns_files_come_in_order(folder: str) -> None:
    """Files come by name and content, in the order of their names; folders and hidden files are passed over."""
    assert list_files(f"{folder}/*.csv") == [("a.csv", b"a.csv"), ("b.csv", b"b.csv"), ("empty.csv", b"")]


def test_a_folder_without_a_pattern_means_all_its_files(folder: str) -> None:
    """An address that is a folder stands for everything in it."""
    assert [name for name, _ in list_files(folder)] == ["a.csv", "b.csv", "empty.csv", "table.xlsx"]
    assert [name for name, _ in list_files(f"{folder}/b.csv")] == ["b.csv"]


def test_nothing_there_yet_is_no_files(folder: str) -> None:
    """A month whose folder does not exist yet has no files, which is no error."""
    assert list_files(f"{folder}-not-yet/*.csv") == []


def test_links_are_not_followed(tmp_path: Path) -> None:
    """A link in the folder leads nowhere we were told to read."""
    (tmp_path / "a.csv").write_bytes(b"a")
    (tmp_path / "b.csv").symlink_to("/etc/hostname")
    assert [name for name, _ in list_files(f"file://{tmp_path}/*.csv")] == ["a.csv"]


def test_too_much_is_refused_by_name(folder: str) -> None:
    """A file larger than a source's, or more files than one has, are refused, saying where."""
    with pytest.raises(ConnectorError, match=r'holds more than a source can state, at "a\.csv"'):
        list_files(f"{folder}/*.csv", file_bytes=4)
    with pytest.raises(ConnectorError, match="more than 2 such files"):
        list_files(f"{folder}/*.csv", most_files=2)


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    """A pattern over several folders may not give two files that cannot be told apart by their name."""
    for team in ("north", "south"):
        (tmp_path / team).mkdir()
        (tmp_path / team / "visits.csv").write_bytes(team.encode())
    with pytest.raises(ConnectorError, match=r'more than one file called "visits\.csv"'):
        list_files(f"file://{tmp_path}/*/visits.csv")


@pytest.mark.parametrize(
    "url",
    [
        "oddstore://user:canary@host.example.org/kpis/*.csv",
        "oddstore://kpis/*.csv?token=canary",
        "sftp://user:canary@127.0.0.1:1/kpis/*.csv",
    ],
)
def test_a_store_that_cannot_be_used_is_named_without_secrets(url: str) -> None:
    """What is wrong with a store is told with its address, and without user, password or token."""
    with pytest.raises(ConnectorError) as caught:
        list_files(url)
    assert "cannot be read" in str(caught.value)
    assert "canary" not in str(caught.value)


def test_a_file_that_may_not_be_read_names_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store's own errors are told by their kind, with the folder and what to check."""
    (tmp_path / "a.csv").write_bytes(b"a")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("canary")

    monkeypatch.setattr("fsspec.implementations.local.LocalFileSystem.open", refuse)
    with pytest.raises(ConnectorError, match=r"cannot be read \(PermissionError\): check its address") as caught:
        list_files(f"file://{tmp_path}/*.csv")
    assert "canary" not in str(caught.value)
