"""Postings by order day: a report as of a past day reads those of its days."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("measurement", "0011_sums_of_sales")]

    operations = [
        migrations.AddIndex(
            "posting", models.Index(fields=["merchant", "order_day"], name="postings_by_order_day")
        ),
    ]
