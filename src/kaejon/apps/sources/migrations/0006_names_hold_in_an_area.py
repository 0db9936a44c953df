"""A list's name of a household is one within its source and area. Apart from the migration that
fills the area, because PostgreSQL alters no table whose rows it has just changed."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sources", "0005_reach_of_lists")]

    operations = [
        migrations.AlterField(
            "householdreference",
            "area",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="areas.area",
            ),
        ),
        migrations.AddConstraint(
            "householdreference",
            models.UniqueConstraint(
                fields=("source", "reference", "area"), name="one_household_a_reference"
            ),
        ),
    ]
