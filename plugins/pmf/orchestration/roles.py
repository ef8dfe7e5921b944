"""Roles of Airflow's web page, three for each council: who may look, who may run and sign off, who may mend.

They are roles of Airflow's FAB auth manager. Each reaches the DAGs of its own council alone, and through them the council's pages;
none reaches connections, variables or configuration, for whoever may edit a connection can have code run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from pmf.orchestration.councils import council_of

_READ, _EDIT, _CREATE, _DELETE, _MENU = "can_read", "can_edit", "can_create", "can_delete", "menu_access"

# What a role may do beside the council's DAGs: action and FAB resource. Those of runs and tasks hold for readable DAGs alone.
_LOOKS: tuple[tuple[str, str], ...] = (
    *((_READ, resource) for resource in ("DAG Runs", "Task Instances", "Task Logs", "DAG Versions", "DAG Dependencies", "HITL Detail")),
    *((_READ, resource) for resource in ("Website", "My Profile", "My Password", "View Menus")),
    *((_EDIT, resource) for resource in ("My Profile", "My Password")),
    *((_MENU, resource) for resource in ("Browse", "DAGs", "DAG Runs", "Task Instances", "Documentation", "Docs")),
)
_RUNS: tuple[tuple[str, str], ...] = ((_CREATE, "DAG Runs"), (_EDIT, "HITL Detail"), (_MENU, "HITL Detail"))
_MENDS: tuple[tuple[str, str], ...] = (
    (_EDIT, "DAG Runs"),
    (_EDIT, "Task Instances"),
    (_CREATE, "Task Instances"),
    (_READ, "XComs"),
    (_READ, "DAG Code"),
    (_READ, "DAG Warnings"),
)
# Role -> what it may do beside the DAGs, and with each of them.
ROLES: Mapping[str, tuple[tuple[tuple[str, str], ...], tuple[str, ...]]] = {
    "viewer": (_LOOKS, (_READ,)),
    "officer": (_LOOKS + _RUNS, (_READ, _EDIT)),
    "engineer": (_LOOKS + _RUNS + _MENDS, (_READ, _EDIT)),
}


class RolesError(Exception):
    """There are no roles to be made; the message says why."""


def role_name(council: str, role: str) -> str:
    """Name a council's role as Airflow lists it: "cambridgeshire officer"."""
    return f"{council} {role}"


def sync_roles(councils: Sequence[str]) -> dict[str, int]:
    """Give each council its roles with exactly their rights, and count the DAGs of each; done again, nothing changes.

    The DAGs are those Airflow has read so far. Users are given roles on Airflow's own page, or by a single sign-on.

    Raises:
        RolesError: when this Airflow has another auth manager, which has no such roles.
    """
    with _application_builder() as builder:
        found = _dags_of(councils)
        for council, dag_ids in found.items():
            for role in ROLES:
                _give(builder.sm, role_name(council, role), _rights(role, dag_ids))
    return {council: len(dag_ids) for council, dag_ids in found.items()}


def _application_builder() -> AbstractContextManager[Any]:
    from airflow.configuration import conf

    manager = conf.get("core", "auth_manager")
    if not manager.endswith(".FabAuthManager"):
        raise RolesError(f"roles are kept by Airflow's FAB auth manager, and this Airflow has {manager}")
    from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder

    return get_application_builder()


def _dags_of(councils: Sequence[str]) -> dict[str, list[str]]:
    """List the DAGs of each council."""
    from airflow.models.dag import DagModel
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        known = session.scalars(select(DagModel.dag_id).order_by(DagModel.dag_id)).all()
    return {council: [dag_id for dag_id in known if council_of(dag_id) == council] for council in councils}


def _rights(role: str, dag_ids: Sequence[str]) -> set[tuple[str, str]]:
    beside, with_dags = ROLES[role]
    return {*beside, *((action, f"DAG:{dag_id}") for dag_id in dag_ids for action in with_dags)}


def _give(manager: Any, name: str, rights: set[tuple[str, str]]) -> None:
    """Make a role's rights exactly these."""
    role = manager.add_role(name)
    held = {(permission.action.name, permission.resource.name): permission for permission in role.permissions}
    for right in sorted(rights - held.keys()):
        manager.add_permission_to_role(role, manager.create_permission(*right))
    for right in sorted(held.keys() - rights):
        manager.remove_permission_from_role(role, held[right])
