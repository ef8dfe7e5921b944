"""One council as configuration: its profile, its KPIs, their targets and data-quality templates.

Everything here is a definition kept in files and effective-dated; sign-offs, approvals and waivers are events in
the warehouse. ``load_profile`` is light enough for a DAG file; ``load_register`` reads everything.
"""

from pmf.register.kpi import DataQualityTemplate, Kpi, Level, Target
from pmf.register.load import Register, RegisterError, load_profile, load_register, organisation_slugs
from pmf.register.profile import Committee, Directorate, Meeting, Post, Profile, Service

__all__ = [
    "Committee",
    "DataQualityTemplate",
    "Directorate",
    "Kpi",
    "Level",
    "Meeting",
    "Post",
    "Profile",
    "Register",
    "RegisterError",
    "Service",
    "Target",
    "load_profile",
    "load_register",
    "organisation_slugs",
]
