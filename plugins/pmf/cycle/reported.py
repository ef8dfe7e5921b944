"""When the papers of a quarter were made that were last reported: what a later paper tells of is what became known since."""

from __future__ import annotations

from datetime import datetime

from pmf.assurance.confidential import INTERNAL
from pmf.cycle.editions import editions_at
from pmf.cycle.publications import live_publications
from pmf.cycle.releases import publications_so_far
from pmf.cycle.workspace import Workspace
from pmf.period import Quarter


def reported_at(workspace: Workspace, quarter: Quarter, *, as_at: datetime) -> dict[str, datetime]:
    """Map each document of a quarter to the moment of its edition that readers have: the one published last, else the one issued last.

    An internal edition is known by the document's own id: it is made with the public one.
    """
    issued = {
        document_id.removesuffix(INTERNAL): files[0]["as_at"] for document_id, files in editions_at(workspace, quarter, as_at).items()
    }
    live = live_publications(publications_so_far(workspace, on=as_at))
    return issued | {item.document_id: item.made_at for item in live if item.period == quarter.key}
