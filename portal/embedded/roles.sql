-- The five roles of Seedbed and the two extensions. Run as a superuser; running it again changes nothing.
--
-- The embedded default runs this file at every start. In production run it once, as it is, in the database
-- that `seedbed_owner` owns, then give each role its password (docs/production.md):
--
--     createdb --owner seedbed_owner seedbed       -- after a first run of this file in any database
--     psql -d seedbed -f portal/embedded/roles.sql
--
-- No role may pass row-level security by, create roles or create databases. What each may read and write is
-- granted by the migrations, next to the tables.
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY[
        'seedbed_owner',     -- owns the tables; migrations only
        'seedbed_app',       -- web and workers, inside one merchant
        'seedbed_report',    -- reads only, inside one merchant
        'seedbed_operator',  -- admin and cross-merchant views, kept in the trail
        'seedbed_dispatch'   -- which merchants have work waiting, and nothing else
    ] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', wanted);
        END IF;
        EXECUTE format('ALTER ROLE %I NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION', wanted);
    END LOOP;
END
$$;

CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
