from django.db import migrations, models


class Migration(migrations.Migration):
    """Taking a list back walks its households by an index of its live claims."""

    dependencies = [("sources", "0006_names_hold_in_an_area")]

    operations = [
        migrations.AddIndex(
            model_name="assertion",
            index=models.Index(
                condition=models.Q(("batch__isnull", False), ("withdrawn_at", None)),
                fields=["batch", "household"],
                name="assertion_live_of_batch",
            ),
        ),
    ]
