"""Who may look at which council: whoever may read its monthly cycle in Airflow, as Airflow's own auth manager says."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.auth.managers.models.resource_details import DagDetails
from airflow.api_fastapi.core_api.security import GetUserDep
from airflow.models.dag import DagModel
from fastapi import Depends, HTTPException

from pmf.orchestration.connections import settings_for_tasks
from pmf.register.load import organisation_slugs
from pmf.settings import Settings

SettingsDep = Annotated[Settings, Depends(settings_for_tasks)]


def readable_council(council: str, user: GetUserDep, settings: SettingsDep) -> str:
    """Let a request about a council through: 403 for who may not read its cycle, whether or not there is such a council, else 404."""
    if not may_read(council, user):
        raise HTTPException(HTTPStatus.FORBIDDEN, f"You may not read the DAG {cycle_of(council)}.")
    if council not in organisation_slugs(settings.organisations):
        raise HTTPException(HTTPStatus.NOT_FOUND, f"There is no council {council}.")
    return council


def readable_councils(user: GetUserDep, settings: SettingsDep) -> list[str]:
    """List the councils a user may look at."""
    return [council for council in organisation_slugs(settings.organisations) if may_read(council, user)]


def may_read(council: str, user: BaseUser) -> bool:
    """Ask Airflow whether a user may read a council's monthly cycle."""
    dag_id = cycle_of(council)
    details = DagDetails(id=dag_id, team_name=DagModel.get_team_name(dag_id))
    return get_auth_manager().is_authorized_dag(method="GET", details=details, user=user)


def cycle_of(council: str) -> str:
    """Name the DAG that stands for a council."""
    return f"{council}_monthly_cycle"
