from typing import Any

from django.db import migrations, models


def say_who(apps: Any, schema_editor: Any) -> None:
    """Items of households still in the forum's area get what is known now; the others stay unnamed."""
    items = apps.get_model("surveys", "AgendaItem").objects.select_related("household", "forum")
    for item in items.iterator():
        if item.household.area_id.startswith(item.forum.area_id):
            item.house_no, item.head_name = item.household.house_no, item.household.head_name
            item.save(update_fields=["house_no", "head_name"])


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_initial")]

    operations = [
        migrations.AddField(
            "agendaitem",
            "house_no",
            models.CharField(blank=True, default="", max_length=40),
            preserve_default=False,
        ),
        migrations.AddField(
            "agendaitem",
            "head_name",
            models.CharField(blank=True, default="", max_length=200),
            preserve_default=False,
        ),
        migrations.RunPython(say_who, migrations.RunPython.noop),
    ]
