from django.db import migrations, models


class Migration(migrations.Migration):
    """A file that a command only checks is told apart from one that somebody brought to stay."""

    dependencies = [("sources", "0007_live_claims_of_a_batch")]

    operations = [
        migrations.AddField(
            model_name="importbatch",
            name="trial",
            field=models.BooleanField(default=False),
        ),
    ]
