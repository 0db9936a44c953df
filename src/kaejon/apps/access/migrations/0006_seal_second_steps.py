"""Seal the secrets of the second step that lie in the clear."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from kaejon.apps.access.second_step import HOLDERS, MARK, seal_text


def seal_all(apps: Any, schema_editor: Any) -> None:
    for row in apps.get_model("mfa", "Authenticator").objects.all():
        plain = [n for n in HOLDERS if n in row.data and not row.data[n].startswith(MARK)]
        for name in plain:
            row.data[name] = seal_text(row.data[name])
        if plain:
            row.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0005_asked_once"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(seal_all, migrations.RunPython.noop)]
