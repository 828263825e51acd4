"""How long a touch lasted and on which device, where a source tells: for flags on what was bought.

Both are null for everybody else, and the index holds only rows that have one, so a load without them pays
nothing.
"""

from django.db import migrations

FORTH = """
ALTER TABLE measurement_touch ADD COLUMN dwell_seconds integer, ADD COLUMN device bigint;
CREATE INDEX touches_with_readings ON measurement_touch (merchant_id, occurred_at)
    WHERE dwell_seconds IS NOT NULL OR device IS NOT NULL;
"""
BACK = """
DROP INDEX touches_with_readings;
ALTER TABLE measurement_touch DROP COLUMN dwell_seconds, DROP COLUMN device;
"""


class Migration(migrations.Migration):
    dependencies = [("measurement", "0005_statistics")]

    operations = [migrations.RunSQL(FORTH, BACK)]
