from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("measurement", "0005_sample_values"),
    ]

    operations = [
        migrations.RemoveField(model_name="measurementrun", name="hidden"),
    ]
