"""Who is written to on which occasion: letters composed from templates, addressed to the posts of the profile."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from pmf.mail import Attachment, Letter
from pmf.page.mailbody import render_mail
from pmf.register import Profile
from pmf.settings import Settings

# Working days a service has to correct a return or answer a question, and the hour they end at.
_DAYS_TO_CORRECT, _END_OF_DAY = 3, time(17)


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """What a letter is about. ``event`` and ``subject`` with recipient and version make it a letter of its own."""

    event: str
    period: str
    subject: str
    version: str
    at: datetime


def digest_of(parts: Iterable[str]) -> str:
    """Name a version by what it says, so that saying the same again is not a new letter."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def write_letters(
    profile: Profile,
    settings: Settings,
    *,
    occasion: Occasion,
    recipients: Iterable[str],
    template: str,
    context: Mapping[str, Any],
    attachments: tuple[Attachment, ...] = (),
) -> list[Letter]:
    """Write one letter to each of the posts, once each, from the performance team.

    ``context`` is the template's own part; names common to all templates are added here.
    """
    sender = profile.post(profile.performance_team)
    letters = []
    for post_id in dict.fromkeys(recipients):
        post = profile.post(post_id)
        shared = {"organisation_name": profile.name, "contact": sender.email, "notice": profile.notice, "recipient_title": post.title}
        body = render_mail(template, shared | dict(context), templates=settings.templates)
        letters.append(
            Letter(
                organisation=profile.slug,
                period=occasion.period,
                event=occasion.event,
                event_subject=f"{occasion.period}:{occasion.subject}",
                version=occasion.version,
                recipient=post.email,
                recipient_title=post.title,
                sender=sender.email,
                sender_title=sender.title,
                subject=body.subject,
                text=body.text,
                html=body.html,
                attachments=attachments,
                sent_at=occasion.at,
            )
        )
    return letters


def correction_deadline(asked_at: datetime, profile: Profile) -> datetime:
    """Say by when what was asked at a moment is to be answered."""
    zone = ZoneInfo(profile.timezone)
    day = profile.working_calendar.add_working_days(asked_at.astimezone(zone).date(), _DAYS_TO_CORRECT)
    return datetime.combine(day, _END_OF_DAY, tzinfo=zone)


def printed_moment(moment: datetime, profile: Profile) -> str:
    """Print an instant in the council's own time: "5pm Tuesday 8 October 2024"."""
    local = moment.astimezone(ZoneInfo(profile.timezone))
    minutes = f".{local:%M}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{local:%p}".lower() + f" {local:%A} {local.day} {local:%B %Y}"
