"""Commands about documents: signing them off."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from pmf.cli.terminal import OrganisationOption, known_organisation, refuse, settings
from pmf.period import FinancialYear, parse_period
from pmf.register import RegisterError

app = typer.Typer()


@app.command("sign-off")
def sign_off(
    organisation: OrganisationOption,
    period: Annotated[str, typer.Option("--period", "-p", help="The quarter or month whose documents are signed, such as 2024-25-Q2.")],
    post: Annotated[str, typer.Option("--post", help="The id of the post that signs, as in the council's profile.")],
    reason: Annotated[str, typer.Option("--reason", help="What was looked at, and why it may go out.")],
) -> None:
    """Sign off the last edition of a period's documents; the publication DAG then puts them on the site."""
    from pmf.cycle.publish import NothingToSignError, sign_off_documents

    known_organisation(organisation)
    try:
        subject = parse_period(period)
        if isinstance(subject, FinancialYear):
            refuse(f"{period} is a year: documents are of a month or a quarter, such as 2024-25-Q2")
        signed = sign_off_documents(organisation, subject, post=post, reason=reason, as_at=datetime.now(UTC), settings=settings())
    except KeyError:
        refuse(f"{organisation} has no post {post!r}; its organisation.yaml lists them under posts")
    except (ValueError, NothingToSignError, RegisterError) as error:
        refuse(str(error))
    typer.echo(f"Signed off by {post}: {', '.join(signed)}")
