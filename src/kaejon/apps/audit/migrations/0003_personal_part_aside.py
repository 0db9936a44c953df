"""The personal part of history moves into rows of its own, which only erasure may empty."""

from django.db import migrations, models

from kaejon.apps.audit.digests import new_salt, salted_digest

HISTORY = ("audit_event", "audit_look")
DETAILS = {
    "audit_eventdetail": ("subject_label = ''", "changes = '{}'"),
    "audit_lookdetail": (),
}
ERASED = ("length(NEW.salt) = 0", "NEW.reason = ''", "NEW.erased_at IS NOT NULL")
KEPT = ("NEW.id = OLD.id", "OLD.erased_at IS NULL", "NEW.actor_name IN (OLD.actor_name, '')")

# A trigger without WHEN refuses always. INSERT OR REPLACE fires no delete trigger, so a key that
# is there already is refused by a trigger of its own (PostgreSQL has no such statement).
SQLITE = """
CREATE TRIGGER {table}_no_{name} BEFORE {verb} ON {table} {when}
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END
"""
POSTGRES_STATEMENT = """
CREATE TRIGGER {table}_append_only BEFORE {verbs} ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION kaejon_refuse_history_change()
"""
POSTGRES_ROW = """
CREATE TRIGGER {table}_only_emptied BEFORE UPDATE ON {table}
FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION kaejon_refuse_history_change()
"""


def drop_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in HISTORY:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")
        return
    for table in HISTORY:
        for verb in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")


def move_aside(apps, schema_editor):
    """Existing rows: the personal part with a fresh salt, and its digest onto the row."""
    for name, fields in (
        ("Event", ("actor_name", "subject_label", "changes", "reason")),
        ("Look", ("actor_name", "reason")),
    ):
        rows = apps.get_model("audit", name)
        details = apps.get_model("audit", f"{name}Detail")
        last = 0
        while portion := list(rows.objects.filter(pk__gt=last).order_by("pk")[:1000]):
            aside = []
            for row in portion:
                salt, values = new_salt(), {field: getattr(row, field) for field in fields}
                row.digest = salted_digest(salt, *values.values())
                aside.append(details(row_id=row.pk, salt=salt, **values))
            details.objects.bulk_create(aside)
            rows.objects.bulk_update(portion, ["digest"], batch_size=200)
            last = portion[-1].pk


def not_emptied(table, *, postgres):
    """The condition under which an update of a detail is anything but its erasure."""
    own = [f"NEW.{condition}" for condition in DETAILS[table]]
    if postgres:
        own = [condition.replace("changes =", "changes::text =") for condition in own]
    return f"NOT ({' AND '.join((*KEPT, *ERASED, *own))})"


def protect(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in HISTORY:
            verbs = "UPDATE OR DELETE OR TRUNCATE"
            schema_editor.execute(POSTGRES_STATEMENT.format(table=table, verbs=verbs))
        for table in DETAILS:
            verbs = "DELETE OR TRUNCATE"
            schema_editor.execute(POSTGRES_STATEMENT.format(table=table, verbs=verbs))
            when = not_emptied(table, postgres=True)
            schema_editor.execute(POSTGRES_ROW.format(table=table, when=when))
        return
    for table in (*HISTORY, *DETAILS):
        there = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"
        emptied = f"WHEN {not_emptied(table, postgres=False)}" if table in DETAILS else ""
        for name, verb, when in (
            ("update", "UPDATE", emptied),
            ("delete", "DELETE", ""),
            ("replace", "INSERT", there),
        ):
            schema_editor.execute(SQLITE.format(table=table, name=name, verb=verb, when=when))


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]

    operations = [
        migrations.RunPython(drop_triggers),
        migrations.CreateModel(
            name="EventDetail",
            fields=[
                ("salt", models.BinaryField(max_length=16)),
                ("actor_name", models.CharField(blank=True, max_length=150)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("erased_at", models.DateTimeField(blank=True, null=True)),
                ("erased_by", models.CharField(blank=True, max_length=40)),
                (
                    "row",
                    models.OneToOneField(
                        db_column="id",
                        db_constraint=False,
                        on_delete=models.DO_NOTHING,
                        primary_key=True,
                        related_name="detail",
                        serialize=False,
                        to="audit.event",
                    ),
                ),
                ("subject_label", models.CharField(blank=True, max_length=200)),
                ("changes", models.JSONField(default=dict)),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="LookDetail",
            fields=[
                ("salt", models.BinaryField(max_length=16)),
                ("actor_name", models.CharField(blank=True, max_length=150)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("erased_at", models.DateTimeField(blank=True, null=True)),
                ("erased_by", models.CharField(blank=True, max_length=40)),
                (
                    "row",
                    models.OneToOneField(
                        db_column="id",
                        db_constraint=False,
                        on_delete=models.DO_NOTHING,
                        primary_key=True,
                        related_name="detail",
                        serialize=False,
                        to="audit.look",
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        migrations.AddField("event", "client", models.CharField(blank=True, max_length=32)),
        migrations.AddField("event", "digest", models.BinaryField(default=b"", max_length=32)),
        migrations.AddField("look", "digest", models.BinaryField(default=b"", max_length=32)),
        migrations.AddField("look", "families", models.BinaryField(null=True)),
        migrations.AlterField("event", "actor_id", models.CharField(max_length=40)),
        migrations.AlterField("look", "actor_id", models.CharField(max_length=40)),
        migrations.AlterField(
            "look",
            "kind",
            models.CharField(
                choices=[
                    ("view", "viewed"),
                    ("list", "seen in a list"),
                    ("reveal", "revealed the national ID"),
                    ("print", "printed"),
                    ("export", "exported"),
                    ("api", "read by program"),
                    ("search", "searched by national ID"),
                ],
                max_length=10,
            ),
        ),
        migrations.RunPython(move_aside),
        migrations.RemoveField("event", "actor_name"),
        migrations.RemoveField("event", "changes"),
        migrations.RemoveField("event", "reason"),
        migrations.RemoveField("event", "subject_label"),
        migrations.RemoveField("look", "actor_name"),
        migrations.RemoveField("look", "reason"),
        migrations.AddIndex("event", models.Index(fields=["actor_id", "at"], name="event_actor")),
        migrations.AddIndex("look", models.Index(fields=["actor_id", "at"], name="look_actor")),
        migrations.AddIndex(
            "look",
            models.Index(
                condition=models.Q(("families__isnull", False)),
                fields=["area_code"],
                name="look_list_area",
            ),
        ),
        migrations.RunPython(protect),
    ]
