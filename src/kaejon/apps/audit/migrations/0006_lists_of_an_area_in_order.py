"""The lists of an area are found in the order in which they were seen."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_folders_opened")]

    operations = [
        migrations.RemoveIndex(model_name="look", name="look_list_area"),
        migrations.AddIndex(
            model_name="look",
            index=models.Index(
                condition=models.Q(("families__isnull", False)),
                fields=["area_code", "id"],
                name="look_list_place",
            ),
        ),
    ]
