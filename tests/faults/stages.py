"""Every stage that writes, from opening a month to publishing its quarter's papers, in the order a council lives through them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType

from cycle.council import SLUG, Council
from pmf.cycle.lookinto import look_into_reds
from pmf.cycle.publish import publish_signed_off, sign_off_documents
from pmf.cycle.rate import rate_quarter
from pmf.cycle.report import export_papers
from pmf.cycle.validate import validate_ratings
from pmf.period import Month, Quarter

APRIL, QUARTER = Month(2024, 4), Quarter(2024, 1)
_HOUR = timedelta(hours=1)
Stage = Callable[[Council], object]


def _of_month(name: str) -> Stage:
    return lambda council: getattr(council, name)(APRIL)


def _look_into(council: Council) -> object:
    return look_into_reds(SLUG, APRIL, as_at=council.teller.profile.cycle_at(APRIL), settings=council.settings)


def _of_quarter(verb: Callable[..., object]) -> Stage:
    # The quarter is exported on the months there are: a paper of one month has every part that one of three has.
    return lambda council: verb(SLUG, QUARTER, as_at=council.teller.profile.export_at(QUARTER), settings=council.settings)


def _sign_off(council: Council) -> object:
    profile = council.teller.profile
    at = profile.export_at(QUARTER) + _HOUR
    return sign_off_documents(SLUG, QUARTER, post=profile.performance_team, reason="Read and agreed.", as_at=at, settings=council.settings)


def _publish(council: Council) -> object:
    return publish_signed_off(SLUG, QUARTER, as_at=council.teller.profile.export_at(QUARTER) + 2 * _HOUR, settings=council.settings)


STAGES: Mapping[str, Stage] = MappingProxyType(
    {
        "open": _of_month("open"),
        "scan": _of_month("scan"),
        "collect": _of_month("collect"),
        "validate_returns": _of_month("validate"),
        "rate": _of_month("rate"),
        "validate_ratings": _of_month("validate_ratings"),
        "report": _of_month("report"),
        "look_into": _look_into,
        "send": _of_month("send"),
        "rate_quarter": _of_quarter(rate_quarter),
        "validate_quarter": _of_quarter(validate_ratings),
        "export": _of_quarter(export_papers),
        "sign_off": _sign_off,
        "publish": _publish,
        "deliver_papers": _of_month("send"),
    }
)


def live_through(council: Council, *, until: str | None = None) -> None:
    """Run every stage once, up to but not including the one named; officers deliver their forms when these are out."""
    for name, stage in STAGES.items():
        if name == until:
            return
        if name == "scan":
            council.deliver(APRIL)
        stage(council)
