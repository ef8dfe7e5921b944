#!/usr/bin/env bash
# Before the processes start: bring both databases to this version's schema, and make the first user where there is none.
# The environment is that of every process; SECRETS is the folder with the administrator's password.
set -euo pipefail

SECRETS=${SECRETS:-/run/secrets}

airflow db migrate
pmf migrate
if ! airflow users list --output plain | awk '{print $2}' | grep -qx admin; then
  airflow users create --username admin --firstname Performance --lastname Administrator --email admin@localhost \
    --role Admin --password "$(cat "$SECRETS/admin_password")"
fi
