"""Give councils their roles in an Airflow of its own with the FAB auth manager, and print what users with them may do.

Usage: fab_roles.py, in Airflow's environment with an empty metadata database. Prints JSON.
"""

from __future__ import annotations

import json
import sys

DAGS = ("north_monthly_cycle", "north_publication", "south_monthly_cycle", "profiles_check")


def main() -> None:
    """Make the database, the DAGs' rows, the roles and a user of each; ask the auth manager about every one of them."""
    from airflow.utils.db import initdb

    initdb()
    from airflow.api_fastapi.app import create_auth_manager
    from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
    from airflow.models.dag import DagModel
    from airflow.models.dagbundle import DagBundleModel
    from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder
    from airflow.utils.session import create_session

    from pmf.orchestration.roles import ROLES, role_name, sync_roles

    with create_session() as session:
        session.add(DagBundleModel(name="dags-folder"))
        session.flush()
        session.add_all(DagModel(dag_id=dag_id, bundle_name="dags-folder") for dag_id in DAGS)
    counts = sync_roles(["north", "south", "empty"])
    manager = create_auth_manager()
    may: dict[str, list[str]] = {}
    with get_application_builder() as builder:
        manager.appbuilder = builder
        security = builder.sm
        stray = security.find_role(role_name("north", "viewer"))
        security.add_permission_to_role(stray, security.create_permission("can_edit", "Connections"))
        before = rights(security)
        sync_roles(["north", "south", "empty"])
        security.session.expire_all()
        after = rights(security)
        for role in ROLES:
            user = security.add_user(
                role, role, role, f"{role}@example.org", security.find_role(role_name("north", role)), "a-long-password"
            )
            asked = {
                **{
                    f"{method} {dag_id}": ask(manager, user, method, dag_id, None) for method in ("GET", "PUT", "DELETE") for dag_id in DAGS
                },
                **{f"run {dag_id}": ask(manager, user, "POST", dag_id, DagAccessEntity.RUN) for dag_id in DAGS},
                **{f"clear {dag_id}": ask(manager, user, "PUT", dag_id, DagAccessEntity.TASK_INSTANCE) for dag_id in DAGS},
                **{f"log {dag_id}": ask(manager, user, "GET", dag_id, DagAccessEntity.TASK_LOGS) for dag_id in DAGS},
                **{f"sign off {dag_id}": ask(manager, user, "PUT", dag_id, DagAccessEntity.HITL_DETAIL) for dag_id in DAGS},
                "connections": manager.is_authorized_connection(method="GET", user=user),
                "variables": manager.is_authorized_variable(method="GET", user=user),
                "configuration": manager.is_authorized_configuration(method="GET", user=user),
            }
            may[role] = sorted(what for what, allowed in asked.items() if allowed)
    strange = {name: sorted(set(held) - set(after[name])) for name, held in before.items() if set(held) - set(after[name])}
    sys.stdout.write(json.dumps({"counts": counts, "may": may, "taken back": strange}) + "\n")


def ask(manager: object, user: object, method: str, dag_id: str, entity: object) -> bool:
    from airflow.api_fastapi.auth.managers.models.resource_details import DagDetails

    return bool(manager.is_authorized_dag(method=method, access_entity=entity, details=DagDetails(id=dag_id), user=user))  # type: ignore[attr-defined]


def rights(security: object) -> dict[str, list[str]]:
    return {
        role.name: sorted(f"{permission.action.name} {permission.resource.name}" for permission in role.permissions)
        for role in security.get_all_roles()  # type: ignore[attr-defined]
        if role.name.partition(" ")[0] in ("north", "south", "empty")
    }


if __name__ == "__main__":
    main()
