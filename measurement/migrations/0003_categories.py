"""The first trades and their decision cycles.

29 days for facial essence and 70 for baby complementary food are the two figures the platform has
published (WILL 2025 conference, 18 December 2024, as reported by press); 30 is our neutral default.
"""

from django.db import migrations

PUBLISHED = "Xiaohongshu, WILL 2025 conference, 18 December 2024, as reported by press"
NEUTRAL = "Neutral default of Seedbed; no published figure"

TREE = [
    # code, parent, Chinese, English, days, basis, source
    ("beauty", None, "美妆个护", "Beauty and personal care", 30, "default", NEUTRAL),
    ("facial-essence", "beauty", "面部精华", "Facial essence", 29, "published", PUBLISHED),
    ("facial-cream", "beauty", "面霜", "Facial cream", 30, "default", NEUTRAL),
    ("facial-cleanser", "beauty", "洁面", "Facial cleanser", 30, "default", NEUTRAL),
    ("mother-baby", None, "母婴", "Mother and baby", 30, "default", NEUTRAL),
    ("baby-food", "mother-baby", "婴儿辅食", "Baby complementary food", 70, "published", PUBLISHED),
    ("service", None, "生活服务", "Lifestyle services", 30, "default", NEUTRAL),
    ("wedding-photography", "service", "婚纱摄影", "Wedding photography", 30, "default", NEUTRAL),
    ("other", None, "其他", "Other", 30, "default", NEUTRAL),
]


def plant(apps, schema_editor):
    category = apps.get_model("measurement", "Category").objects.using(schema_editor.connection.alias)
    cycle = apps.get_model("measurement", "CategoryCycle").objects.using(schema_editor.connection.alias)
    for code, parent, name_zh, name_en, days, basis, source in TREE:
        row = category.create(
            code=code,
            name_zh=name_zh,
            name_en=name_en,
            parent=category.get(code=parent) if parent else None,
        )
        cycle.create(category=row, days=days, basis=basis, source=source, recorded_by="system:migration")


def uproot(apps, schema_editor):
    alias = schema_editor.connection.alias
    apps.get_model("measurement", "CategoryCycle").objects.using(alias).all().delete()
    category = apps.get_model("measurement", "Category").objects.using(alias)
    category.update(parent=None)  # a child protects its parent
    category.all().delete()


class Migration(migrations.Migration):
    dependencies = [("measurement", "0002_touches")]

    operations = [migrations.RunPython(plant, uproot)]
