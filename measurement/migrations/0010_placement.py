"""Rows of what is judged, moved and flagged may be placements of ads."""

from django.db import migrations, models

from measurement.reports import Dimension

ROWS = ("judgedrow", "move", "spendflag")


class Migration(migrations.Migration):
    dependencies = [("measurement", "0009_keeping")]

    operations = [
        migrations.AlterField(
            name,
            "dimension",
            models.CharField("rows", max_length=12, choices=[(one, one) for one in Dimension]),
        )
        for name in ROWS
    ]
