"""Orders and revenue by day as sums, and which estimates stand on such."""

from django.db import migrations, models

from measurement.choices import MarketMeasure


class Migration(migrations.Migration):
    dependencies = [("measurement", "0010_placement")]

    operations = [
        migrations.AddField(
            "responseestimate",
            "handed_in",
            models.BooleanField(default=False, verbose_name="from sums handed in"),
        ),
        migrations.AlterField(
            "marketseries",
            "measure",
            models.CharField(choices=[(m, m) for m in MarketMeasure], max_length=20, verbose_name="measure"),
        ),
    ]
