"""The accounts of an import in their order: contracts are written and taken back account by account."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imports", "0003_take_back_what_was_imported")]

    operations = [
        migrations.AddIndex(
            model_name="record",
            index=models.Index(
                fields=["tenant", "job", "target_id", "number"],
                condition=models.Q(noun="account", target_id__isnull=False),
                name="imports_record_by_account",
            ),
        ),
    ]
