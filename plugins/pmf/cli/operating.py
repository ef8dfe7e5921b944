"""Commands for those who run an installation: is anything overdue, is anything wrong, backup and restore, housekeeping."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from pmf.cli.terminal import FAILED, JsonOption, SomeOrganisationOption, console, known_organisation, new_table, refuse, settings
from pmf.register import RegisterError, organisation_slugs

app = typer.Typer()

_STYLES = {"ok": "green", "warning": "yellow", "wrong": "red"}


@app.command()
def watch(
    organisation: SomeOrganisationOption = None,
    at: Annotated[datetime | None, typer.Option(help="The moment to take as now, in UTC. Default: now.")] = None,
    mail: Annotated[bool, typer.Option("--mail", help="Write to those concerned of what they have not been told.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Say what is overdue: months not rated, papers not through, an Airflow that is silent; 1 when anything is. For cron or systemd.

    Councils for which nothing has ever been done are passed over unless one is named.
    """
    from pmf.cycle.send import MailLeftError
    from pmf.operations.watch import look_at
    from pmf.warehouse.engine import WarehouseError

    if organisation is not None:
        known_organisation(organisation)
    known, now = settings(), at.replace(tzinfo=UTC) if at else datetime.now(UTC)
    found: list[dict[str, str]] = []
    for slug in [organisation] if organisation else organisation_slugs(known.organisations):
        try:
            overdue = look_at(slug, now=now, mail=mail, only_in_use=organisation is None, settings=known)
            found += [asdict(item) for item in overdue]
        except (RegisterError, WarehouseError, MailLeftError) as error:  # one council's trouble must not hide another's
            found.append({"organisation": slug, "matter": "trouble", "about": "", "period": "", "words": str(error)})
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        for item in found:
            console().print(f"{item['organisation']}: {item['words']}", style="red", soft_wrap=True)
        typer.echo(f"Overdue: {len(found)}" if found else "Nothing is overdue")
    if found:
        raise typer.Exit(FAILED)


@app.command()
def doctor(as_json: JsonOption = False) -> None:
    """Look at everything an installation needs, and say of each how it is and what to do; 1 when something is wrong.

    It makes and changes nothing, and logs in nowhere.
    """
    from pmf.operations.diagnosis import Health
    from pmf.operations.doctor import examine
    from pmf.orchestration.checkup import examine_airflow

    known = settings()
    found = [*examine(known, now=datetime.now(UTC)), *examine_airflow(known, os.environ)]
    if as_json:
        typer.echo(json.dumps([asdict(item) for item in found], ensure_ascii=False, indent=1))
    else:
        table = new_table("Doctor", {"": "left", "what": "left", "found": "fold", "way out": "fold"})
        for item in found:
            table.add_row(Text(item.health, style=_STYLES[item.health]), item.subject, item.found, item.way_out)
        console().print(table)
        counts = [f"{sum(item.health is health for item in found)} {health}" for health in Health]
        typer.echo(", ".join(counts))
    if any(item.health is Health.WRONG for item in found):
        raise typer.Exit(FAILED)


@app.command()
def backup(
    to: Annotated[Path, typer.Argument(help="The file to make, such as /backups/2024-10-14.zip; it must not be there yet.")],
) -> None:
    """Write warehouse, store, public site, inboxes and signing key into one file, as they belong together; nothing need be stopped.

    The councils' folders are configuration and not in it: keep them under version control, as they are.
    """
    from pmf.operations.archive import BackupError
    from pmf.operations.backup import back_up
    from pmf.warehouse.engine import WarehouseError

    try:
        with console(stderr=True).status(f"Backing up into {to}"):
            made = back_up(to, now=datetime.now(UTC), settings=settings())
    except (BackupError, WarehouseError, OSError) as error:
        refuse(error)
    typer.echo(f"{to}: {made.rows:,} rows, {made.files:,} files, {made.size_bytes / 1_000_000:,.1f} MB, backup {made.digest[:12]}")
    for path in made.damaged:
        console().print(f"{path} does not hold the bytes it is named after: restore it from an earlier backup", style="red", soft_wrap=True)
    if made.damaged:
        raise typer.Exit(FAILED)


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(help="A file that `pmf backup` made.", exists=True, dir_okay=False)],
    check: Annotated[bool, typer.Option("--check", help="Read all of it and hold it against its manifest; write nothing.")] = False,
) -> None:
    """Put a backup into an installation that is empty, and bring it up to this release. Nothing that is there is ever overwritten."""
    from pmf.operations.archive import BackupError
    from pmf.operations.restore import check_backup
    from pmf.operations.restore import restore as put_back

    try:
        with console(stderr=True).status(f"Reading {source}"):
            if check:
                held = check_backup(source)
                rows = sum(table.rows for table in held.tables)
                made = f"{held.made_at:%-d %B %Y, %H:%M} UTC"
                typer.echo(f"{source}: whole, of {made}: {rows:,} rows, {len(held.files):,} files, schema {held.schema_version}")
                return
            restored = put_back(source, settings=settings())
    except (BackupError, OSError) as error:
        refuse(error)
    migrated = (
        "" if restored.schema_before == restored.schema_now else f", schema {restored.schema_before} brought up to {restored.schema_now}"
    )
    typer.echo(f"Restored {restored.rows:,} rows and {restored.files:,} files{migrated}. Now run `pmf verify` and `pmf doctor`.")


@app.command()
def housekeeping(
    apply: Annotated[bool, typer.Option("--apply", help="Remove it. Without this it is only listed.")] = False,
    airflow_days: Annotated[int | None, typer.Option(help="Also what Airflow remembers of runs older than so many days.", min=30)] = None,
    as_json: JsonOption = False,
) -> None:
    """List what nobody needs any more: half-written files, files nothing speaks of, old refused files, inboxes and outboxes.

    What a figure, a rating, a document, a release or a decision traces to is never among it, however old.
    """
    from pmf.operations.housekeeping import removable, remove
    from pmf.orchestration.cleaning import CleaningError, clean_history
    from pmf.warehouse.engine import WarehouseError

    known, now = settings(), datetime.now(UTC)
    try:
        found = removable(known, now=now)
        if apply:
            remove(found)
        history = clean_history(known, os.environ, before=now - timedelta(days=airflow_days), apply=apply) if airflow_days else ""
    except (WarehouseError, CleaningError, OSError) as error:
        refuse(error)
    if as_json:
        typer.echo(json.dumps([asdict(item) | {"path": str(item.path)} for item in found], ensure_ascii=False, indent=1))
        return
    for item in found:
        console().print(f"{item.path} ({item.size_bytes:,} bytes): {item.reason}", soft_wrap=True)
    total = f"{len(found)} files and folders, {sum(item.size_bytes for item in found) / 1_000_000:,.1f} MB"
    typer.echo(f"Removed: {total}" if apply else f"May go: {total}. Nothing was removed; --apply removes it")
    if history:
        typer.echo(history)
