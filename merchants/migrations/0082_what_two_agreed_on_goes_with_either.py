from django.db import migrations

# As of 0062, and what another merchant has with the one that goes: agreements where it is the partner, disputes of its
# claims. Which tables these are is read from the foreign keys, so that none is forgotten.
ERASE = """
CREATE OR REPLACE FUNCTION merchants_erase(deletion bigint) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    whose bigint;
    place text;
    pointer text;
    gone bigint;
    told jsonb := '{}';
BEGIN
    SELECT of_merchant INTO whose FROM merchants_deletion
    WHERE id = deletion AND asked_by_id <> confirmed_by_id AND due_at <= now()
        AND cancelled_at IS NULL AND done_at IS NULL
    FOR UPDATE;
    IF whose IS NULL THEN
        RAISE EXCEPTION 'deletion % is not due', deletion USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM FROM merchants_merchant WHERE id = whose FOR UPDATE;
    IF EXISTS (SELECT FROM merchants_merchant WHERE id = whose AND status <> 'left') THEN
        RAISE EXCEPTION 'the merchant of deletion % has not left', deletion USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM set_config('seedbed.merchant', whose::text, true);
    FOR place, pointer IN
        SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
            AND NOT a.attisdropped AND (
                a.attname = 'merchant_id' OR EXISTS (
                    SELECT FROM pg_constraint f WHERE f.conrelid = c.oid AND f.contype = 'f'
                        AND f.confrelid = 'merchants_merchant'::regclass AND f.conkey = ARRAY[a.attnum]
                )
            )
        ORDER BY c.relname, a.attnum
    LOOP
        EXECUTE format('DELETE FROM %I WHERE %I = $1', place, pointer) USING whose;
        GET DIAGNOSTICS gone = ROW_COUNT;
        told := told || jsonb_build_object(place, coalesce((told ->> place)::bigint, 0) + gone);
    END LOOP;
    DELETE FROM merchants_merchant WHERE id = whose;
    RETURN told;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("merchants", "0081_refusals"),
    ]

    operations = [
        migrations.RunSQL(
            ERASE, migrations.RunSQL.noop
        ),  # the former one left these rows, and so failed on them
    ]
