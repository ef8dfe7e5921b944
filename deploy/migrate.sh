#!/usr/bin/env bash
# Before the processes start: bring both databases to this version's schema, and make the first user where there is none.
# The environment is that of every process; SECRETS is the folder with the administrator's password.
set -euo pipefail

SECRETS=${SECRETS:-/run/secrets}

airflow db migrate
# As the account that owns the tables; every other process has accounts that can only use them.
PMF_WAREHOUSE_OWNER_URL_FILE=$SECRETS/warehouse_owner_url pmf migrate
# A user who is there is left alone. The password is asked for twice, and answered where nobody sees it: anybody could read it on a
# command line. In a session without a terminal Airflow reads the answers here.
password=$(cat "$SECRETS/admin_password")
setsid --wait airflow users create --username admin --firstname Performance --lastname Administrator --email admin@localhost \
  --role Admin <<<"$password"$'\n'"$password"
