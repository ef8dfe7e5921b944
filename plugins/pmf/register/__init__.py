"""One council as configuration: its profile, its KPIs, their targets and data-quality templates.

Everything here is a definition kept in files and effective-dated; sign-offs, approvals and waivers are events in
the warehouse. ``load_profile`` is light enough for a DAG file; ``load_register`` reads everything.
"""

from pmf.register.collection import Level
from pmf.register.council import Profile
from pmf.register.kpi import Kpi
from pmf.register.load import RegisterError, load_profile, load_register, organisation_slugs
from pmf.register.structure import Committee, Directorate, Meeting, Post, Service
from pmf.register.target import Target
from pmf.register.template import DataQualityTemplate
from pmf.register.versions import Register

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
