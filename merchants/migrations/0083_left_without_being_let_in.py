from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("merchants", "0082_what_two_agreed_on_goes_with_either"),
    ]

    operations = [
        migrations.AddField(
            model_name="merchant",
            name="never_let_in",
            field=models.BooleanField(
                default=False, db_default=False, editable=False, verbose_name="never let in"
            ),
        ),
    ]
