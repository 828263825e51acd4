"""Touches of a person in the order of time: the product is judged after reading, it may be the channel's."""

from django.db import migrations

FORTH = """
DROP INDEX touches_of_a_person;
CREATE INDEX touches_of_a_person ON measurement_touch (merchant_id, person_key, occurred_at);
"""
BACK = """
DROP INDEX touches_of_a_person;
CREATE INDEX touches_of_a_person ON measurement_touch (merchant_id, person_key, spu_id, occurred_at);
"""


class Migration(migrations.Migration):
    dependencies = [("measurement", "0003_categories")]

    operations = [migrations.RunSQL(FORTH, BACK)]
