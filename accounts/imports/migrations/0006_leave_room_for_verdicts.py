"""Each record is written, compared and marked: with room on its page its new version needs no new index entries."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("imports", "0005_take_back_contracts")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE imports_record SET (fillfactor = 45)", "ALTER TABLE imports_record RESET (fillfactor)"
        ),
    ]
