"""Secrets of endpoints are kept sealed, those that are there too; a play remembers when a person confirmed its reach."""

from collections.abc import Callable
from typing import Any

from django.db import migrations, models

from accounts.tenancy.operations import Together
from blueprints.sending import sealing

PLAIN = "whsec_"  # what no sealed one begins with


def seal(apps: Any, schema_editor: Any) -> None:
    _each(schema_editor, lambda secret: sealing.seal(secret) if secret.startswith(PLAIN) else secret)


def unseal(apps: Any, schema_editor: Any) -> None:
    _each(schema_editor, lambda secret: secret if secret.startswith(PLAIN) else sealing.unseal(secret))


def _each(schema_editor: Any, changed: Callable[[str], str]) -> None:
    """As the owner, who sees the rows of every workspace."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id, id, secret FROM blueprints_endpoint WHERE secret <> '' ORDER BY id")
        for tenant_id, pk, secret in cursor.fetchall():
            cursor.execute(
                "UPDATE blueprints_endpoint SET secret = %s WHERE tenant_id = %s AND id = %s",
                [changed(secret), tenant_id, pk],
            )


class Migration(migrations.Migration):
    dependencies = [("blueprints", "0005_find_open_matches_by_account")]

    operations = [
        Together([
            migrations.AddField(
                model_name="play",
                name="confirmed_at",
                field=models.DateTimeField(
                    blank=True,
                    editable=False,
                    help_text="When a person last said that it may start wherever its conditions hold already.",
                    null=True,
                ),
            ),
            migrations.AlterField(
                model_name="endpoint",
                name="secret",
                field=models.CharField(blank=True, editable=False, max_length=300),
            ),
        ]),
        migrations.RunPython(seal, unseal),
    ]
