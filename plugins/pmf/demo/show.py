"""Telling the story to a person at a terminal: progress while it runs, the table of runs, and where each file is."""

from __future__ import annotations

import time
from pathlib import Path

from rich.console import Console

from pmf.demo.story import Step, teller
from pmf.demo.table import runs_table
from pmf.settings import Settings


def show(organisation: str, settings: Settings, *, console: Console) -> tuple[Step, ...]:
    """Run the sample and print what came of it."""
    began = time.monotonic()

    def say(words: str) -> None:
        console.print(f"[{time.monotonic() - began:5.1f} s] {words}", markup=False)

    steps = tuple(teller(organisation, settings, say=say).tell())
    console.print()
    Console(file=console.file, highlight=False, width=max(console.width, 150)).print(runs_table(organisation, steps, settings))
    console.print(f"Done in {time.monotonic() - began:.0f} s. The files:")
    for label, folder in _places(organisation, settings):
        number = sum(1 for path in folder.rglob("*") if path.is_file())
        console.print(f"  {label:<42} {number:>4} files  {folder}", soft_wrap=True)
    console.print("See the runs in Airflow's grid: make up")
    return steps


def _places(organisation: str, settings: Settings) -> list[tuple[str, Path]]:
    return [
        ("Returns as they came in", settings.inbox / organisation),
        ("Forms, scorecards, papers, quality reports", settings.outbox / organisation),
        ("The public site: open index.html", settings.published / organisation / "current"),
        ("E-mails (a Maildir)", settings.mail),
        ("Everything ever received or issued, by hash", settings.store),
    ]
