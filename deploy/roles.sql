-- The three accounts that use a warehouse on PostgreSQL without owning it. Run once, by the server's administrator, in the warehouse's
-- database; SECRETS is a folder with a file for each password, which psql reads itself: on its command line anybody could.
--
--   SECRETS=secrets psql --set ON_ERROR_STOP=1 --dbname pmf --file deploy/roles.sql
--
-- What each may do is given by `pmf migrate`, run as the tables' owner, now and after every upgrade (docs/security.md).
\set loader `cat "$SECRETS/loader_password"`
\set publisher `cat "$SECRETS/publisher_password"`
\set reader `cat "$SECRETS/reader_password"`
CREATE ROLE pmf_loader LOGIN PASSWORD :'loader';
CREATE ROLE pmf_publisher LOGIN PASSWORD :'publisher';
CREATE ROLE pmf_reader LOGIN PASSWORD :'reader';
SELECT format('GRANT CONNECT ON DATABASE %I TO pmf_loader, pmf_publisher, pmf_reader', current_database()) \gexec
-- Whole histories are staged in a table that passes.
SELECT format('GRANT TEMPORARY ON DATABASE %I TO pmf_loader', current_database()) \gexec
