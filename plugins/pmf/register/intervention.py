"""Whose approval an intervention of a KPI needs (HDC framework, Appendix F)."""

from __future__ import annotations

from pmf.register.assessment import Approver
from pmf.register.council import Profile
from pmf.register.kpi import Kpi


def approving_posts(profile: Profile, kpi: Kpi) -> dict[Approver, str]:
    """Name the post of each approval that a KPI's intervention needs, in the form's order.

    A portfolio holder is not asked where the register names none for the KPI.
    """
    if profile.intervention is None:
        return {}
    posts = {
        Approver.HEAD: profile.service(kpi.service_id).head,
        Approver.DIRECTOR: profile.directorate_of(kpi.service_id).director,
        Approver.PORTFOLIO_HOLDER: kpi.portfolio_holder_post,
    }
    return {approver: post for approver in profile.intervention.approvals if (post := posts[approver])}
