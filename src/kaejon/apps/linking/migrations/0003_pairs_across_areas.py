import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("linking", "0002_person_pairs")]

    operations = [
        migrations.AddField("personpair", "across", models.BooleanField(default=False)),
        migrations.AlterField(
            "personpair",
            "run",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="pairs",
                to="linking.linkrun",
            ),
        ),
        migrations.AddConstraint(
            "personpair",
            models.CheckConstraint(
                name="pair_found_by_search_or_list",
                condition=Q(run__isnull=False) | Q(across=True),
            ),
        ),
    ]
