"""Whether a register says all that a framework asks of it: who stands in, how many strategic KPIs, of which kinds.

Asked by the monthly checks and by ``pmf register check``. Sources: CCC framework ("around ten strategic key performance
indicators" for each directorate; "a mixture of leading and lagging indicators"), HDC framework Appendix B.2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from pmf.period import Month
from pmf.register.collection import Level, Mix
from pmf.register.council import Profile
from pmf.register.kpi import Kpi, StatusType
from pmf.register.versions import Register

# For each mix: what the two kinds are called, and whether a KPI is of the first.
_KINDS: dict[Mix, tuple[tuple[str, str], Callable[[Kpi], bool]]] = {
    Mix.LEAD_LAG: (("leading", "lagging"), lambda kpi: kpi.lead_lag == "leading"),
    Mix.FINANCIAL: (("financial", "non-financial"), lambda kpi: kpi.is_financial),
}


def only_officer(profile: Profile, kpi: Kpi) -> str | None:
    """Name the post that both holds a KPI and stands in for its holder, so that nobody does. None: they are two posts."""
    service = profile.service(kpi.service_id)
    holder, deputy = kpi.holder_post or service.holder, kpi.deputy_post or service.deputy
    return holder if holder == deputy else None


def months_suspended(register: Register, kpi: Kpi, month: Month) -> int | None:
    """Count the months in which a KPI has been suspended without a break, up to a month, both ends counted. None: it is not suspended.

    A version that only gives another reason or day of review does not begin the count anew.
    """
    if kpi.status_type is not StatusType.SUSPENDED:
        return None
    since = kpi.valid_from
    earlier = {version.valid_to: version for version in register.kpi_versions if version.kpi_ref == kpi.kpi_ref}
    while since in earlier and earlier[since].status_type is StatusType.SUSPENDED:
        since = earlier[since].valid_from
    return (month.year - since.year) * 12 + month.month - since.month + 1


def strategic_kpis(register: Register, directorate_id: str, day: date) -> tuple[Kpi, ...]:
    """List a directorate's strategic KPIs in force on a day."""
    return tuple(
        kpi for kpi in register.kpi_versions if kpi.level is Level.STRATEGIC and kpi.directorate_id == directorate_id and kpi.holds_on(day)
    )


def missing_kinds(kpis: Iterable[Kpi], mixes: Iterable[Mix]) -> tuple[str, ...]:
    """Name the kinds there is no KPI of among several; of none at all, nothing is missing but the KPIs themselves."""
    looked_at = tuple(kpis)
    missing = []
    for mix in mixes if looked_at else ():
        (first, second), is_first = _KINDS[mix]
        found = {first if is_first(kpi) else second for kpi in looked_at}
        missing += [kind for kind in (first, second) if kind not in found]
    return tuple(missing)
