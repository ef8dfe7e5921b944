"""Taking the room away: by a limit to the size of files, and by a file system that is full."""

from __future__ import annotations

import resource
import shutil
from pathlib import Path
from unittest import mock

from cycle.publishing import PAPER, Publisher
from faults.fresh import well_done
from faults.homes import Installation
from faults.invariants import State, differences, published_whole, read_tables
from faults.size import IS_LARGE, some_of
from faults.stages import APRIL, STAGES, Stage

# Bytes. The smallest stops everything, the largest nothing but the warehouse.
_SIZES = (0, 100, 1_000, 4_095, 4_096, 5_000, 8_192, 10_000, 12_288, 16_384)
_SIZES += (20_000, 32_768, 40_000, 50_000, 65_536, 80_000, 100_000, 131_072, 200_000, 500_000)

# How often a letter was tried and what was in its way: where a disk refuses it, the warehouse on another keeps that, and has to.
_TRIED = ("attempts", "last_error")


def limit_files(installation: Installation) -> tuple[list[str], list[str]]:
    """Run every stage (in `make test`: the first) under limits to the size of any file, then without.

    Gives what stopped it, and what was not as ever after.
    """
    failures, wrong = [], []
    for name, stage in STAGES.items():
        if name == "scan":
            installation.council.deliver(APRIL)
        if not (IS_LARGE or name in ("open", "scan")):
            break
        put_back = installation.keep()
        well_done(lambda stage=stage: stage(installation.council) and None)
        undisturbed = installation.fingerprint(but_for=_TRIED)
        for size in some_of(_SIZES, few=20, many=20 if name in ("open", "scan", "send") else 3):
            put_back()
            failure = well_done(lambda stage=stage, size=size: _limited(installation, stage, size))
            failures += [failure] if failure else []
            wrong += [f"{name}, {size} bytes: {breach}" for breach in installation.check(at_rest=False).breaches]
            well_done(lambda stage=stage: stage(installation.council) and None)
            wrong += [
                f"{name}, {size} bytes, then without: {what}" for what in differences(undisturbed, installation.fingerprint(but_for=_TRIED))
            ]
    return failures, wrong


def _limited(installation: Installation, stage: Stage, size: int) -> str | None:
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        stage(installation.council)
    except Exception as error:  # noqa: BLE001 - whatever it is, the test reads it
        return f"{type(error).__name__}: {error}"
    return None


def fill_the_disk(disk: Path) -> tuple[str, list[str]]:
    """Publish on a disk that gets full, then with room; give what was said, and what was not as it should be."""
    return well_done(lambda: _filled(disk))


def _filled(disk: Path) -> tuple[str, list[str]]:
    publisher = Publisher.at(disk / "home")
    # What the linter says of these papers is another matter; here it is the writes that count.
    with mock.patch("pmf.cycle.clearance.problems_of", return_value=()):
        publisher.rate("220", "38.4", "red", hours=0)
        publisher.paper("First", hours=0)
        publisher.issue(hours=2000, **{PAPER: "Second"})
        before, live = publisher.content(), publisher.live.resolve()
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(shutil.disk_usage(disk).free - 4_096))
        try:
            publisher.publish(hours=2001)
            words = ""
        except Exception as error:  # noqa: BLE001 - whatever it is, the test reads it
            words = f"{type(error).__name__}: {error}"
        wrong = ["the live release is another"] * (publisher.live.resolve() != live or publisher.content() != before)
        ballast.unlink()
        wrong += _breaches(publisher)  # even looking into SQLite takes some room
        publisher.publish(hours=2001)
    wrong += ["with room again nothing new went out"] * (publisher.live.resolve() == live)
    return words, wrong + _breaches(publisher)


def _breaches(publisher: Publisher) -> list[str]:
    settings = publisher.council.settings
    return [what for _, what in published_whole(State(settings.home, read_tables(settings.warehouse_url)))]
