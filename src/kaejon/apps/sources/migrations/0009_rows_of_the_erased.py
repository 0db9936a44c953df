from django.db import migrations, models


def end_holding_back(apps, schema_editor):
    """A row held back says "held back" to its bringer; it stays out as any row that cannot be used."""
    rows = apps.get_model("sources", "SourceRecord").objects.filter(outcome="held")
    rows.update(outcome="rejected", rule="kept_out")


class Migration(migrations.Migration):
    """Rows that name somebody who was erased come in like others; the province is asked about them."""

    dependencies = [("sources", "0008_trial_batches")]

    operations = [
        migrations.RunPython(end_holding_back, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="sourcerecord",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("pending", "not yet compared"),
                    ("created", "new"),
                    ("updated", "adds to a known one"),
                    ("unchanged", "already known"),
                    ("ambiguous", "could be several"),
                    ("rejected", "rejected"),
                ],
                default="pending",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="sourcerecord",
            name="erased_before",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="sourcerecord",
            index=models.Index(
                condition=models.Q(("erased_before__isnull", False)),
                fields=["area_code"],
                name="record_erased_before",
            ),
        ),
    ]
