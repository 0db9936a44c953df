"""How far each list reaches, in which area a list's name of a household holds, and who may bring it."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery

RUNNING_DIGITS = 6


def place_references(apps: Any, schema_editor: Any) -> None:
    """A name holds where its household lives; running numbers named households of any village."""
    if schema_editor.connection.vendor == "postgresql":  # indexes are made after these changes
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    reference = apps.get_model("sources", "HouseholdReference")
    household = apps.get_model("households", "Household")
    numbers = [
        pk
        for pk, name in reference.objects.values_list("pk", "reference").iterator()
        if name.isdecimal() and len(name) <= RUNNING_DIGITS
    ]
    for start in range(0, len(numbers), 500):
        reference.objects.filter(pk__in=numbers[start : start + 500]).delete()
    homes = household._base_manager.filter(pk=OuterRef("household"))
    reference.objects.update(area=Subquery(homes.values("area")[:1]))


def reach_as_uploaded(apps: Any, schema_editor: Any) -> None:
    """Lists of before reach the area they were brought for; their sources stay open to all officers."""
    batch = apps.get_model("sources", "ImportBatch")
    for area in set(batch.objects.values_list("area", flat=True)):
        batch.objects.filter(area=area).update(reach=[area])
    apps.get_model("sources", "Source").objects.update(shared=True)


class Migration(migrations.Migration):
    dependencies = [
        ("areas", "0001_initial"),
        ("households", "0007_household_merged"),
        ("sources", "0004_held_rows"),
    ]

    operations = [
        migrations.RemoveConstraint("householdreference", "one_household_a_reference"),
        migrations.AddField(
            "householdreference",
            "area",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="areas.area",
            ),
        ),
        migrations.AddField("importbatch", "reach", models.JSONField(default=list)),
        migrations.AddField("source", "shared", models.BooleanField(default=False)),
        migrations.RunPython(place_references, migrations.RunPython.noop),
        migrations.RunPython(reach_as_uploaded, migrations.RunPython.noop),
    ]
