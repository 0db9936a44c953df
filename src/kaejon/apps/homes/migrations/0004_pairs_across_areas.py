from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("homes", "0003_pairs_outlive_households")]

    operations = [
        migrations.AddField("householdpair", "across", models.BooleanField(default=False)),
    ]
