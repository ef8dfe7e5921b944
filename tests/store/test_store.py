"""Files that must not change or tear."""

from __future__ import annotations

import hashlib
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

import pmf.store
from pmf.store import (
    RefusedFileError,
    StoreError,
    address,
    clear_leftovers,
    create_signing_key,
    get,
    load_or_create_signing_key,
    load_signing_key,
    place,
    place_folder,
    put,
    read_untrusted,
)
from processes import at_once

PROCESSES = 16
CONTENT = b"a return"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


def files_under(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@hypothesis_settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300))
def test_what_is_put_can_be_got(tmp_path: Path, content: bytes) -> None:
    """Bytes come back under their SHA-256 as they went in."""
    digest = put(tmp_path, content)
    assert digest == hashlib.sha256(content).hexdigest()
    assert get(tmp_path, digest) == content


def test_a_stored_file_is_read_only_and_stays_untouched(tmp_path: Path) -> None:
    """Storing the same bytes again leaves the very same file, and nothing else lies in the store."""
    put(tmp_path, CONTENT)
    path = address(tmp_path, DIGEST)
    before = path.stat()
    assert put(tmp_path, CONTENT) == DIGEST
    after = path.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert oct(after.st_mode & 0o777) == "0o444"
    assert files_under(tmp_path) == [f"{DIGEST[:2]}/{DIGEST[2:]}"]


def test_changed_bytes_are_noticed(tmp_path: Path) -> None:
    """A stored file that was tampered with is neither returned nor silently mended; the message says what to do."""
    put(tmp_path, CONTENT)
    path = address(tmp_path, DIGEST)
    path.chmod(0o644)
    path.write_bytes(b"another return")
    for act in (lambda: get(tmp_path, DIGEST), lambda: put(tmp_path, CONTENT)):
        with pytest.raises(StoreError, match="does not hold the bytes it is named after: move it away and restore it"):
            act()
    assert path.read_bytes() == b"another return"


def test_missing_bytes_are_said_to_be_missing(tmp_path: Path) -> None:
    """A file that is not there is a plain sentence with the way out."""
    with pytest.raises(StoreError, match="is missing: restore it from the backup"):
        get(tmp_path, DIGEST)


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", DIGEST.upper(), DIGEST[:-1], DIGEST[:-1] + "\n", "/" * 64])
def test_only_a_digest_is_an_address(tmp_path: Path, digest: str) -> None:
    """No text can lead out of the store."""
    with pytest.raises(StoreError, match="is no address in the store"):
        get(tmp_path, digest)


def test_processes_that_put_the_same_file_make_one(tmp_path: Path) -> None:
    """Sixteen processes with the same bytes end with one file, which none of them replaced."""

    def work(_number: int) -> tuple[str, int]:
        digest = put(tmp_path, CONTENT)
        return digest, address(tmp_path, digest).stat().st_ino

    assert len(set(at_once(work, processes=PROCESSES))) == 1
    assert files_under(tmp_path) == [f"{DIGEST[:2]}/{DIGEST[2:]}"]


def test_placing_changes_only_what_differs(tmp_path: Path) -> None:
    """A file in place with the same bytes is left alone, with its time; other bytes replace it whole."""
    path = tmp_path / "outbox" / "scorecard.html"
    assert place(path, b"one")
    before = path.stat().st_mtime_ns
    assert not place(path, b"one")
    assert path.stat().st_mtime_ns == before
    assert place(path, b"two")
    assert path.read_bytes() == b"two"
    assert files_under(tmp_path) == ["outbox/scorecard.html"]


PLACER = """
import sys
from pathlib import Path
from pmf.store import place, put
for number in range(10**6):
    place(Path(sys.argv[1]) / "page", (b"even" if number % 2 else b"odd.") * 50_000)
    put(Path(sys.argv[1]) / "store", b"%d" % number * 10_000)
"""


def test_a_reader_never_sees_a_torn_file(tmp_path: Path) -> None:
    """However often the writer is killed, what lies in place is whole, and what was left beside it is cleared away later."""
    whole = {hashlib.sha256(word * 50_000).hexdigest() for word in (b"even", b"odd.")}
    path = tmp_path / "page"
    reads = 0
    for kill in range(10):
        writer = subprocess.Popen([sys.executable, "-c", PLACER, str(tmp_path)])
        deadline = time.monotonic() + 0.25 + kill * 0.013
        while time.monotonic() < deadline:
            if path.exists():
                assert hashlib.sha256(path.read_bytes()).hexdigest() in whole
                reads += 1
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    assert reads > 100
    for stored in (tmp_path / "store").rglob("??*/[0-9a-f]*"):
        assert hashlib.sha256(stored.read_bytes()).hexdigest() == stored.parent.name + stored.name
    clear_leftovers(tmp_path, now=datetime.now(UTC) + timedelta(hours=2))
    assert not [name for name in files_under(tmp_path) if ".tmp-" in name]


def test_only_old_leftovers_are_cleared(tmp_path: Path) -> None:
    """A half-written file may still be in the hands of its writer for an hour; other files are never touched."""
    now = datetime(2024, 10, 8, 12, tzinfo=UTC)
    for name, age in [("ab/.tmp-old", 3601), ("ab/.tmp-new", 3599), ("ab/old", 99999)]:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"half")
        os.utime(path, (now.timestamp() - age,) * 2)
    assert clear_leftovers(tmp_path, now=now) == 1
    assert files_under(tmp_path) == ["ab/.tmp-new", "ab/old"]


@pytest.mark.parametrize("room", [0, 1, 4096, 10_000])
def test_no_room_is_said_plainly_and_changes_nothing(tmp_path: Path, room: int) -> None:
    """When the file system takes no more, the old bytes stand, nothing half-written is left, and trying again works."""
    path = tmp_path / "page"
    place(path, b"old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        for write in (lambda: place(path, b"new" * 10_000), lambda: put(tmp_path / "store", b"new" * 10_000)):
            with pytest.raises(StoreError, match=r"cannot write .* \(30,000 bytes\): .*\. Make room and run the task again"):
                write()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert path.read_bytes() == b"old"
    assert files_under(tmp_path) == ["page"]
    assert place(path, b"new" * 10_000)


def test_the_signing_key_is_made_once(tmp_path: Path) -> None:
    """The key is 32 random bytes only its owner may read; making it again, even at once in many processes, keeps the first."""
    path = tmp_path / "home" / "signing.key"
    made = at_once(lambda _: create_signing_key(path), processes=PROCESSES)
    key = load_signing_key(path)
    assert sorted(made) == [False] * (PROCESSES - 1) + [True]
    assert len(key) == 32
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    assert load_or_create_signing_key(path) == key
    assert load_or_create_signing_key(tmp_path / "other.key") != key
    assert files_under(tmp_path) == ["home/signing.key", "other.key"]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda path: path.unlink(), "is missing: restore it from the backup, or no form sent out earlier can be recognised"),
        (lambda path: path.chmod(0o640), "can be read by others than its owner: run `chmod 600"),
        (lambda path: path.write_text("0" * 63), "holds no key of 32 bytes"),
        (lambda path: path.write_text("ü" * 64), "holds no key of 32 bytes"),
        (lambda path: path.write_text(""), "holds no key of 32 bytes"),
    ],
)
def test_a_key_that_cannot_be_trusted_is_refused(tmp_path: Path, spoil: Callable[[Path], object], message: str) -> None:
    """A key that is gone, open to others or cut short is an error that says what to do."""
    path = tmp_path / "signing.key"
    create_signing_key(path)
    spoil(path)
    with pytest.raises(StoreError, match=message):
        load_signing_key(path)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """An inbox with a return in it, a secret outside, and everything a hostile sender could lay there."""
    inbox = tmp_path / "inbox"
    (inbox / "2024-09").mkdir(parents=True)
    (inbox / "2024-09" / "return.xlsx").write_bytes(CONTENT)
    (tmp_path / "secret").write_bytes(b"key")
    (inbox / "2024-09" / "link.xlsx").symlink_to(tmp_path / "secret")
    (inbox / "linked").symlink_to(tmp_path)
    os.mkfifo(inbox / "pipe.xlsx")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(inbox / "socket.xlsx"))
    return inbox


def test_an_ordinary_file_is_read(inbox: Path) -> None:
    """A file of exactly the limit is read whole."""
    assert read_untrusted(inbox / "2024-09" / "return.xlsx", root=inbox, limit_bytes=len(CONTENT)) == CONTENT


@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        ("2024-09/link.xlsx", "link", "link.xlsx is a link"),
        ("linked/secret", "link", "secret is a link or lies behind one"),
        ("2024-09/return.xlsx/x", "link", "x is a link or lies behind one"),
        ("2024-09/gone.xlsx", "missing", "gone.xlsx is no longer there"),
        ("2024-09", "no_file", "2024-09 is not a file"),
        ("pipe.xlsx", "no_file", "pipe.xlsx is not a file"),
        ("socket.xlsx", "no_file", "socket.xlsx is not a file"),
        ("../secret", "outside", "is not under"),
        ("/etc/passwd", "outside", "is not under"),
        ("", "outside", "is not under"),
    ],
)
def test_anything_but_an_ordinary_file_is_refused(inbox: Path, name: str, code: str, message: str) -> None:
    """Links, pipes, sockets, folders and paths out of the inbox are refused with a reason and a way out, and never waited for."""
    with pytest.raises(RefusedFileError) as refusal:
        read_untrusted(inbox / name, root=inbox, limit_bytes=100)
    assert refusal.value.code == code
    assert message in refusal.value.message
    assert refusal.value.fix.endswith(".")


def test_a_large_file_is_refused_without_reading_it(inbox: Path) -> None:
    """A file above the limit costs no memory: a terabyte of nothing is refused at once."""
    with (inbox / "large.xlsx").open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(RefusedFileError, match=r"large.xlsx is larger than 100 bytes\. Send the form as it was sent out") as refusal:
        read_untrusted(inbox / "large.xlsx", root=inbox, limit_bytes=100)
    assert refusal.value.code == "too_large"


def test_a_file_that_may_not_be_read_is_refused() -> None:
    """A file whose sender forgot to let us read it is refused with the way out; the others are still read."""

    def read_as_nobody(_number: int) -> str:
        if os.geteuid() == 0:  # root may read everything
            os.setuid(65534)
        with pytest.raises(RefusedFileError) as refusal:
            read_untrusted(path, root=path.parent, limit_bytes=100)
        return refusal.value.code

    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        path = Path(folder) / "return.xlsx"
        path.write_bytes(CONTENT)
        path.chmod(0)
        assert at_once(read_as_nobody, processes=1) == ["forbidden"]


def test_a_folder_is_put_in_place_whole(tmp_path: Path) -> None:
    """The new files take the old ones' place together: what is not among them any more is gone, and nothing passing is left."""
    folder = tmp_path / "papers"
    assert place_folder(folder, {"a.html": b"one", "b.pdf": b"two"}) is True
    assert place_folder(folder, {"a.html": b"three"}) is True
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"a.html": b"three"}
    assert [path.name for path in tmp_path.iterdir()] == ["papers"]


def test_a_folder_that_holds_the_files_already_is_left_alone(tmp_path: Path) -> None:
    """Placing the same files again changes nothing, not even the folder itself."""
    folder = tmp_path / "papers"
    place_folder(folder, {"a.html": b"one"})
    before = folder.stat().st_ino
    assert place_folder(folder, {"a.html": b"one"}) is False
    assert folder.stat().st_ino == before


def test_a_folder_that_cannot_be_written_stays_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs out of room half-way leaves the old files, and no half of the new ones."""
    folder = tmp_path / "papers"
    place_folder(folder, {"a.html": b"old", "b.pdf": b"old"})
    real = pmf.store.place

    def full(path: Path, content: bytes) -> bool:
        if path.name == "b.pdf":
            raise StoreError("the disk is full")
        return real(path, content)

    monkeypatch.setattr(pmf.store, "place", full)
    with pytest.raises(StoreError):
        place_folder(folder, {"a.html": b"new", "b.pdf": b"new"})
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"a.html": b"old", "b.pdf": b"old"}
    assert [path.name for path in tmp_path.iterdir()] == ["papers"]


def test_a_folder_left_half_written_is_cleared(tmp_path: Path) -> None:
    """What a killed task left of a folder goes like a half-written file: once it is old."""
    left = tmp_path / "2024-25-Q2" / ".tmp-papers" / "new"
    left.mkdir(parents=True)
    (left / "a.html").write_bytes(b"half")
    then = datetime.now(UTC)
    assert clear_leftovers(tmp_path, now=then) == 0
    assert clear_leftovers(tmp_path, now=then + timedelta(hours=2)) == 1
    assert not left.parent.exists()
