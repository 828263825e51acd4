"""What is kept of people: the register of their sources, and what sensitive trades were allowed."""

from django.db import migrations, models

from measurement.choices import Kept, Purpose, Sensitive


def key() -> models.BigAutoField:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def merchant() -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False, on_delete=models.CASCADE, related_name="+", to="merchants.merchant"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("measurement", "0008_profiles"),
        ("merchants", "0004_desk_roles_and_events"),
    ]

    operations = [
        # whose each touch is: what was stored before there was a register stays without
        migrations.RunSQL(
            "ALTER TABLE measurement_touch ADD COLUMN source bigint",
            "ALTER TABLE measurement_touch DROP COLUMN source",
        ),
        migrations.CreateModel(
            name="KeptSource",
            fields=[
                ("id", key()),
                (
                    "kind",
                    models.CharField(choices=[(k, k) for k in Kept], max_length=10, verbose_name="kind"),
                ),
                ("source", models.CharField(max_length=80, verbose_name="source")),
                (
                    "purpose",
                    models.CharField(
                        blank=True, choices=[(p, p) for p in Purpose], max_length=12, verbose_name="purpose"
                    ),
                ),
                ("basis", models.CharField(blank=True, max_length=300, verbose_name="legal basis")),
                ("basis_since", models.DateField(blank=True, null=True, verbose_name="since")),
                ("days", models.PositiveIntegerField(blank=True, null=True, verbose_name="days kept")),
                ("set_by", models.CharField(blank=True, max_length=80, verbose_name="set by")),
                ("set_at", models.DateTimeField(blank=True, null=True, verbose_name="set")),
                ("merchant", merchant()),
            ],
            options={
                "verbose_name": "source of rows about people",
                "verbose_name_plural": "sources of rows about people",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "kind", "source"), name="a_kept_source_is_registered_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SensitiveConsent",
            fields=[
                ("id", key()),
                (
                    "use",
                    models.CharField(choices=[(u, u) for u in Sensitive], max_length=10, verbose_name="use"),
                ),
                ("consent", models.CharField(max_length=300, verbose_name="consent")),
                ("since", models.DateField(verbose_name="since")),
                ("recorded_by", models.CharField(max_length=80, verbose_name="recorded by")),
                ("merchant", merchant()),
            ],
            options={
                "verbose_name": "consent of a sensitive trade",
                "verbose_name_plural": "consents of sensitive trades",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "use"), name="a_sensitive_use_is_allowed_once"
                    )
                ],
            },
        ),
    ]
