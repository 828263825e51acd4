"""What the planner knows after a large load: the function by which a worker renews it.

Autovacuum looks at tables once a minute, and until it has, the first load's credit is planned for empty
tables: 26 s instead of 0.26 s for 2,000 lines, measured. The app's role may not analyse what it does not own,
so the function runs with its owner's rights; it takes nothing and tells how many tables it analysed.
"""

from django.db import migrations

FORTH = """
CREATE FUNCTION measurement_refresh_statistics() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    stale text;
    refreshed integer := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('measurement_refresh_statistics')) THEN
        RETURN 0;  -- another worker is at it
    END IF;
    FOR stale IN
        SELECT named.root FROM unnest(ARRAY[
            'measurement_touch', 'measurement_touchedperson', 'measurement_channel', 'measurement_identity',
            'measurement_identitylink', 'measurement_order', 'measurement_orderline', 'measurement_orderkey',
            'measurement_orderpiece', 'measurement_dirtymark', 'measurement_credit', 'measurement_presence',
            'measurement_rollup'
        ]) AS named(root)
        LEFT JOIN LATERAL pg_partition_tree(named.root::regclass) part ON part.isleaf
        JOIN pg_class c ON c.oid = coalesce(part.relid::oid, named.root::regclass::oid)
        GROUP BY named.root
        HAVING sum(coalesce(pg_stat_get_mod_since_analyze(c.oid), 0)) > 5000 + sum(greatest(c.reltuples, 0)) / 4
    LOOP
        EXECUTE format('ANALYZE %I', stale);
        refreshed := refreshed + 1;
    END LOOP;
    RETURN refreshed;
END $$;
REVOKE ALL ON FUNCTION measurement_refresh_statistics() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION measurement_refresh_statistics() TO seedbed_app, seedbed_operator;
"""
BACK = "DROP FUNCTION measurement_refresh_statistics();"


class Migration(migrations.Migration):
    dependencies = [("measurement", "0004_touch_index")]

    operations = [migrations.RunSQL(FORTH, BACK)]
