"""Blocks that seal the rows of history; the database refuses to change or delete them, too."""

from django.db import migrations, models

TABLE = "audit_sealblock"

SQLITE = """
CREATE TRIGGER {table}_no_{name} BEFORE {verb} ON {table} {when}
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END
"""
POSTGRES = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION kaejon_refuse_history_change()
"""


def protect(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRES.format(table=TABLE))
        return
    there = f"WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE number = NEW.number)"
    for name, verb, when in (
        ("update", "UPDATE", ""),
        ("delete", "DELETE", ""),
        ("replace", "INSERT", there),
    ):
        schema_editor.execute(SQLITE.format(table=TABLE, name=name, verb=verb, when=when))


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_personal_part_aside")]

    operations = [
        migrations.CreateModel(
            name="SealBlock",
            fields=[
                ("number", models.PositiveIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("events_to", models.BigIntegerField()),
                ("looks_to", models.BigIntegerField()),
                ("rows", models.PositiveIntegerField()),
                ("gaps", models.JSONField(default=dict)),
                ("late", models.JSONField(default=dict)),
                ("previous", models.BinaryField(max_length=32)),
                ("digest", models.BinaryField(max_length=32)),
                ("key", models.PositiveSmallIntegerField()),
                ("mac", models.BinaryField(max_length=32)),
            ],
            options={"abstract": False},
        ),
        migrations.RunPython(protect),
    ]
