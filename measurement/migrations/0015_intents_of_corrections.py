from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("measurement", "0014_postings_by_days"),
    ]

    operations = [
        migrations.AddField(
            model_name="commentlearning",
            name="intents",
            field=models.JSONField(blank=True, null=True, verbose_name="intents"),
        ),
        migrations.AddField(
            model_name="labelcorrection",
            name="intents",
            field=models.JSONField(blank=True, null=True, verbose_name="intents"),
        ),
        migrations.AddField(
            model_name="labelcorrection",
            name="intents_before",
            field=models.JSONField(blank=True, null=True, verbose_name="intents before"),
        ),
        migrations.AddField(
            model_name="labelcorrection",
            name="intents_read",
            field=models.JSONField(blank=True, null=True, verbose_name="intents by words"),
        ),
    ]
