"""Learned cycles, their runs and previews; cycles of products; the orders of a person by day."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import measurement.choices


class Migration(migrations.Migration):
    dependencies = [
        ("measurement", "0012_moves"),
        ("merchants", "0002_upload_attempts"),
    ]

    operations = [
        migrations.CreateModel(
            name="CycleLearning",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("running", "Running"), ("done", "Done")],
                        default="running",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("parts", models.PositiveSmallIntegerField(verbose_name="parts")),
                ("done", models.PositiveSmallIntegerField(default=0, verbose_name="parts done")),
                ("data_through", models.DateField(verbose_name="data to")),
                ("requested_by", models.CharField(max_length=80, verbose_name="by")),
                (
                    "started_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="started"
                    ),
                ),
                ("touched_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished")),
            ],
            options={
                "verbose_name": "learning of cycles",
                "verbose_name_plural": "learnings of cycles",
            },
        ),
        migrations.CreateModel(
            name="CyclePreview",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("days", models.PositiveSmallIntegerField(verbose_name="days")),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            (
                                measurement.choices.CycleBasis["PUBLISHED"],
                                measurement.choices.CycleBasis["PUBLISHED"],
                            ),
                            (
                                measurement.choices.CycleBasis["DEFAULT"],
                                measurement.choices.CycleBasis["DEFAULT"],
                            ),
                            (measurement.choices.CycleBasis["HAND"], measurement.choices.CycleBasis["HAND"]),
                            (
                                measurement.choices.CycleBasis["LEARNED"],
                                measurement.choices.CycleBasis["LEARNED"],
                            ),
                        ],
                        max_length=10,
                        verbose_name="basis",
                    ),
                ),
                ("source", models.CharField(max_length=300, verbose_name="source")),
                (
                    "state",
                    models.CharField(
                        choices=[("running", "Running"), ("done", "Done")],
                        default="running",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("requested_by", models.CharField(max_length=80, verbose_name="by")),
                (
                    "requested_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="requested"
                    ),
                ),
                ("touched_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished")),
                ("adopted_at", models.DateTimeField(null=True, verbose_name="adopted")),
                ("total", models.BigIntegerField(verbose_name="lines")),
                ("done", models.BigIntegerField(default=0, verbose_name="lines done")),
                ("last_line", models.BigIntegerField(default=0)),
                ("changed_lines", models.BigIntegerField(default=0, verbose_name="changed lines")),
                ("gained_lines", models.BigIntegerField(default=0, verbose_name="lines gained")),
                ("gained_fen", models.BigIntegerField(default=0, verbose_name="gained")),
                ("lost_lines", models.BigIntegerField(default=0, verbose_name="lines lost")),
                ("lost_fen", models.BigIntegerField(default=0, verbose_name="lost")),
                ("credited_before", models.BigIntegerField(default=0)),
                ("credited_after", models.BigIntegerField(default=0)),
                ("net_fen", models.BigIntegerField(default=0, verbose_name="paid less refunded")),
            ],
            options={
                "verbose_name": "preview of a cycle",
                "verbose_name_plural": "previews of cycles",
            },
        ),
        migrations.CreateModel(
            name="CycleTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("spu_id", models.BigIntegerField()),
                ("day", models.IntegerField()),
                ("bought", models.BigIntegerField()),
                ("still_open", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "tally of durations",
                "verbose_name_plural": "tallies of durations",
            },
        ),
        migrations.CreateModel(
            name="LearnedCycle",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("n", models.BigIntegerField(verbose_name="people")),
                ("buyers", models.BigIntegerField(verbose_name="buyers")),
                ("follow_up", models.IntegerField(verbose_name="follow-up, days")),
                ("refusal", models.CharField(blank=True, max_length=20, verbose_name="refused because")),
                ("plateau", models.FloatField(verbose_name="share who buy")),
                ("settled", models.BooleanField(verbose_name="settled")),
                ("p50", models.IntegerField(null=True)),
                ("p50_low", models.IntegerField(null=True)),
                ("p50_high", models.IntegerField(null=True)),
                ("p80", models.IntegerField(null=True)),
                ("p80_low", models.IntegerField(null=True)),
                ("p80_high", models.IntegerField(null=True)),
                ("p95", models.IntegerField(null=True)),
                ("p95_low", models.IntegerField(null=True)),
                ("p95_high", models.IntegerField(null=True)),
                ("naive_p50", models.IntegerField(null=True)),
                ("naive_p80", models.IntegerField(null=True)),
                ("naive_p95", models.IntegerField(null=True)),
                ("curve", models.JSONField(default=list)),
            ],
            options={
                "verbose_name": "learned cycle",
                "verbose_name_plural": "learned cycles",
            },
        ),
        migrations.CreateModel(
            name="SpuCycle",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("days", models.PositiveSmallIntegerField(verbose_name="days")),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            (
                                measurement.choices.CycleBasis["PUBLISHED"],
                                measurement.choices.CycleBasis["PUBLISHED"],
                            ),
                            (
                                measurement.choices.CycleBasis["DEFAULT"],
                                measurement.choices.CycleBasis["DEFAULT"],
                            ),
                            (measurement.choices.CycleBasis["HAND"], measurement.choices.CycleBasis["HAND"]),
                            (
                                measurement.choices.CycleBasis["LEARNED"],
                                measurement.choices.CycleBasis["LEARNED"],
                            ),
                        ],
                        max_length=10,
                        verbose_name="basis",
                    ),
                ),
                ("source", models.CharField(max_length=300, verbose_name="source")),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="recorded"
                    ),
                ),
                ("recorded_by", models.CharField(max_length=80, verbose_name="by")),
            ],
            options={
                "verbose_name": "decision cycle of a product",
                "verbose_name_plural": "decision cycles of products",
            },
        ),
        migrations.AddIndex(
            model_name="presence",
            index=models.Index(fields=["merchant", "person", "order_day"], name="presence_of_a_person"),
        ),
        migrations.AddField(
            model_name="cyclelearning",
            name="merchant",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="merchants.merchant",
            ),
        ),
        migrations.AddField(
            model_name="cyclepreview",
            name="category",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="measurement.category",
            ),
        ),
        migrations.AddField(
            model_name="cyclepreview",
            name="merchant",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="merchants.merchant",
            ),
        ),
        migrations.AddField(
            model_name="cyclepreview",
            name="spu",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="measurement.spu"
            ),
        ),
        migrations.AddField(
            model_name="cycletally",
            name="learning",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                to="measurement.cyclelearning",
            ),
        ),
        migrations.AddField(
            model_name="cycletally",
            name="merchant",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="merchants.merchant",
            ),
        ),
        migrations.AddField(
            model_name="learnedcycle",
            name="category",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="measurement.category",
            ),
        ),
        migrations.AddField(
            model_name="learnedcycle",
            name="learning",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="found",
                to="measurement.cyclelearning",
            ),
        ),
        migrations.AddField(
            model_name="learnedcycle",
            name="merchant",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="merchants.merchant",
            ),
        ),
        migrations.AddField(
            model_name="learnedcycle",
            name="spu",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="measurement.spu"
            ),
        ),
        migrations.AddField(
            model_name="spucycle",
            name="merchant",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="merchants.merchant",
            ),
        ),
        migrations.AddField(
            model_name="spucycle",
            name="spu",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="measurement.spu"
            ),
        ),
        migrations.AddIndex(
            model_name="cyclelearning",
            index=models.Index(fields=["merchant", "-id"], name="learnings_of_cycles_by_time"),
        ),
        migrations.AddConstraint(
            model_name="cyclelearning",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "running")),
                fields=("merchant",),
                name="cycles_are_learned_once_at_a_time",
            ),
        ),
        migrations.AddIndex(
            model_name="cyclepreview",
            index=models.Index(fields=["merchant", "-id"], name="previews_of_cycles_by_time"),
        ),
        migrations.AddConstraint(
            model_name="cyclepreview",
            constraint=models.CheckConstraint(
                condition=models.Q(("days__gte", 1), ("days__lte", 730)),
                name="a_previewed_cycle_lasts_1_to_730_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="cyclepreview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("category", None), ("spu__isnull", False)),
                    models.Q(("category__isnull", False), ("spu", None)),
                    _connector="OR",
                ),
                name="a_preview_is_of_a_product_or_a_category",
            ),
        ),
        migrations.AddIndex(
            model_name="cycletally",
            index=models.Index(fields=["merchant", "learning"], name="tallies_of_a_learning"),
        ),
        migrations.AddConstraint(
            model_name="learnedcycle",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("category", None), ("spu__isnull", False)),
                    models.Q(("category__isnull", False), ("spu", None)),
                    _connector="OR",
                ),
                name="a_learned_cycle_is_of_a_product_or_a_category",
            ),
        ),
        migrations.AddConstraint(
            model_name="learnedcycle",
            constraint=models.UniqueConstraint(
                fields=("merchant", "learning", "category", "spu"),
                name="a_run_learns_a_cycle_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddIndex(
            model_name="spucycle",
            index=models.Index(fields=["merchant", "spu", "-id"], name="cycles_of_a_product"),
        ),
        migrations.AddConstraint(
            model_name="spucycle",
            constraint=models.CheckConstraint(
                condition=models.Q(("days__lte", 730)), name="a_product_cycle_lasts_at_most_730_days"
            ),
        ),
    ]
