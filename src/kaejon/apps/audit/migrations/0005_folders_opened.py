"""Folders opened by day, person and area, counted for the days that pages show."""

from datetime import datetime, time, timedelta

from django.db import migrations, models
from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

DAYS = 7


def count(apps, schema_editor):
    first_day = timezone.localdate() - timedelta(days=DAYS)
    since = timezone.make_aware(datetime.combine(first_day, time.min))
    counted = (
        apps.get_model("audit", "Look")
        .objects.filter(at__gte=since, kind="view")
        .exclude(household_id="")
        .values("actor_id", "area_code", day=TruncDate("at"))
        .annotate(households=Count("household_id", distinct=True))
    )
    opened = apps.get_model("audit", "FoldersOpened")
    opened.objects.bulk_create((opened(**row) for row in counted.iterator()), batch_size=1000)


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_seal_blocks")]

    operations = [
        migrations.CreateModel(
            name="FoldersOpened",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("actor_id", models.CharField(max_length=40)),
                ("area_code", models.CharField(max_length=8)),
                ("households", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("day", "actor_id", "area_code"), name="opened_counted_once"
                    )
                ]
            },
        ),
        migrations.RunPython(count, migrations.RunPython.noop),
    ]
