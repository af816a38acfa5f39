-- The two roles and the database. PostgreSQL's image runs this once, on an empty volume;
-- for a server of your own: psql -f docker/roles.sql with both passwords in the environment.
\getenv owner_password CSOM_OWNER_PASSWORD
\getenv app_password CSOM_APP_PASSWORD

-- Owns the tables and migrates them. Nothing that answers a request signs in as this.
CREATE ROLE csom_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION NOCREATEDB
  PASSWORD :'owner_password';

-- Everything else. Owns nothing and inherits nothing, so row-level security binds it.
CREATE ROLE csom_app LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION NOCREATEDB
  PASSWORD :'app_password';

CREATE DATABASE csom OWNER csom_owner;
REVOKE CONNECT ON DATABASE csom FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE csom TO csom_app;
