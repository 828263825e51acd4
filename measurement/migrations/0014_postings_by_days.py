"""Postings by order day and the time they were recorded: a report as of a past day reads what came after it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("measurement", "0013_longer_piece_keys")]

    operations = [
        migrations.AddIndex(
            "posting",
            models.Index(fields=["merchant", "order_day", "recorded_at"], name="postings_by_days"),
        ),
        migrations.RemoveIndex("posting", "postings_by_order_day"),
    ]
