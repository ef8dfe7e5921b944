#!/usr/bin/env bash
# Make the two databases and the role that owns each, Airflow's own and the warehouse, and the three roles that use the warehouse. Run
# once, by a new PostgreSQL server. SECRETS is the folder with the roles' passwords, ROLES the file that makes the three. No owner can
# read the other's database, nor make another.
set -euo pipefail

export SECRETS=${SECRETS:-/run/secrets}
ROLES=${ROLES:-/opt/pmf/deploy/roles.sql}

# psql reads each password itself: on its command line anybody could.
for name in airflow pmf; do
  ROLE=$name psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres --set name="$name" <<'SQL'
\set password `cat "$SECRETS/${ROLE}_password"`
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name" ENCODING 'UTF8' TEMPLATE template0 LOCALE 'C.UTF-8';
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done
psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname pmf --file "$ROLES"
